import type { Granted } from './exchange.ts'
import { accessTokenOf, lifetimeOf } from './request-access-token.ts'
import type { AccessToken } from './types.ts'

/** A token with what decides how long it is kept. @internal */
export interface KeptToken {
  readonly access: AccessToken
  /** When it was asked for. */
  readonly askedAtMs: number
  /** 0: not kept at all. */
  readonly lifetimeMs: number
}

/**
 * `fresh`: as good as new. `ripe`: given out while it is renewed. `urgent`: about to die on its way, so that its renewal is
 * waited for. `dead`: never given out.
 * @internal
 */
export type Age = 'fresh' | 'ripe' | 'urgent' | 'dead'

const RENEW_AHEAD_MS = 30_000
const URGENT_MS = 5_000

/** By how much a clock may be wrong: workers' clocks differ, and clocks are put right. */
const CLOCK_SKEW_MS = 30_000

/** @internal */
export function keptTokenOf(granted: Granted, defaultLifetimeSeconds: number): KeptToken {
  const lifetimeMs = Math.floor(lifetimeOf(granted, defaultLifetimeSeconds) * 1000)
  return { access: accessTokenOf(granted), askedAtMs: granted.askedAtMs, lifetimeMs }
}

/**
 * How old a token is.
 *
 * It is renewed when a quarter of its life is left, at most 30 seconds, and up to half as much earlier again, so that the
 * workers of a fleet do not all come at once (T62).
 *
 * @param jitter 0 to 1.
 * @internal
 */
export function ageOf(kept: KeptToken, nowMs: number, jitter: number): Age {
  const { lifetimeMs } = kept
  const left = leftMs(kept, nowMs)
  if (left <= 0) return 'dead'
  if (left <= Math.min(URGENT_MS, lifetimeMs / 10)) return 'urgent'
  return left <= Math.min(RENEW_AHEAD_MS, lifetimeMs / 4) * (1 + jitter / 2) ? 'ripe' : 'fresh'
}

/** What is left of a token's life; 0 where nothing is, or nobody knows. @internal */
export function leftMs({ askedAtMs, lifetimeMs }: KeptToken, nowMs: number): number {
  // From the future: the clock went back (T61).
  return nowMs < askedAtMs - CLOCK_SKEW_MS ? 0 : Math.max(0, askedAtMs + lifetimeMs - nowMs)
}
