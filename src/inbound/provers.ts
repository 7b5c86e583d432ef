import type { SignableRequest } from '../hmac/message.ts'
import type { VerifyOptions } from '../hmac/verify-options.ts'
import { bindKind, CALL_TOKEN_CARRIER, kindOf } from '../kinds/table.ts'
import type { Mutation, Need, Requirement } from '../types.ts'
import type { Blind } from './blind.ts'
import { carrierValues, looksJoined } from './carrier-values.ts'
import { MANNERS } from './manners.ts'

/** What `resolve` makes of one expected credential; `null` where a caller has none for the requirement. @internal */
export type Effect = Mutation | Need | null

/** One requirement, ready to be checked against requests. @internal */
export interface Prover {
  /** Whether any of its carriers holds something. */
  isPresented(request: SignableRequest): boolean
  /** Whether one of its carriers holds more than one value. */
  isRepeated(request: SignableRequest): boolean
  /** Whether one of its values may have been several; only where nobody proved anything. */
  isJoined(request: SignableRequest): boolean
  /** Whether the proof tells which caller it is. */
  readonly identifies: boolean
  /** Cheap comparisons come first, and what remembers a message last. */
  readonly rank: 0 | 1 | 2
  /** Who of the candidates proved it; `null`: nobody. */
  prove(request: SignableRequest, candidates: ReadonlySet<number>): Promise<Proof | null>
}

interface Proof {
  /** Positions in the list of callers. */
  readonly callers: ReadonlySet<number>
  /** Whose access token it is; `null` where it was none. */
  readonly holder: string | null
}

/** What checking needs besides the request. @internal */
export interface ProverContext {
  readonly blind: Blind
  readonly verifyAccessToken?:
    | ((token: string, asked: AskedToken) => Promise<string | null> | string | null)
    | undefined
  readonly verifyCallToken?: ((token: string, scopes: readonly string[]) => Promise<boolean> | boolean) | undefined
  /** How strictly a signature is verified, of the caller at a position. */
  readonly signature: (caller: number) => VerifyOptions
}

/** What an access token must be good for. */
export interface AskedToken {
  /** Name of the requirement. */
  readonly requirement: string
  /** Scopes that the definition asks for, separated by a space; `null` where it names none. */
  readonly scope: string | null
  /** Audience that the definition names, or `null`. */
  readonly audience: string | null
}

/** @internal */
export function createProver(
  name: string,
  requirement: Requirement,
  effects: readonly Effect[],
  context: ProverContext,
): Prover {
  const { carriers } = bindKind(requirement)
  const counts = (request: SignableRequest): readonly number[] =>
    carriers.map((carrier) => carrierValues(request, carrier).length)
  return {
    isPresented: (request) => counts(request).some((count) => count > 0),
    isRepeated: (request) => counts(request).some((count) => count > 1),
    isJoined: (request) => carriers.some((carrier) => looksJoined(request, carrier)),
    ...MANNERS[kindOf(requirement)](name, requirement, effects, context),
  }
}

/** The part of an option that asks for a call token. @internal */
export function createCallTokenProver(scopes: readonly string[], { verifyCallToken }: ProverContext): Prover {
  const values = (request: SignableRequest): readonly string[] => carrierValues(request, CALL_TOKEN_CARRIER)
  return {
    isPresented: (request) => values(request).length > 0,
    isRepeated: (request) => values(request).length > 1,
    isJoined: (request) => looksJoined(request, CALL_TOKEN_CARRIER),
    identifies: false,
    rank: 1,
    prove: async (request, candidates) => {
      const [token] = values(request)
      const valid = token !== undefined && (await verifyCallToken?.(token, scopes)) === true
      return valid ? { callers: candidates, holder: null } : null
    },
  }
}
