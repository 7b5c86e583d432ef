import { SecurityError } from '../errors.ts'
import { readOptions } from '../read-options.ts'
import type { Result } from '../result.ts'
import type { Store } from '../stores/store.ts'
import { readyPepper } from './key-digest.ts'
import { auditEvents } from './key-events.ts'
import { KEY_PREFIX } from './key-format.ts'
import { type CreatedKey, createKey, deleteKey, type NewKey } from './key-issuing.ts'
import { type KeyInfo, type ListOptions, listKeys, readUsage } from './key-listing.ts'
import type { KeyEvent } from './key-records.ts'
import { type Admission, admitRequest, type KeyPrincipal, verifyKey } from './key-verifying.ts'
import { configureTenant, readTenant, type TenantSettings } from './tenant-settings.ts'

/** Settings of {@link createKeyring}. */
export interface KeyringOptions {
  /** Where keys are kept. Deletion is immediate because each request reads it: nothing is cached. */
  readonly store: Store
  /** What every key begins with, so that scanners find it: `[a-z][a-z0-9]{1,15}`. */
  readonly prefix: string
  /** At least 16 bytes kept outside the store: digests become useless to whoever has the store alone. Default none. */
  readonly pepper?: Uint8Array
  /** Whether the platform issues keys at all; keys that exist go on working. Default true. */
  readonly apiAccess?: boolean
  /** The clock, in milliseconds since 1970. Default: `Date.now`, and the store's own clock for days. */
  readonly now?: () => number
}

/** The API keys of all tenants; made by {@link createKeyring}. */
export interface Keyring {
  /** What every key begins with. */
  readonly prefix: string
  /**
   * Changes what a tenant may do. Keys that exist keep their scopes.
   * @param by The administrator who does it.
   */
  configureTenant(tenant: string, settings: Partial<TenantSettings>, by: string): Promise<TenantSettings>
  /** Reads what a tenant may do; a tenant that nobody configured may do nothing. */
  readTenant(tenant: string): Promise<TenantSettings>
  /**
   * Issues a key. Its value is in the result and nowhere else: it cannot be shown again.
   * @returns The key; or issues with code `ERR_KEY_ISSUING_OFF`, `ERR_KEY_SCOPE` or `ERR_KEY_COUNT`.
   */
  create(key: NewKey): Promise<Result<CreatedKey>>
  /** Lists the keys of a tenant without their values, oldest first. */
  list(tenant: string, options?: ListOptions): Promise<readonly KeyInfo[]>
  /**
   * Deletes a key: no request that starts afterwards is accepted, in any process.
   * @param by The administrator who does it.
   * @returns Whether the tenant had such a key.
   */
  delete(tenant: string, keyId: string, by: string): Promise<boolean>
  /** Lists who configured, created and deleted what, oldest first. */
  audit(tenant: string): Promise<readonly KeyEvent[]>
  /** Counts the admitted requests of a key by UTC day, `YYYY-MM-DD`, for the last 30 days. */
  usage(tenant: string, keyId: string): Promise<ReadonlyMap<string, number>>
  /** Says whose key it is; `null` for a malformed, an unknown and a deleted one alike. */
  verify(text: string): Promise<KeyPrincipal | null>
  /**
   * Counts one request of a key, unless the tenant's daily limit is reached. A usage count that fails refuses nothing: the
   * limit has been counted then.
   * @throws A {@link core.SecurityError} with code `ERR_STORE_UNAVAILABLE`; the request may have been counted all the same.
   */
  admit(principal: KeyPrincipal): Promise<Admission>
}

/** What the parts of a keyring share. @internal */
export interface KeyringCore {
  readonly store: Store
  readonly prefix: string
  readonly pepper: (() => Promise<CryptoKey>) | null
  readonly apiAccess: boolean
  readonly now: () => number
  /** For the store's counts: the injected time, or the store's own clock. */
  readonly day: { readonly nowMs?: number }
  /** Numbers the lines of the audit trail. */
  readonly nextEvent: () => number
}

/**
 * Creates the keyring of a platform's own API: keys that belong to a tenant, never to a person.
 *
 * Keys do not expire. A key is replaced without downtime by issuing a second one with the same scopes, and deleting the
 * first once its usage has stopped.
 *
 * @param options Where keys are kept and how they look. Defaults as in {@link KeyringOptions}.
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`.
 * @example
 * const keyring = createKeyring({ store: createLibsqlStore({ path: 'keys.db' }), prefix: 'acme' })
 * await keyring.configureTenant('t1', { apiAccess: true, scopes: ['calls:read'], maxKeys: 2 }, 'ada')
 * const created = await keyring.create({ tenant: 't1', scopes: ['calls:read'], createdBy: 'ada' })
 * if (created.ok) console.log(created.value.key.reveal())
 */
export function createKeyring(options: KeyringOptions): Keyring {
  const core = readCore(options)
  return Object.freeze<Keyring>({
    prefix: core.prefix,
    configureTenant: (tenant, settings, by) => configureTenant(core, tenant, settings, by),
    readTenant: (tenant) => readTenant(core, tenant),
    create: (key) => createKey(core, key),
    list: (tenant, listing) => listKeys(core, tenant, listing),
    delete: (tenant, keyId, by) => deleteKey(core, tenant, keyId, by),
    audit: (tenant) => auditEvents(core, tenant),
    usage: (tenant, keyId) => readUsage(core, tenant, keyId),
    verify: (text) => verifyKey(core, text),
    admit: (principal) => admitRequest(core, principal),
  })
}

function readCore(given: KeyringOptions): KeyringCore {
  const options = readOptions<KeyringOptions>(given, {
    store: (value) => typeof value === 'object' && value !== null,
    prefix: (value) => typeof value === 'string' && KEY_PREFIX.test(value),
    pepper: (value) => (value instanceof Uint8Array && value.length >= 16 ? { copy: value.slice() } : false),
    apiAccess: (value) => typeof value === 'boolean',
    now: (value) => typeof value === 'function',
  })
  const { store, prefix, pepper, apiAccess = true, now } = options
  if (store === undefined || prefix === undefined) {
    throw new SecurityError('ERR_ARGUMENT_INVALID', { message: 'a keyring needs a `store` and a `prefix`' })
  }
  let events = 0
  return {
    store,
    prefix,
    pepper: pepper === undefined ? null : readyPepper(pepper),
    apiAccess,
    now: now ?? Date.now,
    nextEvent: () => events++,
    get day() {
      return now === undefined ? {} : { nowMs: now() }
    },
  }
}
