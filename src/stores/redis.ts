/**
 * A store in Redis, or what speaks its protocol, for all processes of a fleet.
 *
 * @module stores/redis
 */
import { SecurityError } from '../errors.ts'
import { readOptions } from '../read-options.ts'
import { checkedStore } from './checked-store.ts'
import { createSend, isRedisClient, type RedisClient } from './redis-client.ts'
import { connectClient } from './redis-connect.ts'
import { createRedisEngine } from './redis-engine.ts'
import type { Store } from './store.ts'
import { isDeadline, readText } from './store-arguments.ts'

export type { IoredisClient, NodeRedisClient, RedisClient } from './redis-client.ts'
export type { Store, StoreChange, StoreEntry, Taken, TakeOptions } from './store.ts'

/** Settings of {@link connectRedisStore}. */
export interface RedisStoreSettings {
  /**
   * What all keys begin with. Default `{latchkey}:`; the braces keep all keys on one node of a Cluster. Stores of one
   * prefix are one store.
   */
  readonly prefix?: string
  /** Milliseconds after which an operation is given up. Positive integer. Default 500. */
  readonly deadlineMs?: number
}

/** Settings of {@link createRedisStore}. */
export interface RedisStoreOptions extends RedisStoreSettings {
  /** A connected client of `ioredis`, `iovalkey` or `redis`. The caller ends it. */
  readonly client: RedisClient
}

const DEFAULT_PREFIX = '{latchkey}:'
const DEFAULT_DEADLINE_MS = 500

/**
 * Creates a store on a client that the caller has connected.
 *
 * Each operation is one command, most of them a script, so that it is atomic for all workers; lists are exact. The
 * server's clock says what is over and which day it is. Redis 6 or newer, with `maxmemory-policy noeviction`: a key
 * that is evicted is a credential that is gone. What outlives the server is its own matter: `appendonly yes`.
 *
 * A server that is away or hangs never makes a caller wait longer than the deadline. An operation that fails this way
 * may have taken effect all the same. Give `ioredis` the settings `enableOfflineQueue: false` and
 * `autoResendUnfulfilledCommands: false`, and `redis` the setting `disableOfflineQueue: true`, so that none takes effect
 * much later; and listen to the client's `error` events.
 *
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`.
 * @example
 * const store = createRedisStore({ client: new Redis({ enableOfflineQueue: false }) })
 * await store.takeUnderLimit('requests:acme', 1000) // { admitted: true, count: 1, … }
 */
export function createRedisStore(options: RedisStoreOptions): Store {
  const read = readOptions<RedisStoreOptions>(options, { ...SETTINGS, client: isRedisClient })
  const { client, prefix = DEFAULT_PREFIX, deadlineMs = DEFAULT_DEADLINE_MS } = read
  if (client === undefined) {
    throw new SecurityError('ERR_ARGUMENT_INVALID', { message: 'option `client` is missing' })
  }
  return checkedStore({ ...createRedisEngine(createSend(client, deadlineMs), prefix), close: () => {} })
}

/**
 * Connects to a server with whichever of the packages `ioredis` and `redis` is installed, and creates a store on it.
 *
 * `close` ends the connection. One that breaks is made anew; until then operations fail at once.
 *
 * @param url `redis://` or `rediss://` (TLS), with user, password and database where they are needed.
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`.
 * @throws A {@link SecurityError} with code `ERR_STORE_UNAVAILABLE`: no connection within 5 seconds, or neither package
 * is installed.
 * @example
 * const store = await connectRedisStore('redis://127.0.0.1:6379')
 */
export async function connectRedisStore(url: string, options?: RedisStoreSettings): Promise<Store> {
  const { prefix = DEFAULT_PREFIX, deadlineMs = DEFAULT_DEADLINE_MS } = readOptions<RedisStoreSettings>(
    options,
    SETTINGS,
  )
  const { client, end } = await connectClient(url)
  return checkedStore({ ...createRedisEngine(createSend(client, deadlineMs), prefix), close: end })
}

const SETTINGS = {
  prefix: (value: unknown): boolean => typeof readText(value, 'prefix') === 'string',
  deadlineMs: isDeadline,
}
