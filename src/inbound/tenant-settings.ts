import { readOptions } from '../read-options.ts'
import { commitAgain } from './commit-again.ts'
import { eventChange } from './key-events.ts'
import { PLACES, readRecord, type Shape } from './key-records.ts'
import type { KeyringCore } from './keyring.ts'
import { checkName, isScopeList } from './names.ts'

/** What a tenant may do with API keys. */
export interface TenantSettings {
  /** Whether keys are issued to it; keys that exist go on working. Default false. */
  readonly apiAccess: boolean
  /** Scopes that its keys may have, each an exact text. Default none. */
  readonly scopes: readonly string[]
  /** Live keys at most. Non-negative integer. Default 2, so that a key can be rotated. */
  readonly maxKeys: number
  /** Admitted requests in a UTC day at most, all keys together; `null`: any number. Default `null`. */
  readonly dailyLimit: number | null
}

const DEFAULTS: TenantSettings = Object.freeze({
  apiAccess: false,
  scopes: Object.freeze([]),
  maxKeys: 2,
  dailyLimit: null,
})

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0

const SETTINGS: Shape<TenantSettings> = {
  apiAccess: (value) => typeof value === 'boolean',
  scopes: isScopeList,
  maxKeys: isCount,
  dailyLimit: (value) => value === null || isCount(value),
}

/** @internal */
export async function readTenant({ store }: KeyringCore, tenant: string): Promise<TenantSettings> {
  return parseTenant(await store.get(PLACES.tenant(checkName(tenant, 'tenant'))))
}

/** A tenant that nobody configured may do nothing. @internal */
export function parseTenant(text: string | null): TenantSettings {
  return text === null ? DEFAULTS : readRecord(text, SETTINGS)
}

/** @internal */
export async function configureTenant(
  core: KeyringCore,
  tenant: string,
  given: Partial<TenantSettings>,
  by: string,
): Promise<TenantSettings> {
  const changes = readOptions<TenantSettings>(given, {
    ...SETTINGS,
    scopes: (value) => (isScopeList(value) ? { copy: [...new Set(value)] } : false),
  })
  checkName(by, 'by')
  const key = PLACES.tenant(checkName(tenant, 'tenant'))
  return commitAgain(core, async () => {
    const expected = await core.store.get(key)
    const settings = { ...parseTenant(expected), ...changes }
    const event = eventChange(core, { event: 'tenantConfigured', tenant, keyId: null, by })
    return { changes: [{ key, expected, value: JSON.stringify(settings) }, event], answer: settings }
  })
}
