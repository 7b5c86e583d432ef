import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createKeyring, guard, type Keyring } from '../../src/inbound/index.ts'
import { buildProgram, runTogether, startProgram } from '../processes.ts'
import { describeWithRedis } from '../redis-server.ts'
import { openPlace, type Place } from '../stores/place.ts'
import { requestWith } from './fixtures.ts'
import type { AskResult, KeyringInput, OutliveResult } from './keyring-program.ts'

const PROCESSES = 8
const [LIMIT, TRIES] = process.env['CI'] ? [1_000, 4_000] : [100, 400]
const ROUNDS = process.env['CI'] ? 12 : 3
const MIDNIGHT = Date.UTC(2028, 1, 29)

const program = buildProgram(new URL('keyring-program.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'latchkey-keys-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Lets an administrator work on a place. */
async function withKeyring<T>(place: Place, run: (keyring: Keyring) => Promise<T>): Promise<T> {
  const { store, end } = await openPlace(place)
  try {
    return await run(createKeyring({ store, prefix: 'acme' }))
  } finally {
    await end()
  }
}

function newKey(place: Place, dailyLimit: number | null): Promise<{ readonly key: string; readonly id: string }> {
  return withKeyring(place, async (keyring) => {
    await keyring.configureTenant('a', { apiAccess: true, scopes: ['read'], maxKeys: 10_000, dailyLimit }, 'ada')
    const created = await keyring.create({ tenant: 'a', scopes: ['read'], createdBy: 'ada' })
    if (!created.ok) throw new Error(created.issues[0]?.code)
    return { key: created.value.key.reveal(), id: created.value.id }
  })
}

async function runFleet(
  place: Place,
  key: string,
  timesOf: (n: number) => readonly number[],
): Promise<readonly AskResult[]> {
  const inputs = Array.from(
    { length: PROCESSES },
    (_, n): KeyringInput => ({ place, key, job: 'ask', tries: TRIES, timesMs: timesOf(n) }),
  )
  const results = await runTogether<AskResult>(program, inputs)
  expect(results.flatMap(({ odd }) => odd)).toEqual([])
  return results
}

function describeFleet(newPlace: () => Place): void {
  it(`T85 of ${PROCESSES} processes × ${TRIES} requests exactly the limit of ${LIMIT} passes the guard`, async () => {
    const place = newPlace()
    const { key, id } = await newKey(place, LIMIT)
    const results = await runFleet(place, key, () => [MIDNIGHT])
    expect(results.reduce((sum, { admitted: [count = 0] }) => sum + count, 0)).toBe(LIMIT)
    expect(await withKeyring(place, (keyring) => keyring.usage('a', id))).toEqual(new Map([['2028-02-29', LIMIT]]))
    // Refusals of every other sort, afterwards, leave the count as it is.
    const codes = await withKeyring(place, async (keyring) => {
      const ask = async (text: string, scopes: readonly string[]) =>
        (await guard({ keyring, scopes }).check(requestWith(`Bearer ${text}`))).ok
      return [await ask(key, ['write']), await ask(`${key.slice(0, -1)}?`, [])]
    })
    expect(codes).toEqual([false, false])
    expect(await withKeyring(place, (keyring) => keyring.usage('a', id))).toEqual(new Map([['2028-02-29', LIMIT]]))
  })

  it('T86 around midnight UTC, with clocks that differ and go back, each day admits exactly the limit', async () => {
    const place = newPlace()
    const { key } = await newKey(place, LIMIT)
    const times = (n: number) => [MIDNIGHT - 1 - (n % 2) * 7_200_000, MIDNIGHT, MIDNIGHT - 2, MIDNIGHT + 1]
    const results = await runFleet(place, key, times)
    const sum = (turns: readonly number[]) =>
      results.reduce((total, { admitted }) => total + turns.reduce((part, turn) => part + (admitted[turn] ?? 0), 0), 0)
    expect([sum([0, 2]), sum([1, 3])]).toEqual([LIMIT, LIMIT])
  })

  it('T87 a key is deleted while 100 requests run in each of two processes: none that starts afterwards is accepted', async () => {
    const place = newPlace()
    const { key, id } = await newKey(place, null)
    const input: KeyringInput = { place, key, job: 'outlive', parallel: 100, afterwards: 3 }
    const fleet = [startProgram<OutliveResult>(program, input), startProgram<OutliveResult>(program, input)]
    try {
      await Promise.all(fleet.map(({ ready }) => ready))
      expect(await withKeyring(place, (keyring) => keyring.delete('a', id, 'ada'))).toBe(true)
      for (const { go } of fleet) go()
      for (const { before, late, refused } of await Promise.all(fleet.map(({ result }) => result))) {
        expect(before).toBeGreaterThan(0)
        expect(late).toBe(0)
        expect(refused).toBeGreaterThanOrEqual(300)
      }
    } finally {
      await Promise.all(fleet.map(({ kill }) => kill()))
    }
  })
}

/** Lets a process issue some keys, and kills it in the middle of the next. */
async function issueAndKill(place: Place, count: number): Promise<readonly string[]> {
  const acknowledged: string[] = []
  let kill = (): void => {}
  const enough = new Promise<void>((resolve) => {
    kill = resolve
  })
  const issuer = startProgram(program, { place, key: '', job: 'issue', tenant: 'a' }, (text) => {
    acknowledged.push(text as string)
    if (acknowledged.length >= count) kill()
  })
  await Promise.race([enough, issuer.result])
  await issuer.kill()
  return acknowledged
}

describe('one libsql file', () => {
  const newPlace = (): Place => ({ type: 'libsql', path: join(folder, `${randomUUID()}.db`) })
  describeFleet(newPlace)

  it(`kill -9 of a process that issues keys, ${ROUNDS} times: each acknowledged key works, and none is half there`, async () => {
    const place = newPlace()
    await newKey(place, null)
    const acknowledged: string[] = []
    for (let round = 0; round < ROUNDS; round += 1)
      acknowledged.push(...(await issueAndKill(place, 1 + ((round * 7) % 20))))
    expect(acknowledged.length).toBeGreaterThanOrEqual(ROUNDS)
    await withKeyring(place, async (keyring) => {
      for (const text of acknowledged)
        expect(await keyring.verify(text)).toMatchObject({ tenant: 'a', scopes: ['read'] })
      const listed = (await keyring.list('a')).map(({ id }) => id)
      const created = (await keyring.audit('a')).flatMap(({ event, keyId }) => (event === 'keyCreated' ? [keyId] : []))
      expect(created.toSorted()).toEqual(listed.toSorted())
      for (const text of acknowledged) expect(listed).toContain(text.split('_')[1])
    })
  })
})

describeWithRedis('one Redis', (server) => {
  describeFleet(() => ({ type: 'ioredis', url: server.url, prefix: `${randomUUID()}:` }))

  it('a server that is gone is 503, or passes what can be looked up elsewhere: never a key that cannot', async () => {
    const place: Place = { type: 'ioredis', url: server.url, prefix: 'gone:' }
    const { key } = await newKey(place, 10)
    const { store, end } = await openPlace(place)
    const keyring = createKeyring({ store, prefix: 'acme' })
    expect(await guard({ keyring }).check(requestWith(`Bearer ${key}`))).toMatchObject({ ok: true })
    await store.close()
    for (const onStoreFailure of ['refuse', 'allow'] as const) {
      const verdict = await guard({ keyring, onStoreFailure }).check(requestWith(`Bearer ${key}`))
      expect(verdict).toMatchObject({ ok: false, refusal: { status: 503 } })
    }
    await end()
  })
})
