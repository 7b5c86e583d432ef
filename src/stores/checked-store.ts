import { SecurityError } from '../errors.ts'
import { dayOf, formatDay, leftOfDay } from './days.ts'
import type { EngineChange, StoreEngine } from './engine.ts'
import type { Store } from './store.ts'
import { readChanges, readTake, readText, readTtl } from './store-arguments.ts'

/**
 * Makes a store of what an adapter can do: checks arguments, so that no adapter sees another type than it expects, and
 * writes each operation as the one commit that it is.
 * @internal
 */
export function checkedStore(engine: StoreEngine): Store {
  let closing: Promise<void> | null = null
  const open = (): StoreEngine => {
    if (closing === null) return engine
    throw new SecurityError('ERR_STORE_UNAVAILABLE', { message: 'the store was closed' })
  }
  const commit = async (change: EngineChange): Promise<boolean> => open().commit([change])
  return Object.freeze<Store>({
    get: async (key) => open().get(readText(key, 'key')),
    set: async (key, value, ttlMs) => {
      await commit(readWrite(key, undefined, value, ttlMs))
    },
    setIfAbsent: async (key, value, ttlMs) => commit(readWrite(key, null, value, ttlMs)),
    compareAndSet: async (key, expected, value, ttlMs) =>
      commit(readWrite(key, readText(expected, 'expected'), value, ttlMs)),
    compareAndDelete: async (key, expected) =>
      commit({
        key: readText(key, 'key'),
        expected: readText(expected, 'expected'),
        value: null,
        ttlMs: undefined,
      }),
    commit: async (changes) => open().commit(readChanges(changes)),
    list: async (prefix) => {
      const entries = await open().list(readText(prefix, 'prefix'))
      return [...entries].sort((a, b) => (a.key < b.key ? -1 : 1))
    },
    takeUnderLimit: async (key, limit, options) => {
      const { admitted, count, nowMs } = await open().take(readText(key, 'key'), readTake(limit, options))
      return { admitted, count, day: formatDay(dayOf(nowMs)), resetsInMs: leftOfDay(nowMs) }
    },
    readCounts: async (key) => {
      const counts = await open().readCounts(readText(key, 'key'))
      return new Map([...counts].sort((a, b) => a.day - b.day).map(({ day, count }) => [formatDay(day), count]))
    },
    close: () => {
      closing ??= Promise.resolve().then(() => engine.close())
      return closing
    },
  })
}

function readWrite(key: unknown, expected: string | null | undefined, value: unknown, ttlMs: unknown): EngineChange {
  return { key: readText(key, 'key'), expected, value: readText(value, 'value'), ttlMs: readTtl(ttlMs) }
}
