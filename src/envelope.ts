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
const KEY_LENGTH = 'a sealing key has 32 bytes'

/**
 * Seals a text with AES-256-GCM.
 * @param context What the text belongs to; opening needs the same.
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID` for an unusable key.
 * @internal
 */
export async function seal(text: string, { keyId, key }: SealingKey, context: readonly string[]): Promise<string> {
  checkKeyId(keyId)
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const algorithm = { name: 'AES-GCM', iv, additionalData: associatedData(keyId, context) }
  const sealed = await crypto.subtle.encrypt(algorithm, await importKey(key, 'encrypt'), utf8(text))
  return [VERSION, keyId, encodeBytes(iv, 'base64url'), encodeBytes(new Uint8Array(sealed), 'base64url')].join('.')
}

/**
 * Opens what {@link seal} made.
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
 * Copies a list of keys, the first of which is to seal.
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID` for no list, an unusable key, or two of one id.
 * @internal
 */
export function copyKeys(keys: unknown): readonly [SealingKey, ...SealingKey[]] {
  return total('ERR_ARGUMENT_INVALID', () => {
    if (!Array.isArray(keys)) throw unusableKey('expected the sealing keys as a list')
    const [first, ...others] = Array.from(keys as readonly SealingKey[], copyKey)
    if (first === undefined) throw unusableKey('expected at least one sealing key')
    if (first.key instanceof CryptoKey) checkCryptoKey(first.key, 'encrypt')
    const isUnique = new Set([first, ...others].map(({ keyId }) => keyId)).size === others.length + 1
    if (!isUnique) throw unusableKey('two sealing keys have one `keyId`')
    return [first, ...others]
  })
}

function copyKey({ keyId, key }: SealingKey): SealingKey {
  checkKeyId(keyId)
  if (key instanceof CryptoKey) {
    checkCryptoKey(key, 'decrypt')
    return { keyId, key }
  }
  if (!(key instanceof Uint8Array) || key.length !== 32) throw unusableKey(KEY_LENGTH)
  return { keyId, key: new Uint8Array(key) }
}

function checkKeyId(keyId: unknown): void {
  if (typeof keyId === 'string' && KEY_ID.test(keyId)) return
  throw unusableKey('`keyId` is not 1 to 64 of `A-Z a-z 0-9 _ -`')
}

/** Unambiguous: JSON keeps the parts apart. */
function associatedData(keyId: string, context: readonly string[]): Uint8Array<ArrayBuffer> {
  return utf8(JSON.stringify([VERSION, keyId, ...context]))
}

async function importKey(key: Uint8Array | CryptoKey, usage: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
  if (key instanceof CryptoKey) {
    checkCryptoKey(key, usage)
    return key
  }
  if (!(key instanceof Uint8Array) || key.length !== 32) throw unusableKey(KEY_LENGTH)
  return crypto.subtle.importKey('raw', new Uint8Array(key), 'AES-GCM', false, [usage])
}

function checkCryptoKey({ algorithm, usages }: CryptoKey, usage: 'encrypt' | 'decrypt'): void {
  const { name, length } = algorithm as AesKeyAlgorithm
  if (name === 'AES-GCM' && length === 256 && usages.includes(usage)) return
  throw unusableKey(`expected an AES-GCM key of 256 bits that may ${usage}`)
}

function unusableKey(message: string): SecurityError {
  return new SecurityError('ERR_ARGUMENT_INVALID', { message })
}
