import fc from 'fast-check'
import { expect } from 'vitest'
import type { Store, StoreChange, TakeOptions } from '../../src/stores/store.ts'
import { TEXTS } from './contract.ts'
import type { Harness } from './harness.ts'

const DAY_MS = 86_400_000

/** What a store holds, naively. */
interface Model {
  values: Map<string, { readonly value: string; readonly endsAtMs: number }>
  counts: Map<string, { count: number; endsAtMs: number }>
  nowMs: number
}

type Command = fc.AsyncCommand<Model, Harness>

/** Whether times to live are long, for a store whose clock cannot be set, or of all lengths. */
export type Times = 'long' | 'any'

/** A law over all stores: any sequence of operations answers as the model does. */
export function agreesWithModel(open: () => Promise<Harness>, times: Times): fc.IAsyncProperty<[Iterable<Command>]> {
  return fc.asyncProperty(commands(times), async (all) => {
    const real = await open()
    try {
      await fc.asyncModelRun(() => ({ model: { values: new Map(), counts: new Map(), nowMs: 0 }, real }), all)
    } finally {
      await real.store.close()
    }
  })
}

function commands(times: Times): fc.Arbitrary<Iterable<Command>> {
  const key = fc.constantFrom('', 'a', 'a:', 'a:b', 'a:\u{10FFFF}', 'b', 'b\0', 'b\0c')
  const counted = fc.constantFrom('a', 'b\0')
  const value = fc.oneof(fc.constantFrom('1', '2', '3'), fc.constantFrom(...TEXTS), fc.string({ unit: 'binary' }))
  const lengthMs =
    times === 'long' ? fc.constant(3_600_000) : fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constant(DAY_MS))
  const ttlMs = fc.option(lengthMs, { nil: undefined })
  const change = fc.record(
    { key, expected: fc.option(value), value: fc.option(value) },
    { requiredKeys: ['key'] },
  ) as fc.Arbitrary<StoreChange>
  const changes = fc.uniqueArray(change, { selector: ({ key }) => key, maxLength: 4 })
  const options = fc.record(
    { nowMs: fc.constantFrom(0, DAY_MS - 1, DAY_MS, 5 * DAY_MS), keepDays: fc.integer({ min: 1, max: 3 }) },
    { requiredKeys: ['nowMs'] },
  )
  const pass = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constantFrom(DAY_MS, 3 * DAY_MS))
  const kinds: fc.Arbitrary<Command>[] = [
    fc.tuple(key).map((given) => get(...given)),
    fc.tuple(key, value, ttlMs).map((given) => set(...given)),
    fc.tuple(key, value, ttlMs).map((given) => setIfAbsent(...given)),
    fc.tuple(key, value, value, ttlMs).map((given) => compareAndSet(...given)),
    fc.tuple(key, value).map((given) => compareAndDelete(...given)),
    fc.tuple(changes, ttlMs).map(([all, ttl]) => commit(all.map((each) => withTtl(each, ttl)))),
    fc.tuple(key).map((given) => list(...given)),
    fc.tuple(counted, fc.integer({ min: 0, max: 3 }), options).map((given) => take(...given)),
    fc.tuple(counted).map((given) => readCounts(...given)),
  ]
  if (times === 'any') kinds.push(pass.map(wait))
  return fc.commands(kinds, { maxCommands: 40, size: 'max' })
}

function withTtl(change: StoreChange, ttlMs: number | undefined): StoreChange {
  return ttlMs === undefined || typeof change.value !== 'string' ? change : { ...change, ttlMs }
}

/** One operation: what the model says must be what the store says. */
function operation(
  text: string,
  expected: (model: Model) => unknown,
  run: (store: Store) => Promise<unknown>,
): Command {
  return {
    check: () => true,
    run: async (model, { store }) => expect(await run(store)).toEqual(expected(model)),
    toString: () => text,
  }
}

function get(key: string): Command {
  return operation(
    `get(${quote(key)})`,
    (model) => read(model, key),
    (store) => store.get(key),
  )
}

