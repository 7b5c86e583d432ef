import { unlessAborted } from './deadline.ts'
import { ageOf } from './kept-token.ts'
import { lookUp } from './token-slot.ts'
import { type CacheParts, type TokenPlace, type TokenSource, tell, timeIn } from './token-source.ts'
import type { AccessToken } from './types.ts'

/** A cache as those who want a token see it. @internal */
export interface TokenGiver extends CacheParts {
  readonly renew: TokenSource
}

/**
 * Gives the kept token as long as it lives, and sees to the next one in time. Without a kept one the next is waited for.
 * @internal
 */
export async function giveToken(
  cache: TokenGiver,
  place: TokenPlace,
  signal: AbortSignal | undefined,
): Promise<AccessToken> {
  const slot = cache.slotOf(place.key)
  const nowMs = timeIn(cache, place)
  const living = lookUp(slot, nowMs)
  if (living === null) return giveNext(cache, place, signal)
  if (living.age !== 'fresh' && nowMs >= slot.renewAtMs) {
    if (living.age === 'urgent') return giveUrgently(cache, place, living.leftMs / 2, signal)
    renew(cache, place)
  }
  tell(cache, place, 'hit')
  return living.kept.access
}

async function giveNext(cache: TokenGiver, place: TokenPlace, signal: AbortSignal | undefined): Promise<AccessToken> {
  const { kept, isShared } = await unlessAborted(renew(cache, place), signal)
  // Another worker's may be old, and due for renewal.
  const isOld = isShared && ageOf(kept, timeIn(cache, place), cache.slotOf(place.key).jitter) !== 'fresh'
  return isOld ? giveToken(cache, place, signal) : kept.access
}

/** Waits for the next token, but not until the old one is dead: it is better than none. */
async function giveUrgently(
  cache: TokenGiver,
  place: TokenPlace,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<AccessToken> {
  const renewal = renew(cache, place)
  const late = (): Error => new Error('late')
  try {
    return (await cache.surroundings.withDeadline({ timeoutMs, signal }, late, () => renewal)).kept.access
  } catch {
    signal?.throwIfAborted()
    const living = lookUp(cache.slotOf(place.key), timeIn(cache, place))
    // It was dropped: the next one is all there is to wait for.
    if (living === null) return (await unlessAborted(renewal, signal)).kept.access
    tell(cache, place, 'hit')
    return living.kept.access
  }
}

/** Nobody need wait for it. */
function renew({ renew }: TokenGiver, place: TokenPlace): ReturnType<TokenSource> {
  const renewal = renew(place)
  renewal.catch(() => {})
  return renewal
}
