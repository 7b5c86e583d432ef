import { type CopiedValue, isString, readOptions } from '../read-options.ts'

/** Remembers messages, so that none is accepted twice. */
export interface NonceStore {
  /**
   * Adds a key atomically.
   * @param key Identifies the message, and the tenant where there is one; at most 87 characters of printable ASCII.
   * @param ttlMs Milliseconds for which the key must be kept.
   * @returns Whether the key was new.
   */
  add(key: string, ttlMs: number): Promise<boolean>
}

/** How strictly a signature is verified. */
export interface VerifyOptions {
  /** Time of receipt in milliseconds since the epoch. Default `Date.now()`. */
  readonly now?: number
  /** How far the timestamp may lie in the past or in the future, in milliseconds. Default 300,000. */
  readonly toleranceMs?: number
  /** Takes secrets of fewer than 16 bytes. Default false. */
  readonly allowShortSecret?: boolean
  /** Refuses a message that was received before. Default none: within the tolerance a copy is accepted. */
  readonly nonces?: NonceStore
  /**
   * Whose message it is, where tenants share a nonce store: what one has received is no copy for another. Not empty.
   * Default none.
   */
  readonly tenant?: string
}

const VERIFY_OPTIONS = {
  now: isNumber,
  toleranceMs: isNumber,
  allowShortSecret: (value: unknown) => typeof value === 'boolean',
  nonces: readStore,
  tenant: (value: unknown) => isString(value) && value !== '' && value.isWellFormed(),
} as const

/** @internal */
export function isNumber(value: unknown): boolean {
  return typeof value === 'number'
}

/** @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`. @internal */
export function readVerifyOptions(options: unknown): VerifyOptions {
  return readOptions<VerifyOptions>(options, VERIFY_OPTIONS)
}

/** A store of any class; its operation is taken once. */
function readStore(store: unknown): boolean | CopiedValue {
  if (typeof store !== 'object' || store === null) return false
  const add: unknown = (store as Partial<NonceStore>).add
  if (typeof add !== 'function') return false
  return { copy: { add: (key: string, ttlMs: number) => Reflect.apply(add, store, [key, ttlMs]) } }
}
