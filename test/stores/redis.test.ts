import { inspect } from 'node:util'
import { Cluster, Redis } from 'ioredis'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  connectRedisStore,
  createRedisStore,
  type RedisClient,
  type RedisStoreOptions,
} from '../../src/stores/redis.ts'
import { loadIoredis, loadNodeRedis } from '../../src/stores/redis-packages.ts'
import { checkAsync } from '../call/check-async.ts'
import { describeWithRedis, type RedisServer } from '../redis-server.ts'
import { describeContract } from './contract.ts'
import { type Harness, passReally } from './harness.ts'
import { agreesWithModel } from './model.ts'

const PACKAGES = [
  ['ioredis', loadIoredis],
  ['redis', loadNodeRedis],
] as const

let prefixes = 0
function newPrefix(): string {
  prefixes += 1
  return `test:${prefixes}:`
}

/** Uses a client of each package for all tests of a group. */
function withClient(
  server: RedisServer,
  connect: (url: string) => Promise<[RedisClient, () => void]>,
): () => RedisClient {
  let connected: [RedisClient, () => void]
  beforeAll(async () => {
    connected = await connect(server.url)
  })
  afterAll(() => connected[1]())
  return () => connected[0]
}

async function connectIoredis(url: string, options: object = {}): Promise<[Redis, () => void]> {
  const client = new Redis(url, { ...options, lazyConnect: true })
  await client.connect()
  return [client, () => client.disconnect()]
}

async function connectNodeRedis(url: string, RESP: 2 | 3 = 2): Promise<[RedisClient, () => void]> {
  const client = createClient({ url, RESP })
  await client.connect()
  return [client, () => client.destroy()]
}

describeWithRedis('a real Redis', (server) => {
  describe.each<[string, (url: string) => Promise<[RedisClient, () => void]>]>([
    ['ioredis', connectIoredis],
    ['ioredis with a prefix of its own', (url) => connectIoredis(url, { keyPrefix: 'own:' })],
    ['redis', connectNodeRedis],
    ['redis with RESP 3', (url) => connectNodeRedis(url, 3)],
  ])('with %s', (_, connect) => {
    const client = withClient(server, connect)
    const open = async (): Promise<Harness> => ({
      store: createRedisStore({ client: client(), prefix: newPrefix(), deadlineMs: 10_000 }),
      pass: passReally,
    })
    describeContract('the store', open)
    it('agrees with the model', () => checkAsync(agreesWithModel(open, 'long'), 0.02))
  })

  describe('what stands in it', () => {
    const client = withClient(server, connectIoredis)
    const redis = (): Redis => client() as Redis

    it('is below the prefix, and nothing stays of what is over', async () => {
      await redis().flushall()
      const store = createRedisStore({ client: redis(), deadlineMs: 10_000 })
      for (let n = 0; n < 20; n += 1) await store.set(`nonce:${n}`, '1', 20)
      await store.takeUnderLimit('k', 5)
      expect((await redis().keys('*')).every((key) => key.startsWith('{latchkey}:'))).toBe(true)
      await passReally(30)
      for (let n = 0; n < 10; n += 1) await store.set('k', '1')
      expect((await redis().keys('*')).sort()).toEqual(['{latchkey}:i', '{latchkey}:n:k', '{latchkey}:v:k'])
      expect(await redis().zrange('{latchkey}:i', '0', '-1')).toEqual(['k'])
      expect(await redis().pttl('{latchkey}:n:k')).toBeGreaterThan(86_400_000)
    })

    it('counts that are over go when a new day is counted', async () => {
      const store = createRedisStore({ client: redis(), deadlineMs: 10_000 })
      const [seconds, microseconds] = (await redis().time()).map(Number) as [number, number]
      const nowMs = seconds * 1_000 + Math.floor(microseconds / 1_000)
      await redis().hset(
        '{latchkey}:n:days',
        ...Object.entries({ 0: `5:${nowMs - 1}`, 1: `5:${nowMs - 1}`, 2: `5:${nowMs + 60_000}` }).flat(),
      )
      expect(await store.readCounts('days')).toEqual(new Map([['1970-01-03', 5]]))
      expect(await store.takeUnderLimit('days', 6, { nowMs: 86_400_000 })).toMatchObject({ admitted: true, count: 1 })
      await store.takeUnderLimit('days', 6, { nowMs: 4 * 86_400_000 })
      expect(Object.keys(await redis().hgetall('{latchkey}:n:days'))).toEqual(['1', '2', '4'])
    })

    it('stores of different prefixes do not see each other', async () => {
      const [one, other] = ['a', 'a:'].map((prefix) =>
        createRedisStore({ client: redis(), prefix, deadlineMs: 10_000 }),
      )
      await one?.set('k', '1')
      await one?.takeUnderLimit('k', 1)
      expect(await other?.list('')).toEqual([])
      expect(await other?.readCounts('k')).toEqual(new Map())
    })

    it('a key that something else made is refused, not taken for absent', async () => {
      const store = createRedisStore({ client: redis(), deadlineMs: 10_000 })
      await redis().lpush('{latchkey}:v:list', 'canary')
      const refused = {
        code: 'ERR_STORE_UNAVAILABLE',
        retryable: false,
        message: 'Redis refused the command (WRONGTYPE)',
      }
      await expect(store.get('list')).rejects.toMatchObject(refused)
      await expect(store.compareAndSet('list', 'canary', '1')).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' })
      await redis().del('{latchkey}:v:list')
    })
  })

  describe('connectRedisStore', () => {
    it('connects, and ends the connection', async () => {
      const store = await connectRedisStore(server.url, { prefix: newPrefix(), deadlineMs: 10_000 })
      await store.set('k', '1')
      expect(await store.get('k')).toBe('1')
      await store.close()
      await expect(store.get('k')).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' })
    })

    it.each(PACKAGES)('%s: connects, ends, and does not end twice', async (_, load) => {
      const { client, end } = await (await load())(server.url)
      const store = createRedisStore({ client, prefix: newPrefix(), deadlineMs: 10_000 })
      await store.set('k', '1')
      expect(await store.get('k')).toBe('1')
      end()
      end()
      await expect(store.get('k')).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE', retryable: true })
    })

    it.each(PACKAGES)('%s: gives up at once where no server is', async (_, load) => {
      const connect = await load()
      await expect(connect('redis://127.0.0.1:1')).rejects.toMatchObject({
        code: 'ERR_STORE_UNAVAILABLE',
        message: 'the connection to Redis failed',
        retryable: true,
      })
    })

    it('says that the server refuses, without the password', async () => {
      const url = server.url.replace('redis://', 'redis://canary:canary@')
      const error: Error = await connectRedisStore(url).then(
        () => expect.fail(),
        (reason) => reason,
      )
      expect(error).toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' })
      expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain('canary')
    })
  })
})

