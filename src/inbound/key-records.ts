import { SecurityError } from '../errors.ts'

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

/** Reads what this keyring wrote. @throws A {@link SecurityError} with code `ERR_STORE_UNAVAILABLE`. @internal */
export function readRecord<T>(text: string): T {
  try {
    return JSON.parse(text) as T
  } catch {
    throw new SecurityError('ERR_STORE_UNAVAILABLE', {
      message: 'the store holds something else under the name of a key',
    })
  }
}
