import { SecurityError } from '../errors.ts'
import { type Secret, secretText } from '../secret.ts'
import { readClock } from '../stores/store-arguments.ts'
import { total } from '../total.ts'
import { type CacheKey, createCacheKey } from './cache-key.ts'
import { type OwnedOptions, readCacheOptions, readOwnedOptions } from './cache-options.ts'
import { checkRequest } from './checked-request.ts'
import { unlessAborted } from './deadline.ts'
import { withDefaults } from './endpoint-options.ts'
import type { Surroundings } from './obtain-shared.ts'
import { createSharedTokens } from './shared-tokens.ts'
import { createSlots, lookUp, postponeRenewal, reject } from './token-slot.ts'
import {
  type CacheParts,
  createTokenSource,
  type TokenPlace,
  type TokenSource,
  tell,
  tellFailure,
} from './token-source.ts'
import type {
  AccessToken,
  DropTokenOptions,
  GetTokenOptions,
  TokenCache,
  TokenCacheEvent,
  TokenCacheOptions,
  TokenRequest,
} from './types.ts'

interface Cache extends CacheParts {
  readonly keyOf: CacheKey
  readonly renew: TokenSource
}

/** @internal */
export const SURROUNDINGS: Surroundings = {
  random: () => Math.random(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
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
  const cache: Cache = {
    ...parts,
    keyOf: surroundings.createCacheKey(hashKey as Uint8Array<ArrayBuffer>),
    renew: createTokenSource(parts),
  }
  return Object.freeze<TokenCache>({
    getToken: (request, given) => getToken(cache, request, given),
    dropToken: (request, failed, given) => dropToken(cache, request, failed, given),
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

async function getToken(cache: Cache, request: TokenRequest, given: GetTokenOptions): Promise<AccessToken> {
  const options = readOwnedOptions(given)
  const { signal } = options
  signal?.throwIfAborted()
  const place = await placeOf(cache, request, options)
  signal?.throwIfAborted()
  const slot = cache.slotOf(place.key)
  const nowMs = readClock(place.endpoint.now)
  const living = lookUp(slot, nowMs)
  if (living === null) return (await unlessAborted(cache.renew(place), signal)).access
  if (living.age === 'urgent') return renewUrgently(cache, place, signal)
  if (living.age === 'ripe' && nowMs >= slot.renewAtMs) renewAhead(cache, place)
  tell(cache, place, 'hit')
  return living.kept.access
}

async function placeOf(
  cache: Cache,
  request: unknown,
  { tenant, environment, fetch }: OwnedOptions,
): Promise<TokenPlace> {
  const checked = checkRequest(request)
  const owner = { tenant, environment }
  const endpoint = fetch === undefined ? cache.endpoint : { ...cache.endpoint, fetch }
  return { key: await cache.keyOf(checked, owner), request: checked, owner, endpoint }
}

/** Nobody waits; who fails, tries again later. */
function renewAhead(cache: Cache, place: TokenPlace): void {
  const postpone = ({ retryAfterMs }: SecurityError): void => {
    const slot = cache.slotOf(place.key)
    if (slot.kept !== null) postponeRenewal(slot, slot.kept, readClock(place.endpoint.now), retryAfterMs)
  }
  cache
    .renew(place)
    .catch(postpone)
    // A clock that fails would end the process.
    .catch(() => {})
}

/** The old token is better than none, as long as it lives. */
async function renewUrgently(cache: Cache, place: TokenPlace, signal: AbortSignal | undefined): Promise<AccessToken> {
  try {
    return (await unlessAborted(cache.renew(place), signal)).access
  } catch (error) {
    signal?.throwIfAborted()
    const living = lookUp(cache.slotOf(place.key), readClock(place.endpoint.now))
    if (living === null) throw error
    tell(cache, place, 'hit')
    return living.kept.access
  }
}

async function dropToken(
  cache: Cache,
  request: TokenRequest,
  failed: Secret | string,
  options: DropTokenOptions,
): Promise<boolean> {
  const text = total('ERR_ARGUMENT_INVALID', () => (typeof failed === 'string' ? failed : secretText(Object(failed))))
  if (text === undefined) throw new SecurityError('ERR_ARGUMENT_INVALID', { message: 'expected the token that failed' })
  const place = await placeOf(cache, request, readOwnedOptions(options))
  const slot = cache.slotOf(place.key)
  const outcome = reject(slot, text)
  // Whoever was told before this caller has dropped it from the store, too.
  const isLeft = outcome !== 'known' && slot.isShareable
  const isDropped = (isLeft && (await dropShared(cache, place, text))) || outcome === 'dropped'
  if (isDropped) tell(cache, place, 'dropped')
  return isDropped
}

async function dropShared(cache: Cache, place: TokenPlace, text: string): Promise<boolean> {
  try {
    return (await cache.shared?.drop(place.key, text)) ?? false
  } catch (error) {
    tellFailure(cache, place, 'storeFailed', error)
    return false
  }
}
