import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'libsql'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { createLibsqlStore, type LibsqlDatabase, type LibsqlStoreOptions } from '../../src/stores/libsql.ts'
import { checkAsync } from '../call/check-async.ts'
import { describeContract, itCountsAnew } from './contract.ts'
import { createClock, type Harness } from './harness.ts'
import { agreesWithModel } from './model.ts'

const FOLDER = mkdtempSync(join(tmpdir(), 'latchkey-libsql-'))
afterAll(() => rmSync(FOLDER, { recursive: true }))

let files = 0
function newPath(): string {
  files += 1
  return join(FOLDER, `${files}.db`)
}

async function openAt(path: string): Promise<Harness> {
  const { now, pass } = createClock()
  return { store: await createLibsqlStore({ path, now }), pass }
}

describeContract('the store in a libsql file', () => openAt(newPath()))

describe('the store in a libsql file', () => {
  it('agrees with the model', () =>
    checkAsync(
      agreesWithModel(() => openAt(':memory:'), 'any'),
      0.05,
    ))
  it('agrees with the model, in a real file', () =>
    checkAsync(
      agreesWithModel(() => openAt(newPath()), 'any'),
      0.01,
    ))

  itCountsAnew(() => openAt(newPath()))

  it('holds after it was closed and opened again, for another connection at the same time, too', async () => {
    const path = newPath()
    const first = await createLibsqlStore({ path })
    const second = await createLibsqlStore({ path })
    await first.set('k', '1')
    await first.takeUnderLimit('k', 1)
    expect(await second.get('k')).toBe('1')
    expect(await second.takeUnderLimit('k', 1)).toMatchObject({ admitted: false, count: 1 })
    await Promise.all([first.close(), second.close()])
    const third = await createLibsqlStore({ path })
    expect(await third.get('k')).toBe('1')
    expect(await third.takeUnderLimit('k', 1)).toMatchObject({ admitted: false, count: 1 })
    await third.close()
  })

  it('makes a file that only its user may read', async () => {
    const path = newPath()
    const store = await createLibsqlStore({ path })
    await store.set('k', '1')
    for (const suffix of ['', '-wal', '-shm']) expect(statSync(path + suffix).mode & 0o777).toBe(0o600)
    await store.close()
  })

  it('removes what is over, so that the file stays small', async () => {
    const path = newPath()
    const { store, pass } = await openAt(path)
    for (let n = 0; n < 60; n += 1) {
      await store.setIfAbsent(`nonce:${n}`, '1', 10)
      await store.takeUnderLimit(`key:${n}`, 1, { keepDays: 1 })
      await pass(n < 30 ? 1 : 86_400_000)
    }
    await store.close()
    const database = new Database(path)
    expect(database.prepare('SELECT count(*) AS n FROM latchkey_values').get([])).toMatchObject({ n: 1 })
    expect(database.prepare('SELECT count(*) AS n FROM latchkey_counts').get([])).toMatchObject({ n: 1 })
    database.close()
  })

  it('takes an open database, and leaves it open', async () => {
    const database = new Database(newPath(), { timeout: 60_000 })
    const store = await createLibsqlStore({ database: database as unknown as LibsqlDatabase })
    await store.set('k', '1')
    await store.close()
    expect(database.open).toBe(true)
    expect(database.pragma('synchronous')).toMatchObject([{ synchronous: 2 }])
    expect(database.pragma('busy_timeout')).toMatchObject([{ timeout: 0 }])
    database.close()
  })
})

describe('a lock that another process holds', () => {
  it('stops writers until the deadline, readers and refusals not at all', async () => {
    const path = newPath()
    const store = await createLibsqlStore({ path, deadlineMs: 30 })
    await store.set('k', '1')
    await store.takeUnderLimit('k', 1)
    const other = new Database(path)
    other.exec('BEGIN IMMEDIATE')
    const busy = { code: 'ERR_STORE_UNAVAILABLE', retryable: true, phase: 'need' }
    await expect(store.set('k', '2')).rejects.toMatchObject(busy)
    await expect(store.commit([{ key: 'k', expected: '1', value: '2' }])).rejects.toMatchObject(busy)
    await expect(store.takeUnderLimit('k', 2)).rejects.toMatchObject(busy)
    expect(await store.get('k')).toBe('1')
    expect(await store.list('')).toEqual([{ key: 'k', value: '1' }])
    expect(await store.takeUnderLimit('k', 1)).toMatchObject({ admitted: false, count: 1 })
    other.exec('COMMIT')
    await store.set('k', '2')
    expect(await store.get('k')).toBe('2')
    other.close()
    await store.close()
  })

  it('does not stop this process meanwhile, and is waited for', async () => {
    const path = newPath()
    const store = await createLibsqlStore({ path })
    const other = new Database(path)
    other.exec('BEGIN IMMEDIATE')
    const writing = store.setIfAbsent('k', '1')
    // Would never run if the driver waited for the lock by itself.
    setTimeout(() => other.exec('COMMIT'), 20)
    expect(await writing).toBe(true)
    other.close()
    await store.close()
  })

  it('is waited for when the file is opened, too', async () => {
    const path = newPath()
    const other = new Database(path)
    other.exec('BEGIN EXCLUSIVE')
    await expect(createLibsqlStore({ path, deadlineMs: 20 })).rejects.toMatchObject({ retryable: true })
    const opening = createLibsqlStore({ path })
    setTimeout(() => other.exec('COMMIT'), 20)
    await (await opening).close()
    other.close()
  })
})

