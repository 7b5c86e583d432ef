import type { SealingKey } from '../envelope.ts'
import type { ErrorCode } from '../errors.ts'
import type { Secret } from '../secret.ts'
import type { Store } from '../stores/store.ts'
import type { AccessTokenNeed } from '../types.ts'

/** An access token as a resource server takes it. */
export interface AccessToken {
  /** What stands behind `Bearer `. */
  readonly token: Secret
  /** Milliseconds since the epoch, reckoned from when it was asked for; at most a day ahead. `null`: the server did not say. */
  readonly expiresAtMs: number | null
}

/** What a token endpoint is asked; an {@link core.AccessTokenNeed} is one. `clientAuthentication` has its default. */
export type TokenRequest = Pick<AccessTokenNeed, 'tokenUrl' | 'scope' | 'audience' | 'parameters' | 'client'> &
  Partial<Pick<AccessTokenNeed, 'clientAuthentication'>>

/** Sends one request, as the platform's `fetch` does; `redirect: 'manual'` and `signal` are to be obeyed. */
export type TokenFetch = (url: string, init: RequestInit) => Promise<Response>

/** How a token endpoint is asked. */
export interface TokenEndpointOptions {
  /** Sends the request. Default: the platform's `fetch`. A `SecurityError` that it throws is passed on. */
  readonly fetch?: TokenFetch
  /** The clock, in milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number
  /** Milliseconds for the whole exchange, the body included. 1 to 600,000. Default 10,000. */
  readonly timeoutMs?: number
  /** Whether a token URL may be plain http on loopback, for tests and development. Default false. */
  readonly allowLoopbackHttp?: boolean
  /** What happens when the server names the scopes it granted and one that was asked for is missing. Default `refuse`. */
  readonly missingScopes?: 'refuse' | 'allow'
}

/** How one access token is asked for. */
export interface RequestAccessTokenOptions extends TokenEndpointOptions {
  /** Ends the exchange; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/** How a {@link TokenCache} works. */
export interface TokenCacheOptions extends TokenEndpointOptions {
  /** Shares tokens among processes; needs `keys` and `hashKey`, the same in each of them. Default: this process alone. */
  readonly store?: Store
  /** Seal tokens in the store: the first seals, all of them open. Each has an id of its own. */
  readonly keys?: readonly SealingKey[]
  /** At least 32 random bytes: under which names tokens are kept. Default: made anew, which a shared store cannot use. */
  readonly hashKey?: Uint8Array
  /** Milliseconds that one operation of the store may take. 1 to 60,000. Default 250. */
  readonly storeTimeoutMs?: number
  /** Seconds that a token is kept whose server does not say how long it lives. 1 to 86,400. Default 60. */
  readonly defaultLifetimeSeconds?: number
  /** How many tokens are kept in memory; the one not used for longest goes first. Positive integer. Default 10,000. */
  readonly maxEntries?: number
  /** Is told what happens: names and codes only. What it throws is dropped. */
  readonly observe?: (event: TokenCacheEvent) => void
}

/** For whom a token is, and how long to wait for it. */
export interface GetTokenOptions extends DropTokenOptions {
  /** Sends the request, if this call is the one that asks the token endpoint. Default: the cache's own. */
  readonly fetch?: TokenFetch
  /** Ends this caller's wait, which then rejects with the signal's reason. Others who wait for the token go on. */
  readonly signal?: AbortSignal
}

/** For whom a token is. */
export interface DropTokenOptions {
  /** Whose token it is: not empty. Tenants never share a token. */
  readonly tenant: string
  /** Environment of the tenant. Environments never share a token. Default: none. */
  readonly environment?: string | null
}

/** Keeps access tokens, and renews them before they expire. */
export interface TokenCache {
  /**
   * Gives an access token: a kept one, or one that is fetched for everyone who waits for it.
   *
   * @param request An access token need of a resolution, or a request of your own.
   * @throws A {@link core.SecurityError} with code `ERR_ACCESS_TOKEN_UNAVAILABLE`, whose `retryable` says whether it may
   * work later; `ERR_TENANT_REQUIRED`, `ERR_ARGUMENT_INVALID`, `ERR_TOKEN_URL`, `ERR_OAUTH_PARAMETER`, `ERR_TOKEN_TYPE`,
   * `ERR_TOKEN_EMPTY`, `ERR_TOKEN_TOO_LONG` or `ERR_TOKEN_CLIENT` where the caller or the definition is wrong. The signal's
   * reason once it has ended the wait.
   */
  getToken(request: TokenRequest, options: GetTokenOptions): Promise<AccessToken>
  /**
   * Drops a token that a resource server answered with 401: exactly this one, wherever it is kept.
   *
   * @param failed The token that failed.
   * @returns Whether this call dropped it. False means that it was no longer kept. Either way `getToken` gives another, unless
   * the server gives out the same one again.
   * @throws A {@link core.SecurityError} as `getToken`, but for `ERR_ACCESS_TOKEN_UNAVAILABLE`.
   */
  dropToken(request: TokenRequest, failed: Secret | string, options: DropTokenOptions): Promise<boolean>
}

/** Something that happened in a {@link TokenCache}. */
export type TokenCacheEvent =
  | {
      /**
       * `hit`: a kept token was given. `fetched`: the token endpoint gave one. `shared`: another process had fetched it.
       * `dropped`: a failed one was dropped.
       */
      readonly type: 'hit' | 'fetched' | 'shared' | 'dropped'
      /** Whose token it is. */
      readonly tenant: string
      /** Host of the token endpoint. */
      readonly host: string
    }
  | {
      /** `failed`: the token endpoint gave none. `storeFailed`: the store did not help, so it was done without. */
      readonly type: 'failed' | 'storeFailed'
      /** Whose token it is. */
      readonly tenant: string
      /** Host of the token endpoint. */
      readonly host: string
      /** Why. */
      readonly code: ErrorCode
      /** Whether it may work later. */
      readonly retryable: boolean
    }
