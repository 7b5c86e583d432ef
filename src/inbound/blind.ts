import { equalBytes, utf8 } from '../bytes.ts'

/** Compares texts without telling by its time how much of them agrees, nor how long the expected one is (T73). @internal */
export interface Blind {
  /** What stands for a text: a MAC under a key that nobody else knows. */
  hash(text: string): Promise<Uint8Array>
}

/**
 * Makes a comparison of its own: its key is random and never leaves it. It is made with the first hash, because Workers
 * have no randomness before the first request.
 * @internal
 */
export function createBlind(): Blind {
  let key: Promise<CryptoKey> | undefined
  return {
    hash: async (text) => {
      key ??= makeKey()
      return new Uint8Array(await crypto.subtle.sign('HMAC', await key, utf8(text)))
    },
  }
}

function makeKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
}

/** The positions of all that are equal; every one is compared, whatever the outcome. @internal */
export function matchAll(hash: Uint8Array, expected: readonly (Uint8Array | null)[]): ReadonlySet<number> {
  return new Set(expected.flatMap((one, index) => (one !== null && equalBytes(hash, one) ? [index] : [])))
}
