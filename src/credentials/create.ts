import { SecurityError } from '../errors.ts'
import { makeIssue, type Result } from '../result.ts'
import { type Address, nameKey, recordKey } from './addresses.ts'
import { done, nameTaken, readValue, refused } from './changes.ts'
import { CONFLICT, type Core, retry } from './core.ts'
import { readHosts } from './hosts.ts'
import { isCredentialId, nameIssues } from './names.ts'
import { type CredentialRecord, describe, writeRecord } from './record.ts'
import type { CreateCredential } from './request-types.ts'
import { REQUESTS, readRequest } from './requests.ts'
import { findStanding, isNameTaken } from './tombstones.ts'
import type { StoredCredential } from './types.ts'
import { sealVersions } from './versions.ts'

/** @internal */
export async function create(core: Core, given: CreateCredential): Promise<Result<StoredCredential>> {
  const request = readRequest<CreateCredential, 'name' | 'type' | 'value'>(given, REQUESTS.create, [
    'name',
    'type',
    'value',
  ])
  const { tenant, environment, type, credentialId = newId(core) } = request
  const name = request.name.normalize()
  const { value, issues: valueIssues } = readValue(request.value, type)
  const { hosts, issues: hostIssues } = readHosts(request.hosts ?? null)
  const issues = [...nameIssues(name), ...idIssues(credentialId), ...valueIssues, ...hostIssues]
  if (value === null || issues.length > 0) return refused(...issues)
  const address = { tenant, environment, credentialId }
  const sealed = await sealVersions({ current: value, earlier: [] }, core.keys[0], address, { type, hosts })
  const nowMs = core.now()
  const record: CredentialRecord = {
    revision: 1,
    deleting: false,
    name,
    type,
    hosts,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    rotatedAtMs: null,
    overlapUntilMs: null,
    sealed,
  }
  return retry(() => add(core, address, record))
}

/** The record and its name come into being in one step, so that of two creations with one name one wins. */
async function add(
  core: Core,
  address: Address,
  record: CredentialRecord,
): Promise<Result<StoredCredential> | typeof CONFLICT> {
  const committed = await core.store.commit([
    { key: recordKey(address), expected: null, value: writeRecord(record) },
    { key: nameKey(address, record.name), expected: null, value: address.credentialId },
  ])
  if (committed) return done(describe(address, record, record.createdAtMs))
  if (await isNameTaken(core, address, record.name)) return nameTaken()
  return (await findStanding(core, address)) === null ? CONFLICT : idTaken()
}

function newId({ newId: make }: Core): string {
  const credentialId: unknown = make()
  if (isCredentialId(credentialId)) return credentialId
  throw new SecurityError('ERR_ARGUMENT_INVALID', { message: '`newId` gave no usable id' })
}

function idIssues(credentialId: string): ReturnType<typeof nameIssues> {
  if (isCredentialId(credentialId)) return []
  return [makeIssue('ERR_CREDENTIAL_NAME', '/credentialId', 'the id is not 1 to 128 of `A-Z a-z 0-9 . _ -`')]
}

function idTaken(): Result<StoredCredential> {
  const message = 'this environment has a credential with the id'
  return refused(makeIssue('ERR_CREDENTIAL_ID_TAKEN', '/credentialId', message, 'rotate that one, or leave the id out'))
}
