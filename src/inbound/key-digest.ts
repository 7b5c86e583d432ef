import { encodeBytes, utf8 } from '../bytes.ts'
import type { KeyringCore } from './keyring.ts'

const HMAC = { name: 'HMAC', hash: 'SHA-256' }

/** A pepper made ready once, by the first key that is checked, for all of them. @internal */
export function readyPepper(pepper: Uint8Array): () => Promise<CryptoKey> {
  let key: Promise<CryptoKey> | undefined
  return () => (key ??= crypto.subtle.importKey('raw', new Uint8Array(pepper), HMAC, false, ['sign']))
}

/** What is kept in place of a key, base64url: SHA-256, or HMAC-SHA-256 with the pepper. @internal */
export async function digestKey({ pepper }: Pick<KeyringCore, 'pepper'>, text: string): Promise<string> {
  const bytes = utf8(text)
  const digest =
    pepper === null ? crypto.subtle.digest('SHA-256', bytes) : crypto.subtle.sign('HMAC', await pepper(), bytes)
  return encodeBytes(new Uint8Array(await digest), 'base64url')
}
