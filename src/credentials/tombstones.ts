import type { StoreChange } from '../stores/store.ts'
import { type Address, nameKey, recordKey, type Scope } from './addresses.ts'
import { CONFLICT, type Core, type Entry, findEntry, retry } from './core.ts'
import { readTombstone } from './record.ts'
import { listUses } from './uses.ts'

/** A commit holds no more. */
const MAX_CHANGES = 500

/**
 * Reads what stands at an address; what is left of a credential that was deleted by force is cleared away first.
 * @internal
 */
export async function findStanding(core: Core, address: Address): Promise<Entry | null> {
  const entry = await findEntry(core, address)
  if (entry === null || readTombstone(entry.text) === null) return entry
  await finishDeletion(core, entry)
  return null
}

/** Whether a credential has the name. What has it without being a credential is cleared away. @internal */
export async function isNameTaken(core: Core, scope: Scope, name: string): Promise<boolean> {
  const index = nameKey(scope, name)
  const credentialId = await core.store.get(index)
  if (credentialId === null) return false
  const address = { ...scope, credentialId }
  if ((await findStanding(core, address)) !== null) return true
  // Where a record was taken out by hand, its name is left.
  const free = { key: index, expected: credentialId, value: null }
  await core.store.commit([{ key: recordKey(address), expected: null }, free])
  return false
}

/**
 * Finishes a deletion by force: the uses go first, the tombstone and the name last, and each step only while the tombstone
 * stands. So a crash leaves the tombstone, and nothing is taken from a credential that has the id next.
 * @internal
 */
export async function finishDeletion(core: Core, { address, key, text }: Entry): Promise<void> {
  const names = readTombstone(text) ?? []
  await retry(async () => {
    // Another one has finished it.
    if ((await core.store.get(key)) !== text) return
    const changes = [...(await useChanges(core, address)), ...(await nameChanges(core, address, names))]
    for (let start = 0; ; start += MAX_CHANGES - 1) {
      const part = changes.slice(start, start + MAX_CHANGES - 1)
      const isLast = start + part.length === changes.length
      const tombstone = isLast ? { key, expected: text, value: null } : { key, expected: text }
      if (!(await core.store.commit([tombstone, ...part]))) return CONFLICT
      if (isLast) return
    }
  })
}

async function useChanges(core: Core, address: Address): Promise<readonly StoreChange[]> {
  return (await listUses(core, address)).map(({ key }) => ({ key, value: null }))
}

/** A name that another credential has, in a store that was edited, stays with that one. */
async function nameChanges(
  { store }: Core,
  address: Address,
  names: readonly string[],
): Promise<readonly StoreChange[]> {
  const changes = names.map(async (name) => {
    const [key, expected] = [nameKey(address, name), address.credentialId]
    return (await store.get(key)) === expected ? [{ key, expected, value: null }] : []
  })
  return (await Promise.all(changes)).flat()
}
