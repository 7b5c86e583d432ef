import { Secret } from '../secret.ts'
import { checkRequest } from './checked-request.ts'
import { readRequestOptions, withDefaults } from './endpoint-options.ts'
import { exchange, type Granted } from './exchange.ts'
import type { AccessToken, RequestAccessTokenOptions, TokenRequest } from './types.ts'

const MAX_LIFETIME_SECONDS = 24 * 60 * 60

/**
 * Fetches an access token with the client credentials grant, without a cache.
 *
 * The reply is read leniently, and at most 64 KiB of it; redirects are not followed. See {@link createTokenCache} for what a
 * platform wants.
 *
 * @param request An access token need of a resolution, or a request of your own.
 * @param options How the token endpoint is asked.
 * @returns The token and when it expires.
 * @throws A {@link core.SecurityError} with code `ERR_ACCESS_TOKEN_UNAVAILABLE`, whose `retryable` says whether it may work later
 * and whose `retryAfterMs` says when, if the server does; `ERR_ARGUMENT_INVALID`, `ERR_TOKEN_URL`, `ERR_OAUTH_PARAMETER`,
 * `ERR_TOKEN_TYPE`, `ERR_TOKEN_EMPTY`, `ERR_TOKEN_TOO_LONG` or `ERR_TOKEN_CLIENT` where the request is wrong. The signal's
 * reason, once it ended the exchange.
 * @example
 * const client = { clientId: 'orders', clientSecret: new Secret('<CLIENT_SECRET>') }
 * const { token } = await requestAccessToken({ tokenUrl: 'https://auth.example.com/token', scope: 'orders:read', client })
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.4 RFC 6749, section 4.4}
 */
export async function requestAccessToken(
  request: TokenRequest,
  options?: RequestAccessTokenOptions,
): Promise<AccessToken> {
  const { signal, ...endpoint } = readRequestOptions(options)
  return accessTokenOf(await exchange(checkRequest(request), withDefaults(endpoint), signal))
}

/** The seconds that a token's life is believed to last, from when it was asked for. @internal */
export function lifetimeOf({ expiresIn }: Granted, unsaidSeconds: number): number {
  return Math.min(expiresIn ?? unsaidSeconds, MAX_LIFETIME_SECONDS)
}

/** @internal */
export function accessTokenOf(granted: Granted): AccessToken {
  const { text, askedAtMs, expiresIn } = granted
  const expiresAtMs = expiresIn === null ? null : askedAtMs + Math.floor(lifetimeOf(granted, 0) * 1000)
  return Object.freeze({ token: new Secret(text), expiresAtMs })
}
