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
import { accept, type Clocks, keep, lookUp, postponeRenewal, type TokenSlot, timeOf } from './token-slot.ts'
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
export type TokenSource = (place: TokenPlace) => Promise<Obtained>

/** How often a token that fails on its way is fetched again at once. */
const MAX_ROUNDS = 3

/** @internal */
export function createTokenSource(parts: CacheParts): TokenSource {
  const flights = new Map<string, Promise<Obtained>>()
  return (place) => {
    const flying = flights.get(place.key)
    if (flying !== undefined) return flying
    const flight = fly(parts, place, () => flights.delete(place.key))
    flights.set(place.key, flight)
    return flight
  }
}

// INVARIANT: a token is kept and its flight is over in one step, so that whoever asks afterwards sees what was dropped since.
async function fly(parts: CacheParts, place: TokenPlace, land: () => void): Promise<Obtained> {
  try {
    let obtained = await obtain(parts, place)
    for (let round = 1; isLost(parts, place, obtained, round); round += 1) obtained = await obtain(parts, place)
    const { kept, isShared } = obtained
    if (isShared) tell(parts, place, 'shared')
    const slot = parts.slotOf(place.key)
    const clocks = readClocks(parts, place)
    keep(slot, kept, clocks, parts.surroundings.random())
    // As good as it gets for now.
    if (!isShared && ageOf(kept, clocks.wallMs, slot.jitter) !== 'fresh') postponeRenewal(slot, clocks.wallMs)
    return obtained
  } catch (error) {
    postponeRenewal(parts.slotOf(place.key), timeIn(parts, place), (error as SecurityError).retryAfterMs)
    throw error
  } finally {
    land()
  }
}

/** Whether a token has failed elsewhere on its way, or died. One that was just fetched is the best there is, even dead. */
function isLost(parts: CacheParts, place: TokenPlace, { kept, isShared }: Obtained, round: number): boolean {
  if (!isShared) return round < MAX_ROUNDS && isRejected(parts, place, kept)
  return isRejected(parts, place, kept) || leftMs(kept, readClock(place.endpoint.now)) === 0
}

function readClocks({ surroundings }: CacheParts, { endpoint }: TokenPlace): Clocks {
  return { wallMs: readClock(endpoint.now), steadyMs: surroundings.steadyMs() }
}

/** The time by which what is kept in a place lives. @internal */
export function timeIn(parts: CacheParts, place: TokenPlace): number {
  return timeOf(parts.slotOf(place.key), readClocks(parts, place))
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
  return {
    key: place.key,
    fetchToken: () => fetchToken(parts, place),
    isWanted: (kept) => isWanted(parts, place, kept),
    leftMs: (kept) => leftMs(kept, readClock(place.endpoint.now)),
    onStoreFailure: (error) => tellFailure(parts, place, 'storeFailed', error),
  }
}

/** Who has no token takes any that lives; who renews one wants a fresh one. */
function isWanted(parts: CacheParts, place: TokenPlace, kept: KeptToken): boolean {
  if (isRejected(parts, place, kept)) return false
  const slot = parts.slotOf(place.key)
  const age = ageOf(kept, readClock(place.endpoint.now), slot.jitter)
  return age === 'fresh' || (age !== 'dead' && lookUp(slot, timeIn(parts, place)) === null)
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
