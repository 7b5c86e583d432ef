import { makeIssue, type Result } from '../result.ts'
import type { StoreChange } from '../stores/store.ts'
import { nameKey } from './addresses.ts'
import { done, notFound, refused } from './changes.ts'
import { CONFLICT, type Core, type Found, find, retry } from './core.ts'
import { describe, writeRecord } from './record.ts'
import type { DeleteCredential } from './request-types.ts'
import { addressIn, REQUESTS, readRequest } from './requests.ts'
import type { StoredCredential } from './types.ts'
import { listUses } from './uses.ts'

/** A commit holds no more. */
const MAX_CHANGES = 500

/**
 * Deletes in three steps: it marks the record, looks for uses, and deletes the record as it was marked. Whoever records a
 * use in between takes the mark back, and the last step fails; so nothing is deleted whose use was recorded.
 * @internal
 */
export async function remove(core: Core, given: DeleteCredential): Promise<Result<StoredCredential>> {
  const request = readRequest<DeleteCredential, 'credentialId'>(given, REQUESTS.delete, ['credentialId'])
  const { force = false } = request
  return retry(async () => {
    const found = await find(core, addressIn(request))
    if (found === null) return notFound()
    if (!force) {
      const uses = await listUses(core, found.address)
      if (uses.length > 0) return inUse(uses.length)
    }
    const marked = await mark(core, found)
    if (marked === null) return CONFLICT
    const uses = await listUses(core, found.address)
    // The mark stays: it takes nothing away, and the next change drops it.
    if (uses.length > 0 && !force) return inUse(uses.length)
    const { address, key, text, record } = marked
    const changes: readonly StoreChange[] = [
      { key, expected: text, value: null },
      { key: nameKey(address, record.name), expected: address.credentialId, value: null },
      ...uses.map((use) => ({ key: use.key, value: null })),
    ]
    if (!(await core.store.commit(changes.slice(0, MAX_CHANGES)))) return CONFLICT
    for (let start = MAX_CHANGES; start < changes.length; start += MAX_CHANGES) {
      await core.store.commit(changes.slice(start, start + MAX_CHANGES))
    }
    return done(describe(address, record, core.now()))
  })
}

async function mark(core: Core, { address, key, text, record }: Found): Promise<Found | null> {
  const marked = { ...record, deleting: true, revision: record.revision + 1 }
  const next = writeRecord(marked)
  const committed = await core.store.commit([{ key, expected: text, value: next }])
  return committed ? { address, key, text: next, record: marked } : null
}

function inUse(count: number): Result<StoredCredential> {
  const message = count === 1 ? 'one resource uses the credential' : `${count} resources use the credential`
  const help = '`usedBy` lists them; `force` deletes it all the same'
  return refused(makeIssue('ERR_CREDENTIAL_IN_USE', '/credentialId', message, help))
}
