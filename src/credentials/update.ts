import { makeIssue, type Result } from '../result.ts'
import type { StoreChange } from '../stores/store.ts'
import { nameKey } from './addresses.ts'
import { done, nameTaken, notFound, readValue, refused } from './changes.ts'
import { CONFLICT, type Core, type Found, find, retry } from './core.ts'
import { readHosts } from './hosts.ts'
import { nameIssues } from './names.ts'
import { type CredentialRecord, describe, writeRecord } from './record.ts'
import type { RotateCredential, UpdateCredential } from './request-types.ts'
import { addressIn, REQUESTS, readRequest } from './requests.ts'
import { isNameTaken } from './tombstones.ts'
import type { StoredCredential } from './types.ts'
import { TYPES } from './value-types.ts'
import { openVersions, sealVersions, stillValid, type Versions } from './versions.ts'

type Outcome = Result<StoredCredential> | typeof CONFLICT

/** @internal */
export async function update(core: Core, given: UpdateCredential): Promise<Result<StoredCredential>> {
  const request = readRequest<UpdateCredential, 'credentialId'>(given, REQUESTS.update, ['credentialId'])
  const name = request.name?.normalize()
  const { hosts, issues: hostIssues } = readHosts(request.hosts ?? null)
  const issues = [...(name === undefined ? [] : nameIssues(name)), ...hostIssues]
  if (issues.length > 0) return refused(...issues)
  return retry(async () => {
    const found = await find(core, addressIn(request))
    if (found === null) return notFound()
    const { record } = found
    const next = {
      ...record,
      name: name ?? record.name,
      hosts: request.hosts === undefined ? record.hosts : hosts,
      updatedAtMs: core.now(),
    }
    if (next.name !== record.name && (await isNameTaken(core, found.address, next.name))) return nameTaken()
    if (JSON.stringify(next.hosts) === JSON.stringify(record.hosts)) return replace(core, found, next)
    // The sealed text is bound to the hosts.
    const versions = await openVersions(record, core.keys, found.address)
    return replaceVersions(core, found, next, stillValid(versions, core.now()))
  })
}

/** @internal */
export async function rotate(core: Core, given: RotateCredential): Promise<Result<StoredCredential>> {
  const request = readRequest<RotateCredential, 'credentialId' | 'value'>(given, REQUESTS.rotate, [
    'credentialId',
    'value',
  ])
  const { overlapMs = 0 } = request
  return retry(async () => {
    const found = await find(core, addressIn(request))
    if (found === null) return notFound()
    const { record } = found
    const { fitTogether } = TYPES[record.type]
    if (overlapMs > 0 && fitTogether === null) return noOverlap()
    const { value, issues } = readValue(request.value, record.type)
    if (value === null) return refused(...issues)
    const nowMs = core.now()
    const earlier = await earlierVersions(core, found, nowMs, request)
    if (earlier.length > MAX_EARLIER) return tooMany(`more than ${MAX_EARLIER} earlier versions would be valid`)
    const before = earlier.map((version) => version.value)
    if (fitTogether?.(value, before) === false)
      return tooMany('together with the earlier ones there would be more secrets than a request is signed with')
    return replaceVersions(
      core,
      found,
      { ...record, rotatedAtMs: nowMs, updatedAtMs: nowMs },
      { current: value, earlier },
    )
  })
}

/** The value before is opened even if it ends: with a key that does not open it, nobody might open the next one. */
async function earlierVersions(
  core: Core,
  { record, address }: Found,
  nowMs: number,
  { overlapMs = 0, force = false }: Pick<RotateCredential, 'overlapMs' | 'force'>,
): Promise<Versions['earlier']> {
  if (overlapMs === 0 && force) return []
  const { current, earlier } = stillValid(await openVersions(record, core.keys, address), nowMs)
  return overlapMs === 0 ? [] : [{ value: current, untilMs: nowMs + overlapMs }, ...earlier]
}

const MAX_EARLIER = 8

function noOverlap(): Result<StoredCredential> {
  const message = 'only signing secrets overlap: a request carries one value of any other type'
  return refused(makeIssue('ERR_CREDENTIAL_TYPE', '/overlapMs', message, 'leave out the overlap'))
}

function tooMany(message: string): Result<StoredCredential> {
  const help = 'wait until one has ended, or end them all by rotating without an overlap'
  return refused(makeIssue('ERR_CREDENTIAL_VALUE', '/overlapMs', message, help))
}

/** @internal */
export async function replaceVersions(
  core: Core,
  found: Found,
  next: CredentialRecord,
  versions: Versions,
): Promise<Outcome> {
  const sealed = await sealVersions(versions, core.keys[0], found.address, next)
  const ends = versions.earlier.map(({ untilMs }) => untilMs)
  return replace(core, found, { ...next, sealed, overlapUntilMs: ends.length === 0 ? null : Math.max(...ends) })
}

async function replace(core: Core, { address, key, text, record }: Found, next: CredentialRecord): Promise<Outcome> {
  const written = { ...next, revision: record.revision + 1, deleting: false }
  const committed = await core.store.commit([
    { key, expected: text, value: writeRecord(written) },
    ...renaming(address, record.name, next.name),
  ])
  return committed ? done(describe(address, written, core.now())) : CONFLICT
}

function renaming(address: Found['address'], name: string, next: string): readonly StoreChange[] {
  if (name === next) return []
  return [
    { key: nameKey(address, name), expected: address.credentialId, value: null },
    { key: nameKey(address, next), expected: null, value: address.credentialId },
  ]
}
