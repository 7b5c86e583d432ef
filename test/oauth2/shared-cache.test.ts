import { describe, expect, it, vi } from 'vitest'
import { Secret, SecurityError } from '../../src/index.ts'
import type { TokenCache, TokenCacheEvent, TokenCacheOptions, TokenFetch } from '../../src/oauth2/index.ts'
import type { Surroundings } from '../../src/oauth2/obtain-shared.ts'
import { buildTokenCache, SURROUNDINGS } from '../../src/oauth2/token-cache.ts'
import { leaksOf, printedForms } from '../properties/leaks.ts'
import { createFakeEndpoint, type FakeEndpoint, settle } from './fake-endpoint.ts'
import { CANARY, refusalOf, requestOf } from './requests.ts'
import { createWatchedStore, type Trouble, type WatchedStore } from './shared-store.ts'

const REQUEST = requestOf('https://auth.example.com/token')
const T = { tenant: 't' }
const KEY = { keyId: 'k1', key: new Uint8Array(32).fill(1) }
const OTHER_KEY = { keyId: 'k2', key: new Uint8Array(32).fill(2) }
const HASH_KEY = new Uint8Array(32).fill(3)
const TIMEOUT_MS = 10_000
const LOCK_MS = 15_000
/** For stores whose operations wait for something that a test does. */
const PATIENT = { storeTimeoutMs: 60_000 }

/** Workers of a fleet over one store; their sleep is the passing of time. */
function fleetOf(endpoint: FakeEndpoint) {
  const store = createWatchedStore(endpoint.now)
  const events: TokenCacheEvent[] = []
  let slept = 0
  const worker = (options: TokenCacheOptions = {}, surroundings: Partial<Surroundings> = {}): TokenCache =>
    buildTokenCache(
      {
        fetch: endpoint.fetch,
        now: endpoint.now,
        timeoutMs: TIMEOUT_MS,
        store,
        keys: [KEY],
        hashKey: HASH_KEY,
        storeTimeoutMs: 20,
        observe: (event) => events.push(event),
        ...options,
      },
      {
        ...SURROUNDINGS,
        random: () => 0,
        steadyMs: endpoint.steadyMs,
        sleep: async (ms) => {
          slept += 1
          endpoint.pass(ms)
          await settle()
        },
        ...surroundings,
      },
    )
  const failures = () => events.filter(({ type }) => type === 'storeFailed').length
  return { store, events, worker, failures, slept: () => slept }
}

async function textOf(cache: TokenCache, request = REQUEST): Promise<string> {
  return (await cache.getToken(request, T)).token.reveal()
}

/** Waits for what takes threads: sealing and opening. */
function eventually(check: () => unknown): Promise<unknown> {
  return vi.waitFor(check, { timeout: 10_000, interval: 5 })
}

const forever = (): Promise<never> => new Promise(() => {})

const typesOf = (events: readonly TokenCacheEvent[]): readonly string[] => events.map(({ type }) => type)

async function dump(store: WatchedStore): Promise<string> {
  return JSON.stringify(await store.list(''))
}

