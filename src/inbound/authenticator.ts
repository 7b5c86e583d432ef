import { callTokenScopes, isAnonymous, optionsOf, requirementsOf } from '../definition/options.ts'
import { parseOrThrow } from '../definition/parse.ts'
import type { SecurityOption, ToolDefinition } from '../types.ts'
import type { Authentication } from './authentication.ts'
import {
  type AuthenticatorOptions,
  type AuthenticatorSettings,
  type KnownCaller,
  readAuthenticatorOptions,
} from './authenticator-options.ts'
import { createBlind } from './blind.ts'
import { challengesOf } from './challenges.ts'
import { checkCallers, checkVerifiers } from './check-settings.ts'
import { expectedEffects } from './expected.ts'
import { judge } from './judge.ts'
import { createCallTokenProver, createProver, type Prover, type ProverContext } from './provers.ts'
import { type ReceivedMessage, readMessage } from './read-message.ts'

/** Says who sent a request; made by {@link createAuthenticator}. */
export interface Authenticator {
  /**
   * Checks one request. The request itself stays unread.
   *
   * A server must catch what this throws: whoever goes away in the middle of a body causes it, without a credential.
   * @param request The request as it was received; where headers may repeat, give a message with their lists instead.
   * @throws A {@link core.SecurityError} with code `ERR_ARGUMENT_INVALID` for what is no request, or whose body was read
   * before, or `ERR_INPUT_UNREADABLE` for a body that broke off. What `nonces` and the verifiers of tokens throw, it throws.
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
 * @throws A {@link core.SecurityError} with code `ERR_DEFINITION_INVALID`, `ERR_TOKENS_INVALID` for an expected secret that
 * nobody could send, `ERR_SIGNATURE_SECRET` for one of fewer than 16 bytes, or `ERR_ARGUMENT_INVALID`, also for a caller
 * none of whose tokens has the name of a requirement.
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
  checkVerifiers(all, settings)
  checkCallers(all, credentials)
  const context = contextOf(settings, credentials)
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

function contextOf(settings: AuthenticatorSettings, callers: readonly KnownCaller[]): ProverContext {
  const { verifyAccessToken, verifyCallToken, now = Date.now, toleranceMs, nonces, allowShortSecret, tenant } = settings
  const given = { toleranceMs, nonces, allowShortSecret }
  const strictness = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const signature: ProverContext['signature'] = (caller) => ({
    ...strictness,
    now: now(),
    // What one caller has sent is no copy for another; as JSON, no name runs into the next (T72).
    tenant: JSON.stringify([tenant ?? null, callers[caller]?.principal ?? null]),
  })
  return { blind: createBlind(), verifyAccessToken, verifyCallToken, signature }
}

/** What proves one option. */
function proversOf(
  option: SecurityOption,
  callers: readonly KnownCaller[],
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
