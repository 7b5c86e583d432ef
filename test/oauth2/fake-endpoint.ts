import type { TokenFetch } from '../../src/oauth2/index.ts'

/** A token endpoint without a network, and clocks that only move when they are told to. */
export interface FakeEndpoint {
  readonly fetch: TokenFetch
  readonly now: () => number
  /** Only goes forward. */
  readonly steadyMs: () => number
  /** Time passes, on both clocks. */
  readonly pass: (ms: number) => void
  /** Somebody sets the clock, forward or back. */
  readonly set: (ms: number) => void
  /** The bodies of all requests. */
  readonly calls: readonly URLSearchParams[]
  /** From now on replies wait until they are let go. */
  readonly hold: () => void
  /** Lets all replies go, those that wait and those to come. */
  readonly release: () => void
  /** What it answers from now on; by default `at-1`, `at-2` and so on. */
  readonly answer: (make: () => Response | Promise<Response>) => void
}

export const NOW: number = Date.UTC(2026, 10, 22)

/** @param seconds How long its tokens live; `null`: it does not say. */
export function createFakeEndpoint(seconds: number | null = 3600): FakeEndpoint {
  const calls: URLSearchParams[] = []
  let nowMs = NOW
  let steadyMs = 0
  let issued = 0
  let gate: Promise<void> = Promise.resolve()
  let open = (): void => {}
  let make = (): Response | Promise<Response> => {
    issued += 1
    return Response.json({ access_token: `at-${issued}`, ...(seconds === null ? {} : { expires_in: seconds }) })
  }
  return {
    fetch: async (_, init) => {
      calls.push(new URLSearchParams(String(init.body)))
      await gate
      return make()
    },
    now: () => nowMs,
    steadyMs: () => steadyMs,
    pass: (ms) => {
      nowMs += ms
      steadyMs += ms
    },
    set: (ms) => {
      nowMs += ms
    },
    calls,
    hold: () => {
      gate = new Promise((resolve) => {
        open = resolve
      })
    },
    release: () => open(),
    answer: (next) => {
      make = next
    },
  }
}

/** Lets everything go on that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