describe('between two steps of an operation', () => {
  /** A database in which something happens before a statement is run. */
  function watch(path: string, before: (sql: string) => void): LibsqlDatabase {
    const database = new Database(path) as unknown as LibsqlDatabase
    return {
      prepare: (sql) => database.prepare(sql),
      exec: (sql) => {
        before(sql)
        return database.exec(sql)
      },
      close: () => database.close(),
    }
  }

  it('T85: another process takes the last place: it is not taken twice', async () => {
    const path = newPath()
    const other = new Database(path)
    let isRace = false
    const database = watch(path, (sql) => {
      if (isRace && sql === 'BEGIN IMMEDIATE') other.exec('UPDATE latchkey_counts SET count = 5')
    })
    const store = await createLibsqlStore({ database })
    for (let n = 1; n < 5; n += 1) await store.takeUnderLimit('k', 5, { nowMs: 0 })
    isRace = true
    expect(await store.takeUnderLimit('k', 5, { nowMs: 0 })).toMatchObject({ admitted: false, count: 5 })
    expect(await store.readCounts('k')).toEqual(new Map([['1970-01-01', 5]]))
    database.close()
    other.close()
  })

  it('the disk is full: nothing is written, and the store goes on', async () => {
    let isFull = false
    let isRolledBack = false
    const database = watch(newPath(), (sql) => {
      if (isFull && sql === 'COMMIT') {
        if (isRolledBack) database.exec('ROLLBACK')
        throw Object.assign(new Error('canary'), { code: 'SQLITE_FULL' })
      }
    })
    const store = await createLibsqlStore({ database })
    await store.set('k', '1')
    isFull = true
    // SQLite itself may have rolled back, so that the store's own step fails.
    for (isRolledBack of [false, true]) {
      await expect(store.commit([{ key: 'k', value: '2' }])).rejects.toMatchObject({
        code: 'ERR_STORE_UNAVAILABLE',
        message: 'the file of the store could not be used (SQLITE_FULL)',
        retryable: false,
      })
      expect(await store.get('k')).toBe('1')
    }
    isFull = false
    await store.set('k', '2')
    expect(await store.get('k')).toBe('2')
    database.close()
  })
})

describe('what cannot be opened', () => {
  it.each<[LibsqlStoreOptions]>([
    [{}],
    [{ path: '' }],
    [{ path: 'libsql://canary.example' }],
    [{ path: 'https://canary.example' }],
    [{ path: 'file:canary.db' }],
    [{ path: 'canary\0.db' }],
    [{ path: ':memory:', database: new Database(':memory:') as unknown as LibsqlDatabase }],
    [{ path: ':memory:', deadlineMs: 0 }],
    [{ path: ':memory:', now: 1 as unknown as () => number }],
  ])('refuses the options %j', async (options) => {
    const refused = { code: 'ERR_ARGUMENT_INVALID', message: expect.not.stringContaining('canary') }
    await expect(createLibsqlStore(options)).rejects.toMatchObject(refused)
  })

  it('says so, without the path', async () => {
    const noDatabase = join(FOLDER, 'canary.txt')
    writeFileSync(noDatabase, 'canary '.repeat(1_000))
    const readOnly = newPath()
    await (await createLibsqlStore({ path: readOnly })).close()
    chmodSync(readOnly, 0o400)
    for (const path of [join(FOLDER, 'canary', 'none.db'), FOLDER, noDatabase]) {
      const error: Error = await createLibsqlStore({ path }).then(
        () => expect.fail(),
        (reason) => reason,
      )
      expect(error).toMatchObject({ code: 'ERR_STORE_UNAVAILABLE', retryable: false })
      expect(error.cause).toBe(undefined)
      expect(error.message).not.toMatch(/canary|tmp/)
    }
  })

  it('hands on nothing of what a driver throws but a code of SQLite', async () => {
    const failing = (code: unknown): LibsqlDatabase => ({
      prepare: () => expect.fail(),
      exec: () => {
        throw Object.assign(new Error('canary'), { code })
      },
      close: () => {},
    })
    const refusals = new Map<unknown, string>([
      ['SQLITE_FULL', 'the file of the store could not be used (SQLITE_FULL)'],
      ['SQLITE_canary', 'the file of the store could not be used'],
      [{ toString: () => 'canary' }, 'the file of the store could not be used'],
    ])
    for (const [code, message] of refusals) {
      await expect(createLibsqlStore({ database: failing(code) })).rejects.toMatchObject({
        code: 'ERR_STORE_UNAVAILABLE',
        retryable: false,
        message,
      })
    }
  })

  it('says that the package could not be loaded', async () => {
    vi.resetModules()
    vi.doMock('libsql', () => {
      throw new Error('canary')
    })
    const fresh = await import('../../src/stores/libsql.ts')
    const message = 'the package `libsql` could not be loaded'
    const refused = { code: 'ERR_STORE_UNAVAILABLE', retryable: false, message }
    await expect(fresh.createLibsqlStore({ path: ':memory:' })).rejects.toMatchObject(refused)
    vi.doUnmock('libsql')
  })
})
