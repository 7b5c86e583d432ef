import type { SignableRequest } from '../hmac/message.ts'
import type { VerifyOptions } from '../hmac/verify-options.ts'
import { verifySignature } from '../hmac/verify-signature.ts'
import { bindKind, CALL_TOKEN_CARRIER, kindOf } from '../kinds/table.ts'
import type { AccessTokenNeed, Kind, Mutation, Need, Requirement, SignatureNeed } from '../types.ts'
import { plainCredentials, schemeOf } from './auth-scheme.ts'
import { type Blind, matchAll } from './blind.ts'
import { carrierValues, looksJoined } from './carrier-values.ts'

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
  /** Whose access token it is, where it was one. */
  readonly holder?: string
}

/** What checking needs besides the request. @internal */
export interface ProverContext {
  readonly blind: Blind
  readonly verifyAccessToken?:
    | ((token: string, asked: AskedToken) => Promise<string | null> | string | null)
    | undefined
  readonly verifyCallToken?: ((token: string, scopes: readonly string[]) => Promise<boolean> | boolean) | undefined
  readonly signature: () => VerifyOptions
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
      return valid ? { callers: candidates } : null
    },
  }
}

type Manner = Pick<Prover, 'identifies' | 'rank' | 'prove'>
type MakeManner = (name: string, requirement: Requirement, effects: readonly Effect[], context: ProverContext) => Manner

const MANNERS = {
  queryApiKey: proveText,
  headerApiKey: proveText,
  httpAuth: proveText,
  cookieApiKey: proveText,
  oauth2ClientCredentials: proveAccessToken,
  hmacSignature: proveSignature,
} satisfies Record<Kind, MakeManner>

/** The text that `resolve` would write is what must be there. */
function proveText(
  _name: string,
  requirement: Requirement,
  effects: readonly Effect[],
  { blind }: ProverContext,
): Manner {
  const [carrier] = bindKind(requirement).carriers
  const scheme = schemeOf(requirement)
  const expected = Promise.all(
    effects.map((effect) => (effect === null ? null : blind.hash((effect as Mutation).value.reveal()))),
  )
  const prove: Prover['prove'] = async (request, candidates) => {
    const [value] = carrier === undefined ? [] : carrierValues(request, carrier)
    if (value === undefined) return null
    const matches = matchAll(await blind.hash(plainCredentials(value, scheme)), await expected)
    const callers = new Set([...matches].filter((index) => candidates.has(index)))
    return callers.size === 0 ? null : { callers }
  }
  return { identifies: true, rank: 0, prove }
}

function proveAccessToken(
  name: string,
  requirement: Requirement,
  _effects: readonly Effect[],
  context: ProverContext,
): Manner {
  const fields = (requirement as { readonly oauth2ClientCredentials: Pick<AccessTokenNeed, 'scope' | 'audience'> })
    .oauth2ClientCredentials
  const asked: AskedToken = { requirement: name, scope: fields.scope ?? null, audience: fields.audience ?? null }
  const prove: Prover['prove'] = async (request, candidates) => {
    const [value = ''] = carrierValues(request, { kind: 'header', name: 'Authorization' })
    const token = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(value)?.[1]
    const holder = token === undefined ? null : await context.verifyAccessToken?.(token, asked)
    // A verifier that answers by `true` or `false` does not say whose token it is.
    return typeof holder === 'string' && holder !== '' ? { callers: candidates, holder } : null
  }
  return { identifies: false, rank: 1, prove }
}

/** Last of all, one caller after the other: an accepted message is remembered where there is a nonce store. */
function proveSignature(
  _name: string,
  _requirement: Requirement,
  effects: readonly Effect[],
  { signature }: ProverContext,
): Manner {
  const prove: Prover['prove'] = async (request, candidates) => {
    for (const index of candidates) {
      const need = effects[index] as SignatureNeed | null | undefined
      if (need === null || need === undefined) continue
      const verdict = await verifySignature(need.form, need.secrets, request, signature())
      if (verdict.ok) return { callers: new Set([index]) }
    }
    return null
  }
  return { identifies: true, rank: 2, prove }
}
