import type { EngineChange, EngineTaken, StoreEngine } from './engine.ts'
import type { SendCommand } from './redis-client.ts'
import { COMMIT, LIST, READ_COUNTS, TAKE } from './redis-scripts.ts'
import { unavailable } from './unavailable.ts'

/**
 * Values stand under `<prefix>v:`, counts under `<prefix>n:`. `<prefix>i` has all names, for lists that are exact and read
 * nothing else, and `<prefix>x` those that end, so that the names of what is over go, too: a few with each write.
 * @internal
 */
export function createRedisEngine(send: SendCommand, prefix: string): Omit<StoreEngine, 'close'> {
  const base = `${prefix}v:`
  const indexes = [`${prefix}i`, `${prefix}x`, base]
  const run = (script: string, keys: readonly string[], parameters: readonly string[]): Promise<unknown> =>
    send(['EVAL', script, String(keys.length), ...keys, ...parameters])
  return {
    get: async (key) => {
      const value = await send(['GET', base + key])
      return value === null || typeof value === 'string' ? value : refuse()
    },
    list: async (prefix) => {
      const pairs = readPairs(await run(LIST, indexes, [prefix]), isText)
      return pairs.map(([key, value]) => ({ key, value }))
    },
    commit: async (changes) => {
      const keys = changes.map(({ key }) => base + key)
      return readFlag(await run(COMMIT, [...indexes, ...keys], changes.flatMap(writeChange)))
    },
    take: async (key, { limit, nowMs, keepMs }) => {
      const given = nowMs === null ? '' : String(nowMs)
      return readTaken(await run(TAKE, [`${prefix}n:${key}`], [String(limit), given, String(keepMs)]))
    },
    readCounts: async (key) => {
      const pairs = readPairs(await run(READ_COUNTS, [`${prefix}n:${key}`], []), isNumber)
      return pairs.map(([day, count]) => ({ day, count }))
    },
  }
}

function writeChange({ expected, value, ttlMs }: EngineChange): readonly string[] {
  return [...writeValue(expected), ...writeValue(value), ttlMs === undefined ? '' : String(ttlMs)]
}

function writeValue(value: string | null | undefined): readonly [string, string] {
  return value === undefined ? ['*', ''] : value === null ? ['-', ''] : ['=', value]
}

function readFlag(reply: unknown): boolean {
  return reply === 0 || reply === 1 ? reply === 1 : refuse()
}

function readTaken(reply: unknown): EngineTaken {
  const [admitted, count, nowMs] = Array.isArray(reply) ? (reply as unknown[]) : []
  if (!isNumber(count) || !isNumber(nowMs)) return refuse()
  return { admitted: readFlag(admitted), count, nowMs }
}

function readPairs<T>(reply: unknown, isMember: (value: unknown) => value is T): readonly (readonly [T, T])[] {
  if (!Array.isArray(reply) || reply.length % 2 !== 0 || !reply.every(isMember)) return refuse()
  return Array.from({ length: reply.length / 2 }, (_, index) => [reply[2 * index] as T, reply[2 * index + 1] as T])
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}

/** A client that was told to give other types, such as buffers, is of no use. */
function refuse(): never {
  throw unavailable('Redis gave an answer of another type', false)
}