describeWithRedis(
  'a Redis with a password',
  (server) => {
    const addressOf = (user: string, path = '') => server.url.replace('redis://', `redis://${user}`) + path

    it.each(PACKAGES)('%s: is told apart from a fault of the network, for good', async (_, load) => {
      const connect = await load()
      for (const [url, word] of [
        [addressOf(''), 'NOAUTH'],
        [addressOf(':canary@'), 'WRONGPASS'],
        [addressOf('canary:right@'), 'WRONGPASS'],
      ] as const) {
        const error = await connect(url).then(
          () => expect.fail(),
          (reason) => reason,
        )
        const message = `Redis refused the command (${word})`
        expect(error).toMatchObject({ code: 'ERR_STORE_UNAVAILABLE', message, retryable: false })
        expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain('canary')
      }
    })

    it.each(PACKAGES)('%s: takes the password, and no other database than the one that was named', async (_, load) => {
      const connect = await load()
      const { client, end } = await connect(addressOf(':right@', '/1'))
      expect(await createRedisStore({ client, deadlineMs: 10_000 }).get('k')).toBe(null)
      end()
      await expect(connect(addressOf(':right@', '/99'))).rejects.toMatchObject({
        message: 'Redis refused the command (ERR)',
        retryable: false,
      })
    })
  },
  { requirepass: 'right' },
)

describeWithRedis(
  'a Redis Cluster',
  (server) => {
    it('has all keys of the default prefix on one node, and refuses a prefix that spreads them', async () => {
      const { port } = new URL(server.url)
      const [node, end] = await connectIoredis(server.url)
      await node.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
      while (!(await node.cluster('INFO')).includes('cluster_state:ok')) await passReally(20)
      const client = new Cluster([{ host: '127.0.0.1', port: Number(port) }], { lazyConnect: true })
      await client.connect()
      const store = createRedisStore({ client, deadlineMs: 10_000 })
      expect(await store.commit([...'abc'].map((key) => ({ key, expected: null, value: '1' })))).toBe(true)
      expect(await store.list('')).toHaveLength(3)
      expect(await store.get('a')).toBe('1')
      expect(await store.takeUnderLimit('k', 1)).toMatchObject({ admitted: true })
      expect(await store.readCounts('k')).toMatchObject({ size: 1 })
      const spread = createRedisStore({ client, prefix: 'spread:', deadlineMs: 10_000 })
      await expect(spread.set('a', '1')).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' })
      client.disconnect()
      end()
    })
  },
  { 'cluster-enabled': 'yes', 'cluster-announce-ip': '127.0.0.1' },
)

