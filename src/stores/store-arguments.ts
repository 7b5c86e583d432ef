import { SecurityError } from '../errors.ts'
import { plainKeys } from '../plain-keys.ts'
import { readOptions } from '../read-options.ts'
import { total } from '../total.ts'
import { DAY_MS } from './days.ts'
import type { EngineChange, EngineTake } from './engine.ts'
import type { TakeOptions } from './store.ts'

/** The last millisecond of the year 9999: later days have longer names. */
const MAX_NOW_MS = 253_402_300_799_999
const MAX_KEEP_DAYS = 36_500
/** Some 30,000 years: a sum with the clock stays exact. */
const MAX_TTL_MS = 1e15
const MAX_CHANGES = 1_000
const CHANGE_FIELDS = ['key', 'expected', 'value', 'ttlMs']

/** @internal */
export function readText(value: unknown, name: string): string {
  // A lone surrogate would be written as another character, so that two keys become one.
  if (typeof value === 'string' && value.isWellFormed()) return value
  throw refuse(`\`${name}\` is no well-formed text`)
}

/** @internal */
export function readTtl(value: unknown): number | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'number' && value > 0 && Number.isFinite(value)) return Math.min(Math.ceil(value), MAX_TTL_MS)
  throw refuse('`ttlMs` is no positive number')
}

/** Copies the changes of a commit, each property read once. @internal */
export function readChanges(changes: unknown): readonly EngineChange[] {
  return total('ERR_ARGUMENT_INVALID', () => {
    if (!Array.isArray(changes)) throw refuse('expected a list of changes')
    if (changes.length > MAX_CHANGES) throw refuse(`more than ${MAX_CHANGES} changes`)
    const copy = Array.from(changes, readChange)
    if (new Set(copy.map(({ key }) => key)).size < copy.length) throw refuse('two changes have the same key')
    return copy
  })
}

function readChange(change: unknown): EngineChange {
  const given = Object.create(null) as Record<string, unknown>
  const names = plainKeys(change)
  if (names === null) throw refuse('expected a change as an object')
  for (const name of names) {
    if (!CHANGE_FIELDS.includes(name)) throw refuse(`unknown field \`${name.toWellFormed()}\` of a change`)
    given[name] = (change as Record<string, unknown>)[name]
  }
  const value = readTextOrNull(given['value'], 'value')
  const ttlMs = readTtl(given['ttlMs'])
  if (ttlMs !== undefined && typeof value !== 'string') throw refuse('`ttlMs` needs a value')
  return { key: readText(given['key'], 'key'), expected: readTextOrNull(given['expected'], 'expected'), value, ttlMs }
}

function readTextOrNull(value: unknown, name: string): string | null | undefined {
  return value === undefined || value === null ? value : readText(value, name)
}

/** @internal */
export function readTake(limit: unknown, options: unknown): EngineTake {
  if (!isNatural(limit)) throw refuse('`limit` is no integer of 0 or more')
  const { nowMs, keepDays = 2 } = readOptions<TakeOptions>(options, {
    nowMs: (value) => typeof value === 'number' && value >= 0 && value <= MAX_NOW_MS,
    keepDays: (value) => isNatural(value) && value >= 1 && value <= MAX_KEEP_DAYS,
  })
  return { limit, nowMs: nowMs === undefined ? null : Math.floor(nowMs), keepMs: keepDays * DAY_MS }
}

/** Reads a clock: one that gives no time would make everything last for ever, or each day a new one. @internal */
export function readClock(now: () => number): number {
  const nowMs: unknown = total('ERR_ARGUMENT_INVALID', now)
  if (typeof nowMs === 'number' && nowMs >= 0 && nowMs <= MAX_NOW_MS) return Math.floor(nowMs)
  throw refuse('the clock gave no time')
}

/** Whether it is a number of milliseconds that a timer can wait. @internal */
export function isDeadline(value: unknown): boolean {
  return isNatural(value) && value >= 1 && value < 2 ** 31
}

function isNatural(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function refuse(message: string): SecurityError {
  return new SecurityError('ERR_ARGUMENT_INVALID', { message })
}
