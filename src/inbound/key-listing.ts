import { type KeyRecord, PLACES, readRecord } from './key-records.ts'
import type { KeyringCore } from './keyring.ts'
import { checkName } from './tenant-settings.ts'

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
  /** Only keys issued at least so many milliseconds ago. Default: all. */
  readonly olderThanMs?: number
}

/** @internal */
export async function listKeys(
  core: KeyringCore,
  tenant: string,
  options: ListOptions = {},
): Promise<readonly KeyInfo[]> {
  const { olderThanMs = Number.NEGATIVE_INFINITY } = options
  const listed = await core.store.get(PLACES.ids(checkName(tenant, 'tenant')))
  const ids = listed === null ? [] : readRecord<readonly string[]>(listed)
  const found = await Promise.all(ids.map((id) => readKey(core, tenant, id)))
  const newest = core.now() - olderThanMs
  return found.filter((key) => key !== null).filter(({ createdAt }) => createdAt <= newest)
}

/** @internal */
export async function readUsage(core: KeyringCore, tenant: string, id: string): Promise<ReadonlyMap<string, number>> {
  const key = await readKey(core, checkName(tenant, 'tenant'), id)
  return key === null ? new Map() : core.store.readCounts(PLACES.usage(id))
}

async function readKey({ store }: KeyringCore, tenant: string, id: string): Promise<KeyInfo | null> {
  const [text, lastUsedDay] = await Promise.all([store.get(PLACES.key(id)), store.get(PLACES.lastUsed(id))])
  if (text === null) return null
  const { digest: _digest, ...record } = readRecord<KeyRecord>(text)
  return record.tenant === tenant ? { id, ...record, lastUsedDay } : null
}
