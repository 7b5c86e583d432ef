import type { SecurityError } from '../errors.ts'
import { readClock } from '../stores/store-arguments.ts'
import type { TokenOwner } from './cache-key.ts'
import type { CheckedRequest } from './checked-request.ts'
import type { TokenEndpoint } from './endpoint-options.ts'
import { exchange } from './exchange.ts'
import { hostOf } from './failures.ts'
import { ageOf, type KeptToken, keptTokenOf, leftMs } from './kept-token.ts'
import { type Obtained, obtainShared, type Surroundings, type TokenJob } from './obtain-shared.ts'
import type { SharedTokens } from './shared-tokens.ts'
import { accept, keep, postponeRenewal, type TokenSlot } from './token-slot.ts'
import type { TokenCacheEvent } from './types.ts'

/** What a cache works with. @internal */
export interface CacheParts {
  readonly endpoint: TokenEndpoint
  readonly shared: SharedTokens | null
  readonly defaultLifetimeSeconds: number
  readonly slotOf: (key: string) => TokenSlot
  readonly observe: (event: TokenCacheEvent) => void
  readonly surroundings: Surroundings
}

/** One token of the cache, and how it is asked for. @internal */
export interface TokenPlace {
  readonly key: string
  readonly request: CheckedRequest
  readonly owner: TokenOwner
  readonly endpoint: TokenEndpoint
}

/** Gets a new token and keeps it. Whoever asks in the meantime waits for the same one, or hears the same failure. @internal */
export type TokenSource = (place: TokenPlace) => Promise<KeptToken>

/** @internal */
export function createTokenSource(parts: CacheParts): TokenSource {
  const flights = new Map<string, Promise<KeptToken>>()
  return (place) => {
    const flying = flights.get(place.key)
    if (flying !== undefined) return flying
    const flight = fly(parts, place, () => flights.delete(place.key))
    flights.set(place.key, flight)
    return flight
  }
}

// INVARIANT: a token is kept and its flight is over in one step, so that whoever asks afterwards sees what was dropped since.
async function fly(parts: CacheParts, place: TokenPlace, land: () => void): Promise<KeptToken> {
  try {
    let obtained = await obtain(parts, place)
    while (isLost(parts, place, obtained)) obtained = await obtain(parts, place)
    const { kept, isShared } = obtained
    if (isShared) tell(parts, place, 'shared')
    const slot = parts.slotOf(place.key)
    const nowMs = readClock(place.endpoint.now)
    keep(slot, kept, nowMs, parts.surroundings.random())
    // As good as it gets for now.
    if (ageOf(kept, nowMs, slot.jitter) !== 'fresh') postponeRenewal(slot, kept, nowMs)
    return kept
  } finally {
    land()
  }
}

/** Whether a token has failed elsewhere on its way, or died. One that was just fetched is the best there is, even dead. */
function isLost(parts: CacheParts, place: TokenPlace, { kept, isShared }: Obtained): boolean {
  return isRejected(parts, place, kept) || (isShared && leftMs(kept, readClock(place.endpoint.now)) === 0)
}

async function obtain(parts: CacheParts, place: TokenPlace): Promise<Obtained> {
  const { shared, surroundings } = parts
  if (shared === null || !parts.slotOf(place.key).isShareable) {
    return { kept: await fetchToken(parts, place), isShared: false }
  }
  const lockMs = place.endpoint.timeoutMs * 1.5
  return obtainShared(shared, jobOf(parts, place), { lockMs, surroundings })
}

function jobOf(parts: CacheParts, place: TokenPlace): TokenJob {
  const { key, endpoint } = place
  const isTaken = (kept: KeptToken): boolean => !isRejected(parts, place, kept)
  return {
    key,
    fetchToken: () => fetchToken(parts, place),
    isFresh: (kept) => isTaken(kept) && ageOf(kept, readClock(endpoint.now), parts.slotOf(key).jitter) === 'fresh',
    leftMs: (kept) => (isTaken(kept) ? leftMs(kept, readClock(endpoint.now)) : 0),
    onStoreFailure: (error) => tellFailure(parts, place, 'storeFailed', error),
  }
}

function isRejected({ slotOf }: CacheParts, { key }: TokenPlace, { access }: KeptToken): boolean {
  return slotOf(key).rejected.includes(access.token.reveal())
}

async function fetchToken(parts: CacheParts, place: TokenPlace): Promise<KeptToken> {
  try {
    const granted = await exchange(place.request, place.endpoint)
    accept(parts.slotOf(place.key), granted.text)
    tell(parts, place, 'fetched')
    return keptTokenOf(granted, parts.defaultLifetimeSeconds)
  } catch (error) {
    tellFailure(parts, place, 'failed', error)
    throw error
  }
}

type Happened = Exclude<TokenCacheEvent, { readonly code: unknown }>['type']
type Failed = Extract<TokenCacheEvent, { readonly code: unknown }>['type']

/** @internal */
export function tell({ observe }: CacheParts, { request, owner }: TokenPlace, type: Happened): void {
  observe(Object.freeze({ type, tenant: owner.tenant, host: hostOf(request.url.origin) }))
}

/** @param error Ours: nothing else leaves a token endpoint or a store. @internal */
export function tellFailure(
  { observe }: CacheParts,
  { request, owner }: TokenPlace,
  type: Failed,
  error: unknown,
): void {
  const { code, retryable } = error as SecurityError
  observe(Object.freeze({ type, tenant: owner.tenant, host: hostOf(request.url.origin), code, retryable }))
}
