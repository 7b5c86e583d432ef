import { equalBytes, utf8 } from '../bytes.ts'
import { digestKey } from './key-digest.ts'
import { parseKey } from './key-format.ts'
import { PLACES, readKeyRecord } from './key-records.ts'
import type { KeyringCore } from './keyring.ts'
import { readTenant } from './tenant-settings.ts'

/** On whose behalf a request is made: never a person. */
export interface KeyPrincipal {
  /** The tenant of the key; nothing in a request can change it. */
  readonly tenant: string
  /** What the key allows. */
  readonly scopes: readonly string[]
  /** The public id of the key. */
  readonly keyId: string
}

/** Whether a request was counted, or the day is used up. */
export interface Admission {
  /** Whether the request may pass. */
  readonly admitted: boolean
  /** Requests in a UTC day at most; `null`: any number. */
  readonly limit: number | null
  /** Requests that are left today; `null`: any number. */
  readonly remaining: number | null
  /** Milliseconds until the UTC day ends. */
  readonly resetsInMs: number
}

/** Compared with where no record is, so that an unknown key takes as long as a wrong one. */
const NO_DIGEST = 'A'.repeat(43)

/** @internal */
export async function verifyKey(core: KeyringCore, text: string): Promise<KeyPrincipal | null> {
  const parts = typeof text === 'string' ? parseKey(text, core.prefix) : null
  if (parts === null) return null
  const stored = await core.store.get(PLACES.key(parts.id))
  const record = stored === null ? null : readKeyRecord(stored)
  const isEqual = equalBytes(utf8(await digestKey(core, parts.text)), utf8(record?.digest ?? NO_DIGEST))
  if (record === null || !isEqual) return null
  return Object.freeze({ tenant: record.tenant, scopes: Object.freeze([...record.scopes]), keyId: parts.id })
}

const USAGE_DAYS = 30

/** @internal */
export async function admitRequest(core: KeyringCore, { tenant, keyId }: KeyPrincipal): Promise<Admission> {
  const { dailyLimit: limit } = await readTenant(core, tenant)
  const taken = await core.store.takeUnderLimit(PLACES.limit(tenant), limit ?? Number.MAX_SAFE_INTEGER, core.day)
  const { admitted, count, resetsInMs } = taken
  // The day has been counted: a usage that cannot be is no reason to refuse what has been paid for.
  if (admitted) await countUse(core, keyId).catch(() => undefined)
  return { admitted, limit, remaining: limit === null ? null : Math.max(0, limit - count), resetsInMs }
}

async function countUse({ store, day: options }: KeyringCore, keyId: string): Promise<void> {
  const { count, day } = await store.takeUnderLimit(PLACES.usage(keyId), Number.MAX_SAFE_INTEGER, {
    ...options,
    keepDays: USAGE_DAYS,
  })
  // The first of a day says so; the others would write the same.
  if (count !== 1) return
  const record = await store.get(PLACES.key(keyId))
  // A key that is being deleted leaves nothing behind.
  if (record !== null) {
    await store.commit([
      { key: PLACES.key(keyId), expected: record },
      { key: PLACES.lastUsed(keyId), value: day },
    ])
  }
}
