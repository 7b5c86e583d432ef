import { type Age, ageOf, CLOCK_SKEW_MS, type KeptToken } from './kept-token.ts'

/** What this process knows under one key of the cache. @internal */
export interface TokenSlot {
  kept: KeptToken | null
  /** The latest time at which the token was looked at. */
  seenAtMs: number
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
}

const MAX_REJECTED = 4
const MIN_PAUSE_MS = 1_000

/** Slots by key; beyond the limit, the one not used for longest goes. @internal */
export function createSlots(maxEntries: number, random: () => number): (key: string) => TokenSlot {
  const slots = new Map<string, TokenSlot>()
  return (key) => {
    const slot = slots.get(key) ?? {
      kept: null,
      seenAtMs: 0,
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

/** The token of a slot, if it is alive. @internal */
export function lookUp(slot: TokenSlot, nowMs: number): LivingToken | null {
  const { kept } = slot
  if (kept === null) return null
  // A clock that went back since the last look says nothing about what is left of the life (T61).
  const age = nowMs < slot.seenAtMs - CLOCK_SKEW_MS ? 'dead' : ageOf(kept, nowMs, slot.jitter)
  slot.seenAtMs = Math.max(slot.seenAtMs, nowMs)
  if (age !== 'dead') return { kept, age }
  slot.kept = null
  return null
}

/** Keeps a token, unless it lives for no time. @internal */
export function keep(slot: TokenSlot, kept: KeptToken, nowMs: number, jitter: number): void {
  const isAlive = ageOf(kept, nowMs, 0) !== 'dead'
  const isShareable = kept.lifetimeMs > 0
  Object.assign(slot, { kept: isAlive ? kept : null, seenAtMs: nowMs, jitter, renewAtMs: 0, isShareable })
}

/** Renews no further for a while: a tenth of what is left, or as long as the server asked for. @internal */
export function postponeRenewal(
  slot: TokenSlot,
  { askedAtMs, lifetimeMs }: KeptToken,
  nowMs: number,
  pauseMs = 0,
): void {
  const leftMs = askedAtMs + lifetimeMs - nowMs
  slot.renewAtMs = nowMs + Math.max(MIN_PAUSE_MS, leftMs / 10, pauseMs)
}

/**
 * Drops a token if it is the one that failed, and takes it from nobody any more.
 * @returns `known` where it had been rejected before.
 * @internal
 */
export function reject(slot: TokenSlot, text: string): 'dropped' | 'known' | 'unknown' {
  const isKept = slot.kept?.access.token.reveal() === text
  const isKnown = slot.rejected.includes(text)
  if (isKept) slot.kept = null
  if (!isKnown) slot.rejected = [...slot.rejected, text].slice(-MAX_REJECTED)
  return isKept ? 'dropped' : isKnown ? 'known' : 'unknown'
}

/** Takes a token again: the server has just given it out, so it stands by it. @internal */
export function accept(slot: TokenSlot, text: string): void {
  slot.rejected = slot.rejected.filter((rejected) => rejected !== text)
}
