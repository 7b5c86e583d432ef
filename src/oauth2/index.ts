/**
 * OAuth client credentials: access tokens, fetched and kept.
 *
 * @module oauth2
 */
export { requestAccessToken } from './request-access-token.ts'
export { createTokenCache } from './token-cache.ts'
export type {
  AccessToken,
  DropTokenOptions,
  GetTokenOptions,
  RequestAccessTokenOptions,
  TokenCache,
  TokenCacheEvent,
  TokenCacheOptions,
  TokenEndpointOptions,
  TokenFetch,
  TokenRequest,
} from './types.ts'
