import type { CallTokenRequest } from '../call/types.ts'
import type { CredentialStore } from '../credentials/types.ts'
import type { TokenCache } from '../oauth2/types.ts'
import type { ApplyOptions } from '../plan/apply.ts'
import type { Secret } from '../secret.ts'
import type { Observer } from './events.ts'

/** What meets the needs of a resolution, and what a request is sent with. Each is asked for only where it is used. */
export interface Capabilities {
  /** Reads stored credentials; a store of `latchkey/credentials` is one. */
  readonly credentialStore?: Pick<CredentialStore, 'use'>
  /** Fetches and keeps access tokens; a cache of `latchkey/oauth2` is one. */
  readonly tokenCache?: Pick<TokenCache, 'getToken' | 'dropToken'>
  /** Mints a call token, where call set-up has not done so. */
  readonly mintCallToken?: (request: CallTokenRequest) => Promise<string | Secret> | string | Secret
  /** Sends requests. Default for tools: the global `fetch`; for token endpoints: that of the token cache. */
  readonly fetch?: typeof fetch
  /** Time of signing in milliseconds since the epoch. Default `Date.now`. */
  readonly clock?: () => number
  /** Makes the id of a signed message. Default a random UUID. */
  readonly newId?: () => string
  /** Is told what happens: names and codes only. */
  readonly observe?: Observer
}

/** How a request is prepared. */
export interface PrepareOptions extends ApplyOptions {
  /** Id of the call, for {@link Capabilities.mintCallToken}. */
  readonly callId?: string
  /** Ends everything. */
  readonly signal?: AbortSignal
}

/** What becomes of redirects (REQ-5). */
export type RedirectPolicy = 'refuse' | 'sameOrigin' | 'strip'

/** How a request is sent. */
export interface SendOptions extends PrepareOptions {
  /**
   * `refuse` follows none. `sameOrigin` follows those within the origin, credentials written and signed anew. `strip` does
   * so, too, and follows others without any credential, header of the caller or body. Default `refuse`.
   */
  readonly redirects?: RedirectPolicy
  /** How many redirects are followed. Integer from 0 to 20. Default 5. */
  readonly maxRedirects?: number
  /** Milliseconds for the whole: credentials, access tokens, every redirect, the retry and the body. Default 10,000. */
  readonly timeoutMs?: number
  /** Bytes that the body of the answer may have after decompression. Non-negative integer. Default 1,048,576. */
  readonly maxResponseBytes?: number
}
