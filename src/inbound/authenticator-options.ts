import { SecurityError } from '../errors.ts'
import type { NonceStore } from '../hmac/verify-options.ts'
import { type CopiedValue, isString, readOptions } from '../read-options.ts'
import type { AuthTokens } from '../types.ts'
import type { AskedToken } from './provers.ts'

/** Somebody who may call, with the secrets that prove it. */
export interface Caller {
  /** Who it is; several entries with one name are several secrets of one caller, such as while rotating. */
  readonly principal: string
  /** The same tokens by requirement name that the caller gives to `resolve`. */
  readonly authTokens: AuthTokens
}

/** What an authenticator checks against. */
export interface AuthenticatorOptions {
  /** Everybody who may call. Default: nobody, where only access tokens or call tokens are asked for. */
  readonly credentials?: readonly Caller[]
  /**
   * Verifies an access token; required where a requirement is `oauth2ClientCredentials`.
   * @returns Whose token it is; `null` where it is not valid for what is asked.
   */
  readonly verifyAccessToken?: (token: string, asked: AskedToken) => Promise<string | null> | string | null
  /**
   * Verifies a call token; required where an option asks for one.
   * @returns Whether it is valid for all of the scopes.
   */
  readonly verifyCallToken?: (token: string, scopes: readonly string[]) => Promise<boolean> | boolean
  /** The protection space that challenges name. Default `tools`. */
  readonly realm?: string
  /** `scheme://host[:port]` that callers use, where a proxy changes it: signatures may cover the URL. Default: the request's own. */
  readonly publicOrigin?: string
  /** Bytes of a body at most; longer ones are refused. Positive integer. Default 1 MiB. */
  readonly maxBodyBytes?: number
  /** How far a signed timestamp may lie in the past or the future, in milliseconds. Default 300,000. */
  readonly toleranceMs?: number
  /** Refuses a signed message that was received before. Default none: within the tolerance a copy is accepted. */
  readonly nonces?: NonceStore
  /** The clock, in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
  /** Takes signing secrets of fewer than 16 bytes. Default false. */
  readonly allowShortSecret?: boolean
}

const isFunction = (value: unknown): boolean => typeof value === 'function'
const isPositive = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) > 0

/** @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`. @internal */
export function readAuthenticatorOptions(options: unknown): Partial<AuthenticatorOptions> {
  return readOptions<AuthenticatorOptions>(options, {
    credentials: readCallers,
    verifyAccessToken: isFunction,
    verifyCallToken: isFunction,
    realm: isString,
    publicOrigin: (value: unknown) => isString(value) && /^https?:\/\/[^/?#\s]+$/.test(value),
    maxBodyBytes: isPositive,
    toleranceMs: isPositive,
    nonces: (value: unknown) => typeof value === 'object' && value !== null,
    now: isFunction,
    allowShortSecret: (value: unknown) => typeof value === 'boolean',
  })
}

function readCallers(value: unknown): boolean | CopiedValue {
  if (!Array.isArray(value)) return false
  const copy = value.map((caller: unknown) => {
    const { principal, authTokens } = (caller ?? {}) as Partial<Caller>
    if (typeof principal === 'string' && principal !== '' && typeof authTokens === 'object' && authTokens !== null) {
      return { principal, authTokens }
    }
    throw new SecurityError('ERR_ARGUMENT_INVALID', {
      message: 'expected each of `credentials` as `{ principal, authTokens }`',
    })
  })
  return { copy }
}
