import { describe, expect, it } from 'vitest'
import { Secret } from '../../src/index.ts'
import { describeToken } from '../../src/oauth2/cache-key.ts'
import {
  createTokenCache,
  type TokenCache,
  type TokenCacheEvent,
  type TokenCacheOptions,
} from '../../src/oauth2/index.ts'
import { buildTokenCache, SURROUNDINGS } from '../../src/oauth2/token-cache.ts'
import { createMemoryStore } from '../../src/stores/memory.ts'
import { createFakeEndpoint, type FakeEndpoint, NOW, settle } from './fake-endpoint.ts'
import { refusalOf, rejectionOf, requestOf } from './requests.ts'

const REQUEST = requestOf('https://auth.example.com/token')
const T = { tenant: 't' }

/** A cache without jitter. */
function cacheOf({ fetch, now, steadyMs }: FakeEndpoint, options: TokenCacheOptions = {}, random = 0): TokenCache {
  return buildTokenCache({ fetch, now, ...options }, { ...SURROUNDINGS, steadyMs, random: () => random })
}

/** A cache whose observer drops the token `same` as it is fetched, as often as it is told to. */
function droppingCache(isShared: boolean, texts: readonly string[]) {
  const endpoint = createFakeEndpoint()
  endpoint.answer(() => Response.json({ access_token: texts[endpoint.calls.length - 1] ?? 'same', expires_in: 3600 }))
  let drops = 0
  const shared = {
    store: createMemoryStore({ now: endpoint.now }),
    keys: [{ keyId: 'k1', key: new Uint8Array(32) }],
    hashKey: new Uint8Array(32),
  }
  const observe = ({ type }: TokenCacheEvent): void => {
    if (type !== 'fetched' || drops === 0) return
    drops -= 1
    void cache.dropToken(REQUEST, 'same', T)
  }
  const { fetch, now, steadyMs } = endpoint
  const cache = buildTokenCache(
    { fetch, now, observe, ...(isShared ? shared : {}) },
    // Names without threads, so that the drop overtakes the token.
    {
      ...SURROUNDINGS,
      steadyMs,
      createCacheKey:
        () =>
        async (...parts) =>
          describeToken(...parts),
    },
  )
  const arm = (count: number): void => {
    drops = count
  }
  return { cache, endpoint, arm }
}

async function textOf(cache: TokenCache, options: object = {}): Promise<string> {
  return (await cache.getToken(REQUEST, { ...T, ...options })).token.reveal()
}

