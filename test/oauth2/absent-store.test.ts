import { Redis } from 'ioredis'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { createTokenCache, type TokenCache } from '../../src/oauth2/index.ts'
import type { Store } from '../../src/stores/redis.ts'
import { connectRedisStore, createRedisStore } from '../../src/stores/redis.ts'
import { describeWithRedis, type RedisServer } from '../redis-server.ts'
import { createFakeEndpoint } from './fake-endpoint.ts'
import { refusalOf, requestOf } from './requests.ts'

const REQUEST = requestOf('https://auth.example.com/token')

describeWithRedis('a Redis that is away when a worker starts', (redis: RedisServer) => {
  const clients: Redis[] = []
  beforeEach(() => redis.stop())
  afterAll(() => {
    for (const client of clients) client.disconnect()
  })

  function storeOf(): Store {
    const client = new Redis(redis.url, {
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      retryStrategy: () => 20,
    })
    client.on('error', () => {})
    clients.push(client)
    return createRedisStore({ client })
  }

  it('is told by `connectRedisStore`; another attempt finds it', async () => {
    expect(await refusalOf(connectRedisStore(redis.url))).toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
      retryable: true,
    })
    await redis.start()
    await (await connectRedisStore(redis.url)).close()
  })

  it('is done without where the client connects later: each worker asks for itself until it is there', async () => {
    const endpoint = createFakeEndpoint()
    let failures = 0
    const worker = (): TokenCache =>
      createTokenCache({
        fetch: endpoint.fetch,
        now: endpoint.now,
        store: storeOf(),
        keys: [{ keyId: 'k1', key: new Uint8Array(32) }],
        hashKey: new Uint8Array(32),
        storeTimeoutMs: 30,
        observe: ({ type }) => {
          if (type === 'storeFailed') failures += 1
        },
      })
    const textOf = async (cache: TokenCache): Promise<string> =>
      (await cache.getToken(REQUEST, { tenant: 't' })).token.reveal()
    const [one, other] = [worker(), worker()]
    expect([await textOf(one), await textOf(other)]).toEqual(['at-1', 'at-2'])
    expect(failures).toBeGreaterThanOrEqual(2)
    await redis.start()
    // Each new token is shared as soon as both have connected.
    for (;;) {
      endpoint.pass(3_600_000)
      if ((await textOf(one)) === (await textOf(other))) break
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })
})
