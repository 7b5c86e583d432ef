import { readOptions } from '../read-options.ts'
import { PLACES, readIds, readKeyRecord } from './key-records.ts'
import type { KeyringCore } from './keyring.ts'
import { checkName } from './names.ts'

/** A key without its value. */
export interface KeyInfo {
  /** Public id, which stands in the key itself. */
  readonly id: string
  /** Whose it is. */
  readonly tenant: string
  /** What it is called, or `null`. */
  readonly name: string | null
  /** What it allows. */
  readonly scopes: readonly string[]
  /** Milliseconds since 1970. */
  readonly createdAt: number
  /** The administrator who issued it. */
  readonly createdBy: string
  /** UTC day of its last admitted request, `YYYY-MM-DD`; `null`: never used. */
  readonly lastUsedDay: string | null
}

/** Which keys are listed. */
export interface ListOptions {
  /** Only keys issued at least so many milliseconds ago. Not negative. Default: all. */
  readonly olderThanMs?: number
}

/** @internal */
export async function listKeys(
  core: KeyringCore,
  tenant: string,
  options: ListOptions = {},
): Promise<readonly KeyInfo[]> {
  const { olderThanMs = 0 } = readOptions<ListOptions>(options, {
    olderThanMs: (value) => typeof value === 'number' && value >= 0,
  })
  const listed = await core.store.get(PLACES.ids(checkName(tenant, 'tenant')))
  const ids = readIds(listed)
  const found = await Promise.all(ids.map((id) => readKey(core, tenant, id)))
  const newest = olderThanMs === 0 ? Number.POSITIVE_INFINITY : core.now() - olderThanMs
  return found.filter((key) => key !== null).filter(({ createdAt }) => createdAt <= newest)
}

/** @internal */
export async function readUsage(core: KeyringCore, tenant: string, id: string): Promise<ReadonlyMap<string, number>> {
  const key = await readKey(core, checkName(tenant, 'tenant'), checkName(id, 'keyId'))
  return key === null ? new Map() : core.store.readCounts(PLACES.usage(id))
}

async function readKey({ store }: KeyringCore, tenant: string, id: string): Promise<KeyInfo | null> {
  const [text, noted, counts] = await Promise.all([
    store.get(PLACES.key(id)),
    store.get(PLACES.lastUsed(id)),
    store.readCounts(PLACES.usage(id)),
  ])
  if (text === null) return null
  const { digest: _digest, ...record } = readKeyRecord(text)
  // A count may be newer than the note, where a process ended in between, or its clock went back.
  const lastUsedDay = [...counts.keys(), ...(noted === null ? [] : [noted])].sort().at(-1) ?? null
  return record.tenant === tenant ? { id, ...record, lastUsedDay } : null
}