describe('T57: one fetch for all', () => {
  it('1,000 parallel callers cause one request', async () => {
    const endpoint = createFakeEndpoint()
    const cache = cacheOf(endpoint)
    const tokens = await Promise.all(Array.from({ length: 1000 }, () => textOf(cache)))
    expect(new Set(tokens)).toEqual(new Set(['at-1']))
    expect(endpoint.calls).toHaveLength(1)
    expect(await textOf(cache)).toBe('at-1')
    expect(endpoint.calls).toHaveLength(1)
  })

  it('the first caller’s abort does not stop the other 999', async () => {
    const endpoint = createFakeEndpoint()
    const cache = cacheOf(endpoint)
    endpoint.hold()
    const controller = new AbortController()
    const first = rejectionOf(textOf(cache, { signal: controller.signal }))
    const others = Array.from({ length: 999 }, () => textOf(cache))
    await settle()
    const reason = new Error('hung up')
    controller.abort(reason)
    expect(await first).toBe(reason)
    endpoint.release()
    expect(new Set(await Promise.all(others))).toEqual(new Set(['at-1']))
    expect(endpoint.calls).toHaveLength(1)
  })

  it('nobody needs to wait: what all have called off is kept for the next', async () => {
    const endpoint = createFakeEndpoint()
    const cache = cacheOf(endpoint)
    endpoint.hold()
    const controller = new AbortController()
    const all = Array.from({ length: 3 }, () => rejectionOf(textOf(cache, { signal: controller.signal })))
    await settle()
    controller.abort()
    await Promise.all(all)
    endpoint.release()
    await settle()
    expect(await textOf(cache)).toBe('at-1')
    expect(endpoint.calls).toHaveLength(1)
  })

  it('a signal that was aborted before asks for nothing', async () => {
    const endpoint = createFakeEndpoint()
    const cache = cacheOf(endpoint)
    const reason = new Error('late')
    expect(await rejectionOf(textOf(cache, { signal: AbortSignal.abort(reason) }))).toBe(reason)
    const controller = new AbortController()
    const soon = rejectionOf(textOf(cache, { signal: controller.signal }))
    controller.abort(reason)
    expect(await soon).toBe(reason)
    await settle()
    expect(endpoint.calls).toHaveLength(0)
  })

  it('a failure is shared with those who wait, and not kept', async () => {
    const endpoint = createFakeEndpoint()
    const cache = cacheOf(endpoint)
    endpoint.answer(() => new Response('', { status: 500 }))
    const errors = await Promise.all(Array.from({ length: 100 }, () => refusalOf(textOf(cache))))
    expect(new Set(errors).size).toBe(1)
    expect(errors[0]).toMatchObject({ code: 'ERR_ACCESS_TOKEN_UNAVAILABLE', retryable: true })
    expect(endpoint.calls).toHaveLength(1)
    endpoint.answer(() => Response.json({ access_token: 'late' }))
    expect(await textOf(cache)).toBe('late')
    expect(endpoint.calls).toHaveLength(2)
  })

  it('the first caller’s `fetch` asks for all', async () => {
    const endpoint = createFakeEndpoint()
    const cache = createTokenCache({ fetch: () => expect.fail('the cache has another one'), now: endpoint.now })
    const texts = [textOf(cache, { fetch: endpoint.fetch }), textOf(cache)]
    expect(await Promise.all(texts)).toEqual(['at-1', 'at-1'])
  })
})

