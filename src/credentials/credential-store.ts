import { copyKeys } from '../envelope.ts'
import { SecurityError } from '../errors.ts'
import { readOptions } from '../read-options.ts'
import type { Store } from '../stores/store.ts'
import { readClock } from '../stores/store-arguments.ts'
import { total } from '../total.ts'
import { addressOf, recordPrefix } from './addresses.ts'
import { type Core, lookUp } from './core.ts'
import { create } from './create.ts'
import { remove } from './delete.ts'
import { check, use, verificationSecrets } from './reading.ts'
import { describe, readRecord, readTombstone } from './record.ts'
import { addressIn, REQUESTS, readRequest } from './requests.ts'
import { resealAll } from './reseal.ts'
import type {
  CredentialAddress,
  CredentialReadOptions,
  CredentialScope,
  CredentialStore,
  CredentialStoreOptions,
  StoredCredential,
} from './types.ts'
import { rotate, update } from './update.ts'
import { recordUse, removeUse, usedBy } from './uses.ts'

/**
 * Makes a store of credentials: each is kept once, and tools refer to it by `{ credentialId }`.
 *
 * Values are sealed with AES-256-GCM and are never shown again; what stands in the store is of no use without the key, in
 * another place of the store, or with other hosts.
 *
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID` for an unusable store or key.
 * @example
 * const credentialStore = createCredentialStore({
 *   store: createMemoryStore(),
 *   keys: [{ keyId: '2026-11', key: crypto.getRandomValues(new Uint8Array(32)) }],
 * })
 * await credentialStore.create({ tenant: 'acme', name: 'Stock API', type: 'secretText', value: process.env.STOCK_KEY })
 */
export function createCredentialStore(options: CredentialStoreOptions): CredentialStore {
  const core = readCore(options)
  return Object.freeze<CredentialStore>({
    create: (request) => create(core, request),
    get: (request) => get(core, request),
    list: (scope) => list(core, scope),
    update: (request) => update(core, request),
    rotate: (request) => rotate(core, request),
    delete: (request) => remove(core, request),
    usedBy: (address) => usedBy(core, address),
    recordUse: (request) => recordUse(core, request),
    removeUse: (request) => removeUse(core, request),
    check: (request) => check(core, request),
    use: (request) => use(core, request),
    verificationSecrets: (request) => verificationSecrets(core, request),
    resealAll: () => resealAll(core),
  })
}

const isFunction = (value: unknown): boolean => typeof value === 'function'

function readCore(options: unknown): Core {
  const read = readOptions<CredentialStoreOptions>(options, {
    store: (value) => typeof value === 'object' && value !== null,
    keys: (value) => ({ copy: copyKeys(value) }),
    fallbackToDefault: (value) => typeof value === 'boolean',
    now: isFunction,
    newId: isFunction,
  })
  const { store, keys, fallbackToDefault = false, now = Date.now, newId = () => crypto.randomUUID() } = read
  if (store === undefined || keys === undefined) {
    throw new SecurityError('ERR_ARGUMENT_INVALID', { message: 'credentials need a `store` and `keys`' })
  }
  return {
    store: guarded(store),
    keys: keys as Core['keys'],
    fallbackToDefault,
    now: () => readClock(now),
    newId: () => total('ERR_ARGUMENT_INVALID', newId),
  }
}

/** What a foreign store throws may quote a connection string. */
function guarded(store: Store): Core['store'] {
  return {
    get: (key) => answered(() => store.get(key)),
    list: (prefix) => answered(() => store.list(prefix)),
    commit: (changes) => answered(() => store.commit(changes)),
  }
}

async function answered<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation()
  } catch (error) {
    return total('ERR_STORE_UNAVAILABLE', () => {
      throw error
    })
  }
}

async function get(core: Core, given: CredentialAddress & CredentialReadOptions): Promise<StoredCredential | null> {
  const request = readRequest<CredentialAddress & CredentialReadOptions, 'credentialId'>(given, REQUESTS.read, [
    'credentialId',
  ])
  const found = await lookUp(core, addressIn(request), request.fallbackToDefault ?? core.fallbackToDefault)
  if (found === null || found === 'elsewhere') return null
  return describe(found.address, found.record, core.now())
}

async function list(core: Core, given: CredentialScope): Promise<readonly StoredCredential[]> {
  const scope = readRequest<CredentialScope>(given, REQUESTS.scope, [])
  const nowMs = core.now()
  const entries = await core.store.list(recordPrefix(scope))
  const found = entries.flatMap(({ key, value }) => {
    if (readTombstone(value) !== null) return []
    const address = addressOf(key)
    return [describe(address, readRecord(value, address.credentialId), nowMs)]
  })
  return Object.freeze(found.sort((a, b) => (a.name < b.name ? -1 : 1)))
}
