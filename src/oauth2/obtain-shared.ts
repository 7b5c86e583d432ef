import type { CacheKey } from './cache-key.ts'
import type { withDeadline } from './deadline.ts'
import type { KeptToken } from './kept-token.ts'
import type { SharedTokens } from './shared-tokens.ts'

/** What depends on chance, on time, or on threads, so that tests can do without. @internal */
export interface Surroundings {
  /** 0 to 1. */
  readonly random: () => number
  readonly sleep: (ms: number) => Promise<void>
  /** Waits for a renewal, but not for longer than the old token is good for. */
  readonly withDeadline: typeof withDeadline
  /** Milliseconds on a clock that nobody sets. */
  readonly steadyMs: () => number
  readonly newId: () => string
  readonly createCacheKey: (hashKey: Uint8Array<ArrayBuffer>) => CacheKey
}

/** One token that is to be had. @internal */
export interface TokenJob {
  readonly key: string
  /** Asks the token endpoint. */
  readonly fetchToken: () => Promise<KeptToken>
  /** Whether a shared token is worth taking. */
  readonly isWanted: (kept: KeptToken) => boolean
  /** Milliseconds that are left of a token's life. */
  readonly leftMs: (kept: KeptToken) => number
  /** Is told that the store did not help. */
  readonly onStoreFailure: (error: unknown) => void
}

/** How workers wait for each other. @internal */
export interface Turns {
  /** How long one worker may keep the others waiting: longer than its fetch can take. */
  readonly lockMs: number
  readonly surroundings: Surroundings
}

/** A token, and whether the store had it. @internal */
export interface Obtained {
  readonly kept: KeptToken
  readonly isShared: boolean
}

const MIN_PAUSE_MS = 15
const MAX_PAUSE_MS = 40

/**
 * Gets a token that a whole fleet shares: one worker asks the token endpoint, the others wait for what it shares.
 *
 * A worker that dies holds the others up no longer than its lock lives. Without the store each worker asks for itself.
 * @internal
 */
export async function obtainShared(shared: SharedTokens, job: TokenJob, turns: Turns): Promise<Obtained> {
  const lockId = turns.surroundings.newId()
  const turn = await awaitTurn(shared, job, turns, lockId)
  if (typeof turn === 'object') return { kept: turn, isShared: true }
  try {
    const kept = await job.fetchToken()
    const published = share(shared, job, lockId, kept)
    // Without a lock it is in vain, unless the lock was granted and only the answer got lost.
    if (turn === 'mine') await published
    return { kept, isShared: false }
  } catch (error) {
    share(shared, job, lockId, null)
    throw error
  }
}

/** Waits for another worker's token, for the turn to ask, or until neither comes. */
async function awaitTurn(
  shared: SharedTokens,
  job: TokenJob,
  { lockMs, surroundings }: Turns,
  lockId: string,
): Promise<KeptToken | 'mine' | 'alone'> {
  // When the lock of a worker that died is over, one of those who wait gets it: there is time for that one's fetch, too.
  const waitUntil = surroundings.steadyMs() + 2 * lockMs
  try {
    for (;;) {
      const found = await findWanted(shared, job)
      if (found !== null) return found
      if (await shared.lock(job.key, lockId, lockMs)) return await findAgain(shared, job, lockId)
      if (surroundings.steadyMs() >= waitUntil) return 'alone'
      await surroundings.sleep(MIN_PAUSE_MS + surroundings.random() * (MAX_PAUSE_MS - MIN_PAUSE_MS))
    }
  } catch (error) {
    job.onStoreFailure(error)
    return 'alone'
  }
}

/** Between the look and the lock another worker may have shared its token, and unlocked. */
async function findAgain(shared: SharedTokens, job: TokenJob, lockId: string): Promise<KeptToken | 'mine'> {
  const found = await findWanted(shared, job)
  if (found === null) return 'mine'
  await share(shared, job, lockId, null)
  return found
}

async function findWanted(shared: SharedTokens, { key, isWanted }: TokenJob): Promise<KeptToken | null> {
  const found = await shared.find(key)
  return found !== null && isWanted(found) ? found : null
}

/** Lets the others go on: with a token, or with their own attempts. Never fails. */
async function share(
  shared: SharedTokens,
  { key, leftMs, onStoreFailure }: TokenJob,
  lockId: string,
  kept: KeptToken | null,
): Promise<void> {
  try {
    const ttlMs = kept === null ? 0 : leftMs(kept)
    if (kept !== null && ttlMs > 0) await shared.publish(key, lockId, kept, ttlMs)
    else await shared.unlock(key, lockId)
  } catch (error) {
    onStoreFailure(error)
    // A lock that stays would hold up the others. Not awaited: the store may still be away.
    shared.unlock(key, lockId).catch(() => {})
  }
}
