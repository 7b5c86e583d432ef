import type { StoreEntry } from '../stores/store.ts'
import { type Address, resourceOf, useKey, usePrefix } from './addresses.ts'
import { CONFLICT, type Core, findEntry, lookUp, retry } from './core.ts'
import { isCredentialId } from './names.ts'
import { readTombstone, writeRecord } from './record.ts'
import { refusalOf, toError } from './refusals.ts'
import type { RecordCredentialUse, RemoveCredentialUse } from './request-types.ts'
import { addressIn, REQUESTS, readRequest } from './requests.ts'
import type { CredentialAddress, CredentialUse } from './types.ts'

/** @internal */
export async function usedBy(core: Core, given: CredentialAddress): Promise<readonly CredentialUse[] | null> {
  const address = addressIn(readRequest<CredentialAddress, 'credentialId'>(given, REQUESTS.address, ['credentialId']))
  // Of a damaged one, too: whoever deletes it wants to know.
  const entry = await findEntry(core, address)
  if (entry === null || readTombstone(entry.text) !== null) return null
  const uses = await listUses(core, address)
  return uses.map(({ key, value }) => Object.freeze({ ...resourceOf(key), recordedAtMs: Number(value) }))
}

/** @internal */
export function listUses({ store }: Core, address: Address): Promise<readonly StoreEntry[]> {
  return store.list(usePrefix(address))
}

/**
 * Records a use in one step with the look at the record: a deletion that has begun is taken back, so that either the use
 * is refused or the deletion sees it. One by force is not taken back: the credential is not found.
 * @internal
 */
export async function recordUse(core: Core, given: RecordCredentialUse): Promise<void> {
  const request = readRequest<RecordCredentialUse, 'credentialId' | 'resource'>(given, REQUESTS.recordUse, [
    'credentialId',
    'resource',
  ])
  const { resource, expiresAtMs, fallbackToDefault = core.fallbackToDefault } = request
  const nowMs = core.now()
  if (expiresAtMs !== undefined && expiresAtMs <= nowMs) return
  const life = expiresAtMs === undefined ? {} : { ttlMs: Math.ceil(expiresAtMs - nowMs) }
  await retry(async () => {
    const found = await lookUp(core, addressIn(request), fallbackToDefault)
    if (found === null || found === 'elsewhere') throw toError(refusalOf(found))
    const { address, key, text, record } = found
    const kept = { ...record, deleting: false, revision: record.revision + 1 }
    const committed = await core.store.commit([
      record.deleting ? { key, expected: text, value: writeRecord(kept) } : { key, expected: text },
      { key: useKey(address, resource), value: String(nowMs), ...life },
    ])
    return committed ? undefined : CONFLICT
  })
}

/** @internal */
export async function removeUse(core: Core, given: RemoveCredentialUse): Promise<void> {
  const request = readRequest<RemoveCredentialUse, 'credentialId' | 'resource'>(given, REQUESTS.removeUse, [
    'credentialId',
    'resource',
  ])
  const { environment, resource, fallbackToDefault = core.fallbackToDefault } = request
  const address = addressIn(request)
  if (!isCredentialId(address.credentialId)) return
  // The use was recorded before the named environment had a credential of its own, or after.
  const addresses = fallbackToDefault && environment !== null ? [address, { ...address, environment: null }] : [address]
  await core.store.commit(addresses.map((each) => ({ key: useKey(each, resource), value: null })))
}
