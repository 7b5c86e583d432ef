import { callTokenScopes, isAnonymous, optionsOf, requirementsOf } from '../definition/options.ts'
import { parseOrThrow } from '../definition/parse.ts'
import { type ErrorCode, SecurityError } from '../errors.ts'
import { kindOf } from '../kinds/table.ts'
import type { SecurityOption, ToolDefinition } from '../types.ts'
import { type AuthenticatorOptions, type Caller, readAuthenticatorOptions } from './authenticator-options.ts'
import { createBlind } from './blind.ts'
import { type ChallengeContext, challengesOf } from './challenges.ts'
import { expectedEffects } from './expected.ts'
import { createCallTokenProver, createProver, type Prover, type ProverContext } from './provers.ts'
import { type ReceivedMessage, readMessage } from './read-message.ts'

/** Says who sent a request; made by {@link createAuthenticator}. */
export interface Authenticator {
  /**
   * Checks one request. The request itself stays unread.
   * @param request The request as it was received; where headers may repeat, give a message with their lists instead.
   */
  authenticate(request: Request | ReceivedMessage): Promise<Authentication>
}

/** Who sent a request, or how to refuse it. */
export type Authentication =
  | {
      /** The request may pass. */
      readonly ok: true
      /** Tells the outcomes apart. */
      readonly outcome: 'authenticated'
      /** Which option the caller satisfied. */
      readonly optionIndex: number
      /** Who it is: the `principal` of the caller, or the holder of an access token; `null` for a call token alone. */
      readonly principal: string | null
      /** The request with the raw bytes that were checked. */
      readonly message: ReceivedMessage
    }
  | {
      /** The request may pass. */
      readonly ok: true
      /** Tells the outcomes apart. */
      readonly outcome: 'unauthenticated'
      /** The anonymous option; `null` where the definition asks for nothing. */
      readonly optionIndex: number | null
      /** Nobody. */
      readonly principal: null
      /** The request with its raw bytes. */
      readonly message: ReceivedMessage
    }
  | AuthenticationRefusal

/** How to refuse a request. */
export interface AuthenticationRefusal {
  /** The request must not pass. */
  readonly ok: false
  /** The HTTP status to answer with. */
  readonly status: 400 | 401 | 413
  /** Why, without saying which credential was wrong. */
  readonly code: Extract<ErrorCode, `ERR_CREDENTIALS_${string}` | 'ERR_BODY_TOO_LARGE'>
  /** Values of `WWW-Authenticate`, one a header field; none for 413. */
  readonly challenges: readonly string[]
}

/**
 * Makes the receiving counterpart of `resolve`: what `resolve` and `apply` made for a definition is accepted with the same
 * secrets, and nothing else is.
 *
 * The first option that one caller satisfies whole is taken. An anonymous option is taken only where no credential of the
 * definition was presented at all: a wrong one never counts as none.
 *
 * @param definition The definition that callers resolve.
 * @param options Who may call, and how strictly. Defaults as in {@link AuthenticatorOptions}.
 * @throws A {@link SecurityError} with code `ERR_DEFINITION_INVALID`, `ERR_TOKENS_INVALID` for an expected secret that
 * nobody could send, or `ERR_ARGUMENT_INVALID`.
 * @example
 * const authenticator = createAuthenticator(tool, { credentials: [{ principal: 'platform', authTokens: { apiKey } }] })
 * const authentication = await authenticator.authenticate(request)
 * if (!authentication.ok) return toResponse(authentication)
 */
