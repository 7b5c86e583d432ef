import { closeSync, openSync } from 'node:fs'
import { SecurityError } from '../errors.ts'
import { errorText, unavailable } from './unavailable.ts'

/** The part of an open database, of `libsql` or `better-sqlite3`, that the store calls. */
export interface LibsqlDatabase {
  /** Compiles one statement. */
  prepare(sql: string): LibsqlStatement
  /** Runs statements without results. */
  exec(sql: string): unknown
  /** Closes the file. */
  close(): unknown
}

/** The part of a statement that the store calls. */
export interface LibsqlStatement {
  /** Runs it for its first row; `undefined` without one. */
  get(parameters: readonly unknown[]): unknown
  /** Runs it for all rows. */
  all(parameters: readonly unknown[]): unknown[]
  /** Runs it for its effect. */
  run(parameters: readonly unknown[]): unknown
}

/** Opens a database file, which only the user of this process may read if it is a new one. @internal */
export async function openDatabase(path: string): Promise<LibsqlDatabase> {
  const Database = await loadLibsql()
  try {
    // The driver would make one that everybody may read; the files beside it take over the mode of this one.
    if (path !== ':memory:') closeSync(openSync(path, 'a', 0o600))
    // The driver waits for locks by stopping the whole process: it shall not wait at all.
    return new Database(path, { timeout: 0 })
  } catch {
    throw unavailable('the file of the store could not be opened', false)
  }
}

type DatabaseClass = new (path: string, options: { readonly timeout: number }) => LibsqlDatabase

async function loadLibsql(): Promise<DatabaseClass> {
  try {
    const { default: Database } = await import('libsql')
    return Database as unknown as DatabaseClass
  } catch (error) {
    const isMissing = errorText(error, 'code') === 'ERR_MODULE_NOT_FOUND'
    throw unavailable(`the package \`libsql\` ${isMissing ? 'is not installed' : 'could not be loaded'}`, false)
  }
}

/**
 * Tries until nobody else holds the lock, without stopping the process meanwhile.
 * @param attempt Rolls back whatever it did when it throws.
 * @throws A {@link SecurityError} with code `ERR_STORE_UNAVAILABLE`.
 * @internal
 */
export async function whenUnlocked<T>(deadlineMs: number, attempt: () => T): Promise<T> {
  const endsAtMs = performance.now() + deadlineMs
  for (;;) {
    try {
      return attempt()
    } catch (error) {
      if (error instanceof SecurityError) throw error
      const code = errorText(error, 'code')
      if (!/^SQLITE_(?:BUSY|LOCKED)(?:_|$)/.test(code)) throw refusal(code)
      if (performance.now() >= endsAtMs) throw unavailable('the file of the store stayed locked', true)
    }
    await new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * MAX_PAUSE_MS))
  }
}

const MAX_PAUSE_MS = 9

function refusal(code: string): SecurityError {
  const named = /^SQLITE_[A-Z_]{1,40}$/.test(code) ? ` (${code})` : ''
  return unavailable(`the file of the store could not be used${named}`, false)
}
