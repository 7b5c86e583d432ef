import { SecurityError } from '../errors.ts'
import { secretText } from '../secret.ts'
import { total } from '../total.ts'
import { type CacheKey, createCacheKey } from './cache-key.ts'
import { type OwnedOptions, readCacheOptions, readOwnedOptions } from './cache-options.ts'
import { checkRequest } from './checked-request.ts'
import { withDeadline } from './deadline.ts'
import { createTokenDrop } from './drop-token.ts'
import { withDefaults } from './endpoint-options.ts'
import { giveToken } from './give-token.ts'
import type { Surroundings } from './obtain-shared.ts'
import { createSharedTokens } from './shared-tokens.ts'
import { createSlots } from './token-slot.ts'
import { type CacheParts, createTokenSource, type TokenPlace } from './token-source.ts'
import type { TokenCache, TokenCacheEvent, TokenCacheOptions } from './types.ts'

/** @internal */
export const SURROUNDINGS: Surroundings = {
  random: () => Math.random(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  withDeadline,
  steadyMs: () => performance.now(),
  newId: () => crypto.randomUUID(),
  createCacheKey,
}

/**
 * Creates a cache of access tokens, for one process or, with a `store`, for a fleet.
 *
 * A token is fetched once for everyone who waits for it, renewed before it expires, and never given to another tenant: its
 * name in the cache is an HMAC over tenant, environment, token URL, client id, secret, scopes, audience, client
 * authentication and parameters. Failures are shared with those who wait, and never kept.
 *
 * @param options How the token endpoint is asked, and where tokens are kept.
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`.
 * @example
 * const cache = createTokenCache()
 * const { token } = await cache.getToken(need, { tenant: 'tenant-1' })
 * // After a 401:
 * await cache.dropToken(need, token, { tenant: 'tenant-1' })
 */
export function createTokenCache(options?: TokenCacheOptions): TokenCache {
  return buildTokenCache(options, SURROUNDINGS)
}

/** {@link createTokenCache}, whose chance and time a test decides. @internal */
export function buildTokenCache(options: TokenCacheOptions | undefined, surroundings: Surroundings): TokenCache {
  const read = readCacheOptions(options)
  const { store, keys = [], hashKey = crypto.getRandomValues(new Uint8Array(32)), maxEntries = 10_000 } = read
  const parts: CacheParts = {
    endpoint: withDefaults(read),
    shared: store === undefined ? null : createSharedTokens({ store, keys, timeoutMs: read.storeTimeoutMs ?? 250 }),
    defaultLifetimeSeconds: read.defaultLifetimeSeconds ?? 60,
    slotOf: createSlots(maxEntries, surroundings.random),
    observe: safely(read.observe),
    surroundings,
  }
  const keyOf = surroundings.createCacheKey(hashKey as Uint8Array<ArrayBuffer>)
  const renew = createTokenSource(parts)
  const drop = createTokenDrop(parts)
  return Object.freeze<TokenCache>({
    getToken: async (request, given) => {
      const options = readOwnedOptions(given)
      const { signal } = options
      signal?.throwIfAborted()
      const place = await placeOf(parts, keyOf, request, options)
      signal?.throwIfAborted()
      return giveToken({ ...parts, renew }, place, signal)
    },
    dropToken: async (request, failed, given) => {
      const text = textOf(failed)
      return drop(await placeOf(parts, keyOf, request, readOwnedOptions(given)), text)
    },
  })
}

function safely(observe: TokenCacheOptions['observe']): (event: TokenCacheEvent) => void {
  return (event) => {
    try {
      observe?.(event)
    } catch {
      // The observer's own trouble.
    }
  }
}

async function placeOf(
  { endpoint }: CacheParts,
  keyOf: CacheKey,
  request: unknown,
  { tenant, environment, fetch }: OwnedOptions,
): Promise<TokenPlace> {
  const checked = checkRequest(request)
  const owner = { tenant, environment }
  const key = await keyOf(checked, owner)
  return { key, request: checked, owner, endpoint: fetch === undefined ? endpoint : { ...endpoint, fetch } }
}

function textOf(failed: unknown): string {
  const text = total('ERR_ARGUMENT_INVALID', () => (typeof failed === 'string' ? failed : secretText(Object(failed))))
  if (text !== undefined) return text
  throw new SecurityError('ERR_ARGUMENT_INVALID', { message: 'expected the token that failed' })
}
