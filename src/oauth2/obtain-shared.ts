import type { CacheKey } from './cache-key.ts'
import type { KeptToken } from './kept-token.ts'
import type { SharedTokens } from './shared-tokens.ts'

/** What depends on chance, on time, or on threads, so that tests can do without. @internal */
export interface Surroundings {
  /** 0 to 1. */
  readonly random: () => number
  readonly sleep: (ms: number) => Promise<void>
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
  readonly isFresh: (kept: KeptToken) => boolean
  /** Milliseconds that are left of a token's life; 0 where it must not be given out. */
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

/** What a worker found out while it waited: its lock, and a token that is old but alive. */
interface Attempt {
  readonly lockId: string
  spare: KeptToken | null
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
  const attempt: Attempt = { lockId: turns.surroundings.newId(), spare: null }
  const turn = await awaitTurn(shared, job, turns, attempt)
  if (typeof turn === 'object') return { kept: turn, isShared: true }
  try {
    const kept = await job.fetchToken()
    const published = share(shared, job, attempt, kept)
    // Without a lock it is in vain, unless the lock was granted and only the answer got lost.
    if (turn === 'mine') await published
    return { kept, isShared: false }
  } catch (error) {
    share(shared, job, attempt, null)
    const { spare } = attempt
    if (spare === null || job.leftMs(spare) === 0) throw error
    return { kept: spare, isShared: true }
  }
}

/** Waits for another worker's token, for the turn to ask, or until neither comes. */
async function awaitTurn(
  shared: SharedTokens,
  job: TokenJob,
  { lockMs, surroundings }: Turns,
  attempt: Attempt,
): Promise<KeptToken | 'mine' | 'alone'> {
  const waitUntil = surroundings.steadyMs() + lockMs
  try {
    for (;;) {
      const found = await findFresh(shared, job, attempt)
      if (found !== null) return found
      if (await shared.lock(job.key, attempt.lockId, lockMs)) return await findAgain(shared, job, attempt)
      if (surroundings.steadyMs() >= waitUntil) return 'alone'
      await surroundings.sleep(MIN_PAUSE_MS + surroundings.random() * (MAX_PAUSE_MS - MIN_PAUSE_MS))
    }
  } catch (error) {
    job.onStoreFailure(error)
    return 'alone'
  }
}

/** Between the look and the lock another worker may have shared its token, and unlocked. */
async function findAgain(shared: SharedTokens, job: TokenJob, attempt: Attempt): Promise<KeptToken | 'mine'> {
  const found = await findFresh(shared, job, attempt)
  if (found === null) return 'mine'
  await share(shared, job, attempt, null)
  return found
}

async function findFresh(shared: SharedTokens, job: TokenJob, attempt: Attempt): Promise<KeptToken | null> {
  const found = await shared.find(job.key)
  if (found === null) return null
  if (job.leftMs(found) > 0) attempt.spare = found
  return job.isFresh(found) ? found : null
}

/** Lets the others go on: with a token, or with their own attempts. Never fails. */
async function share(
  shared: SharedTokens,
  { key, leftMs, onStoreFailure }: TokenJob,
  { lockId }: Attempt,
  kept: KeptToken | null,
): Promise<void> {
  try {
    const ttlMs = kept === null ? 0 : leftMs(kept)
    if (kept !== null && ttlMs > 0) await shared.publish(key, lockId, kept, ttlMs)
    else await shared.unlock(key, lockId)
  } catch (error) {
    onStoreFailure(error)
  }
}
