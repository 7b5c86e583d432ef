import { createMemoryStore } from '../../src/stores/memory.ts'
import type { Store } from '../../src/stores/store.ts'

type Operation = 'get' | 'setIfAbsent' | 'compareAndDelete' | 'commit'

/** What an operation does instead of its work. */
export type Trouble = () => Promise<never>

export interface WatchedStore extends Store {
  /** Every operation that was asked for, in order. */
  readonly operations: readonly Operation[]
  /** Lets operations fail from now on; none: all work. */
  readonly trouble: (make?: Trouble, which?: readonly Operation[]) => void
  /** Is called before an operation does its work. */
  readonly before: (hook: ((operation: Operation) => void | Promise<void>) | undefined) => void
}

const ALL: readonly Operation[] = ['get', 'setIfAbsent', 'compareAndDelete', 'commit']

/** A store in memory that a test can look into and break. */
export function createWatchedStore(now: () => number): WatchedStore {
  const store = createMemoryStore({ now })
  const operations: Operation[] = []
  let make: Trouble | undefined
  let broken: readonly Operation[] = []
  let hook: ((operation: Operation) => void | Promise<void>) | undefined
  const watch = async <T>(operation: Operation, run: () => Promise<T>): Promise<T> => {
    operations.push(operation)
    await hook?.(operation)
    return make !== undefined && broken.includes(operation) ? make() : run()
  }
  return {
    ...store,
    get: (key) => watch('get', () => store.get(key)),
    setIfAbsent: (...values) => watch('setIfAbsent', () => store.setIfAbsent(...values)),
    compareAndDelete: (...values) => watch('compareAndDelete', () => store.compareAndDelete(...values)),
    commit: (changes) => watch('commit', () => store.commit(changes)),
    operations,
    trouble: (next, which = ALL) => {
      make = next
      broken = which
    },
    before: (next) => {
      hook = next
    },
  }
}
