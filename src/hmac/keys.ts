import { SecurityError } from '../errors.ts'
import type { CompiledForm } from '../kinds/signature-form.ts'
import { decodeSecret } from '../kinds/signature-secret.ts'
import { type Secret, secretText } from '../secret.ts'
import { total } from '../total.ts'

const HASHES = { sha1: 'SHA-1', sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' } as const

/** Length of a signature in bytes. @internal */
export const SIGNATURE_BYTES: Record<CompiledForm['algorithm'], number> = {
  sha1: 20,
  sha256: 32,
  sha384: 48,
  sha512: 64,
}

/** The shortest secret that a verifier takes, in bytes. */
const SHORT = 16

/**
 * Turns secrets into keys.
 * @param allowShort Whether fewer than 16 bytes are taken; never none.
 * @throws A {@link SecurityError} with code `ERR_SIGNATURE_SECRET`.
 * @internal
 */
export function importSecrets(
  form: CompiledForm,
  secrets: readonly (string | Secret)[],
  allowShort: boolean,
): Promise<readonly CryptoKey[]> {
  const texts = total('ERR_SIGNATURE_SECRET', () => textsOf(secrets))
  if (texts === null) throw unusable('expected a list of secrets')
  if (texts.length === 0) throw unusable('no secret was given')
  return Promise.all(
    texts.map((text) => {
      const bytes = decodeSecret(text, form)
      if (bytes === null)
        throw unusable('a secret is empty, or its text does not fit `key` and `keyPrefix` of the form')
      if (!allowShort && bytes.length < SHORT) throw unusable(`a secret has fewer than ${SHORT} bytes`)
      return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: HASHES[form.algorithm] }, false, ['sign'])
    }),
  )
}

/** `null` for what is no list. A hole in one is no secret, as `undefined` is none. */
function textsOf(secrets: unknown): readonly unknown[] | null {
  if (!Array.isArray(secrets)) return null
  return Array.from<unknown, unknown>(secrets, (each) =>
    typeof each === 'object' && each !== null ? secretText(each) : each,
  )
}

/** @internal */
export async function computeSignature(key: CryptoKey, payload: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, payload))
}

function unusable(message: string): SecurityError {
  return new SecurityError('ERR_SIGNATURE_SECRET', { message })
}
