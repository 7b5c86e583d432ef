import { SecurityError } from '../errors.ts'
import { readOptions } from '../read-options.ts'
import { isAddress } from './encrypted.ts'
import type { KeyPrincipal } from './key-verifying.ts'
import type { Keyring } from './keyring.ts'
import { isScopeList } from './names.ts'
import { isFunction } from './option-checks.ts'
import type { RefusalStyle } from './refusal.ts'

/** Settings of {@link guard}. */
export interface GuardOptions {
  /** Whose keys are accepted. */
  readonly keyring: Pick<Keyring, 'prefix' | 'verify' | 'admit'>
  /** Scopes that a key needs, all of them; or what they are for a request. Default none: any key will do. */
  readonly scopes?: readonly string[] | ((request: GuardedRequest) => readonly string[])
  /** Paths that need no key: `/health` itself, `/webhooks/*` everything below. Default none. */
  readonly exempt?: readonly string[]
  /** Whether the tenant may use this API; `false` gives 403. Default: every tenant may. */
  readonly isEnabled?: (principal: KeyPrincipal) => boolean | Promise<boolean>
  /**
   * Addresses of proxies whose `X-Forwarded-Proto` counts, or a test of them. Each is one address as servers show it, such
   * as `10.0.0.1` or `2001:db8::1`; ranges and names need a test. Default none.
   */
  readonly trustedProxies?: readonly string[] | ((address: string) => boolean)
  /**
   * Told the public id of a key that travelled over plain HTTP, which should be replaced. Nothing is looked up: never delete
   * a key by this alone, since anybody can name an id.
   */
  readonly onExposedKey?: (keyId: string) => void
  /**
   * Told what made {@link Guard.check} answer 503, or could not be counted: an error of the store, or of a function given
   * here. What it throws is dropped. Default: nobody is told.
   */
  readonly onError?: (error: unknown) => void
  /**
   * What happens to a request with a valid key that cannot be counted: 503, or it passes. A key that cannot be looked up
   * is always refused. Default `refuse`.
   */
  readonly onStoreFailure?: 'refuse' | 'allow'
  /** How refusals are written. Default `envelope`. */
  readonly errors?: RefusalStyle
  /** Whether `RateLimit` and `RateLimit-Policy` are sent (draft-ietf-httpapi-ratelimit-headers). Default true. */
  readonly rateLimitFields?: boolean
  /** The protection space that challenges name. Default `api`. */
  readonly realm?: string
  /** Makes the id of a request that refusals hold. Default a random UUID. */
  readonly newRequestId?: () => string
}

/** A request as a guard sees it. */
export interface GuardedRequest {
  /** The HTTP method. */
  readonly method: string
  /** Path with its query, as it was received. */
  readonly target: string
  /** Every value of the `Authorization` header, as it was received. */
  readonly authorization: readonly string[]
  /** Every value of the `X-Forwarded-Proto` header. */
  readonly forwardedProto: readonly string[]
  /** Whether the connection itself was encrypted. */
  readonly isSecure: boolean
  /** Address of the other end of the connection; `null`: not known. */
  readonly remoteAddress: string | null
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')

/** @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`. @internal */
export function readGuardOptions(given: GuardOptions): Partial<GuardOptions> & Pick<GuardOptions, 'keyring'> {
  const settings = readOptions<GuardOptions>(given, {
    keyring: (value) => typeof value === 'object' && value !== null,
    scopes: (value) => isFunction(value) || (isScopeList(value) && { copy: [...value] }),
    exempt: (value) => isTexts(value) && { copy: [...value] },
    isEnabled: isFunction,
    trustedProxies: (value) => isFunction(value) || (isTexts(value) && value.every(isAddress) && { copy: [...value] }),
    onExposedKey: isFunction,
    onError: isFunction,
    onStoreFailure: ['refuse', 'allow'],
    errors: ['envelope', 'problem'],
    rateLimitFields: (value) => typeof value === 'boolean',
    realm: (value) => typeof value === 'string',
    newRequestId: isFunction,
  })
  // Returned as it is: a copy of it would have a prototype again (T91).
  if (settings.keyring !== undefined) return settings as typeof settings & Pick<GuardOptions, 'keyring'>
  throw new SecurityError('ERR_ARGUMENT_INVALID', { message: 'a guard needs a `keyring`' })
}
