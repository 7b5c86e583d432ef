import { SecurityError } from '../errors.ts'
import { type NonceStore, readVerifyOptions } from '../hmac/verify-options.ts'
import { plainKeys } from '../plain-keys.ts'
import { type ReadToken, readToken } from '../plan/tokens.ts'
import { type CopiedValue, isString, readOptions } from '../read-options.ts'
import type { AuthTokens } from '../types.ts'
import { isFunction, isOrigin, isPositive } from './option-checks.ts'
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
  /**
   * Refuses a signed message that its caller has sent before. Default none: within the tolerance a copy is accepted. Of a
   * store of `latchkey/stores`: `{ add: (key, ttlMs) => store.setIfAbsent(key, '1', ttlMs) }`.
   */
  readonly nonces?: NonceStore
  /** Whose messages these are, where several tools or tenants share `nonces`. Not empty. Default none. */
  readonly tenant?: string
  /** The clock, in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
  /** Takes signing secrets of fewer than 16 bytes. Default false. */
  readonly allowShortSecret?: boolean
}

/** A caller after the one reading of its tokens. @internal */
export interface KnownCaller {
  readonly principal: string
  readonly tokens: ReadonlyMap<string, ReadToken>
}

/** The options after their one reading. @internal */
export type AuthenticatorSettings = Partial<
  Omit<AuthenticatorOptions, 'credentials'> & { readonly credentials: readonly KnownCaller[] }
>

/** @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`. @internal */
export function readAuthenticatorOptions(options: unknown): AuthenticatorSettings {
  return readOptions<Required<AuthenticatorSettings>>(options, {
    credentials: (value) => Array.isArray(value) && { copy: value.map(readCaller) },
    verifyAccessToken: isFunction,
    verifyCallToken: isFunction,
    realm: isString,
    publicOrigin: isOrigin,
    maxBodyBytes: isPositive,
    toleranceMs: isPositive,
    nonces: asVerified('nonces'),
    tenant: asVerified('tenant'),
    now: isFunction,
    allowShortSecret: (value: unknown) => typeof value === 'boolean',
  })
}

/** What a signature is verified with later is refused now. */
function asVerified(name: 'nonces' | 'tenant'): (value: unknown) => CopiedValue {
  return (value) => ({ copy: readVerifyOptions({ [name]: value })[name] })
}

function readCaller(caller: unknown): KnownCaller {
  const { principal, authTokens } = readOptions<Caller>(caller, {
    principal: (value) => isString(value) && value !== '' && value.isWellFormed(),
    authTokens: (value) => plainKeys(value) !== null && { copy: readAuthTokens(value as AuthTokens) },
  })
  if (principal !== undefined && authTokens !== undefined) {
    return { principal, tokens: authTokens as unknown as KnownCaller['tokens'] }
  }
  throw new SecurityError('ERR_ARGUMENT_INVALID', {
    message: 'expected each of `credentials` as `{ principal, authTokens }`',
  })
}

/** Each token once, whichever requirements have its name; what a getter throws may quote a secret, and is dropped. */
function readAuthTokens(authTokens: AuthTokens): KnownCaller['tokens'] {
  return new Map((plainKeys(authTokens) ?? []).map((name) => [name, readToken(authTokens[name])]))
}
