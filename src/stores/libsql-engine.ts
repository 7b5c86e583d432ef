import { utf8 } from '../bytes.ts'
import { dayOf } from './days.ts'
import type { EngineChange, EngineTake, EngineTaken, StoreEngine } from './engine.ts'
import type { LibsqlDatabase } from './libsql-database.ts'

// Keys and values are blobs: the driver cuts texts off at U+0000.
const TABLES = `
  CREATE TABLE IF NOT EXISTS latchkey_values
    (key BLOB PRIMARY KEY, value BLOB NOT NULL, ends_at_ms INTEGER) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS latchkey_values_ends ON latchkey_values (ends_at_ms) WHERE ends_at_ms IS NOT NULL;
  CREATE TABLE IF NOT EXISTS latchkey_counts
    (key BLOB, day INTEGER, count INTEGER NOT NULL, ends_at_ms INTEGER NOT NULL, PRIMARY KEY (key, day))
    STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS latchkey_counts_ends ON latchkey_counts (ends_at_ms);`

const SQL = {
  get: 'SELECT value FROM latchkey_values WHERE key = ? AND (ends_at_ms IS NULL OR ends_at_ms > ?)',
  list: `SELECT key, value FROM latchkey_values
    WHERE key >= ? AND key < ? AND (ends_at_ms IS NULL OR ends_at_ms > ?)`,
  put: `INSERT INTO latchkey_values VALUES (?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, ends_at_ms = excluded.ends_at_ms`,
  remove: 'DELETE FROM latchkey_values WHERE key = ?',
  sweepValues: `DELETE FROM latchkey_values WHERE key IN
    (SELECT key FROM latchkey_values WHERE ends_at_ms <= ? LIMIT 4)`,
  count: 'SELECT count FROM latchkey_counts WHERE key = ? AND day = ? AND ends_at_ms > ?',
  counts: 'SELECT day, count FROM latchkey_counts WHERE key = ? AND ends_at_ms > ?',
  // Above the limit it does nothing and gives no row. A count that is over begins anew.
  take: `INSERT INTO latchkey_counts VALUES (?1, ?2, 1, ?3 + ?4)
    ON CONFLICT (key, day) DO UPDATE SET
      count = CASE WHEN ends_at_ms > ?3 THEN count + 1 ELSE 1 END,
      ends_at_ms = max(ends_at_ms, excluded.ends_at_ms)
    WHERE count < ?5 OR ends_at_ms <= ?3 RETURNING count`,
  sweepCounts: `DELETE FROM latchkey_counts WHERE (key, day) IN
    (SELECT key, day FROM latchkey_counts WHERE ends_at_ms <= ? LIMIT 4)`,
}

type Run = <T>(attempt: () => T) => Promise<T>

/** Makes the tables, where they are not there. A power cut, too, leaves what was acknowledged. @internal */
export function prepareTables(database: LibsqlDatabase): void {
  database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;')
  database.exec(TABLES)
}

/**
 * @param now Milliseconds since 1970.
 * @param run Runs what may meet a lock, again if it has to.
 * @internal
 */
export function createLibsqlEngine(database: LibsqlDatabase, now: () => number, run: Run): Omit<StoreEngine, 'close'> {
  const statement = (name: keyof typeof SQL) => database.prepare(SQL[name])
  const [get, list, put, remove] = [statement('get'), statement('list'), statement('put'), statement('remove')]
  const [sweepValues, sweepCounts] = [statement('sweepValues'), statement('sweepCounts')]
  const [count, counts, take] = [statement('count'), statement('counts'), statement('take')]

  const read = (key: string, nowMs: number): string | null => {
    const row = get.get([utf8(key), nowMs]) as { readonly value: Blob } | undefined
    return row === undefined ? null : decode(row.value)
  }
  const write = ({ key, value, ttlMs }: EngineChange, nowMs: number): void => {
    if (value === undefined) return
    if (value === null) remove.run([utf8(key)])
    else put.run([utf8(key), utf8(value), ttlMs === undefined ? null : nowMs + ttlMs])
  }
  const commit = (changes: readonly EngineChange[]): boolean => {
    const nowMs = now()
    if (!changes.every(({ key, expected }) => expected === undefined || read(key, nowMs) === expected)) return false
    sweepValues.run([nowMs])
    for (const change of changes) write(change, nowMs)
    return true
  }
  const countOne = (key: string, { limit, nowMs, keepMs }: EngineTake): EngineTaken => {
    const clockMs = now()
    const takenAtMs = nowMs ?? clockMs
    const place = [utf8(key), dayOf(takenAtMs)]
    const before = countOf(count.get([...place, clockMs]))
    // Once it is reached, the limit costs no lock: a day's count only grows.
    if (before >= limit) return { admitted: false, count: before, nowMs: takenAtMs }
    return inTransaction(database, () => {
      sweepCounts.run([clockMs])
      const after = countOf(take.get([...place, clockMs, keepMs, limit]))
      if (after > 0) return { admitted: true, count: after, nowMs: takenAtMs }
      return { admitted: false, count: countOf(count.get([...place, clockMs])), nowMs: takenAtMs }
    })
  }
  return {
    get: (key) => run(() => read(key, now())),
    list: (prefix) =>
      run(() => {
        const from = utf8(prefix)
        // No byte of UTF-8 is 0xFF: it stands behind all that begins with the prefix.
        const rows = list.all([from, Uint8Array.of(...from, 0xff), now()]) as { key: Blob; value: Blob }[]
        return rows.map(({ key, value }) => ({ key: decode(key), value: decode(value) }))
      }),
    commit: (changes) => run(() => inTransaction(database, () => commit(changes))),
    take: (key, taking) => run(() => countOne(key, taking)),
    readCounts: (key) =>
      run(() => {
        const rows = counts.all([utf8(key), now()]) as { day: number; count: number }[]
        return rows.map(({ day, count }) => ({ day, count }))
      }),
  }
}

type Blob = ArrayBuffer | Uint8Array

function decode(bytes: Blob): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes as Uint8Array<ArrayBuffer>)
}

function countOf(row: unknown): number {
  return (row as { readonly count: number } | undefined)?.count ?? 0
}

function inTransaction<T>(database: LibsqlDatabase, run: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = run()
    database.exec('COMMIT')
    return result
  } catch (error) {
    rollBack(database)
    throw error
  }
}

function rollBack(database: LibsqlDatabase): void {
  try {
    database.exec('ROLLBACK')
  } catch {
    // It had rolled back by itself, as a full disk makes it.
  }
}
