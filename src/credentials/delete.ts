import { makeIssue, type Result } from '../result.ts'
import { nameIn, nameKey, namePrefix } from './addresses.ts'
import { done, notFound, refused } from './changes.ts'
import { CONFLICT, type Core, type Entry, type Found, retry } from './core.ts'
import { describe, parseRecord, readRecord, writeRecord, writeTombstone } from './record.ts'
import type { DeleteCredential } from './request-types.ts'
import { addressIn, REQUESTS, readRequest } from './requests.ts'
import { findStanding, finishDeletion } from './tombstones.ts'
import type { StoredCredential } from './types.ts'
import { listUses } from './uses.ts'

type Outcome = Result<StoredCredential | null> | typeof CONFLICT

/** @internal */
export async function remove(core: Core, given: DeleteCredential): Promise<Result<StoredCredential | null>> {
  const request = readRequest<DeleteCredential, 'credentialId'>(given, REQUESTS.delete, ['credentialId'])
  const address = addressIn(request)
  return retry(async () => {
    const entry = await findStanding(core, address)
    if (entry === null) return notFound()
    if (request.force) return removeByForce(core, entry)
    return removeUnused(core, { ...entry, record: readRecord(entry.text, address.credentialId) })
  })
}

/**
 * Deletes in three steps: it marks the record, looks for uses, and deletes the record as it was marked. Whoever records a
 * use in between takes the mark back, and the last step fails; so nothing is deleted whose use was recorded.
 */
async function removeUnused(core: Core, found: Found): Promise<Outcome> {
  const before = await listUses(core, found.address)
  if (before.length > 0) return inUse(before.length)
  const marked = await mark(core, found)
  if (marked === null) return CONFLICT
  const uses = await listUses(core, found.address)
  // The mark stays: it takes nothing away, and the next change drops it.
  if (uses.length > 0) return inUse(uses.length)
  const { address, key, text, record } = marked
  const committed = await core.store.commit([
    { key, expected: text, value: null },
    { key: nameKey(address, record.name), expected: address.credentialId, value: null },
  ])
  return committed ? done(describe(address, record, core.now())) : CONFLICT
}

async function mark(core: Core, { address, key, text, record }: Found): Promise<Found | null> {
  const marked = { ...record, deleting: true, revision: record.revision + 1 }
  const next = writeRecord(marked)
  const committed = await core.store.commit([{ key, expected: text, value: next }])
  return committed ? { address, key, text: next, record: marked } : null
}

/**
 * Deletes whatever stands there, in use or damaged. With the tombstone it is done: no use is recorded any more, and what
 * is left is cleared away by this process, or by the next one that meets it.
 */
async function removeByForce(core: Core, entry: Entry): Promise<Outcome> {
  const { address, key, text } = entry
  const tombstone = writeTombstone(await namesOf(core, entry))
  if (!(await core.store.commit([{ key, expected: text, value: tombstone }]))) return CONFLICT
  await finishDeletion(core, { address, key, text: tombstone })
  const record = parseRecord(text)
  return done(record === null ? null : describe(address, record, core.now()))
}

/** The names that lead to what stands there: the one of the record, or those that are found where that one does not. */
async function namesOf({ store }: Core, { address, text }: Entry): Promise<readonly string[]> {
  const name = parseRecord(text)?.name
  if (name !== undefined && (await store.get(nameKey(address, name))) === address.credentialId) return [name]
  const entries = await store.list(namePrefix(address))
  return entries.filter(({ value }) => value === address.credentialId).map(({ key }) => nameIn(key))
}

function inUse(count: number): Result<StoredCredential> {
  const message = count === 1 ? 'one resource uses the credential' : `${count} resources use the credential`
  const help = '`usedBy` lists them; `force` deletes it all the same'
  return refused(makeIssue('ERR_CREDENTIAL_IN_USE', '/credentialId', message, help))
}