describe('T62: renewal', () => {
  it('begins before the end: the old token is given out meanwhile', async () => {
    const endpoint = createFakeEndpoint(60)
    const cache = cacheOf(endpoint)
    await textOf(cache)
    endpoint.pass(44_999)
    expect(await textOf(cache)).toBe('at-1')
    await settle()
    expect(endpoint.calls).toHaveLength(1)
    endpoint.pass(1)
    endpoint.hold()
    expect(await Promise.all(Array.from({ length: 50 }, () => textOf(cache)))).toEqual(new Array(50).fill('at-1'))
    await settle()
    expect(endpoint.calls).toHaveLength(2)
    endpoint.release()
    await settle()
    expect(await textOf(cache)).toBe('at-2')
  })

  it.each([
    [2, 0, 500],
    [2, 1, 750],
    [60, 0, 15_000],
    [60, 1, 22_500],
    [3600, 0, 30_000],
    [3600, 1, 45_000],
  ])('of a life of %i s, with the jitter %i, begins %i ms before the end', async (seconds, random, aheadMs) => {
    const endpoint = createFakeEndpoint(seconds)
    const cache = cacheOf(endpoint, {}, random)
    await textOf(cache)
    endpoint.pass(seconds * 1000 - aheadMs - 1)
    await textOf(cache)
    await settle()
    expect(endpoint.calls).toHaveLength(1)
    endpoint.pass(1)
    await textOf(cache)
    await settle()
    expect(endpoint.calls).toHaveLength(2)
  })

  it.each([
    [20, 2_000],
    [3600, 5_000],
  ])('of a life of %i s is waited for %i ms before the end', async (seconds, urgentMs) => {
    const endpoint = createFakeEndpoint(seconds)
    const cache = cacheOf(endpoint)
    await textOf(cache)
    endpoint.pass(seconds * 1000 - urgentMs - 1)
    endpoint.hold()
    expect(await textOf(cache)).toBe('at-1')
    endpoint.pass(1)
    const waiting = textOf(cache)
    await settle()
    endpoint.release()
    expect(await waiting).toBe('at-2')
  })

  it('that fails leaves the old token as long as it lives, and is not tried all the time', async () => {
    const endpoint = createFakeEndpoint(3600)
    const cache = cacheOf(endpoint)
    await textOf(cache)
    endpoint.answer(() => new Response('', { status: 500 }))
    endpoint.pass(3_570_000)
    for (let second = 0; second < 25; second += 1) {
      for (let caller = 0; caller < 4; caller += 1) {
        expect(await textOf(cache)).toBe('at-1')
        await settle()
      }
      endpoint.pass(1000)
    }
    // After 30 s, 27 s, 24.3 s and so on were left.
    expect(endpoint.calls.length).toBeGreaterThan(5)
    expect(endpoint.calls.length).toBeLessThan(20)
    // In the last five seconds it is waited for, and the old token still given out.
    const before = endpoint.calls.length
    endpoint.pass(1000)
    expect(await textOf(cache)).toBe('at-1')
    expect(endpoint.calls.length).toBe(before + 1)
    endpoint.pass(4000)
    expect(await refusalOf(textOf(cache))).toMatchObject({ code: 'ERR_ACCESS_TOKEN_UNAVAILABLE' })
  })

  it('waits as long as the server asks', async () => {
    const endpoint = createFakeEndpoint(3600)
    const cache = cacheOf(endpoint)
    await textOf(cache)
    endpoint.answer(() => new Response('', { status: 429, headers: { 'retry-after': '20' } }))
    endpoint.pass(3_570_000)
    for (let second = 0; second < 20; second += 1) {
      await textOf(cache)
      await settle()
      endpoint.pass(1000)
    }
    expect(endpoint.calls).toHaveLength(2)
    await textOf(cache)
    await settle()
    expect(endpoint.calls).toHaveLength(3)
  })

  it('waits as long as the server asks also in the last seconds, as long as the old token lives', async () => {
    const endpoint = createFakeEndpoint(3600)
    const cache = cacheOf(endpoint)
    await textOf(cache)
    endpoint.answer(() => new Response('', { status: 429, headers: { 'retry-after': '3' } }))
    endpoint.pass(3_595_000)
    for (const calls of [2, 2, 2, 3, 3]) {
      expect(await textOf(cache)).toBe('at-1')
      expect(endpoint.calls).toHaveLength(calls)
      endpoint.pass(1000)
    }
    expect(await refusalOf(textOf(cache))).toMatchObject({ retryAfterMs: 3_000 })
  })

  it('that hangs is given up before the old token is dead', async () => {
    const endpoint = createFakeEndpoint(1)
    const deadlines: number[] = []
    const cache = buildTokenCache(
      { fetch: endpoint.fetch, now: endpoint.now },
      {
        ...SURROUNDINGS,
        steadyMs: endpoint.steadyMs,
        random: () => 0,
        withDeadline: (deadline, ...run) => {
          deadlines.push(deadline.timeoutMs)
          return SURROUNDINGS.withDeadline(deadline, ...run)
        },
      },
    )
    await textOf(cache)
    endpoint.hold()
    endpoint.pass(960)
    expect(await textOf(cache)).toBe('at-1')
    endpoint.pass(20)
    expect(await textOf(cache)).toBe('at-1')
    // Never longer than what is left.
    expect(deadlines).toEqual([20, 10])
    endpoint.release()
    await settle()
    expect(await textOf(cache)).toBe('at-2')
    expect(endpoint.calls).toHaveLength(2)
  })

  it('that hangs is waited for once the old token has failed', async () => {
    const endpoint = createFakeEndpoint(1)
    const cache = cacheOf(endpoint)
    await textOf(cache)
    endpoint.hold()
    endpoint.pass(960)
    const waiting = textOf(cache)
    await cache.dropToken(REQUEST, 'at-1', T)
    await new Promise((resolve) => setTimeout(resolve, 40))
    endpoint.release()
    expect(await waiting).toBe('at-2')
    expect(endpoint.calls).toHaveLength(2)
  })

  it('that is waited for can be called off by its caller', async () => {
    const endpoint = createFakeEndpoint(3600)
    const cache = cacheOf(endpoint)
    await textOf(cache)
    endpoint.pass(3_596_000)
    endpoint.hold()
    const controller = new AbortController()
    const pending = rejectionOf(textOf(cache, { signal: controller.signal }))
    await settle()
    const reason = new Error('hung up')
    controller.abort(reason)
    expect(await pending).toBe(reason)
    endpoint.release()
  })

  it('ends no process where the clock fails meanwhile', async () => {
    const endpoint = createFakeEndpoint(60)
    let broken = false
    const cache = cacheOf(endpoint, { now: () => (broken ? Number.NaN : endpoint.now()) })
    await textOf(cache)
    endpoint.pass(50_000)
    endpoint.answer(() => {
      broken = true
      return new Response('', { status: 500 })
    })
    await textOf(cache)
    await settle()
    expect(await refusalOf(textOf(cache))).toMatchObject({ code: 'ERR_ARGUMENT_INVALID' })
  })
})

