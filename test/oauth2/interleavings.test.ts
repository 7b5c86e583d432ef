import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Secret, SecurityError } from '../../src/index.ts'
import { describeToken } from '../../src/oauth2/cache-key.ts'
import { unlessAborted, type withDeadline } from '../../src/oauth2/deadline.ts'
import type { TokenCache, TokenRequest } from '../../src/oauth2/index.ts'
import { buildTokenCache, SURROUNDINGS } from '../../src/oauth2/token-cache.ts'
import { checkAsync } from '../call/check-async.ts'
import { type Answer, CacheModel, type Moment } from './cache-model.ts'
import { NOW } from './fake-endpoint.ts'

type Action =
  | { readonly do: 'get'; readonly tenant: string }
  | { readonly do: 'drop'; readonly tenant: string; readonly back: number }
  | { readonly do: 'rotate'; readonly tenant: string }
  | { readonly do: 'abort'; readonly pick: number }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'age'; readonly tenant: string; readonly leftMs: number }
  | { readonly do: 'set'; readonly ms: number }
  | { readonly do: 'serve'; readonly seconds: number | 'down' | 'busy' }

const tenant = fc.constantFrom('t', 'u')
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('get' as const), tenant }) },
  // The last token of the tenant, or one from before.
  { weight: 3, arbitrary: fc.record({ do: fc.constant('drop' as const), tenant, back: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rotate' as const), tenant }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('abort' as const), pick: fc.nat(3) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      ms: fc.constantFrom(1, 400, 1_100, 1_900, 14_000, 31_000, 57_000, 58_000, 61_000, 3_569_000, 3_600_000),
    }),
  },
  // Time passes until so much is left of a tenant's token.
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('age' as const), tenant, leftMs: fc.constantFrom(100, 4_000, 14_000) }),
  },
  // The clock is set, and no time passes.
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('set' as const),
      ms: fc.constantFrom(-3_600_000, -61_000, -20_000, 20_000, 61_000, 3_600_000),
    }),
  },
  // How long tokens live from now on, or that the endpoint is down, or asks to wait.
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('serve' as const),
      seconds: fc.constantFrom(0, 2, 60, 3600, 'down' as const, 'down' as const, 'busy' as const),
    }),
  },
)

/** A call that has not been answered yet. */
interface Pending {
  readonly caller: number
  readonly controller: AbortController
}

/** A cache, a model of it, and an endpoint whose replies come when the scheduler says so. */
class World {
  readonly #scheduler: fc.Scheduler
  readonly #model = new CacheModel()
  readonly #cache: TokenCache
  readonly #answers = new Map<number, Answer>()
  readonly #asked = new Map<string, number>()
  readonly #flying = new Set<string>()
  readonly #tokens = new Map<string, string[]>()
  readonly #versions = new Map<string, number>()
  #pending: Pending[] = []
  #now: Moment = { wallMs: NOW, steadyMs: 0 }
  #seconds: number | 'down' | 'busy' = 60
  #issued = 0
  #callers = 0

  constructor(scheduler: fc.Scheduler) {
    this.#scheduler = scheduler
    // Names without threads, so that nothing but the scheduler decides about the order.
    const createCacheKey =
      () =>
      async (...parts: Parameters<typeof describeToken>) =>
        describeToken(...parts)
    const steadyMs = (): number => this.#now.steadyMs
    const surroundings = { ...SURROUNDINGS, random: () => 0, createCacheKey, steadyMs, withDeadline: this.#wait }
    this.#cache = buildTokenCache({ now: () => this.#now.wallMs }, surroundings)
  }

  run(action: Action): void {
    if (action.do === 'get') this.#get(action.tenant)
    if (action.do === 'drop') this.#drop(action.tenant, action.back)
    if (action.do === 'rotate') this.#versions.set(action.tenant, (this.#versions.get(action.tenant) ?? 0) + 1)
    if (action.do === 'abort') this.#abort(action.pick)
    if (action.do === 'pass') this.#move(action.ms, action.ms)
    if (action.do === 'age') this.#age(action.tenant, action.leftMs)
    if (action.do === 'set') this.#move(action.ms, 0)
    if (action.do === 'serve') this.#seconds = action.seconds
  }

  /** Everything that can be seen of the cache is what the model says. */
  check(): void {
    expect(this.#answers).toEqual(this.#model.answers)
    expect(this.#asked).toEqual(this.#model.asked)
  }

  #move(wallMs: number, steadyMs: number): void {
    this.#now = { wallMs: this.#now.wallMs + wallMs, steadyMs: this.#now.steadyMs + steadyMs }
  }

  #age(tenant: string, leftMs: number): void {
    const ms = Math.max(0, this.#model.leftMs(this.#keyOf(tenant), this.#now) - leftMs)
    this.#move(ms, ms)
  }

  #keyOf(tenant: string): string {
    return `${tenant}-${this.#versions.get(tenant) ?? 0}`
  }

  #requestOf(key: string): TokenRequest {
    return { tokenUrl: 'https://auth.example.com/token', client: { clientId: 'id', clientSecret: new Secret(key) } }
  }

