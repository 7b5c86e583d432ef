import { SecurityError } from '../errors.ts'
import type { CompiledForm } from '../kinds/signature-form.ts'
import { decodeSecret } from '../kinds/signature-secret.ts'
import { type Secret, secretText } from '../secret.ts'

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
  if (!Array.isArray(secrets) || secrets.length === 0) throw unusable('no secret was given')
  return Promise.all(
    secrets.map((secret: string | Secret) => {
      const bytes = decodeSecret(typeof secret === 'object' && secret !== null ? secretText(secret) : secret, form)
      if (bytes === null)
        throw unusable('a secret is empty, or its text does not fit `key` and `keyPrefix` of the form')
      if (!allowShort && bytes.length < SHORT) throw unusable(`a secret has fewer than ${SHORT} bytes`)
      return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: HASHES[form.algorithm] }, false, ['sign'])
    }),
  )
}

/** @internal */
export async function computeSignature(key: CryptoKey, payload: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, payload))
}

function unusable(message: string): SecurityError {
  return new SecurityError('ERR_SIGNATURE_SECRET', { message })
}
