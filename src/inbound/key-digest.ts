import { encodeBytes, utf8 } from '../bytes.ts'
import type { KeyringCore } from './keyring.ts'

/** What is kept in place of a key, base64url: SHA-256, or HMAC-SHA-256 with the pepper. @internal */
export async function digestKey({ pepper }: Pick<KeyringCore, 'pepper'>, text: string): Promise<string> {
  const bytes = utf8(text)
  const digest = pepper === null ? await crypto.subtle.digest('SHA-256', bytes) : await keyed(pepper, bytes)
  return encodeBytes(new Uint8Array(digest), 'base64url')
}

async function keyed(pepper: Uint8Array, bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', new Uint8Array(pepper), algorithm, false, ['sign'])
  return crypto.subtle.sign('HMAC', key, bytes)
}