  #get(tenant: string): void {
    const key = this.#keyOf(tenant)
    this.#callers += 1
    const caller = this.#callers
    const controller = new AbortController()
    this.#pending.push({ caller, controller })
    this.#model.get(caller, key, this.#now)
    const fetch = (): Promise<Response> => this.#ask(key)
    this.#cache.getToken(this.#requestOf(key), { tenant, fetch, signal: controller.signal }).then(
      ({ token }) => this.#settle(caller, key, { token: token.reveal() }),
      (error) => {
        if (error === controller.signal.reason) return
        expect(error).toBeInstanceOf(SecurityError)
        this.#settle(caller, key, { failed: true })
      },
    )
  }

  #settle(caller: number, key: string, answer: Answer): void {
    this.#answers.set(caller, answer)
    this.#pending = this.#pending.filter((one) => one.caller !== caller)
    if (!Object.hasOwn(answer, 'token')) return
    const { token } = answer as { token: string }
    // Never another tenant's, nor one of a secret from before.
    expect(token.startsWith(`${key}#`)).toBe(true)
    this.#tokens.set(key, [...(this.#tokens.get(key) ?? []), token])
  }

  #drop(tenant: string, back: number): void {
    const key = this.#keyOf(tenant)
    const token = [...new Set(this.#tokens.get(key))].at(-1 - back)
    if (token === undefined) return
    const expected = this.#model.drop(key, token)
    this.#cache
      .dropToken(this.#requestOf(key), token, { tenant })
      .then((dropped) => expect(dropped).toBe(expected), expect.fail)
  }

  #abort(pick: number): void {
    const [one] = this.#pending.splice(pick % Math.max(1, this.#pending.length), 1)
    if (one === undefined) return
    expect(this.#model.abort(one.caller)).toBe(true)
    one.controller.abort(new Error(`caller ${one.caller} hung up`))
  }

  /** Waits for a renewal: the patience of a caller ends when its turn comes. */
  readonly #wait: typeof withDeadline = async ({ signal }, late, run) => {
    const caller = this.#pending.find(({ controller }) => controller.signal === signal)?.caller ?? expect.fail()
    const tired = this.#scheduler.schedule(Promise.resolve(), `patience of ${caller}`).then(() => {
      this.#model.tire(caller, this.#now)
      throw late()
    })
    return unlessAborted(Promise.race([tired, run(new AbortController().signal)]), signal)
  }

  /** One reply, whenever its turn comes. */
  #ask(key: string): Promise<Response> {
    expect(this.#flying).not.toContain(key)
    this.#flying.add(key)
    this.#asked.set(key, (this.#asked.get(key) ?? 0) + 1)
    return this.#scheduler.schedule(Promise.resolve(), `reply for ${key}`).then(() => {
      this.#flying.delete(key)
      if (this.#seconds === 'down') {
        this.#model.crash(key, this.#now, 0)
        throw new TypeError('fetch failed')
      }
      if (this.#seconds === 'busy') {
        this.#model.crash(key, this.#now, 20_000)
        return new Response('', { status: 429, headers: { 'retry-after': '20' } })
      }
      this.#issued += 1
      const token = `${key}#${this.#issued}`
      this.#model.land(key, token, this.#seconds * 1000, this.#now)
      return Response.json({ access_token: token, expires_in: this.#seconds })
    })
  }
}

/** Until nothing goes on any more but what the scheduler holds back. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

describe('every order of get, expire, rotate, 401, abort, impatience and clock jump', () => {
  it('is as a map would have it: T56, T57, T61, T62, T63 (property)', async () => {
    await checkAsync(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(action, { minLength: 1, maxLength: 24 }),
        async (scheduler, actions) => {
          const failures: unknown[] = []
          const world = new World(scheduler)
          const note = (error: unknown): void => {
            failures.push(error)
          }
          process.on('unhandledRejection', note)
          try {
            // One after another, so that replies come between them as often as not.
            const run = (one: Action): Promise<void> => Promise.resolve(one).then((next) => world.run(next))
            scheduler.scheduleSequence(
              actions.map((one) => ({ label: JSON.stringify(one), builder: () => run(one).catch(note) })),
            )
            while (scheduler.count() > 0) {
              await scheduler.waitOne()
              await settle()
              expect(failures).toEqual([])
              world.check()
            }
          } finally {
            process.off('unhandledRejection', note)
          }
        },
      ),
    )
  })
})