describe('T63: a token that failed', () => {
  it('is dropped by the first of 50 callers, and they all get one other', async () => {
    const endpoint = createFakeEndpoint()
    const cache = cacheOf(endpoint)
    const { token } = await cache.getToken(REQUEST, T)
    const answers = await Promise.all(
      Array.from({ length: 50 }, async () => [await cache.dropToken(REQUEST, token, T), await textOf(cache)] as const),
    )
    expect(answers.filter(([dropped]) => dropped)).toHaveLength(1)
    expect(new Set(answers.map(([, text]) => text))).toEqual(new Set(['at-2']))
    expect(endpoint.calls).toHaveLength(2)
  })

  it('never drops another', async () => {
    const endpoint = createFakeEndpoint()
    const cache = cacheOf(endpoint)
    const { token: first } = await cache.getToken(REQUEST, T)
    await cache.dropToken(REQUEST, first, T)
    await cache.getToken(REQUEST, T)
    for (const failed of [first, 'at-1', 'other', 'at-22', new Secret('at-')]) {
      expect(await cache.dropToken(REQUEST, failed, T)).toBe(false)
    }
    expect(await cache.dropToken(REQUEST, 'at-2', { tenant: 'u' })).toBe(false)
    expect(await cache.dropToken(REQUEST, 'at-2', { ...T, environment: 'test' })).toBe(false)
    expect(await textOf(cache)).toBe('at-2')
    expect(endpoint.calls).toHaveLength(2)
    expect(await cache.dropToken(REQUEST, 'at-2', T)).toBe(true)
    expect(await textOf(cache)).toBe('at-3')
  })

  it('is taken again where the server gives it out again, so that it is not fetched for each call', async () => {
    const endpoint = createFakeEndpoint()
    const cache = cacheOf(endpoint)
    endpoint.answer(() => Response.json({ access_token: 'same', expires_in: 3600 }))
    await textOf(cache)
    expect(await cache.dropToken(REQUEST, 'same', T)).toBe(true)
    expect([await textOf(cache), await textOf(cache)]).toEqual(['same', 'same'])
    expect(endpoint.calls).toHaveLength(2)
    expect(await cache.dropToken(REQUEST, 'same', T)).toBe(true)
  })

  it.each([false, true])('on its way is not given out: another is fetched (shared: %s)', async (isShared) => {
    const { cache, endpoint, arm } = droppingCache(isShared, ['same', 'same', 'at-3'])
    expect(await textOf(cache)).toBe('same')
    expect(await cache.dropToken(REQUEST, 'same', T)).toBe(true)
    arm(1)
    expect([await textOf(cache), await textOf(cache)]).toEqual(['at-3', 'at-3'])
    expect(endpoint.calls).toHaveLength(3)
  })

  it.each([false, true])('on its way each time is given out in the end (shared: %s)', async (isShared) => {
    const { cache, endpoint, arm } = droppingCache(isShared, ['same'])
    arm(1000)
    expect(await textOf(cache)).toBe('same')
    expect(endpoint.calls).toHaveLength(3)
  })

  it.each([undefined, null, 5, {}, { reveal: () => 'at-1' }, Symbol('x')])(
    'is a text or a secret, not %s',
    async (failed) => {
      const cache = cacheOf(createFakeEndpoint())
      expect(await refusalOf(cache.dropToken(REQUEST, failed as never, T))).toMatchObject({
        code: 'ERR_ARGUMENT_INVALID',
      })
    },
  )
})

