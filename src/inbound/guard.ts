import { splitCredentials } from './carrier-values.ts'
import { isEncrypted } from './encrypted.ts'
import { compileExempt } from './exempt-paths.ts'
import { type GuardedRequest, type GuardOptions, readGuardOptions } from './guard-options.ts'
import { type GuardRefusal, REFUSALS, UNAVAILABLE } from './guard-refusals.ts'
import { publicKeyId } from './key-format.ts'
import type { Admission, KeyPrincipal } from './key-verifying.ts'
import { rateLimitFields } from './rate-limit-fields.ts'
import { type RenderedRefusal, renderRefusal } from './refusal.ts'

/** Whether a request may pass. */
export type GuardVerdict =
  | {
      /** It may. */
      readonly ok: true
      /** On whose behalf; `null` on an exempt path. */
      readonly principal: KeyPrincipal | null
      /** Header fields to add to the answer. */
      readonly headers: Readonly<Record<string, string>>
    }
  | {
      /** It must not. */
      readonly ok: false
      /** The answer to send. */
      readonly refusal: RenderedRefusal
      /** Stable code of the refusal. */
      readonly code: string
    }

/** Protects an API with tenant keys; made by {@link guard}. */
export interface Guard {
  /** Checks one request. Never throws. */
  check(request: GuardedRequest): Promise<GuardVerdict>
}

/**
 * Creates a guard in front of an API: a tenant's key as `Authorization: Bearer <key>`, over HTTPS only.
 *
 * Checks in this order: exempt path, HTTPS (403), the key (401; malformed, unknown and deleted look the same), scopes and
 * {@link GuardOptions.isEnabled} (403), the tenant's daily limit (429). None of these counts anything; what cannot be
 * checked or counted is refused with 503, and may have been counted.
 *
 * @param options Whose keys are accepted, and for what. Defaults as in {@link GuardOptions}.
 * @throws A {@link core.SecurityError} with code `ERR_ARGUMENT_INVALID`.
 * @example
 * const keyGuard = guard({ keyring, scopes: ['calls:read'], exempt: ['/health'] })
 * export default { fetch: guardFetch(keyGuard, (request, principal) => Response.json(principal)) }
 */
export function guard(options: GuardOptions): Guard {
  const settings = readGuardOptions(options)
  const { errors = 'envelope' } = settings
  const isExempt = compileExempt(settings.exempt ?? [])
  return Object.freeze<Guard>({
    check: async (request) => {
      const outcome = await checkRequest(settings, isExempt, request).catch((error) => unavailable(settings, error))
      if (outcome.ok) return outcome
      return { ok: false, code: outcome.code, refusal: renderRefusal(outcome, errors, requestId(settings)) }
    },
  })
}

/** A refusal without the platform's own id is still a refusal. */
function requestId({ newRequestId }: Settings): string {
  try {
    return String(newRequestId?.() ?? crypto.randomUUID())
  } catch {
    return crypto.randomUUID()
  }
}

type Settings = ReturnType<typeof readGuardOptions>
type Passed = Extract<GuardVerdict, { readonly ok: true }>

async function checkRequest(
  settings: Settings,
  isExempt: (path: string) => boolean,
  request: GuardedRequest,
): Promise<Passed | GuardRefusal> {
  if (isExempt(pathOf(request.target))) return { ok: true, principal: null, headers: {} }
  if (!isEncrypted(request, settings.trustedProxies)) return refuseClear(request, settings)
  const { keyring, realm = 'api', isEnabled } = settings
  const [value, ...others] = request.authorization.flatMap(splitCredentials)
  if (others.length > 0) return REFUSALS.invalidRequest(realm)
  if (value === undefined) return REFUSALS.missing(realm)
  const principal = await keyring.verify(bearerToken(value) ?? '')
  if (principal === null) return REFUSALS.invalid(realm)
  const scopes = typeof settings.scopes === 'function' ? settings.scopes(request) : (settings.scopes ?? [])
  if (!scopes.every((scope) => principal.scopes.includes(scope))) return REFUSALS.scope(realm, scopes)
  if (isEnabled !== undefined && (await isEnabled(principal)) !== true) return REFUSALS.disabled()
  return admit(settings, principal)
}

/** Counted last, so that nothing else uses up the day (T83). */
async function admit(settings: Settings, principal: KeyPrincipal): Promise<Passed | GuardRefusal> {
  const { keyring, rateLimitFields: sendsFields = true, onStoreFailure = 'refuse' } = settings
  try {
    const admission: Admission = await keyring.admit(principal)
    const headers = sendsFields ? rateLimitFields(admission) : {}
    return admission.admitted ? { ok: true, principal, headers } : REFUSALS.limit(admission, headers)
  } catch (error) {
    const refusal = unavailable(settings, error)
    return onStoreFailure === 'allow' ? { ok: true, principal, headers: {} } : refusal
  }
}

/** Refused without a reason that anybody but the platform sees. */
function unavailable({ onError }: Settings, error: unknown): GuardRefusal {
  report(() => onError?.(error))
  return UNAVAILABLE
}

/** All before the query: a request target has no fragment, and whoever reads a `#` as one takes another path (T45). */
function pathOf(target: string): string {
  return /^[^?]*/.exec(target)?.[0] ?? ''
}

/** The secret part is not read; the key has been on the wire in clear, and its owner should know. */
function refuseClear({ authorization }: GuardedRequest, { keyring, onExposedKey }: Settings): GuardRefusal {
  for (const value of authorization.flatMap(splitCredentials)) {
    const keyId = publicKeyId(bearerToken(value) ?? '', keyring.prefix)
    if (keyId !== null) report(() => onExposedKey?.(keyId))
  }
  return REFUSALS.clear()
}

/** What the platform makes of it changes nothing, and must not end the process either. */
function report(tell: () => unknown): void {
  new Promise((resolve) => resolve(tell())).catch(() => undefined)
}

/** RFC 6750 section 2.1; the auth-scheme in any case. */
function bearerToken(value: string): string | null {
  return /^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(value.trim())?.[1] ?? null
}
