import { copyKeys } from '../envelope.ts'
import { SecurityError } from '../errors.ts'
import { type CopiedValue, readOptions } from '../read-options.ts'
import type { TokenOwner } from './cache-key.ts'
import { ENDPOINT_OPTIONS, isBetween, isFunction, isSignal } from './endpoint-options.ts'
import type { GetTokenOptions, TokenCacheOptions } from './types.ts'

const MIN_HASH_KEY_BYTES = 32
const MAX_STORE_TIMEOUT_MS = 60_000
const MAX_DEFAULT_LIFETIME_SECONDS = 24 * 60 * 60

const STORE_METHODS = ['get', 'setIfAbsent', 'compareAndDelete', 'commit']

/** @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`. @internal */
export function readCacheOptions(options: unknown): Partial<TokenCacheOptions> {
  const read = readOptions<TokenCacheOptions>(options, {
    ...ENDPOINT_OPTIONS,
    store: isStore,
    keys: (value) => ({ copy: copyKeys(value) }),
    hashKey: copyHashKey,
    storeTimeoutMs: (value) => isBetween(value, 1, MAX_STORE_TIMEOUT_MS),
    defaultLifetimeSeconds: (value) => isBetween(value, 1, MAX_DEFAULT_LIFETIME_SECONDS),
    maxEntries: (value) => Number.isSafeInteger(value) && isBetween(value, 1, Number.MAX_SAFE_INTEGER),
    observe: isFunction,
  })
  const { store, keys, hashKey } = read
  if (store === undefined || (keys !== undefined && hashKey !== undefined)) return read
  throw refuse('a shared store needs `keys` and `hashKey`, the same in each process')
}

function isStore(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return STORE_METHODS.every((name) => typeof (value as Record<string, unknown>)[name] === 'function')
}

function copyHashKey(key: unknown): boolean | CopiedValue {
  return key instanceof Uint8Array && key.length >= MIN_HASH_KEY_BYTES && { copy: Uint8Array.from(key) }
}

/** @internal */
export type OwnedOptions = TokenOwner & Pick<GetTokenOptions, 'fetch' | 'signal'>

/** @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID` or `ERR_TENANT_REQUIRED`. @internal */
export function readOwnedOptions(options: unknown): OwnedOptions {
  const {
    tenant,
    environment = null,
    ...rest
  } = readOptions<GetTokenOptions>(options, {
    tenant: isName,
    environment: (value) => value === null || isName(value),
    fetch: isFunction,
    signal: isSignal,
  })
  if (tenant !== undefined) return { tenant, environment, ...rest }
  throw new SecurityError('ERR_TENANT_REQUIRED', { message: 'give the `tenant` whose token it is', phase: 'need' })
}

/** Ill-formed texts would be one text in UTF-8, and so one tenant. */
function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.isWellFormed()
}

function refuse(message: string): SecurityError {
  return new SecurityError('ERR_ARGUMENT_INVALID', { message })
}