describe('arguments of the store in Redis', () => {
  const client: RedisClient = { sendCommand: async () => null }

  it.each<[unknown]>([
    [undefined],
    [{}],
    [{ client: null }],
    [{ client: {} }],
    [{ client: { call: 'canary' } }],
    [{ client, prefix: 'canary\uD800' }],
    [{ client, prefix: 1 }],
    [{ client, deadlineMs: 0 }],
    [{ client, deadlineMs: 2 ** 31 }],
    [{ client, deadline: 1 }],
  ])('refuses the options %j', (options) => {
    expect(() => createRedisStore(options as RedisStoreOptions)).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID', message: expect.not.stringContaining('canary') }),
    )
  })

  it.each([
    'canary',
    'http://canary',
    'redis://',
    'redis:///1',
    'redis://canary/name',
    'redis://canary/0?x=1',
    'redis://canary:port',
    undefined as unknown as string,
  ])('refuses the address %s', async (url) => {
    await expect(connectRedisStore(url)).rejects.toMatchObject({
      code: 'ERR_ARGUMENT_INVALID',
      message: expect.not.stringContaining('canary'),
    })
  })
})

describe('a client that misbehaves', () => {
  const canary = 'canary'
  const operations: readonly ((client: RedisClient) => Promise<unknown>)[] = [
    (client) => createRedisStore({ client }).get(canary),
    (client) => createRedisStore({ client }).set(canary, canary),
    (client) => createRedisStore({ client }).list(canary),
    (client) => createRedisStore({ client }).takeUnderLimit(canary, 1),
    (client) => createRedisStore({ client }).readCounts(canary),
  ]

  it.each<[string, unknown, boolean]>([
    ['Redis refused the command (OOM)', new Error(`OOM ${canary}`), true],
    ['Redis refused the command (READONLY)', new Error('READONLY'), true],
    ['Redis refused the command (NOAUTH)', new Error('NOAUTH Authentication required.'), false],
    ['Redis refused the command (NOAUTH)', new Error('Ready check failed: NOAUTH Authentication required.'), false],
    ['the connection to Redis failed', new Error('CANARY canary'), true],
    ['the connection to Redis failed', new Error('OOMcanary'), true],
    ['the connection to Redis failed', new Error(''), true],
    ['the connection to Redis failed', canary, true],
    ['the connection to Redis failed', null, true],
    ['the connection to Redis failed', new Proxy({}, { get: () => expect.fail(canary) }), true],
  ])('is told as: %s', async (message, error, retryable) => {
    // As a client of ioredis does.
    if (error instanceof Error) Object.assign(error, { command: { name: 'set', args: [canary] } })
    for (const operate of operations) {
      for (const client of [
        { call: () => Promise.reject(error) },
        { sendCommand: () => Promise.reject(error) },
        {
          call: () => {
            throw error
          },
        },
      ]) {
        const told: Error = await operate(client).then(
          () => expect.fail(),
          (reason) => reason,
        )
        expect(told).toMatchObject({ code: 'ERR_STORE_UNAVAILABLE', phase: 'need', message, retryable })
        expect(inspect(told, { showHidden: true, depth: 9 })).not.toContain(canary)
      }
    }
  })

  it.each<[unknown]>([[undefined], [1n], [Buffer.from(canary)], [[canary]], [['a', 1]], [[1, 'a', 1]], [{}], [true]])(
    'that answers with %s is refused',
    async (reply) => {
      for (const operate of operations) {
        await expect(operate({ sendCommand: async () => reply })).rejects.toMatchObject({
          code: 'ERR_STORE_UNAVAILABLE',
          retryable: false,
          message: 'Redis gave an answer of another type',
        })
      }
    },
  )

  it('that never answers is given up at the deadline', async () => {
    const client: RedisClient = { call: () => new Promise(() => {}) }
    const store = createRedisStore({ client, deadlineMs: 10 })
    await expect(store.get('k')).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE', retryable: true })
  })

  it('is sent nothing before it is connected, and nothing once its connection has broken', async () => {
    let sent = 0
    const client = {
      isReady: false,
      sendCommand: async () => {
        sent += 1
        return null
      },
    }
    const impatient = createRedisStore({ client, deadlineMs: 30 })
    const away = { message: 'Redis is not connected', retryable: true }
    await expect(impatient.get('k')).rejects.toMatchObject(away)
    expect(sent).toBe(0)
    const patient = createRedisStore({ client, deadlineMs: 60_000 })
    const waiting = patient.get('k')
    client.isReady = true
    expect(await waiting).toBe(null)
    client.isReady = false
    await expect(patient.get('k')).rejects.toMatchObject(away)
    expect(sent).toBe(1)
    // The second refusal does not wait for its deadline.
  }, 20_000)
})
