import { SecurityError } from '../errors.ts'
import { isString } from '../read-options.ts'
import { isScopeList } from './names.ts'

/** What is kept of a key: never the key itself. @internal */
export interface KeyRecord {
  readonly tenant: string
  readonly name: string | null
  readonly scopes: readonly string[]
  /** Digest of the whole key, base64url. */
  readonly digest: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly createdBy: string
}

/** One line of the audit trail; never a value. */
export interface KeyEvent {
  /** Milliseconds since 1970. */
  readonly at: number
  /** What happened. */
  readonly event: 'tenantConfigured' | 'keyCreated' | 'keyDeleted'
  /** Whose it is. */
  readonly tenant: string
  /** Which key; `null` for the tenant itself. */
  readonly keyId: string | null
  /** The administrator who did it. */
  readonly by: string
  /** What the key allows, for `keyCreated`. */
  readonly scopes?: readonly string[]
}

/** Where everything stands in a store. A slash is encoded in every part. @internal */
export const PLACES = {
  key: (id: string): string => `apikey/key/${id}`,
  tenant: (tenant: string): string => `apikey/tenant/${encodeURIComponent(tenant)}`,
  /** The ids of a tenant's keys, as one value, so that their number is exact. */
  ids: (tenant: string): string => `apikey/ids/${encodeURIComponent(tenant)}`,
  events: (tenant: string): string => `apikey/event/${encodeURIComponent(tenant)}/`,
  lastUsed: (id: string): string => `apikey/last/${id}`,
  usage: (id: string): string => `apikey/usage/${id}`,
  limit: (tenant: string): string => `apikey/day/${encodeURIComponent(tenant)}`,
} as const

/** What each field of a record must be; a field that may be absent takes `undefined`. @internal */
export type Shape<T> = { readonly [P in keyof T]-?: (value: unknown) => boolean }

const isOneOf =
  (...words: readonly unknown[]) =>
  (value: unknown): boolean =>
    words.includes(value)
const isTime = (value: unknown): boolean => Number.isFinite(value)

const KEY: Shape<KeyRecord> = {
  tenant: isString,
  name: (value) => value === null || isString(value),
  scopes: isScopeList,
  digest: isString,
  createdAt: isTime,
  createdBy: isString,
}

const EVENT: Shape<KeyEvent> = {
  at: isTime,
  event: isOneOf('tenantConfigured', 'keyCreated', 'keyDeleted'),
  tenant: isString,
  keyId: (value) => value === null || isString(value),
  by: isString,
  scopes: (value) => value === undefined || isScopeList(value),
}

/** @internal */
export const readKeyRecord = (text: string): KeyRecord => readRecord(text, KEY)

/** @internal */
export const readKeyEvent = (text: string): KeyEvent => readRecord(text, EVENT)

/** The ids of a tenant's keys; none where nothing is kept. @internal */
export function readIds(text: string | null): readonly string[] {
  if (text === null) return []
  return readJson<readonly string[]>(text, (value) => Array.isArray(value) && value.every(isString))
}

/**
 * Reads what this keyring wrote. Anything else says nothing: not even that there is no limit.
 * @throws A {@link SecurityError} with code `ERR_STORE_UNAVAILABLE`.
 * @internal
 */
export function readRecord<T extends object>(text: string, shape: Shape<T>): T {
  return readJson<T>(text, (value) => {
    if (typeof value !== 'object' || value === null) return false
    const field = (name: string): unknown => (Object.hasOwn(value, name) ? (value as never)[name] : undefined)
    return Object.entries<(value: unknown) => boolean>(shape).every(([name, fits]) => fits(field(name)))
  })
}

function readJson<T>(text: string, fits: (value: unknown) => boolean): T {
  try {
    const value: unknown = JSON.parse(text)
    if (fits(value)) return value as T
  } catch {
    // What the parser says quotes the record.
  }
  const message = 'the store holds something else under the name of a key'
  throw new SecurityError('ERR_STORE_UNAVAILABLE', { message })
}
