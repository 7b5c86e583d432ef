import type { SealingKey } from '../envelope.ts'
import { SecurityError } from '../errors.ts'
import type { Store } from '../stores/store.ts'
import { isOwn } from '../total.ts'
import { withDeadline } from './deadline.ts'
import type { KeptToken } from './kept-token.ts'
import { openToken, sealToken } from './sealed-token.ts'

/** Tokens that the workers of a fleet share. Each method rejects with `ERR_STORE_UNAVAILABLE`, within its time. @internal */
export interface SharedTokens {
  /** The token, if there is one that can be read. */
  find(key: string): Promise<KeptToken | null>
  /** Whether this worker, and no other, may ask the token endpoint now. */
  lock(key: string, lockId: string, ttlMs: number): Promise<boolean>
  /** Lets the next worker ask. */
  unlock(key: string, lockId: string): Promise<unknown>
  /** Shares a token and unlocks, unless the lock is another worker's by now: a late token never replaces a newer one. */
  publish(key: string, lockId: string, kept: KeptToken, ttlMs: number): Promise<unknown>
  /** Deletes the token if it is this one. Says whether it did. */
  drop(key: string, text: string): Promise<boolean>
}

/** How tokens are shared. @internal */
export interface SharedTokensOptions {
  readonly store: Store
  readonly keys: readonly SealingKey[]
  readonly timeoutMs: number
}

/** @internal */
export function createSharedTokens({ store, keys, timeoutMs }: SharedTokensOptions): SharedTokens {
  const ask = <T>(run: () => Promise<T>): Promise<T> => askStore(timeoutMs, run)
  const read = async (key: string): Promise<readonly [sealed: string, kept: KeptToken] | null> => {
    const sealed = await ask(() => store.get(tokenKey(key)))
    const kept = sealed === null ? null : await openToken(sealed, keys, key)
    return sealed === null || kept === null ? null : [sealed, kept]
  }
  return {
    find: async (key) => (await read(key))?.[1] ?? null,
    lock: (key, lockId, ttlMs) => ask(() => store.setIfAbsent(lockKey(key), lockId, ttlMs)),
    unlock: (key, lockId) => ask(() => store.compareAndDelete(lockKey(key), lockId)),
    publish: async (key, lockId, kept, ttlMs) => {
      const value = await sealToken(kept, keys[0] as SealingKey, key)
      const unlocked = { key: lockKey(key), expected: lockId, value: null }
      return ask(() => store.commit([unlocked, { key: tokenKey(key), value, ttlMs }]))
    },
    drop: async (key, text) => {
      const [sealed, kept] = (await read(key)) ?? []
      if (sealed === undefined || kept?.access.token.reveal() !== text) return false
      return ask(() => store.compareAndDelete(tokenKey(key), sealed))
    },
  }
}

function tokenKey(key: string): string {
  return `oauth2:token:${key}`
}

function lockKey(key: string): string {
  return `oauth2:lock:${key}`
}

async function askStore<T>(timeoutMs: number, run: () => Promise<T>): Promise<T> {
  const message = `the store did not answer within ${timeoutMs} ms`
  const late = (): Error => new SecurityError('ERR_STORE_UNAVAILABLE', { message, retryable: true })
  try {
    return await withDeadline({ timeoutMs }, late, async () => run())
  } catch (error) {
    if (isOwn(error) && error.code === 'ERR_STORE_UNAVAILABLE') throw error
    throw new SecurityError('ERR_STORE_UNAVAILABLE', { retryable: true })
  }
}
