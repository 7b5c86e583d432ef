import { readOptions } from '../read-options.ts'
import { checkedStore } from './checked-store.ts'
import { dayOf } from './days.ts'
import type { EngineChange, EngineTake, EngineTaken, StoreEngine } from './engine.ts'
import type { Store } from './store.ts'
import { readClock } from './store-arguments.ts'
import { createSweeper } from './sweep.ts'

/** Settings of {@link createMemoryStore}. */
export interface MemoryStoreOptions {
  /** Clock in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
}

interface Value {
  readonly value: string
  readonly endsAtMs: number
}

interface Count {
  readonly count: number
  readonly endsAtMs: number
}

/**
 * Creates a store in the memory of this process: for tests, for one process that may forget, and for the edge.
 *
 * Nothing outlives the process and no other process sees it: a fleet with a memory store in each worker admits the
 * limit once for each worker. What is over is removed bit by bit with each write.
 *
 * @param options The clock, if it is not the system's.
 * @throws A {@link core.SecurityError} with code `ERR_ARGUMENT_INVALID`.
 * @example
 * const store = createMemoryStore()
 * await store.setIfAbsent('nonce:1', 'seen', 600_000) // true
 * await store.setIfAbsent('nonce:1', 'seen', 600_000) // false
 */
export function createMemoryStore(options?: MemoryStoreOptions): Store {
  const { now = Date.now } = readOptions<MemoryStoreOptions>(options, { now: (value) => typeof value === 'function' })
  return checkedStore(createEngine(() => readClock(now)))
}

function createEngine(now: () => number): StoreEngine {
  const values = new Map<string, Value>()
  const counts = new Map<string, Map<number, Count>>()
  const sweepValues = createSweeper(values, isOver)
  const sweepCounts = createSweeper(counts, (days, nowMs) => {
    dropOver(days, nowMs)
    return days.size === 0
  })
  const read = (key: string, nowMs: number): string | null => {
    const found = values.get(key)
    if (found === undefined || isOver(found, nowMs)) return null
    return found.value
  }
  return {
    get: (key) => read(key, now()),
    list: (prefix) => {
      const nowMs = now()
      const alive = [...values].filter(([key, value]) => key.startsWith(prefix) && !isOver(value, nowMs))
      return alive.map(([key, { value }]) => ({ key, value }))
    },
    commit: (changes) => {
      const nowMs = now()
      if (!changes.every(({ key, expected }) => expected === undefined || read(key, nowMs) === expected)) return false
      for (const change of changes) {
        sweepValues(nowMs)
        write(values, change, nowMs)
      }
      return true
    },
    take: (key, take) => {
      const clockMs = now()
      sweepCounts(clockMs)
      const days = counts.get(key) ?? new Map<number, Count>()
      const taken = takeOne(days, take, clockMs)
      if (days.size > 0) counts.set(key, days)
      return taken
    },
    readCounts: (key) => {
      const nowMs = now()
      const alive = [...(counts.get(key) ?? [])].filter(([, count]) => !isOver(count, nowMs))
      return alive.map(([day, { count }]) => ({ day, count }))
    },
    close: () => {
      values.clear()
      counts.clear()
    },
  }
}

function write(values: Map<string, Value>, { key, value, ttlMs }: EngineChange, nowMs: number): void {
  if (value === undefined) return
  if (value === null) values.delete(key)
  else values.set(key, { value, endsAtMs: ttlMs === undefined ? Number.POSITIVE_INFINITY : nowMs + ttlMs })
}

/** Counts of other days stay, so that a clock that goes back finds what the day has used up (T86). */
function takeOne(days: Map<number, Count>, { limit, nowMs, keepMs }: EngineTake, clockMs: number): EngineTaken {
  dropOver(days, clockMs)
  const takenAtMs = nowMs ?? clockMs
  const day = dayOf(takenAtMs)
  const { count, endsAtMs } = days.get(day) ?? { count: 0, endsAtMs: 0 }
  if (count >= limit) return { admitted: false, count, nowMs: takenAtMs }
  days.set(day, { count: count + 1, endsAtMs: Math.max(endsAtMs, clockMs + keepMs) })
  return { admitted: true, count: count + 1, nowMs: takenAtMs }
}

function isOver({ endsAtMs }: { readonly endsAtMs: number }, nowMs: number): boolean {
  return endsAtMs <= nowMs
}

function dropOver(days: Map<number, Count>, nowMs: number): void {
  for (const [day, count] of days) if (isOver(count, nowMs)) days.delete(day)
}
