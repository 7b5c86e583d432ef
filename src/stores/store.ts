/**
 * A key-value store of atomic operations: all that credentials, access tokens, API keys, nonces and daily limits need.
 *
 * Keys and values are texts. An operation that cannot be carried out rejects with a `SecurityError` of code
 * `ERR_STORE_UNAVAILABLE`, within the adapter's own deadline; it never answers as if a key were absent.
 */
export interface Store {
  /** Reads one value; `null` where there is none, or its time to live is over. */
  get(key: string): Promise<string | null>
  /** Writes a value, whatever stood there. `ttlMs`: milliseconds until it is gone; positive. Default: it stays. */
  set(key: string, value: string, ttlMs?: number): Promise<void>
  /** Writes a value where there is none. Says whether it did. */
  setIfAbsent(key: string, value: string, ttlMs?: number): Promise<boolean>
  /** Replaces a value by another if it is still the expected one. Says whether it did. */
  compareAndSet(key: string, expected: string, value: string, ttlMs?: number): Promise<boolean>
  /** Deletes a value if it is still the expected one. Says whether it did. */
  compareAndDelete(key: string, expected: string): Promise<boolean>
  /** Makes all of the changes if every expectation holds, else none of them. Says whether it did. */
  commit(changes: readonly StoreChange[]): Promise<boolean>
  /** Lists what stands under keys that begin with a prefix, sorted by key. */
  list(prefix: string): Promise<readonly StoreEntry[]>
  /**
   * Counts one more in the current UTC day, unless the limit is reached: one atomic step. A clock that goes back finds
   * the count of the day that it goes back to.
   */
  takeUnderLimit(key: string, limit: number, options?: TakeOptions): Promise<Taken>
  /** Reads the counts of a key by UTC day, `YYYY-MM-DD`, as far back as they are kept. */
  readCounts(key: string): Promise<ReadonlyMap<string, number>>
  /** Ends the connection, if the store made it, and refuses whatever comes later. */
  close(): Promise<void>
}

/** One change of a {@link Store.commit}. */
export interface StoreChange {
  /** The key that changes. */
  readonly key: string
  /** The value that must stand there; `null`: none may; absent: whatever stands there. */
  readonly expected?: string | null
  /** The new value; `null` deletes; absent: only the expectation is checked. */
  readonly value?: string | null
  /** Milliseconds until the new value is gone; positive. Default: it stays. */
  readonly ttlMs?: number
}

/** One value with its key. */
export interface StoreEntry {
  /** The whole key. */
  readonly key: string
  /** What stands there. */
  readonly value: string
}

/** How a {@link Store.takeUnderLimit} counts. */
export interface TakeOptions {
  /** The time, in milliseconds since 1970. Default: the clock of the store's server, so that workers agree. */
  readonly nowMs?: number
  /** Days that a count is kept at least, the current one included; by the store's clock. Positive integer. Default 2. */
  readonly keepDays?: number
}

/** What a {@link Store.takeUnderLimit} did. */
export interface Taken {
  /** Whether it was counted; a refusal counts nothing. */
  readonly admitted: boolean
  /** The count of the day afterwards. */
  readonly count: number
  /** The UTC day it belongs to, `YYYY-MM-DD`. */
  readonly day: string
  /** Milliseconds until the day ends. */
  readonly resetsInMs: number
}