describe('T61: lives and clocks', () => {
  const LIVES: readonly (readonly [unknown, number])[] = [
    [undefined, 60],
    [null, 60],
    ['abc', 60],
    ['', 60],
    [Number.NaN, 60],
    [0, 0],
    [-5, 0],
    ['0', 0],
    [0.5, 0.5],
    ['120', 120],
    [3600, 3600],
    [1e308, 86_400],
  ]
  const JUMPS = [-3_600_000, -60_000, 0, 60_000, 3_600_000]

  it.each(LIVES.flatMap(([life, seconds]) => JUMPS.map((jump) => [life, jump, seconds] as const)))(
    'expires_in %s, and the clock jumps by %i ms: kept for %d s at most',
    async (life, jump, seconds) => {
      const endpoint = createFakeEndpoint()
      const cache = cacheOf(endpoint)
      let issued = 0
      endpoint.answer(() => {
        issued += 1
        return Response.json({ access_token: `at-${issued}`, expires_in: life })
      })
      expect(await textOf(cache)).toBe('at-1')
      endpoint.set(jump)
      const isKept = seconds > 0 && jump < seconds * 1000 * 0.75
      expect(await textOf(cache)).toBe(isKept ? 'at-1' : 'at-2')
      // Whatever happened to the clock, the next token lives as long as it should.
      const current = await textOf(cache)
      if (seconds >= 60 && jump !== 0) {
        endpoint.pass(20_000)
        expect(await textOf(cache)).toBe(current)
      }
      endpoint.pass(86_400_000)
      expect(await textOf(cache)).not.toBe(current)
    },
  )

  it.each([-20_000, -3_000_000])('a clock that is set by %i ms neither lengthens a life nor ends it', async (ms) => {
    const endpoint = createFakeEndpoint(3600)
    const cache = cacheOf(endpoint)
    await textOf(cache)
    // Nobody looks at the token meanwhile.
    endpoint.pass(3_480_000)
    endpoint.set(ms)
    expect(await textOf(cache)).toBe('at-1')
    endpoint.pass(119_999)
    endpoint.hold()
    expect(await textOf(cache)).toBe('at-1')
    endpoint.pass(1)
    endpoint.release()
    expect(await textOf(cache)).toBe('at-2')
  })

  it('nor does one that is set back again and again, and its renewal is in time', async () => {
    const endpoint = createFakeEndpoint(3600)
    const cache = cacheOf(endpoint)
    await textOf(cache)
    for (let minute = 1; minute < 60; minute += 1) {
      endpoint.pass(60_000)
      endpoint.set(-20_000)
      expect(await textOf(cache)).toBe('at-1')
    }
    expect(endpoint.calls).toHaveLength(1)
    endpoint.pass(30_000)
    await textOf(cache)
    await settle()
    expect(await textOf(cache)).toBe('at-2')
  })

  it('a clock that was ahead and is put right costs nothing', async () => {
    const endpoint = createFakeEndpoint(3600)
    const cache = cacheOf(endpoint)
    await textOf(cache)
    endpoint.set(3_000_000)
    expect(await textOf(cache)).toBe('at-1')
    endpoint.set(-3_000_000)
    endpoint.pass(3_000_000)
    expect(await textOf(cache)).toBe('at-1')
    expect(endpoint.calls).toHaveLength(1)
  })

  it('a clock that is set back by much while a token is on its way: it is not kept', async () => {
    for (const [back, calls] of [
      [30_000, 1],
      [30_001, 2],
    ] as const) {
      const endpoint = createFakeEndpoint()
      const cache = cacheOf(endpoint)
      endpoint.answer(() => {
        endpoint.set(endpoint.calls.length === 1 ? -back : 0)
        return Response.json({ access_token: 'at', expires_in: 3600 })
      })
      expect([await textOf(cache), await textOf(cache)]).toEqual(['at', 'at'])
      expect(endpoint.calls).toHaveLength(calls)
    }
  })

  it('the time that the answer took is taken off its life', async () => {
    const endpoint = createFakeEndpoint(10)
    const cache = cacheOf(endpoint)
    endpoint.answer(() => {
      endpoint.pass(12_000)
      return Response.json({ access_token: 'slow', expires_in: 10 })
    })
    const { token, expiresAtMs } = await cache.getToken(REQUEST, T)
    expect([token.reveal(), expiresAtMs]).toEqual(['slow', NOW + 10_000])
    expect(endpoint.calls).toHaveLength(1)
    await cache.getToken(REQUEST, T)
    expect(endpoint.calls).toHaveLength(2)
  })

  it('`defaultLifetimeSeconds` is for servers that do not say', async () => {
    const endpoint = createFakeEndpoint(null)
    const cache = cacheOf(endpoint, { defaultLifetimeSeconds: 1000 })
    expect((await cache.getToken(REQUEST, T)).expiresAtMs).toBe(null)
    endpoint.pass(900_000)
    expect(await textOf(cache)).toBe('at-1')
    endpoint.pass(100_000)
    expect(await textOf(cache)).toBe('at-2')
  })
})

