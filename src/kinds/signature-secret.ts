import { decodeBytes, utf8 } from '../bytes.ts'
import type { HmacForm } from '../types.ts'

/**
 * The bytes of a signing secret; `null` where its text is empty or does not fit the form's `key`.
 * @internal
 */
export function decodeSecret(
  secret: unknown,
  { key = 'utf8', keyPrefix = '' }: Pick<HmacForm, 'key' | 'keyPrefix'>,
): Uint8Array<ArrayBuffer> | null {
  if (typeof secret !== 'string' || !secret.isWellFormed()) return null
  const text = keyPrefix !== '' && secret.startsWith(keyPrefix) ? secret.slice(keyPrefix.length) : secret
  const bytes = key === 'utf8' ? utf8(text) : decodeKey(text, key)
  return bytes === null || bytes.length === 0 ? null : bytes
}

/** Keys are written by people and consoles: either case of hex, and base64 with or without its padding. */
function decodeKey(text: string, key: 'hex' | 'base64' | 'base64url'): Uint8Array<ArrayBuffer> | null {
  if (key === 'hex') return decodeBytes(text.toLowerCase(), 'hex')
  const bare = text.replace(/={1,2}$/, '')
  if (key === 'base64url') return decodeBytes(bare, key)
  return decodeBytes(bare.padEnd(Math.ceil(bare.length / 4) * 4, '='), key)
}
