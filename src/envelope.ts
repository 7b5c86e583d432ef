import { decodeBytes, encodeBytes, utf8 } from './bytes.ts'
import { SecurityError } from './errors.ts'
import { total } from './total.ts'

/** A key that seals and opens. */
export interface SealingKey {
  /** Name of the key, kept readable in the sealed text so that keys can be rotated: 1 to 64 of `A-Z a-z 0-9 _ -`. */
  readonly keyId: string
  /** 32 random bytes, or an AES-GCM key of 256 bits. */
  readonly key: Uint8Array | CryptoKey
}

const VERSION = 'lk1'
const KEY_ID = /^[A-Za-z0-9_-]{1,64}$/
const IV_BYTES = 12

type KeyUsage = 'encrypt' | 'decrypt'

/**
 * Seals a text with AES-256-GCM.
 *
 * INVARIANT: the key is as {@link copyKey} or {@link copyKeys} gave it.
 * @param context What the text belongs to; opening needs the same.
 * @internal
 */
export async function seal(text: string, { keyId, key }: SealingKey, context: readonly string[]): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const algorithm = { name: 'AES-GCM', iv, additionalData: associatedData(keyId, context) }
  const sealed = await crypto.subtle.encrypt(algorithm, await importKey(key, 'encrypt'), utf8(text))
  return [VERSION, keyId, encodeBytes(iv, 'base64url'), encodeBytes(new Uint8Array(sealed), 'base64url')].join('.')
}

/**
 * Opens what {@link seal} made.
 *
 * INVARIANT: the keys are as {@link copyKeys} gave them.
 * @param keys Every key that may have sealed it; the one with its key id is tried.
 * @throws A {@link SecurityError} with code `ERR_SEAL_KEY` without that key, and `ERR_SEAL_INVALID` for everything else:
 * damage, another context, another key of the same id. The platform's error never shows.
 * @internal
 */
export async function open(sealed: string, keys: readonly SealingKey[], context: readonly string[]): Promise<string> {
  const [version, keyId, ivText, bodyText, ...rest] = typeof sealed === 'string' ? sealed.split('.') : []
  const iv = decodeBytes(ivText ?? '', 'base64url')
  const body = decodeBytes(bodyText ?? '', 'base64url')
  if (version !== VERSION || keyId === undefined || !KEY_ID.test(keyId) || rest.length > 0)
    throw new SecurityError('ERR_SEAL_INVALID')
  if (iv?.length !== IV_BYTES || body === null) throw new SecurityError('ERR_SEAL_INVALID')
  const found = keys.find((candidate) => candidate.keyId === keyId)
  if (found === undefined) throw new SecurityError('ERR_SEAL_KEY', { message: `no key has the id \`${keyId}\`` })
  const key = await importKey(found.key, 'decrypt')
  try {
    const algorithm = { name: 'AES-GCM', iv, additionalData: associatedData(keyId, context) }
    return new TextDecoder('utf-8', { fatal: true }).decode(await crypto.subtle.decrypt(algorithm, key, body))
  } catch {
    throw new SecurityError('ERR_SEAL_INVALID')
  }
}

/** The id of the key that a text was sealed with, as far as it can be read. @internal */
export function sealedWith(sealed: string): string | undefined {
  return sealed.split('.')[1]
}

/**
 * Copies a list of keys, each of which opens.
 * @param first What the first key must be able to do, too. Default `encrypt`.
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID` for no list, an unusable key, or two of one id.
 * @internal
 */
export function copyKeys(keys: unknown, first: KeyUsage = 'encrypt'): readonly [SealingKey, ...SealingKey[]] {
  return total('ERR_ARGUMENT_INVALID', () => {
    if (!Array.isArray(keys)) throw unusableKey('expected the sealing keys as a list')
    const [newest, ...others] = Array.from(keys, (key: unknown) => copyKey(key, 'decrypt'))
    if (newest === undefined) throw unusableKey('expected at least one sealing key')
    if (newest.key instanceof CryptoKey) checkCryptoKey(newest.key, first)
    const isUnique = new Set([newest, ...others].map(({ keyId }) => keyId)).size === others.length + 1
    if (!isUnique) throw unusableKey('two sealing keys have one `keyId`')
    return [newest, ...others]
  })
}

/**
 * Copies a key: own properties only, each read once.
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID` for an unusable key; and whatever a getter throws.
 * @internal
 */
export function copyKey(given: unknown, usage: KeyUsage): SealingKey {
  const keyId = ownValue(given, 'keyId')
  if (typeof keyId !== 'string' || !KEY_ID.test(keyId)) {
    throw unusableKey('expected a sealing key whose `keyId` is 1 to 64 of `A-Z a-z 0-9 _ -`')
  }
  const key = ownValue(given, 'key')
  if (key instanceof CryptoKey) {
    checkCryptoKey(key, usage)
    return { keyId, key }
  }
  const copy = key instanceof Uint8Array ? new Uint8Array(key) : undefined
  if (copy?.length !== 32) throw unusableKey('a sealing key has 32 bytes')
  return { keyId, key: copy }
}

function ownValue(given: unknown, name: string): unknown {
  if (typeof given !== 'object' || given === null || !Object.hasOwn(given, name)) return undefined
  return (given as Readonly<Record<string, unknown>>)[name]
}

/** Unambiguous: JSON keeps the parts apart. */
function associatedData(keyId: string, context: readonly string[]): Uint8Array<ArrayBuffer> {
  return utf8(JSON.stringify([VERSION, keyId, ...context]))
}

async function importKey(key: Uint8Array | CryptoKey, usage: KeyUsage): Promise<CryptoKey> {
  if (key instanceof CryptoKey) return key
  return crypto.subtle.importKey('raw', new Uint8Array(key), 'AES-GCM', false, [usage])
}

function checkCryptoKey({ algorithm, usages }: CryptoKey, usage: KeyUsage): void {
  const { name, length } = algorithm as AesKeyAlgorithm
  if (name === 'AES-GCM' && length === 256 && usages.includes(usage)) return
  throw unusableKey(`expected an AES-GCM key of 256 bits that may ${usage}`)
}

function unusableKey(message: string): SecurityError {
  return new SecurityError('ERR_ARGUMENT_INVALID', { message })
}