function set(key: string, value: string, ttlMs: number | undefined): Command {
  const write = (model: Model): void => void commitTo(model, [withTtl({ key, value }, ttlMs)])
  return operation(`set(${quote(key, value, ttlMs)})`, write, (store) => store.set(key, value, ttlMs))
}

function setIfAbsent(key: string, value: string, ttlMs: number | undefined): Command {
  const change = withTtl({ key, value, expected: null }, ttlMs)
  const text = `setIfAbsent(${quote(key, value, ttlMs)})`
  return operation(
    text,
    (model) => commitTo(model, [change]),
    (store) => store.setIfAbsent(key, value, ttlMs),
  )
}

function compareAndSet(key: string, expected: string, value: string, ttlMs: number | undefined): Command {
  const change = withTtl({ key, value, expected }, ttlMs)
  return operation(
    `compareAndSet(${quote(key, expected, value, ttlMs)})`,
    (model) => commitTo(model, [change]),
    (store) => store.compareAndSet(key, expected, value, ttlMs),
  )
}

function compareAndDelete(key: string, expected: string): Command {
  const change = { key, expected, value: null }
  const text = `compareAndDelete(${quote(key, expected)})`
  return operation(
    text,
    (model) => commitTo(model, [change]),
    (store) => store.compareAndDelete(key, expected),
  )
}

function commit(changes: readonly StoreChange[]): Command {
  return operation(
    `commit(${quote(changes)})`,
    (model) => commitTo(model, changes),
    (store) => store.commit(changes),
  )
}

function list(prefix: string): Command {
  const expected = (model: Model): unknown =>
    [...model.values]
      .filter(([key]) => key.startsWith(prefix) && read(model, key) !== null)
      .map(([key, { value }]) => ({ key, value }))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
  return operation(`list(${quote(prefix)})`, expected, (store) => store.list(prefix))
}

function take(key: string, limit: number, options: TakeOptions): Command {
  const { nowMs = 0, keepDays = 2 } = options
  const day = Math.floor(nowMs / DAY_MS)
  const expected = (model: Model): unknown => {
    const place = JSON.stringify([key, day])
    const before = countOf(model, place)
    const admitted = before < limit
    const endsAtMs = Math.max(model.counts.get(place)?.endsAtMs ?? 0, model.nowMs + keepDays * DAY_MS)
    if (admitted) model.counts.set(place, { count: before + 1, endsAtMs })
    return { admitted, count: admitted ? before + 1 : before, day: dayName(day), resetsInMs: DAY_MS - (nowMs % DAY_MS) }
  }
  return operation(`take(${quote(key, limit, options)})`, expected, (store) =>
    store.takeUnderLimit(key, limit, options),
  )
}

function readCounts(key: string): Command {
  const expected = (model: Model): unknown => {
    const days = [0, 1, 2, 3, 4, 5].map((day) => [dayName(day), countOf(model, JSON.stringify([key, day]))] as const)
    return new Map(days.filter(([, count]) => count > 0))
  }
  return operation(`readCounts(${quote(key)})`, expected, (store) => store.readCounts(key))
}

function wait(ms: number): Command {
  return {
    check: () => true,
    run: async (model, { pass }) => {
      model.nowMs += ms
      await pass(ms)
    },
    toString: () => `wait(${ms})`,
  }
}

function read({ values, nowMs }: Model, key: string): string | null {
  const found = values.get(key)
  return found === undefined || found.endsAtMs <= nowMs ? null : found.value
}

function countOf({ counts, nowMs }: Model, place: string): number {
  const found = counts.get(place)
  return found === undefined || found.endsAtMs <= nowMs ? 0 : found.count
}

function commitTo(model: Model, changes: readonly StoreChange[]): boolean {
  for (const { key, expected } of changes) if (expected !== undefined && read(model, key) !== expected) return false
  for (const { key, value, ttlMs = Number.POSITIVE_INFINITY } of changes) {
    if (value === null) model.values.delete(key)
    else if (value !== undefined) model.values.set(key, { value, endsAtMs: model.nowMs + ttlMs })
  }
  return true
}

function dayName(day: number): string {
  return `1970-01-0${day + 1}`
}

function quote(...values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value)).join(', ')
}
