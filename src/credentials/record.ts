import { SecurityError } from '../errors.ts'
import type { Address } from './addresses.ts'
import type { CredentialType, StoredCredential } from './types.ts'
import { TYPES } from './value-types.ts'

/** What stands in the store for one credential. @internal */
export interface CredentialRecord {
  /** Grows with every write, so that no two writes leave the same text behind. */
  readonly revision: number
  /** Whether a deletion has begun: whoever records a use takes it back, and the deletion sees that. */
  readonly deleting: boolean
  readonly name: string
  readonly type: CredentialType
  readonly hosts: readonly string[] | null
  readonly createdAtMs: number
  readonly updatedAtMs: number
  readonly rotatedAtMs: number | null
  readonly overlapUntilMs: number | null
  /** The versions of the value. */
  readonly sealed: string
}

/** @internal */
export function writeRecord(record: CredentialRecord): string {
  return JSON.stringify(record)
}

/**
 * Reads a record.
 * @throws A {@link SecurityError} with code `ERR_SEAL_INVALID` for a text that {@link writeRecord} did not write.
 * @internal
 */
export function readRecord(text: string): CredentialRecord {
  const record = parse(text)
  if (record !== null) return record
  throw new SecurityError('ERR_SEAL_INVALID', { message: 'the record of a credential is damaged' })
}

function parse(text: string): CredentialRecord | null {
  try {
    const record = JSON.parse(text) as CredentialRecord
    const { revision, name, type, sealed, hosts } = record
    const isRecord =
      Number.isSafeInteger(revision) &&
      typeof name === 'string' &&
      Object.hasOwn(TYPES, type) &&
      typeof sealed === 'string' &&
      (hosts === null || Array.isArray(hosts))
    return isRecord ? record : null
  } catch {
    return null
  }
}

/** What may be shown of a record. @internal */
export function describe(address: Address, record: CredentialRecord, nowMs: number): StoredCredential {
  const { name, type, hosts, createdAtMs, updatedAtMs, rotatedAtMs, overlapUntilMs } = record
  const { tenant, environment, credentialId } = address
  return Object.freeze({
    credentialId,
    tenant,
    environment,
    name,
    type,
    hosts: hosts === null ? null : Object.freeze([...hosts]),
    createdAtMs,
    updatedAtMs,
    rotatedAtMs,
    overlapUntilMs: overlapUntilMs !== null && overlapUntilMs > nowMs ? overlapUntilMs : null,
  })
}
