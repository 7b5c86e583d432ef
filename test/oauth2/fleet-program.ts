import { Secret } from '../../src/index.ts'
import { createTokenCache, type TokenCache } from '../../src/oauth2/index.ts'
import { connectRedisStore } from '../../src/stores/redis.ts'
import { work } from '../child.ts'

/** What one worker of a fleet does. */
export interface FleetInput {
  /** Of the server that has `/token` and `/tool`. */
  readonly origin: string
  readonly redisUrl: string
  readonly callers: number
  readonly milliseconds: number
  readonly storeTimeoutMs: number
}

/** What became of its calls. */
export interface FleetResult {
  readonly calls: number
  /** How often a call needed another token. */
  readonly retries: number
  /** The failures of calls, as texts. */
  readonly failures: readonly string[]
  /** How often the store did not help. */
  readonly storeFailures: number
}

const PAUSE_MS = 300

work(async (input: FleetInput, { together }): Promise<FleetResult> => {
  const store = await connectRedisStore(input.redisUrl, { deadlineMs: input.storeTimeoutMs })
  const result = { calls: 0, retries: 0, failures: [] as string[], storeFailures: 0 }
  const cache = createTokenCache({
    store,
    keys: [{ keyId: 'k1', key: new Uint8Array(32).fill(1) }],
    hashKey: new Uint8Array(32).fill(2),
    storeTimeoutMs: input.storeTimeoutMs,
    allowLoopbackHttp: true,
    observe: ({ type }) => {
      if (type === 'storeFailed') result.storeFailures += 1
    },
  })
  await together()
  const end = performance.now() + input.milliseconds
  const call = async (): Promise<void> => {
    while (performance.now() < end) {
      await pause()
      const outcome = await callTool(cache, input.origin)
      result.calls += 1
      if (outcome === 'retried') result.retries += 1
      if (outcome.startsWith('failed')) result.failures.push(outcome)
    }
  }
  await Promise.all(Array.from({ length: input.callers }, call))
  await store.close()
  return result
})

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MS * 2 * Math.random()))
}

/** One call with at most one retry, as sending does it (T63). */
async function callTool(cache: TokenCache, origin: string): Promise<string> {
  const client = { clientId: 'fleet', clientSecret: new Secret('fleet-secret') }
  const request = { tokenUrl: `${origin}/token`, client }
  const owner = { tenant: 't' }
  try {
    const { token } = await cache.getToken(request, owner)
    if ((await askTool(origin, token)) === 200) return 'fine'
    await cache.dropToken(request, token, owner)
    const { token: other } = await cache.getToken(request, owner)
    if (other.reveal() === token.reveal()) return 'failed: no other token'
    const status = await askTool(origin, other)
    return status === 200 ? 'retried' : `failed: ${status}`
  } catch (error) {
    return `failed: ${String(error)}`
  }
}

async function askTool(origin: string, token: Secret): Promise<number> {
  const response = await fetch(`${origin}/tool`, { headers: { authorization: `Bearer ${token.reveal()}` } })
  await response.arrayBuffer()
  return response.status
}
