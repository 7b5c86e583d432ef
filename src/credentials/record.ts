import { SecurityError } from '../errors.ts'
import { isString } from '../read-options.ts'
import type { Address } from './addresses.ts'
import type { CredentialType, StoredCredential } from './types.ts'
import { TYPES } from './value-types.ts'

/** What stands in the store for one credential. @internal */
export interface CredentialRecord {
  /** Grows with every write, so that no two writes leave the same text behind. */
  readonly revision: number
  /**
   * Whether a deletion has begun: whoever records a use takes it back, and the deletion sees that. One by force puts a
   * tombstone in place of the record.
   */
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

const TOMBSTONE = 'deleted '

/**
 * Writes what stands in place of a record while a deletion by force clears away the rest. The value is gone with the first
 * step, and nothing takes the mark back. No two are the same.
 * @param names The names that go with it.
 * @internal
 */
export function writeTombstone(names: readonly string[]): string {
  return TOMBSTONE + JSON.stringify([crypto.randomUUID(), ...names])
}

/** The names that go with a deletion by force, or `null` for a text that is no tombstone. @internal */
export function readTombstone(text: string): readonly string[] | null {
  if (!text.startsWith(TOMBSTONE)) return null
  const parts = parseJson(text.slice(TOMBSTONE.length))
  return Array.isArray(parts) ? parts.slice(1).filter(isName) : null
}

/**
 * Reads a record.
 * @throws A {@link SecurityError} with code `ERR_SEAL_INVALID` for a text that {@link writeRecord} did not write.
 * @internal
 */
export function readRecord(text: string, credentialId: string): CredentialRecord {
  const record = parseRecord(text)
  if (record !== null) return record
  const message = `the record of the credential \`${credentialId}\` is damaged: delete it with \`force\`, and store it anew`
  throw new SecurityError('ERR_SEAL_INVALID', { message })
}

/** Reads a record; `null` for one that is damaged. @internal */
export function parseRecord(text: string): CredentialRecord | null {
  const record = Object(parseJson(text)) as CredentialRecord
  const { revision, name, type, sealed, hosts, createdAtMs, updatedAtMs, rotatedAtMs, overlapUntilMs } = record
  const isRecord =
    Number.isSafeInteger(revision) &&
    isName(name) &&
    isString(type) &&
    Object.hasOwn(TYPES, type) &&
    typeof sealed === 'string' &&
    (hosts === null || (Array.isArray(hosts) && hosts.every(isString))) &&
    [createdAtMs, updatedAtMs].every(Number.isFinite) &&
    [rotatedAtMs, overlapUntilMs].every((timeMs) => timeMs === null || Number.isFinite(timeMs))
  return isRecord ? record : null
}

/** A name that makes a key. */
function isName(value: unknown): value is string {
  return isString(value) && value.isWellFormed()
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
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
