import type { SealingKey } from '../envelope.ts'
import { SecurityError } from '../errors.ts'
import type { Store } from '../stores/store.ts'
import { type Address, recordKey } from './addresses.ts'
import { isCredentialId } from './names.ts'
import { type CredentialRecord, readRecord, readTombstone } from './record.ts'

/** What every operation works with. @internal */
export interface Core {
  readonly store: Pick<Store, 'get' | 'list' | 'commit'>
  readonly keys: readonly [SealingKey, ...SealingKey[]]
  readonly fallbackToDefault: boolean
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly newId: () => string
}

/** What stands at an address: a record, what is left of one, or damage. @internal */
export interface Entry {
  readonly address: Address
  readonly key: string
  /** What a commit expects there. */
  readonly text: string
}

/** A record where it was found. @internal */
export interface Found extends Entry {
  readonly record: CredentialRecord
}

/** Reads what stands at an address. @internal */
export async function findEntry({ store }: Core, address: Address): Promise<Entry | null> {
  // What cannot be an id is asked of no store.
  if (!isCredentialId(address.credentialId)) return null
  const key = recordKey(address)
  const text = await store.get(key)
  return text === null ? null : { address, key, text }
}

/**
 * Reads one record; a credential whose deletion by force has begun is not found.
 * @throws A {@link SecurityError} with code `ERR_SEAL_INVALID` for one that was damaged.
 * @internal
 */
export async function find(core: Core, address: Address): Promise<Found | null> {
  const entry = await findEntry(core, address)
  if (entry === null || readTombstone(entry.text) !== null) return null
  return { ...entry, record: readRecord(entry.text, address.credentialId) }
}

/** Where a look-up led: `elsewhere` is the default environment, and nobody asked to fall back to it. @internal */
export type LookUp = Found | 'elsewhere' | null

/** Reads one record, in the named environment or, where that was asked for, in the default one. @internal */
export async function lookUp(core: Core, address: Address, fallbackToDefault: boolean): Promise<LookUp> {
  const found = await find(core, address)
  if (found !== null || address.environment === null) return found
  const standard = await find(core, { ...address, environment: null })
  return standard === null || fallbackToDefault ? standard : 'elsewhere'
}

/** Another process changed what an attempt was based on. @internal */
export const CONFLICT: unique symbol = Symbol('conflict')

const MAX_ATTEMPTS = 64

/**
 * Tries an optimistic change until it meets no other one. Of those that collide one always succeeds.
 * @throws A {@link SecurityError} with code `ERR_STORE_UNAVAILABLE` when too many others were in the way.
 * @internal
 */
export async function retry<T>(attempt: () => Promise<T | typeof CONFLICT>): Promise<T> {
  for (let tried = 0; tried < MAX_ATTEMPTS; tried += 1) {
    const result = await attempt()
    if (result !== CONFLICT) return result
  }
  const message = 'the credential is written by too many others at once'
  throw new SecurityError('ERR_STORE_UNAVAILABLE', { message, retryable: true })
}
