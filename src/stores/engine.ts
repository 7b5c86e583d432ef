/**
 * What an adapter has to be able to do: little, because {@link checkedStore} makes a whole store of it.
 *
 * Arguments were checked. Operations are atomic, and throw or reject with nothing but a `SecurityError`.
 * @internal
 */
export interface StoreEngine {
  readonly get: (key: string) => string | null | Promise<string | null>
  readonly list: (prefix: string) => readonly EngineEntry[] | Promise<readonly EngineEntry[]>
  /** Keys differ from each other. */
  readonly commit: (changes: readonly EngineChange[]) => boolean | Promise<boolean>
  /** With `nowMs` null by the store's own clock; counts are dropped by that clock in any case. */
  readonly take: (key: string, take: EngineTake) => EngineTaken | Promise<EngineTaken>
  readonly readCounts: (key: string) => readonly EngineCount[] | Promise<readonly EngineCount[]>
  readonly close: () => void | Promise<void>
}

interface EngineEntry {
  readonly key: string
  readonly value: string
}

/** One change; `undefined` where nothing is expected, or nothing is written. @internal */
export interface EngineChange {
  readonly key: string
  readonly expected: string | null | undefined
  readonly value: string | null | undefined
  /** Positive integer, or `undefined`: it stays. */
  readonly ttlMs: number | undefined
}

/** @internal */
export interface EngineTake {
  readonly limit: number
  readonly nowMs: number | null
  /** How long after its last increase a count is dropped. */
  readonly keepMs: number
}

/** @internal */
export interface EngineTaken {
  readonly admitted: boolean
  readonly count: number
  /** The time that chose the day. */
  readonly nowMs: number
}

interface EngineCount {
  /** Days since 1970. */
  readonly day: number
  readonly count: number
}
