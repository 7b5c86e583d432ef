import type { Store } from '../../src/stores/store.ts'

/** A store under test. */
export interface Harness {
  readonly store: Store
  /** Lets time pass for it. */
  readonly pass: (ms: number) => Promise<void>
}

/** A clock that stands still until it is moved. */
export function createClock(nowMs: number = Date.UTC(2026, 10, 20, 12)): {
  readonly now: () => number
  readonly pass: (ms: number) => Promise<void>
} {
  let currentMs = nowMs
  return {
    now: () => currentMs,
    pass: async (ms) => {
      currentMs += ms
    },
  }
}

/** The clock of a server cannot be set. */
export function passReally(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
