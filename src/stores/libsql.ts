/**
 * A store in one file, for the processes of one host, on the optional package `libsql`.
 *
 * @module stores/libsql
 */
import { SecurityError } from '../errors.ts'
import { readOptions } from '../read-options.ts'
import { total } from '../total.ts'
import { checkedStore } from './checked-store.ts'
import { type LibsqlDatabase, openDatabase, whenUnlocked } from './libsql-database.ts'
import { createLibsqlEngine, prepareTables } from './libsql-engine.ts'
import type { Store } from './store.ts'
import { isDeadline, readClock } from './store-arguments.ts'

export type { LibsqlDatabase, LibsqlStatement } from './libsql-database.ts'
export type { Store, StoreChange, StoreEntry, Taken, TakeOptions } from './store.ts'

/** Settings of {@link createLibsqlStore}: `path` or `database`, not both. */
export interface LibsqlStoreOptions {
  /** The file; made if it is not there, readable for this user only. `:memory:` for none. Its folder must be there. */
  readonly path?: string
  /**
   * An open database for this store alone, of `libsql` or `better-sqlite3`, as where a bundler has to see the import.
   * The store sets its journal to WAL, `synchronous` to FULL and the busy timeout to 0, and does not close it.
   */
  readonly database?: LibsqlDatabase
  /** Milliseconds that an operation waits for other processes' writes. Positive integer. Default 5,000. */
  readonly deadlineMs?: number
  /** Clock in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
}

/**
 * Opens a store in a file, which all processes of a host may share.
 *
 * Each operation is one transaction. What was acknowledged is there after `kill -9` and after a power cut. A lock that
 * another process holds never stops this one; only reading and writing the file does. Not for network file systems.
 *
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`.
 * @throws A {@link SecurityError} with code `ERR_STORE_UNAVAILABLE`: the file cannot be opened, is no database or stays
 * locked, or the package `libsql` is not installed.
 * @example
 * const store = await createLibsqlStore({ path: 'latchkey.db' })
 * await store.takeUnderLimit('requests:acme', 1000) // { admitted: true, count: 1, … }
 */
export async function createLibsqlStore(options: LibsqlStoreOptions): Promise<Store> {
  const { path, database: given, deadlineMs = 5_000, now = Date.now } = readLibsqlOptions(options)
  const database = given ?? (await openDatabase(path ?? ''))
  const run = <T>(attempt: () => T): Promise<T> => whenUnlocked(deadlineMs, attempt)
  const close = (): void => {
    if (given === undefined) total('ERR_STORE_UNAVAILABLE', () => database.close())
  }
  try {
    await run(() => prepareTables(database))
    const engine = await run(() => createLibsqlEngine(database, () => readClock(now), run))
    return checkedStore({ ...engine, close })
  } catch (error) {
    close()
    throw error
  }
}

function readLibsqlOptions(options: unknown): LibsqlStoreOptions {
  const isFunction = (value: unknown): boolean => typeof value === 'function'
  const read = readOptions<LibsqlStoreOptions>(options, {
    path: isPath,
    database: (value) => typeof value === 'object' && value !== null,
    deadlineMs: isDeadline,
    now: isFunction,
  })
  if ((read.path === undefined) !== (read.database === undefined)) return read
  throw new SecurityError('ERR_ARGUMENT_INVALID', { message: 'expected either `path` or `database`' })
}

/** The driver would take a URL for a database on the network. */
function isPath(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && !/^[a-z][a-z0-9+.-]+:|\0/i.test(value)
}
