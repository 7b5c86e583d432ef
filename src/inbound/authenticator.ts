import { callTokenScopes, isAnonymous, optionsOf, requirementsOf } from '../definition/options.ts'
import { parseOrThrow } from '../definition/parse.ts'
import { SecurityError } from '../errors.ts'
import { kindOf } from '../kinds/table.ts'
import type { SecurityOption, ToolDefinition } from '../types.ts'
import type { Authentication } from './authentication.ts'
import { type AuthenticatorOptions, type Caller, readAuthenticatorOptions } from './authenticator-options.ts'
import { createBlind } from './blind.ts'
import { challengesOf } from './challenges.ts'
import { expectedEffects } from './expected.ts'
import { createCallTokenProver, createProver, type Prover, type ProverContext } from './provers.ts'
import { type ReceivedMessage, readMessage } from './read-message.ts'

/** Says who sent a request; made by {@link createAuthenticator}. */
export interface Authenticator {
  /**
   * Checks one request. The request itself stays unread.
   * @param request The request as it was received; where headers may repeat, give a message with their lists instead.
   * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID` for a body that was read before, or
   * `ERR_INPUT_UNREADABLE` for one that broke off. What `nonces` and the verifiers of tokens throw, it throws.
   */
  authenticate(request: Request | ReceivedMessage): Promise<Authentication>
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
 * nobody could send, `ERR_SIGNATURE_SECRET` for one of fewer than 16 bytes, or `ERR_ARGUMENT_INVALID`.
 * @example
 * const authenticator = createAuthenticator(tool, { credentials: [{ principal: 'platform', authTokens: { apiKey } }] })
 * const authentication = await authenticator.authenticate(request)
 * if (!authentication.ok) return toResponse(authentication)
 */
export function createAuthenticator(definition: ToolDefinition, options: AuthenticatorOptions = {}): Authenticator {
  const settings = readAuthenticatorOptions(options)
  const { credentials = [], maxBodyBytes = 1024 * 1024, publicOrigin = null, realm = 'tools' } = settings
  const { allowShortSecret = false } = settings
  const all = optionsOf(parseOrThrow(definition))
  checkCapabilities(all, settings)
  const context = contextOf(settings)
  const ways = all.map((option) => proversOf(option, credentials, context, allowShortSecret))
  return Object.freeze<Authenticator>({
    authenticate: async (request) => {
      const message = await readMessage(request, maxBodyBytes, publicOrigin)
      if (message === null) return { ok: false, status: 413, code: 'ERR_BODY_TOO_LARGE', challenges: [] }
      const judged = await judge(ways, credentials, message)
      if (judged === null) return withoutCredentials(all, realm, message)
      if (typeof judged !== 'string') return { ok: true, outcome: 'authenticated', ...judged, message }
      const [status, error] = REFUSED[judged]
      return { ok: false, status, code: judged, challenges: challengesOf(all, { realm, error }) }
    },
  })
}

const REFUSED = {
  ERR_CREDENTIALS_REPEATED: [400, 'invalid_request'],
  ERR_CREDENTIALS_INVALID: [401, 'invalid_token'],
} as const

type Proven = { readonly optionIndex: number; readonly principal: string | null }

/** Who proved an option, or why nobody did; `null` where nothing was presented at all. */
async function judge(
  ways: readonly (readonly Prover[])[],
  callers: readonly Caller[],
  message: ReceivedMessage,
): Promise<Proven | keyof typeof REFUSED | null> {
  const provers = ways.flat()
  if (provers.some((prover) => prover.isRepeated(message))) return 'ERR_CREDENTIALS_REPEATED'
  const proven = await firstProven(ways, callers, message)
  if (proven !== null) return proven
  if (provers.some((prover) => prover.isJoined(message))) return 'ERR_CREDENTIALS_REPEATED'
  return provers.some((prover) => prover.isPresented(message)) ? 'ERR_CREDENTIALS_INVALID' : null
}

/** An anonymous option, or a definition that asks for nothing, lets it pass. */
function withoutCredentials(
  options: readonly SecurityOption[],
  realm: string,
  message: ReceivedMessage,
): Authentication {
  const anonymous = options.findIndex(isAnonymous)
  if (options.length > 0 && anonymous < 0) {
    return { ok: false, status: 401, code: 'ERR_CREDENTIALS_MISSING', challenges: challengesOf(options, { realm }) }
  }
  const optionIndex = anonymous < 0 ? null : anonymous
  return { ok: true, outcome: 'unauthenticated', optionIndex, principal: null, message }
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
function proversOf(
  option: SecurityOption,
  callers: readonly Caller[],
  context: ProverContext,
  allowShortSecret: boolean,
): readonly Prover[] {
  const scopes = callTokenScopes(option)
  const provers = requirementsOf(option).map(([name, requirement]) =>
    createProver(name, requirement, expectedEffects(name, requirement, callers, allowShortSecret), context),
  )
  return [...provers, ...(scopes.length === 0 ? [] : [createCallTokenProver(scopes, context)])].sort(
    (one, other) => one.rank - other.rank,
  )
}

async function firstProven(
  ways: readonly (readonly Prover[])[],
  callers: readonly Caller[],
  message: ReceivedMessage,
): Promise<Proven | null> {
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