describe('the memory', () => {
  it('is bounded: the token that was not used for longest goes', async () => {
    const endpoint = createFakeEndpoint()
    const cache = cacheOf(endpoint, { maxEntries: 2 })
    const get = (tenant: string) => textOf(cache, { tenant })
    expect([await get('a'), await get('b'), await get('a'), await get('c')]).toEqual(['at-1', 'at-2', 'at-1', 'at-3'])
    expect([await get('a'), await get('b')]).toEqual(['at-1', 'at-4'])
  })
})

describe('the observer', () => {
  it('hears names and codes', async () => {
    const endpoint = createFakeEndpoint(60)
    const events: TokenCacheEvent[] = []
    const cache = cacheOf(endpoint, { observe: (event) => events.push(event) })
    const { token } = await cache.getToken(REQUEST, T)
    await cache.getToken(REQUEST, T)
    await cache.dropToken(REQUEST, token, T)
    await cache.dropToken(REQUEST, token, T)
    endpoint.answer(() => new Response('', { status: 503 }))
    await refusalOf(cache.getToken(REQUEST, T))
    const common = { tenant: 't', host: 'auth.example.com' }
    expect(events).toEqual([
      { type: 'fetched', ...common },
      { type: 'hit', ...common },
      { type: 'dropped', ...common },
      { type: 'failed', ...common, code: 'ERR_ACCESS_TOKEN_UNAVAILABLE', retryable: true },
    ])
    expect(events.every(Object.isFrozen)).toBe(true)
  })

  it('breaks nothing', async () => {
    const endpoint = createFakeEndpoint()
    const cache = cacheOf(endpoint, {
      observe: () => {
        throw new Error('full disk')
      },
    })
    expect([await textOf(cache), await textOf(cache)]).toEqual(['at-1', 'at-1'])
  })
})