describe('a fleet', () => {
  it('fetches once: workers take what another has shared', async () => {
    const endpoint = createFakeEndpoint()
    const { worker, events, store } = fleetOf(endpoint)
    const [one, other] = [worker(), worker()]
    expect([await textOf(one), await textOf(other), await textOf(one)]).toEqual(['at-1', 'at-1', 'at-1'])
    expect(endpoint.calls).toHaveLength(1)
    expect(typesOf(events)).toEqual(['fetched', 'shared', 'hit'])
    expect((await other.getToken(REQUEST, T)).expiresAtMs).toBe((await one.getToken(REQUEST, T)).expiresAtMs)
    expect(store.operations).toEqual(['get', 'setIfAbsent', 'get', 'commit', 'get'])
  })

  it('waits for the worker that fetches', async () => {
    const endpoint = createFakeEndpoint()
    const { worker, slept } = fleetOf(endpoint)
    endpoint.hold()
    const first = textOf(worker())
    await eventually(() => expect(endpoint.calls).toHaveLength(1))
    const others = Array.from({ length: 5 }, () => textOf(worker()))
    await eventually(() => expect(slept()).toBeGreaterThan(0))
    endpoint.release()
    expect(await Promise.all([first, ...others])).toEqual(new Array(6).fill('at-1'))
    expect(endpoint.calls).toHaveLength(1)
  })

  it('reads again once it has the lock: another may have shared and unlocked in between', async () => {
    const endpoint = createFakeEndpoint()
    const { worker, store } = fleetOf(endpoint)
    const [one, other] = [worker(PATIENT), worker()]
    let isFirst = true
    store.before(async (operation) => {
      if (operation !== 'setIfAbsent' || !isFirst) return
      isFirst = false
      await textOf(other)
    })
    expect(await textOf(one)).toBe('at-1')
    expect(endpoint.calls).toHaveLength(1)
    // The lock is free again.
    expect((await store.list('oauth2:lock:')).length).toBe(0)
  })

  it('renews once before the end', async () => {
    const endpoint = createFakeEndpoint(60)
    const { worker } = fleetOf(endpoint)
    const workers = [worker(), worker(), worker()]
    for (const one of workers) await textOf(one)
    endpoint.pass(46_000)
    for (const one of workers) {
      expect(await textOf(one)).toBe('at-1')
      await eventually(async () => expect(await textOf(one)).toBe('at-2'))
    }
    expect(endpoint.calls).toHaveLength(2)
  })

  it('T63: drops what failed once, and every worker finds the other token', async () => {
    const endpoint = createFakeEndpoint()
    const { worker } = fleetOf(endpoint)
    const workers = [worker(), worker(), worker()]
    for (const one of workers) await textOf(one)
    const dropped: boolean[] = []
    for (const one of workers) {
      dropped.push(await one.dropToken(REQUEST, 'at-1', T))
      expect(await textOf(one)).toBe('at-2')
    }
    // Each forgets it for itself; none drops the newer one.
    expect(dropped).toEqual([true, true, true])
    expect(endpoint.calls).toHaveLength(2)
    expect(await worker().dropToken(REQUEST, 'at-1', T)).toBe(false)
    expect(await textOf(worker())).toBe('at-2')
  })

  it('drops for all what only the store keeps', async () => {
    const endpoint = createFakeEndpoint()
    const { worker } = fleetOf(endpoint)
    await textOf(worker())
    expect(await worker().dropToken(REQUEST, 'at-1', T)).toBe(true)
    expect(await textOf(worker())).toBe('at-2')
  })

  it('asks the store once when 50 callers drop one token', async () => {
    const endpoint = createFakeEndpoint()
    const { worker, store } = fleetOf(endpoint)
    const cache = worker()
    await textOf(cache)
    const before = store.operations.length
    await Promise.all(Array.from({ length: 50 }, () => cache.dropToken(REQUEST, 'at-1', T)))
    expect(store.operations.slice(before)).toEqual(['get', 'compareAndDelete'])
  })

  it('drops a token that the store still has, however often the store was away', async () => {
    const endpoint = createFakeEndpoint()
    const { worker, store } = fleetOf(endpoint)
    const cache = worker()
    await textOf(cache)
    for (const which of [['get'], ['compareAndDelete']] as const) {
      store.trouble(() => Promise.reject(new Error('away')), which)
      await cache.dropToken(REQUEST, 'at-1', T)
    }
    store.trouble()
    expect(await cache.dropToken(REQUEST, 'at-1', T)).toBe(true)
    expect(await textOf(worker())).toBe('at-2')
  })

  it('drops an older token for all, also where the newer ones live for no time', async () => {
    const endpoint = createFakeEndpoint(0)
    const { worker } = fleetOf(endpoint)
    const cache = worker()
    await textOf(cache)
    endpoint.answer(() => Response.json({ access_token: 'another', expires_in: 3600 }))
    const other = worker()
    await textOf(other)
    expect(await cache.dropToken(REQUEST, 'another', T)).toBe(true)
    endpoint.answer(() => Response.json({ access_token: 'newer', expires_in: 3600 }))
    expect(await textOf(worker())).toBe('newer')
  })

  it('T63: drops no other worker’s newer token: the store compares and deletes in one step', async () => {
    const endpoint = createFakeEndpoint()
    const { worker, store } = fleetOf(endpoint)
    const [a, b] = [worker(PATIENT), worker(PATIENT)]
    await textOf(a)
    await textOf(b)
    let isFirst = true
    store.before(async (operation) => {
      if (operation !== 'compareAndDelete' || !isFirst) return
      isFirst = false
      // Between this worker's look and its deletion.
      expect(await b.dropToken(REQUEST, 'at-1', T)).toBe(true)
      expect(await textOf(b)).toBe('at-2')
    })
    await a.dropToken(REQUEST, 'at-1', T)
    expect(isFirst).toBe(false)
    expect(await textOf(worker())).toBe('at-2')
    expect(endpoint.calls).toHaveLength(2)
  })

  it.each([
    [1, 'at-1'],
    [2, 'at-6'],
    [5, 'at-6'],
  ])('a worker remembers the last four tokens that failed: with number %i of five it gives %s', async (id, text) => {
    const endpoint = createFakeEndpoint()
    const { worker, store } = fleetOf(endpoint)
    const cache = worker()
    const sealed: string[] = []
    for (let failed = 1; failed <= 5; failed += 1) {
      expect(await textOf(cache)).toBe(`at-${failed}`)
      const [{ key, value } = expect.fail()] = await store.list('oauth2:token:')
      sealed.push(key, value)
      await cache.dropToken(REQUEST, `at-${failed}`, T)
    }
    // It comes back from the dead.
    await store.set(sealed[id * 2 - 2] ?? '', sealed[id * 2 - 1] ?? '')
    expect(await textOf(cache)).toBe(text)
  })

  it('a worker takes nothing from the store that it has seen fail', async () => {
    const endpoint = createFakeEndpoint()
    const { worker, store, failures } = fleetOf(endpoint)
    const cache = worker()
    await textOf(cache)
    store.trouble(() => Promise.reject(new Error('away')), ['compareAndDelete'])
    expect(await cache.dropToken(REQUEST, 'at-1', T)).toBe(true)
    store.trouble()
    expect(failures()).toBe(1)
    expect(await textOf(cache)).toBe('at-2')
    expect(await textOf(worker())).toBe('at-2')
  })

  it.each<[string, TokenCacheOptions]>([
    ['another `hashKey`', { hashKey: new Uint8Array(32) }],
    ['another key of the same id', { keys: [{ ...KEY, key: new Uint8Array(32) }] }],
    ['another key', { keys: [OTHER_KEY] }],
  ])('with %s shares nothing', async (_, options) => {
    const endpoint = createFakeEndpoint()
    const { worker } = fleetOf(endpoint)
    expect([await textOf(worker()), await textOf(worker(options))]).toEqual(['at-1', 'at-2'])
    expect(await worker(options).dropToken(REQUEST, 'at-1', T)).toBe(false)
  })

  it('rotates its keys: the first seals, all of them open', async () => {
    const endpoint = createFakeEndpoint()
    const { worker, store } = fleetOf(endpoint)
    await textOf(worker())
    expect(await textOf(worker({ keys: [OTHER_KEY, KEY] }))).toBe('at-1')
    endpoint.pass(3_600_000)
    await textOf(worker({ keys: [OTHER_KEY, KEY] }))
    expect(await dump(store)).toContain('lk1.k2.')
  })

  it('does not share a token that lives for no time, and waits for nobody because of it', async () => {
    const endpoint = createFakeEndpoint(0)
    const { worker, store } = fleetOf(endpoint)
    const cache = worker()
    await textOf(cache)
    expect(store.operations).toEqual(['get', 'setIfAbsent', 'get', 'compareAndDelete'])
    await textOf(cache)
    expect(store.operations).toHaveLength(4)
    expect(await dump(store)).toBe('[]')
  })
})

