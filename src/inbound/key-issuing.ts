import { type IssueCode, SecurityError } from '../errors.ts'
import { readOptions } from '../read-options.ts'
import { type Issue, makeIssue, type Result } from '../result.ts'
import { Secret } from '../secret.ts'
import { commitAgain } from './commit-again.ts'
import { digestKey } from './key-digest.ts'
import { eventChange } from './key-events.ts'
import { makeKey } from './key-format.ts'
import type { KeyInfo } from './key-listing.ts'
import { type KeyRecord, PLACES, readIds, readKeyRecord } from './key-records.ts'
import type { KeyringCore } from './keyring.ts'
import { checkName, isScopeList } from './names.ts'
import { parseTenant, type TenantSettings } from './tenant-settings.ts'

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
  const { tenant, name, scopes, createdBy } = readNewKey(given)
  const { id, text } = makeKey(core.prefix)
  const digest = await digestKey(core, text)
  return commitAgain<Result<CreatedKey>>(core, async () => {
    const tenantText = await core.store.get(PLACES.tenant(tenant))
    const listed = await core.store.get(PLACES.ids(tenant))
    const ids = readIds(listed)
    const issue = whyNot(core, parseTenant(tenantText), ids, scopes)
    if (issue !== null) return { changes: [], answer: { ok: false, issues: [issue] } }
    const record: KeyRecord = { tenant, name: name ?? null, scopes, digest, createdAt: core.now(), createdBy }
    const changes = [
      // What the tenant may do must still be what was read, so that nothing is issued once that was taken away.
      { key: PLACES.tenant(tenant), expected: tenantText },
      { key: PLACES.key(id), expected: null, value: JSON.stringify(record) },
      { key: PLACES.ids(tenant), expected: listed, value: JSON.stringify([...ids, id]) },
      eventChange(core, { event: 'keyCreated', tenant, keyId: id, by: createdBy, scopes }),
    ]
    const { digest: _digest, ...shown } = record
    const value = { id, ...shown, lastUsedDay: null, key: new Secret(text) }
    return { changes, answer: { ok: true, value, issues: [] } }
  })
}

function whyNot(
  core: KeyringCore,
  settings: TenantSettings,
  ids: readonly string[],
  scopes: readonly string[],
): Issue | null {
  const issue = (code: IssueCode, message: string): Issue => makeIssue(code, '', message)
  if (!core.apiAccess) return issue('ERR_KEY_ISSUING_OFF', 'this platform issues no keys')
  if (!settings.apiAccess) return issue('ERR_KEY_ISSUING_OFF', 'no keys are issued to this tenant')
  const unknown = scopes.find((scope) => !settings.scopes.includes(scope))
  if (unknown !== undefined) return issue('ERR_KEY_SCOPE', `the tenant's keys may not have the scope \`${unknown}\``)
  return ids.length < settings.maxKeys ? null : issue('ERR_KEY_COUNT', `the tenant has ${ids.length} keys already`)
}

function readNewKey(given: unknown): NewKey {
  const isAny = (): boolean => true
  const { tenant, name, scopes, createdBy } = readOptions<NewKey>(given, {
    tenant: isAny,
    name: isAny,
    scopes: (value) => (isScopeList(value) && value.length > 0 ? { copy: [...new Set(value)] } : false),
    createdBy: isAny,
  })
  if (scopes === undefined) {
    throw new SecurityError('ERR_ARGUMENT_INVALID', { message: 'expected `scopes` as a list of at least one scope' })
  }
  const who = { tenant: checkName(tenant, 'tenant'), createdBy: checkName(createdBy, 'createdBy'), scopes }
  return name === undefined ? who : { ...who, name: checkName(name, 'name') }
}

/** @internal */
export async function deleteKey(core: KeyringCore, tenant: string, id: string, by: string): Promise<boolean> {
  checkName(tenant, 'tenant')
  checkName(id, 'keyId')
  checkName(by, 'by')
  return commitAgain(core, async () => {
    const text = await core.store.get(PLACES.key(id))
    const listed = await core.store.get(PLACES.ids(tenant))
    const isTheirs = text !== null && readKeyRecord(text).tenant === tenant
    if (!isTheirs || listed === null) return { changes: [], answer: false }
    const rest = readIds(listed).filter((other) => other !== id)
    const changes = [
      { key: PLACES.key(id), expected: text, value: null },
      { key: PLACES.ids(tenant), expected: listed, value: JSON.stringify(rest) },
      { key: PLACES.lastUsed(id), value: null },
      eventChange(core, { event: 'keyDeleted', tenant, keyId: id, by }),
    ]
    return { changes, answer: true }
  })
}
