import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { buildProgram, runTogether } from '../processes.ts'
import { describeWithRedis } from '../redis-server.ts'
import type { FleetInput, FleetResult } from './fleet-program.ts'
import { openPlace, type Place } from './place.ts'

const PROCESSES = 8
const LIMIT = 1_000
const TRIES = 4_000
const NONCES = 2_000
const MIDNIGHT = Date.UTC(2028, 1, 29)

const program = buildProgram(new URL('fleet-program.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'latchkey-fleet-'))
afterAll(() => rmSync(folder, { recursive: true }))

let places = 0
function runFleet(place: Place, inputOf: (n: number) => Omit<FleetInput, 'place'>): Promise<readonly FleetResult[]> {
  return runTogether<FleetResult>(
    program,
    Array.from({ length: PROCESSES }, (_, n) => ({ place, ...inputOf(n) })),
  )
}

/** How often each day admitted, over all processes. */
function sumByDay(results: readonly FleetResult[]): { readonly [day: string]: number } {
  const sums: Record<string, number> = {}
  for (const { admitted } of results)
    for (const [day, count] of Object.entries(admitted)) sums[day] = (sums[day] ?? 0) + count
  return sums
}

async function readCounts(place: Place): Promise<ReadonlyMap<string, number>> {
  const { store, end } = await openPlace(place)
  const counts = await store.readCounts('k')
  await end()
  return counts
}

function itAdmitsTheLimit(newPlace: () => Place): void {
  it('T85: of 8 processes × 4,000 tries exactly the limit of 1,000 is admitted', async () => {
    const place = newPlace()
    // One moment, so that no midnight comes between.
    const takes = { limit: LIMIT, tries: TRIES, timesMs: [Date.now()] }
    expect(Object.values(sumByDay(await runFleet(place, () => ({ takes }))))).toEqual([LIMIT])
    expect([...(await readCounts(place)).values()]).toEqual([LIMIT])
  })
}

/** The rows of threats that need more than one process. */
function describeFleet(newPlace: () => Place): void {
  itAdmitsTheLimit(newPlace)

  it('T85: the same by the clock of the store', async () => {
    const place = newPlace()
    const takes = { limit: LIMIT, tries: TRIES, timesMs: [] }
    const sums = Object.values(sumByDay(await runFleet(place, () => ({ takes }))))
    // Two only if this runs over midnight.
    expect(sums.length === 1 || sums.length === 2).toBe(true)
    for (const sum of sums) expect(sum).toBe(LIMIT)
  })

  it('T86: around midnight UTC, with clocks that differ and go back, each day admits exactly the limit', async () => {
    const place = newPlace()
    const takes = (n: number): NonNullable<FleetInput['takes']> => ({
      limit: LIMIT,
      tries: TRIES,
      // Half of the processes are two hours behind the others, and all go back and forth over midnight.
      timesMs: [MIDNIGHT - 1, MIDNIGHT, MIDNIGHT - 2, MIDNIGHT + 1].map(
        (time) => time - (n % 2) * 7_200_000 * (time < MIDNIGHT ? 1 : 0),
      ),
    })
    const results = await runFleet(place, (n) => ({ takes: takes(n) }))
    expect(sumByDay(results)).toEqual({ '2028-02-28': LIMIT, '2028-02-29': LIMIT })
    expect(await readCounts(place)).toEqual(
      new Map([
        ['2028-02-28', LIMIT],
        ['2028-02-29', LIMIT],
      ]),
    )
  })

  it('T72: of 2,000 nonces that 8 processes offer, each is accepted exactly once', async () => {
    const results = await runFleet(newPlace(), (n) => ({ nonces: { count: NONCES, first: n * 7 } }))
    const accepted = results.flatMap((result) => result.accepted).sort((a, b) => a - b)
    expect(accepted).toEqual(Array.from({ length: NONCES }, (_, n) => n))
  })
}

describe('one libsql file', () => {
  describeFleet(() => ({ type: 'libsql', path: join(folder, `${places++}.db`) }))
})

describeWithRedis('one Redis', (server) => {
  const newPlace = (type: 'ioredis' | 'redis') => (): Place => ({ type, url: server.url, prefix: `${places++}:` })
  describe('through ioredis', () => describeFleet(newPlace('ioredis')))
  describe('through redis', () => itAdmitsTheLimit(newPlace('redis')))
})