describe('a worker that is slow', () => {
  it('and whose token was dead on arrival shares the next one', async () => {
    const endpoint = createFakeEndpoint(60)
    const { worker, store } = fleetOf(endpoint)
    const cache = worker()
    endpoint.answer(() => {
      endpoint.pass(61_000)
      return Response.json({ access_token: 'late', expires_in: 60 })
    })
    expect(await textOf(cache)).toBe('late')
    expect(await dump(store)).toBe('[]')
    endpoint.answer(() => Response.json({ access_token: 'soon', expires_in: 60 }))
    expect([await textOf(cache), await textOf(worker())]).toEqual(['soon', 'soon'])
  })

  it('and whose shared token died on its way gets another', async () => {
    const endpoint = createFakeEndpoint(60)
    const { worker, store } = fleetOf(endpoint)
    const [one, other] = [worker(PATIENT), worker()]
    let step = 0
    store.before(async (operation) => {
      if (step === 0 && operation === 'setIfAbsent') {
        step = 1
        await textOf(other)
      } else if (step === 1 && operation === 'compareAndDelete') {
        // Found, and about to be given out.
        step = 2
        endpoint.pass(60_000)
      }
    })
    expect(await textOf(one)).toBe('at-2')
    expect(step).toBe(2)
  })
})

