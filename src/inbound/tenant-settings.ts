import { SecurityError } from '../errors.ts'
import { readOptions } from '../read-options.ts'
import { commitAgain } from './commit-again.ts'
import { eventChange } from './key-events.ts'
import { PLACES, readRecord } from './key-records.ts'
import type { KeyringCore } from './keyring.ts'

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

/** RFC 6749 section 3.3, so that a challenge can name it. @internal */
export const SCOPE: RegExp = /^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0

/** @internal */
export async function readTenant({ store }: KeyringCore, tenant: string): Promise<TenantSettings> {
  const text = await store.get(PLACES.tenant(checkName(tenant, 'tenant')))
  return text === null ? DEFAULTS : readRecord<TenantSettings>(text)
}

/** @internal */
export async function configureTenant(
  core: KeyringCore,
  tenant: string,
  given: Partial<TenantSettings>,
  by: string,
): Promise<TenantSettings> {
  const changes = readOptions<TenantSettings>(given, {
    apiAccess: (value) => typeof value === 'boolean',
    scopes: (value) => (isScopeList(value) ? { copy: [...new Set(value)] } : false),
    maxKeys: isCount,
    dailyLimit: (value) => value === null || isCount(value),
  })
  checkName(by, 'by')
  const key = PLACES.tenant(checkName(tenant, 'tenant'))
  return commitAgain(core, async () => {
    const expected = await core.store.get(key)
    const settings = { ...(expected === null ? DEFAULTS : readRecord<TenantSettings>(expected)), ...changes }
    const event = eventChange(core, { event: 'tenantConfigured', tenant, keyId: null, by })
    return { changes: [{ key, expected, value: JSON.stringify(settings) }, event], answer: settings }
  })
}

/** @internal */
export function isScopeList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((scope) => typeof scope === 'string' && SCOPE.test(scope))
}

/**
 * Tenants and administrators by name: 1 to 128 characters without control characters.
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`.
 * @internal
 */
export function checkName(value: unknown, what: string): string {
  if (typeof value === 'string' && /^[^\x00-\x1f\x7f-\x9f]{1,128}$/.test(value) && value.isWellFormed()) return value
  throw new SecurityError('ERR_ARGUMENT_INVALID', { message: `expected \`${what}\` as a text of 1 to 128 characters` })
}
