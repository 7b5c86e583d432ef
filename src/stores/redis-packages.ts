import { answerIn, type NodeRedisClient, type RedisClient, withDeadline } from './redis-client.ts'

const CONNECT_MS = 5_000
const MAX_PAUSE_MS = 1_000

/** A connection and what ends it. @internal */
export interface Connection {
  readonly client: RedisClient
  readonly end: () => void
}

/** Connects with the package that was loaded. @internal */
export type Connect = (url: string) => Promise<Connection>

/** Takes `ioredis`. @internal */
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

/** Takes `redis`. @internal */
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
  on(event: 'error', listen: (error: unknown) => void): unknown
  connect(): Promise<unknown>
}

async function settle(client: RedisClient & Settling, end: () => void): Promise<Connection> {
  let refused: Error | null = null
  // Without a listener the event would end the process. Operations report what they meet; but of a server that refuses the
  // password `ioredis` rejects with a closed connection, and with a database that is not there it goes on in another one.
  client.on('error', (error) => {
    refused = answerIn(error) ?? refused
  })
  try {
    await withDeadline(CONNECT_MS, () => client.connect())
    if (refused !== null) throw refused
  } catch (error) {
    endQuietly(end)
    throw refused ?? error
  }
  return { client, end: () => endQuietly(end) }
}

/** One that has ended by itself complains. */
function endQuietly(end: () => void): void {
  try {
    end()
  } catch {}
}
