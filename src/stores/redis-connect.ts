import { SecurityError } from '../errors.ts'
import { type NodeRedisClient, type RedisClient, withDeadline } from './redis-client.ts'
import { errorText, unavailable } from './unavailable.ts'

const CONNECT_MS = 5_000
const MAX_PAUSE_MS = 1_000

/** A connection and what ends it. @internal */
export interface Connection {
  readonly client: RedisClient
  readonly end: () => void
}

type Connect = (url: string) => Promise<Connection>

/** Connects with the first package that is installed. @internal */
export async function connectClient(url: string): Promise<Connection> {
  if (!isAddress(url)) {
    throw new SecurityError('ERR_ARGUMENT_INVALID', { message: 'the address is no URL of `redis:` or `rediss:`' })
  }
  for (const load of [loadIoredis, loadNodeRedis]) {
    const connect = await ifInstalled(load)
    if (connect !== null) return connect(url)
  }
  throw unavailable('neither of the packages `ioredis` and `redis` is installed', false)
}

/** Strict, because the packages differ in what they make of anything else. */
function isAddress(url: unknown): boolean {
  return typeof url === 'string' && /^rediss?:\/\/[^/?#]+(?:\/\d*)?$/.test(url) && URL.canParse(url)
}

async function ifInstalled(load: () => Promise<Connect>): Promise<Connect | null> {
  try {
    return await load()
  } catch (error) {
    if (errorText(error, 'code') === 'ERR_MODULE_NOT_FOUND') return null
    throw unavailable('the package of the Redis client could not be loaded', false)
  }
}

/** @internal */
export async function loadIoredis(): Promise<Connect> {
  const { Redis } = await import('ioredis')
  return (url) => {
    const client = new Redis(url, {
      lazyConnect: true,
      connectTimeout: CONNECT_MS,
      // What fails has failed: nothing is kept to be sent when its caller has gone.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: pauseBefore,
    })
    return settle(client, () => client.disconnect())
  }
}

/** @internal */
export async function loadNodeRedis(): Promise<Connect> {
  const { createClient } = await import('redis')
  return (url) => {
    let wasReady = false
    // By itself it would try for ever to connect for the first time.
    const reconnectStrategy = (attempt: number): number | false => wasReady && pauseBefore(attempt)
    const client = createClient({
      url,
      disableOfflineQueue: true,
      socket: { connectTimeout: CONNECT_MS, reconnectStrategy },
    })
    client.once('ready', () => {
      wasReady = true
    })
    return settle(client as NodeRedis, () => client.destroy())
  }
}

function pauseBefore(attempt: number): number {
  return Math.min(attempt * 50, MAX_PAUSE_MS)
}

type NodeRedis = NodeRedisClient & Settling

interface Settling {
  on(event: 'error', listen: () => void): unknown
  connect(): Promise<unknown>
}

async function settle(client: RedisClient & Settling, end: () => void): Promise<Connection> {
  // Without a listener the event would end the process. Operations report what they meet.
  client.on('error', () => {})
  try {
    await withDeadline(CONNECT_MS, () => client.connect())
  } catch (error) {
    endQuietly(end)
    throw error
  }
  return { client, end: () => endQuietly(end) }
}

/** One that has ended by itself complains. */
function endQuietly(end: () => void): void {
  try {
    end()
  } catch {}
}