export function createAuthenticator(definition: ToolDefinition, options: AuthenticatorOptions = {}): Authenticator {
  const settings = readAuthenticatorOptions(options)
  const { credentials = [], maxBodyBytes = 1024 * 1024, publicOrigin = null, realm = 'tools' } = settings
  const all = optionsOf(parseOrThrow(definition))
  checkCapabilities(all, settings)
  const context = contextOf(settings)
  const ways = all.map((option) => proversOf(option, credentials, context))
  return {
    authenticate: async (request) => {
      const message = request instanceof Request ? await readMessage(request, maxBodyBytes, publicOrigin) : request
      if (message === null) return { ok: false, status: 413, code: 'ERR_BODY_TOO_LARGE', challenges: [] }
      const refuse = (
        status: 400 | 401,
        code: AuthenticationRefusal['code'],
        error?: ChallengeContext['error'],
      ): AuthenticationRefusal => ({
        ok: false,
        status,
        code,
        challenges: challengesOf(all, error === undefined ? { realm } : { realm, error }),
      })
      const provers = ways.flat()
      if (provers.some((prover) => prover.isRepeated(message)))
        return refuse(400, 'ERR_CREDENTIALS_REPEATED', 'invalid_request')
      const proven = await firstProven(ways, credentials, message)
      if (proven !== null) return { ok: true, outcome: 'authenticated', ...proven, message }
      if (provers.some((prover) => prover.isPresented(message)))
        return refuse(401, 'ERR_CREDENTIALS_INVALID', 'invalid_token')
      const anonymous = all.findIndex(isAnonymous)
      if (all.length > 0 && anonymous < 0) return refuse(401, 'ERR_CREDENTIALS_MISSING')
      return {
        ok: true,
        outcome: 'unauthenticated',
        optionIndex: anonymous < 0 ? null : anonymous,
        principal: null,
        message,
      }
    },
  }
}

function contextOf(settings: Partial<AuthenticatorOptions>): ProverContext {
  const { verifyAccessToken, verifyCallToken, now = Date.now, toleranceMs, nonces, allowShortSecret } = settings
  const given = { toleranceMs, nonces, allowShortSecret }
  const strictness = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  return { blind: createBlind(), verifyAccessToken, verifyCallToken, signature: () => ({ ...strictness, now: now() }) }
}

/** A requirement that nothing here can check would refuse every request. */
function checkCapabilities(options: readonly SecurityOption[], settings: Partial<AuthenticatorOptions>): void {
  const kinds = options.flatMap((option) => requirementsOf(option).map(([, requirement]) => kindOf(requirement)))
  const lacking =
    kinds.includes('oauth2ClientCredentials') && settings.verifyAccessToken === undefined
      ? 'verifyAccessToken'
      : options.some((option) => callTokenScopes(option).length > 0) && settings.verifyCallToken === undefined
        ? 'verifyCallToken'
        : null
  if (lacking === null) return
  throw new SecurityError('ERR_ARGUMENT_INVALID', { message: `the definition needs the option \`${lacking}\`` })
}

/** What proves one option. */
function proversOf(option: SecurityOption, callers: readonly Caller[], context: ProverContext): readonly Prover[] {
  const scopes = callTokenScopes(option)
  const provers = requirementsOf(option).map(([name, requirement]) =>
    createProver(name, requirement, expectedEffects(name, requirement, callers), context),
  )
  return [...provers, ...(scopes.length === 0 ? [] : [createCallTokenProver(scopes, context)])].sort(
    (one, other) => one.rank - other.rank,
  )
}

async function firstProven(
  ways: readonly (readonly Prover[])[],
  callers: readonly Caller[],
  message: ReceivedMessage,
): Promise<{ readonly optionIndex: number; readonly principal: string | null } | null> {
  for (const [optionIndex, provers] of ways.entries()) {
    const principal = provers.length === 0 ? undefined : await principalOf(provers, callers, message)
    if (principal !== undefined) return { optionIndex, principal }
  }
  return null
}

/** Who proved every requirement of one option; `undefined`: nobody did. */
async function principalOf(
  provers: readonly Prover[],
  callers: readonly Caller[],
  message: ReceivedMessage,
): Promise<string | null | undefined> {
  let candidates: ReadonlySet<number> = new Set(callers.keys())
  let holder: string | null = null
  for (const prover of provers) {
    const proof = await prover.prove(message, candidates)
    if (proof === null) return undefined
    candidates = proof.callers
    holder = proof.holder ?? holder
  }
  if (!provers.some(({ identifies }) => identifies)) return holder
  const [first] = candidates
  return first === undefined ? undefined : callers[first]?.principal
}
