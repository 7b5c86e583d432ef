import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { describe, expect, it } from 'vitest'
import { SecurityError } from '../../src/errors.ts'
import { connectRedisStore, createRedisStore, type RedisClient } from '../../src/stores/redis.ts'
import { loadNodeRedis } from '../../src/stores/redis-packages.ts'
import type { Store } from '../../src/stores/store.ts'
import { describeWithRedis } from '../redis-server.ts'

// Long enough for a busy machine, whose server is there.
const DEADLINE_MS = 1_000

const OPERATIONS: readonly ((store: Store) => Promise<unknown>)[] = [
  (store) => store.get('k'),
  (store) => store.set('k', 'lost'),
  (store) => store.setIfAbsent('lost', 'lost'),
  (store) => store.compareAndSet('k', 'kept', 'lost'),
  (store) => store.compareAndDelete('k', 'kept'),
  (store) => store.commit([{ key: 'k', value: 'lost' }]),
  (store) => store.list(''),
  (store) => store.takeUnderLimit('k', 1),
  (store) => store.readCounts('k'),
]

/** Each rejects; that this ends at all is what is tested. */
async function expectAllAway(store: Store): Promise<void> {
  const outcomes = await Promise.allSettled(OPERATIONS.map((operate) => operate(store)))
  for (const outcome of outcomes) {
    expect(outcome.status).toBe('rejected')
    const { reason } = outcome as PromiseRejectedResult
    expect(reason).toBeInstanceOf(SecurityError)
    expect(reason).toMatchObject({ code: 'ERR_STORE_UNAVAILABLE', retryable: true })
  }
}

/** Waits until the client has connected again. */
async function whenBack(store: Store): Promise<void> {
  for (;;) {
    const isBack = await store.get('any').then(
      () => true,
      () => false,
    )
    if (isBack) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

type Open = (url: string) => Promise<{ readonly store: Store; readonly end: () => unknown }>

async function openWith(client: RedisClient, end: () => unknown): ReturnType<Open> {
  return { store: createRedisStore({ client, deadlineMs: DEADLINE_MS }), end }
}

const CLIENTS: readonly (readonly [string, Open, resends: boolean])[] = [
  [
    'connectRedisStore',
    async (url) => {
      const store = await connectRedisStore(url, { deadlineMs: DEADLINE_MS })
      return { store, end: () => store.close() }
    },
    false,
  ],
  [
    'the package redis, as connectRedisStore takes it',
    async (url) => {
      const { client, end } = await (await loadNodeRedis())(url)
      return openWith(client, end)
    },
    false,
  ],
  [
    // With a queue that would keep commands for later; what was under way when the connection broke is sent again.
    'ioredis as it comes',
    async (url) => {
      const client = new Redis(url, { lazyConnect: true, retryStrategy: () => 20 })
      client.on('error', () => {})
      await client.connect()
      return openWith(client, () => client.disconnect())
    },
    true,
  ],
  [
    'redis as it comes',
    async (url) => {
      const client = createClient({ url, socket: { reconnectStrategy: 20 } })
      client.on('error', () => {})
      await client.connect()
      return openWith(client, () => client.destroy())
    },
    true,
  ],
]

describeWithRedis('a Redis that goes away', (server) => {
  describe.each(CLIENTS)('%s', (_, open, resends) => {
    it('stopped in the middle: every operation rejects, none takes effect later, and all is well afterwards', async () => {
      const { store, end } = await open(server.url)
      await store.set('k', 'kept')
      const load = Promise.allSettled(Array.from({ length: 200 }, (_, n) => store.set(`load:${n}`, '1')))
      await server.stop()
      for (const outcome of await load) {
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' })
      }
      await expectAllAway(store)
      await server.start()
      await whenBack(store)
      const late = await store.list('')
      expect(late.filter(({ key }) => !resends || !key.startsWith('load:'))).toEqual([])
      await store.set('k', 'kept')
      expect(await store.get('k')).toBe('kept')
      expect(await store.takeUnderLimit('k', 1)).toMatchObject({ admitted: true })
      await end()
    })

    it('that hangs: every operation rejects at the deadline, and all is well when it goes on', async () => {
      const { store, end } = await open(server.url)
      await store.set('k', 'kept')
      server.pause()
      try {
        await expectAllAway(store)
      } finally {
        server.resume()
      }
      await whenBack(store)
      await store.set('k', 'kept')
      expect(await store.get('k')).toBe('kept')
      await end()
    })
  })

  it('a Redis that is not there when the store is made: operations reject, and work once it is', async () => {
    const { url } = server
    await server.stop()
    await expect(connectRedisStore(url)).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE', retryable: true })
    const client = new Redis(url, { retryStrategy: () => 20 })
    client.on('error', () => {})
    const store = createRedisStore({ client, deadlineMs: DEADLINE_MS })
    await expectAllAway(store)
    await server.start()
    await whenBack(store)
    expect(await store.list('')).toEqual([])
    client.disconnect()
  })
})