describe('a worker that fails', () => {
  it('lets the next one try at once', async () => {
    const endpoint = createFakeEndpoint()
    const { worker, slept, store } = fleetOf(endpoint)
    endpoint.answer(() => new Response('', { status: 500 }))
    await refusalOf(textOf(worker()))
    await eventually(async () => expect(await dump(store)).toBe('[]'))
    endpoint.answer(() => Response.json({ access_token: 'late' }))
    expect(await textOf(worker())).toBe('late')
    expect(slept()).toBe(0)
  })

  it.each(['commit', 'compareAndDelete'] as const)('only once at its %s keeps nobody waiting', async (operation) => {
    const endpoint = createFakeEndpoint()
    const { worker, slept, store, failures } = fleetOf(endpoint)
    if (operation === 'compareAndDelete') endpoint.answer(() => new Response('', { status: 500 }))
    store.trouble(() => {
      store.trouble()
      return Promise.reject(new Error('away'))
    }, [operation])
    await textOf(worker()).catch(() => {})
    await eventually(async () => expect(await dump(store)).toBe('[]'))
    expect(failures()).toBe(1)
    endpoint.answer(() => Response.json({ access_token: 'next', expires_in: 3600 }))
    expect(await textOf(worker())).toBe('next')
    expect(slept()).toBe(0)
  })

  it('always at its commit keeps nobody waiting', async () => {
    const endpoint = createFakeEndpoint()
    const { worker, slept, store } = fleetOf(endpoint)
    store.trouble(() => Promise.reject(new Error('full')), ['commit'])
    for (const text of ['at-1', 'at-2', 'at-3']) {
      expect(await textOf(worker())).toBe(text)
      await settle()
    }
    expect(slept()).toBe(0)
  })

  it('T57: and dies with eight others waiting is followed by one of them, not by all', async () => {
    const endpoint = createFakeEndpoint()
    const { worker } = fleetOf(endpoint)
    endpoint.answer(forever)
    textOf(worker()).catch(() => {})
    await eventually(() => expect(endpoint.calls).toHaveLength(1))
    let pauses = 0
    const sleep = async (): Promise<void> => {
      pauses += 1
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    const others = Array.from({ length: 8 }, () => textOf(worker(PATIENT, { sleep })))
    await eventually(() => expect(pauses).toBeGreaterThan(16))
    endpoint.answer(() => Response.json({ access_token: 'at-2', expires_in: 3600 }))
    endpoint.pass(LOCK_MS)
    expect(await Promise.all(others)).toEqual(new Array(8).fill('at-2'))
    expect(endpoint.calls).toHaveLength(2)
  })

  it('or dies holds up the others no longer than its lock', async () => {
    const endpoint = createFakeEndpoint()
    const { worker, slept } = fleetOf(endpoint)
    const startedAtMs = endpoint.now()
    // It never answers.
    endpoint.answer(() => new Promise(() => {}))
    textOf(worker()).catch(() => {})
    await eventually(() => expect(endpoint.calls).toHaveLength(1))
    const askedAtMs: number[] = []
    const fetch: TokenFetch = async () => {
      askedAtMs.push(endpoint.now() - startedAtMs)
      return Response.json({ access_token: 'at-1' })
    }
    expect(await textOf(worker({ fetch }))).toBe('at-1')
    expect(askedAtMs).toEqual([LOCK_MS])
    expect(slept()).toBe(LOCK_MS / 15)
  })

  it('and stalled does not replace the newer token of another', async () => {
    const endpoint = createFakeEndpoint()
    const { worker } = fleetOf(endpoint)
    let finish = (_: Response): void => {}
    const late = new Promise<Response>((resolve) => {
      finish = resolve
    })
    let isAsked = false
    const fetch: TokenFetch = () => {
      isAsked = true
      return late
    }
    const stalled = textOf(worker({ fetch }))
    await eventually(() => expect(isAsked).toBe(true))
    endpoint.pass(LOCK_MS)
    expect(await textOf(worker())).toBe('at-1')
    finish(Response.json({ access_token: 'late', expires_in: 3600 }))
    expect(await stalled).toBe('late')
    expect(await textOf(worker())).toBe('at-1')
  })

  it('gets the old token of the store as long as it lives', async () => {
    const endpoint = createFakeEndpoint(60)
    const { worker, events } = fleetOf(endpoint)
    await textOf(worker())
    endpoint.pass(50_000)
    endpoint.answer(() => new Response('', { status: 503 }))
    const cache = worker()
    expect(await textOf(cache)).toBe('at-1')
    await eventually(() => expect(typesOf(events).slice(1)).toEqual(['shared', 'hit', 'failed']))
    // Ahead of time it does not try again at once.
    await textOf(cache)
    await settle()
    expect(endpoint.calls).toHaveLength(2)
    endpoint.pass(10_000)
    expect(await refusalOf(textOf(cache))).toMatchObject({ retryable: true })
  })

  it('gets the old token of the store while another worker is slow to renew it', async () => {
    const endpoint = createFakeEndpoint(1)
    const { worker } = fleetOf(endpoint)
    const one = worker()
    await textOf(one)
    endpoint.pass(800)
    endpoint.hold()
    expect(await textOf(one)).toBe('at-1')
    await eventually(() => expect(endpoint.calls).toHaveLength(2))
    expect(await textOf(worker({}, { sleep: forever }))).toBe('at-1')
    endpoint.pass(160)
    // Waited for, but not until it is dead.
    expect(await textOf(worker({}, { sleep: forever }))).toBe('at-1')
    endpoint.release()
    await eventually(async () => expect(await textOf(one)).toBe('at-2'))
    expect(endpoint.calls).toHaveLength(2)
  })

  it('and is asked to wait does so, though its old token is of the store', async () => {
    const endpoint = createFakeEndpoint(3600)
    const { worker } = fleetOf(endpoint)
    await textOf(worker())
    endpoint.pass(3_570_000)
    endpoint.answer(() => new Response('', { status: 429, headers: { 'retry-after': '20' } }))
    const cache = worker()
    for (let second = 0; second < 20; second += 1) {
      expect(await textOf(cache)).toBe('at-1')
      await eventually(() => expect(endpoint.calls).toHaveLength(2))
      await settle()
      endpoint.pass(1000)
    }
    await textOf(cache)
    await eventually(() => expect(endpoint.calls).toHaveLength(3))
  })

  it('does not get one that expires while it waits', async () => {
    const endpoint = createFakeEndpoint(60)
    const { worker } = fleetOf(endpoint)
    await textOf(worker())
    endpoint.pass(57_000)
    endpoint.answer(() => {
      endpoint.pass(10_000)
      return new Response('', { status: 503 })
    })
    await refusalOf(textOf(worker()))
  })

  it('does not get one that fails while it waits', async () => {
    const endpoint = createFakeEndpoint(60)
    const { worker } = fleetOf(endpoint)
    await textOf(worker())
    endpoint.pass(57_000)
    endpoint.answer(() => new Response('', { status: 503 }))
    endpoint.hold()
    const cache = worker()
    const pending = refusalOf(textOf(cache))
    await eventually(() => expect(endpoint.calls).toHaveLength(2))
    expect(await cache.dropToken(REQUEST, 'at-1', T)).toBe(true)
    endpoint.release()
    expect(await pending).toMatchObject({ code: 'ERR_ACCESS_TOKEN_UNAVAILABLE' })
  })

  it('does not get one that fails while it is on its way', async () => {
    const endpoint = createFakeEndpoint()
    const { worker, store } = fleetOf(endpoint)
    const [one, other] = [worker(PATIENT), worker()]
    let step = 0
    store.before(async (operation) => {
      if (step === 0 && operation === 'setIfAbsent') {
        step = 1
        await textOf(other)
      } else if (step === 1 && operation === 'compareAndDelete') {
        // Found, and about to be given out.
        step = 2
        expect(await one.dropToken(REQUEST, 'at-1', T)).toBe(true)
      }
    })
    expect(await textOf(one)).toBe('at-2')
    expect(step).toBe(2)
    expect(await textOf(other)).toBe('at-1')
    expect(await textOf(one)).toBe('at-2')
  })

  it('does not get one that failed', async () => {
    const endpoint = createFakeEndpoint(60)
    const { worker, store } = fleetOf(endpoint)
    const cache = worker()
    await textOf(cache)
    store.trouble(() => Promise.reject(new Error('away')), ['compareAndDelete'])
    await cache.dropToken(REQUEST, 'at-1', T)
    endpoint.answer(() => new Response('', { status: 503 }))
    await refusalOf(textOf(cache))
  })
})

describe('without the store', () => {
  const TROUBLES: readonly (readonly [string, Trouble])[] = [
    ['refuses', () => Promise.reject(new SecurityError('ERR_STORE_UNAVAILABLE'))],
    ['throws what quotes a secret', () => Promise.reject(new Error(CANARY, { cause: CANARY }))],
    [
      'throws at once',
      () => {
        throw new Error(CANARY)
      },
    ],
    ['hangs', () => new Promise(() => {})],
  ]
  const OPERATIONS = [['get'], ['setIfAbsent'], ['commit'], ['compareAndDelete'], undefined] as const

  it.each(TROUBLES.flatMap(([name, trouble]) => OPERATIONS.map((which) => [name, which, trouble] as const)))(
    'which %s at %s, each worker asks for itself',
    async (_, which, trouble) => {
      const endpoint = createFakeEndpoint()
      const { worker, store, events, failures } = fleetOf(endpoint)
      store.trouble(trouble, which)
      const cache = worker()
      expect([await textOf(cache), await textOf(cache)]).toEqual(['at-1', 'at-1'])
      expect(await cache.dropToken(REQUEST, 'at-1', T)).toBe(true)
      expect(await textOf(cache)).toBe('at-2')
      await eventually(() => expect(failures()).toBeGreaterThan(0))
      for (const event of events) expect(leaksOf(event, CANARY)).toEqual([])
      expect(events.filter(({ type }) => type === 'storeFailed')[0]).toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' })
    },
  )

  it('that comes back, tokens are shared again', async () => {
    const endpoint = createFakeEndpoint()
    const { worker, store } = fleetOf(endpoint)
    store.trouble(() => Promise.reject(new Error('away')))
    const cache = worker()
    await textOf(cache)
    store.trouble()
    endpoint.pass(3_600_000)
    await textOf(cache)
    expect(await textOf(worker())).toBe('at-2')
  })

  it('that lost only its answer to the lock, the token is shared all the same', async () => {
    const endpoint = createFakeEndpoint()
    const { worker, store } = fleetOf(endpoint)
    let isFirst = true
    store.before((operation) => {
      if (operation !== 'setIfAbsent' || !isFirst) return undefined
      isFirst = false
      // Granted, but told too late.
      return new Promise((resolve) => setTimeout(resolve, 40))
    })
    endpoint.hold()
    const pending = textOf(worker())
    await eventually(async () => expect(await dump(store)).toContain('oauth2:lock:'))
    endpoint.release()
    expect(await pending).toBe('at-1')
    await eventually(async () => expect(await dump(store)).toContain('oauth2:token:'))
    expect(await textOf(worker())).toBe('at-1')
    expect(endpoint.calls).toHaveLength(1)
  })

  it('that is always locked, a worker asks for itself in the end', async () => {
    const endpoint = createFakeEndpoint()
    const { worker, store } = fleetOf(endpoint)
    const stuck = { ...store, setIfAbsent: async () => false }
    const started = endpoint.now()
    expect(await textOf(worker({ store: stuck }))).toBe('at-1')
    expect(endpoint.now() - started).toBe(2 * LOCK_MS)
  })
})

describe('what stands in the store', () => {
  it('is sealed: neither a token, nor a secret, nor whose it is', async () => {
    const token = 'Zq-access-token-0123456789-abcdef'
    const endpoint = createFakeEndpoint()
    endpoint.answer(() => Response.json({ access_token: token, expires_in: 3600 }))
    const { worker, store } = fleetOf(endpoint)
    const clientId = 'client-id-0123456789'
    const request = { ...REQUEST, client: { clientId, clientSecret: new Secret(CANARY) } }
    await worker().getToken(request, { tenant: 'tenant-0123456789' })
    const text = await dump(store)
    for (const secret of [token, CANARY, clientId, 'tenant-0123456789', 'auth.example.com']) {
      expect(leaksOf(text, secret)).toEqual([])
    }
    const [{ key, value } = expect.fail()] = await store.list('')
    expect(key).toMatch(/^oauth2:token:[\w-]{43}$/)
    // A longer token of the same block has the same length.
    endpoint.answer(() => Response.json({ access_token: `${token}${token}`, expires_in: 3600 }))
    endpoint.pass(3_600_000)
    await worker().getToken(request, { tenant: 'tenant-0123456789' })
    expect((await store.get(key))?.length).toBe(value.length)
  })

  it('opens under its own name only', async () => {
    const endpoint = createFakeEndpoint()
    const { worker, store } = fleetOf(endpoint)
    await worker().getToken(REQUEST, { tenant: 'a' })
    await worker().getToken(REQUEST, { tenant: 'b' })
    const [one, other] = await store.list('oauth2:token:')
    await store.set(one?.key ?? '', other?.value ?? '')
    await store.set(other?.key ?? '', one?.value ?? '')
    const texts = await Promise.all(
      ['a', 'b'].map(async (tenant) => (await worker().getToken(REQUEST, { tenant })).token.reveal()),
    )
    expect(texts.sort()).toEqual(['at-3', 'at-4'])
  })

  it.each(['', 'text', 'lk1.k1.x.y', '{"token":"at-9"}'])('that is damaged, %j, is no token', async (value) => {
    const endpoint = createFakeEndpoint()
    const { worker, store } = fleetOf(endpoint)
    await textOf(worker())
    const [{ key } = expect.fail()] = await store.list('oauth2:token:')
    await store.set(key, value)
    expect(await worker().dropToken(REQUEST, 'at-1', T)).toBe(false)
    expect(await textOf(worker())).toBe('at-2')
  })

  it('goes when the token has expired', async () => {
    const endpoint = createFakeEndpoint(60)
    const { worker, store } = fleetOf(endpoint)
    await textOf(worker())
    endpoint.pass(59_999)
    expect(await store.list('')).toHaveLength(1)
    endpoint.pass(1)
    expect(await store.list('')).toHaveLength(0)
  })

  it('T61: and was fetched by a clock far ahead, is not taken', async () => {
    const endpoint = createFakeEndpoint()
    const { worker } = fleetOf(endpoint)
    const ahead = worker({ now: () => endpoint.now() + 31_000 })
    await textOf(ahead)
    expect(await textOf(worker())).toBe('at-2')
    expect(await textOf(worker({ now: () => endpoint.now() - 30_000 }))).toBe('at-2')
  })
})

it('nothing printed of a cache shows its keys', () => {
  const cache = fleetOf(createFakeEndpoint()).worker()
  expect(leaksOf(printedForms(cache), new TextDecoder().decode(HASH_KEY))).toEqual([])
})
