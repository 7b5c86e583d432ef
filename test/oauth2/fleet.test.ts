import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildProgram, runTogether } from '../processes.ts'
import { describeWithRedis, type RedisServer } from '../redis-server.ts'
import type { FleetInput, FleetResult } from './fleet-program.ts'

const PROCESSES = 8
const CALLERS = 20
const RUN_MS = 8_000
// Long enough that a busy machine delivers a token before it dies.
const LIFETIME_MS = 4_000
/** Some two thousand are made; callers that hang make far fewer. */
const MIN_CALLS = PROCESSES * CALLERS * 5
/** The longest that a token is renewed ahead of its end: a quarter of its life, and half as much again. */
const AHEAD_MS = LIFETIME_MS * 0.375
/** What a request may take on a busy machine before it is counted. A second fetch for one expiry would come much sooner. */
const SLACK_MS = 1_000

/** An authorization server and a tool in one, whose tokens live for four seconds. */
class Platform {
  /** When each token was asked for, and when it was issued. */
  readonly askedAtMs: number[] = []
  readonly issuedAtMs: number[] = []
  /** The first token that was not revoked. */
  #valid = 0
  /** Which tokens were revoked: those below. */
  readonly revoked: number[] = []
  #fetching = 0
  mostAtOnce = 0

  async answer({ url, headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (url === '/tool') {
      response.writeHead(this.#isValid(headers.authorization ?? '') ? 200 : 401).end()
      return
    }
    this.#fetching += 1
    this.askedAtMs.push(performance.now())
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#fetching)
    // As long as a token endpoint takes.
    await new Promise((resolve) => setTimeout(resolve, 30))
    this.#fetching -= 1
    const id = this.issuedAtMs.push(performance.now()) - 1
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ access_token: `at-${id}`, token_type: 'Bearer', expires_in: LIFETIME_MS / 1000 }))
  }

  /** Revokes every token, in a moment in which none is on its way. */
  async revokeAll(): Promise<void> {
    const isCalm = (): boolean => this.#fetching === 0 && performance.now() - (this.issuedAtMs.at(-1) ?? 0) > 300
    while (!isCalm()) await new Promise((resolve) => setTimeout(resolve, 5))
    this.#valid = this.issuedAtMs.length
    this.revoked.push(this.#valid)
  }

  #isValid(authorization: string): boolean {
    const id = Number(/^Bearer at-(\d+)$/.exec(authorization)?.[1] ?? -1)
    const issuedAtMs = this.issuedAtMs[id]
    return issuedAtMs !== undefined && id >= this.#valid && performance.now() < issuedAtMs + LIFETIME_MS
  }
}

const program = buildProgram(new URL('fleet-program.ts', import.meta.url))
let platform = new Platform()
const server = createServer((request, response) => platform.answer(request, response))
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

function runFleet(redis: RedisServer, storeTimeoutMs: number): Promise<readonly FleetResult[]> {
  platform = new Platform()
  const input: FleetInput = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    redisUrl: redis.url,
    callers: CALLERS,
    milliseconds: RUN_MS,
    storeTimeoutMs,
  }
  return runTogether<FleetResult>(program, new Array<FleetInput>(PROCESSES).fill(input))
}

/** Waits until the fleet has its first token, and a little longer. */
async function afterStart(ms: number): Promise<void> {
  while (platform.issuedAtMs.length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  await new Promise((resolve) => setTimeout(resolve, ms))
}

const failuresOf = (results: readonly FleetResult[]): readonly string[] => results.flatMap(({ failures }) => failures)
const callsOf = (results: readonly FleetResult[]): number => results.reduce((sum, { calls }) => sum + calls, 0)
const storeFailuresOf = (results: readonly FleetResult[]): number =>
  results.reduce((sum, { storeFailures }) => sum + storeFailures, 0)

describeWithRedis('T57, T63: 8 processes × 20 callers on a real Redis', (redis) => {
  it('fetch once for each expiry and once after a revocation, and no call fails', async () => {
    // A deadline that a busy machine keeps.
    const running = runFleet(redis, 5_000)
    await afterStart(RUN_MS / 2)
    await platform.revokeAll()
    const results = await running
    expect(failuresOf(results)).toEqual([])
    expect(callsOf(results)).toBeGreaterThan(PROCESSES * CALLERS)
    expect(results.map(({ storeFailures }) => storeFailures)).toEqual(new Array(PROCESSES).fill(0))
    expect(platform.mostAtOnce).toBe(1)
    // Each token but the last was used to its end, or was revoked.
    const { askedAtMs, revoked } = platform
    const early = askedAtMs.slice(1).filter((at, id) => {
      const wasRevoked = revoked.includes(id + 1)
      return !wasRevoked && at - (askedAtMs[id] ?? 0) < LIFETIME_MS - AHEAD_MS - SLACK_MS
    })
    expect(early).toEqual([])
    expect(askedAtMs.length).toBeGreaterThanOrEqual(3)
    expect(results.reduce((sum, { retries }) => sum + retries, 0)).toBeGreaterThan(0)
  })

  it('go on without the Redis when it stops in the middle: each process fetches for itself', async () => {
    const running = runFleet(redis, 250)
    await afterStart(RUN_MS / 3)
    await redis.stop()
    const results = await running
    await redis.start()
    expect(failuresOf(results)).toEqual([])
    expect(callsOf(results)).toBeGreaterThan(MIN_CALLS)
    expect(storeFailuresOf(results)).toBeGreaterThan(0)
    // At most once in each process for each life of a token, and never all at once.
    const most = PROCESSES * Math.ceil(RUN_MS / (LIFETIME_MS - AHEAD_MS) + 1)
    expect(platform.issuedAtMs.length).toBeLessThanOrEqual(most)
  })

  it('go on when it hangs: no call waits much longer than the deadline of the store', async () => {
    const running = runFleet(redis, 250)
    await afterStart(RUN_MS / 3)
    redis.pause()
    const results = await running
    redis.resume()
    expect(failuresOf(results)).toEqual([])
    expect(callsOf(results)).toBeGreaterThan(MIN_CALLS)
    expect(storeFailuresOf(results)).toBeGreaterThan(0)
  })
})
