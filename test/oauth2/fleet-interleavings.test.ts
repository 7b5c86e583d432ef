import fc from 'fast-check'
import { expect, it } from 'vitest'
import { describeToken } from '../../src/oauth2/cache-key.ts'
import type { TokenCache } from '../../src/oauth2/index.ts'
import { buildTokenCache, SURROUNDINGS } from '../../src/oauth2/token-cache.ts'
import { checkAsync } from '../call/check-async.ts'
import { NOW } from './fake-endpoint.ts'
import { requestOf } from './requests.ts'
import { createWatchedStore } from './shared-store.ts'

const REQUEST = requestOf('https://auth.example.com/token')
const T = { tenant: 't' }
const WORKERS = 3
const SHARED = {
  keys: [{ keyId: 'k1', key: new Uint8Array(32) }],
  hashKey: new Uint8Array(32),
  // Time stands still but for the scheduler: no deadline of the store passes.
  storeTimeoutMs: 60_000,
}

type Action = { readonly do: 'get' | 'drop'; readonly worker: number }
const action: fc.Arbitrary<Action> = fc.record({
  do: fc.constantFrom('get', 'get', 'get', 'drop'),
  worker: fc.nat(WORKERS - 1),
})

/** Workers over one store: each of its operations, each pause and each reply comes when the scheduler says so. */
class Fleet {
  readonly #scheduler: fc.Scheduler
  readonly #workers: readonly TokenCache[]
  /** What each worker has seen fail. */
  readonly #failed: readonly Set<string>[] = Array.from({ length: WORKERS }, () => new Set())
  readonly #last: (string | undefined)[] = []
  #flying = 0
  #drops = 0
  issued = 0
  unanswered = 0

  constructor(scheduler: fc.Scheduler) {
    this.#scheduler = scheduler
    const store = createWatchedStore(() => NOW)
    store.before((operation) => this.#turn(operation))
    const createCacheKey =
      () =>
      async (...parts: Parameters<typeof describeToken>) =>
        describeToken(...parts)
    const sleep = (): Promise<void> => this.#turn('pause')
    const surroundings = { ...SURROUNDINGS, createCacheKey, sleep, random: () => 0, steadyMs: () => 0 }
    const options = { ...SHARED, store, now: () => NOW, fetch: () => this.#reply() }
    this.#workers = Array.from({ length: WORKERS }, () => buildTokenCache(options, surroundings))
  }

  async run({ do: what, worker }: Action): Promise<void> {
    this.unanswered += 1
    try {
      if (what === 'get') await this.#get(worker)
      else await this.#drop(worker)
    } finally {
      this.unanswered -= 1
    }
  }

  /** One fetch at the start, and at most one for each token that failed. */
  get allowed(): number {
    return 1 + this.#drops
  }

  async #get(worker: number): Promise<void> {
    const failedBefore = new Set(this.#failed[worker])
    const { token } = (await this.#workers[worker]?.getToken(REQUEST, T)) ?? expect.fail()
    expect(failedBefore).not.toContain(token.reveal())
    this.#last[worker] = token.reveal()
  }

  async #drop(worker: number): Promise<void> {
    const token = this.#last[worker]
    if (token === undefined) return
    if (!this.#failed.some((failed) => failed.has(token))) this.#drops += 1
    await this.#workers[worker]?.dropToken(REQUEST, token, T)
    this.#failed[worker]?.add(token)
  }

  async #reply(): Promise<Response> {
    this.#flying += 1
    expect(this.#flying).toBe(1)
    await this.#turn('reply')
    this.#flying -= 1
    this.issued += 1
    return Response.json({ access_token: `at-${this.issued}`, expires_in: 3600 })
  }

  #turn(what: string): Promise<void> {
    return this.#scheduler.schedule(Promise.resolve(), what)
  }
}

/** Until nothing goes on any more but what the scheduler holds back: sealing and opening take threads. */
async function settle(fleet: Fleet, scheduler: fc.Scheduler): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  while (fleet.unanswered > 0 && scheduler.count() === 0) await new Promise((resolve) => setImmediate(resolve))
}

it('T57, T63: workers that share a store never fetch twice, in whatever order things happen (property)', async () => {
  await checkAsync(
    fc.asyncProperty(fc.scheduler(), fc.array(action, { minLength: 1, maxLength: 12 }), async (scheduler, actions) => {
      const fleet = new Fleet(scheduler)
      const failures: unknown[] = []
      for (const one of actions) {
        scheduler
          .schedule(Promise.resolve(), `${one.do} of ${one.worker}`)
          .then(() => fleet.run(one))
          .catch((error) => failures.push(error))
      }
      while (scheduler.count() > 0 && failures.length === 0) {
        await scheduler.waitOne()
        await settle(fleet, scheduler)
      }
      expect(failures).toEqual([])
      expect(fleet.unanswered).toBe(0)
      expect(fleet.issued).toBeLessThanOrEqual(fleet.allowed)
    }),
    0.2,
  )
})
