import { type Age, ageOf, type KeptToken, leftMs } from './kept-token.ts'

/** What this process knows under one key of the cache. @internal */
export interface TokenSlot {
  kept: KeptToken | null
  /** What the caller's clock said, as the token was kept, of when the steady clock was at 0. */
  steadyStartMs: number
  /** How much earlier than others this process renews: 0 to 1. */
  jitter: number
  /** When a renewal ahead of time may be tried again. */
  renewAtMs: number
  /** Tokens that resource servers refused, the newest last. */
  rejected: readonly string[]
  /** False where the server's tokens live for no time, so that nobody waits for another worker's. */
  isShareable: boolean
}

/** A token that may be given out. @internal */
export interface LivingToken {
  readonly kept: KeptToken
  readonly age: Exclude<Age, 'dead'>
  readonly leftMs: number
}

/** What two clocks say at one moment. @internal */
export interface Clocks {
  /** The caller's, which may be set. */
  readonly wallMs: number
  /** One that nobody sets. */
  readonly steadyMs: number
}

const MAX_REJECTED = 4
const MIN_PAUSE_MS = 1_000

/** Slots by key; beyond the limit, the one not used for longest goes. @internal */
export function createSlots(maxEntries: number, random: () => number): (key: string) => TokenSlot {
  const slots = new Map<string, TokenSlot>()
  return (key) => {
    const slot = slots.get(key) ?? {
      kept: null,
      steadyStartMs: Number.NEGATIVE_INFINITY,
      jitter: random(),
      renewAtMs: 0,
      rejected: [],
      isShareable: true,
    }
    slots.delete(key)
    slots.set(key, slot)
    if (slots.size > maxEntries) dropFirst(slots)
    return slot
  }
}

function dropFirst(map: Map<string, unknown>): void {
  for (const key of map.keys()) {
    map.delete(key)
    return
  }
}

/**
 * The time by which a slot lives: the caller's, but never behind what has passed since its token was kept. A clock that is
 * set back lengthens no life (T61), and one that is set forward only shortens it.
 * @internal
 */
export function timeOf({ steadyStartMs }: TokenSlot, { wallMs, steadyMs }: Clocks): number {
  return Math.max(wallMs, steadyStartMs + steadyMs)
}

/** The token of a slot, if it is alive. @internal */
export function lookUp(slot: TokenSlot, nowMs: number): LivingToken | null {
  const { kept } = slot
  if (kept === null) return null
  const age = ageOf(kept, nowMs, slot.jitter)
  if (age !== 'dead') return { kept, age, leftMs: leftMs(kept, nowMs) }
  slot.kept = null
  return null
}

/** Keeps a token, unless it lives for no time. @internal */
export function keep(slot: TokenSlot, kept: KeptToken, { wallMs, steadyMs }: Clocks, jitter: number): void {
  const isAlive = ageOf(kept, wallMs, 0) !== 'dead'
  const isShareable = kept.lifetimeMs > 0
  Object.assign(slot, {
    kept: isAlive ? kept : null,
    steadyStartMs: wallMs - steadyMs,
    jitter,
    renewAtMs: 0,
    isShareable,
  })
}

/** Renews no further for a while: a tenth of what is left, or as long as the server asked for. @internal */
export function postponeRenewal(slot: TokenSlot, nowMs: number, pauseMs = 0): void {
  if (slot.kept !== null) slot.renewAtMs = nowMs + Math.max(MIN_PAUSE_MS, leftMs(slot.kept, nowMs) / 10, pauseMs)
}

/**
 * Drops a token if it is the one that failed, and takes it from nobody any more.
 * @returns Whether it was kept.
 * @internal
 */
export function reject(slot: TokenSlot, text: string): boolean {
  const isKept = slot.kept?.access.token.reveal() === text
  if (isKept) slot.kept = null
  if (!slot.rejected.includes(text)) slot.rejected = [...slot.rejected, text].slice(-MAX_REJECTED)
  return isKept
}

/** Takes a token again: the server has just given it out, so it stands by it. @internal */
export function accept(slot: TokenSlot, text: string): void {
  slot.rejected = slot.rejected.filter((rejected) => rejected !== text)
}
