import { type IssueCode, SecurityError } from '../errors.ts'
import { makeIssue, type Result } from '../result.ts'
import { Secret } from '../secret.ts'
import { commitAgain } from './commit-again.ts'
import { digestKey } from './key-digest.ts'
import { eventChange } from './key-events.ts'
import { makeKey } from './key-format.ts'
import type { KeyInfo } from './key-listing.ts'
import { type KeyRecord, PLACES, readRecord } from './key-records.ts'
import type { KeyringCore } from './keyring.ts'
import { checkName, isScopeList, readTenant } from './tenant-settings.ts'

/** A key to be issued. */
export interface NewKey {
  /** Whose it will be. */
  readonly tenant: string
  /** What it is called, for people: 1 to 128 characters. Default none. */
  readonly name?: string
  /** What it allows, fixed for ever; at least one, each among the tenant's. */
  readonly scopes: readonly string[]
  /** The administrator who issues it. */
  readonly createdBy: string
}

/** A key that was issued. */
export interface CreatedKey extends KeyInfo {
  /** The key itself, to be shown once. */
  readonly key: Secret
}

/** @internal */
export async function createKey(core: KeyringCore, given: NewKey): Promise<Result<CreatedKey>> {
  const { tenant, name, scopes, createdBy } = given ?? {}
  checkName(tenant, 'tenant')
  checkName(createdBy, 'createdBy')
  if (name !== undefined) checkName(name, 'name')
  if (!isScopeList(scopes) || scopes.length === 0) {
    throw new SecurityError('ERR_ARGUMENT_INVALID', { message: 'expected `scopes` as a list of at least one scope' })
  }
  const { id, text } = makeKey(core.prefix)
  const digest = await digestKey(core, text)
  return commitAgain<Result<CreatedKey>>(core, async () => {
    const settings = await readTenant(core, tenant)
    const listed = await core.store.get(PLACES.ids(tenant))
    const ids = listed === null ? [] : readRecord<readonly string[]>(listed)
    const unknown = scopes.find((scope) => !settings.scopes.includes(scope))
    if (!core.apiAccess || !settings.apiAccess)
      return refuse('ERR_KEY_ISSUING_OFF', `no keys are issued to this tenant`)
    if (unknown !== undefined) return refuse('ERR_KEY_SCOPE', `the tenant's keys may not have the scope \`${unknown}\``)
    if (ids.length >= settings.maxKeys) return refuse('ERR_KEY_COUNT', `the tenant has ${ids.length} keys already`)
    const record: KeyRecord = {
      tenant,
      name: name ?? null,
      scopes: [...new Set(scopes)],
      digest,
      createdAt: core.now(),
      createdBy,
    }
    const changes = [
      { key: PLACES.key(id), expected: null, value: JSON.stringify(record) },
      { key: PLACES.ids(tenant), expected: listed, value: JSON.stringify([...ids, id]) },
      eventChange(core, { event: 'keyCreated', tenant, keyId: id, by: createdBy, scopes: record.scopes }),
    ]
    const { digest: _digest, ...shown } = record
    return {
      changes,
      answer: { ok: true, value: { id, ...shown, lastUsedDay: null, key: new Secret(text) }, issues: [] },
    }
  })
}

function refuse(code: IssueCode, message: string): { readonly changes: readonly []; readonly answer: Result<never> } {
  return { changes: [], answer: { ok: false, issues: [makeIssue(code, '', message)] } }
}

/** @internal */
export async function deleteKey(core: KeyringCore, tenant: string, id: string, by: string): Promise<boolean> {
  checkName(tenant, 'tenant')
  checkName(by, 'by')
  return commitAgain(core, async () => {
    const text = await core.store.get(PLACES.key(id))
    const listed = await core.store.get(PLACES.ids(tenant))
    const isTheirs = text !== null && readRecord<KeyRecord>(text).tenant === tenant
    if (!isTheirs || listed === null) return { changes: [], answer: false }
    const rest = readRecord<readonly string[]>(listed).filter((other) => other !== id)
    const changes = [
      { key: PLACES.key(id), expected: text, value: null },
      { key: PLACES.ids(tenant), expected: listed, value: JSON.stringify(rest) },
      { key: PLACES.lastUsed(id), value: null },
      eventChange(core, { event: 'keyDeleted', tenant, keyId: id, by }),
    ]
    return { changes, answer: true }
  })
}
