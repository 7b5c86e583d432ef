import { decodeBytes, encodeBytes, equalBytes, utf8 } from '../bytes.ts'
import type { ErrorCode } from '../errors.ts'
import type { CompiledForm } from '../kinds/signature-form.ts'
import type { Secret } from '../secret.ts'
import type { HmacForm } from '../types.ts'
import { computeSignature, importSecrets, SIGNATURE_BYTES } from './keys.ts'
import { bodyBytes, checkMessage, renderBytes, type SignableRequest } from './message.ts'
import { orNull } from './or-null.ts'
import { readForm } from './read-form.ts'
import { readMessage } from './read-message.ts'
import { isSigned } from './signed-values.ts'
import { parseTimestamp } from './timestamp.ts'
import { readVerifyOptions, type VerifyOptions } from './verify-options.ts'

/** Why a signature was refused. */
export type SignatureRefusal = Extract<
  ErrorCode,
  `ERR_SIGNATURE_${'MISSING' | 'MALFORMED' | 'MISMATCH' | 'TIMESTAMP' | 'REPLAYED'}`
>

/** The verdict on a message. */
export type SignatureVerdict =
  | {
      /** The signature is that of the message. */
      readonly ok: true
      /**
       * The signed timestamp in milliseconds since the epoch, from the payload or from a header or parameter that it covers;
       * `null` where the form signs none: copies stay valid for ever.
       */
      readonly timestamp: number | null
      /** The signed message id; `null` where the form signs none. */
      readonly id: string | null
      /** The signed key id; `null` where the form signs none. */
      readonly keyId: string | null
      /** Which of the secrets it was. */
      readonly secretIndex: number
    }
  | {
      /** The message must not be trusted. */
      readonly ok: false
      /** Why. */
      readonly code: SignatureRefusal
    }

/**
 * Verifies the signature of a received message as strictly as its form allows.
 *
 * Signs the bytes that were received, with the timestamp text that was received, and compares in constant time.
 *
 * @param secrets Every secret that is valid now; several while rotating.
 * @param request The message as received, with the raw body and the URL that the sender used.
 * @returns The verdict. A bad message never throws.
 * @throws A {@link core.SecurityError} with code `ERR_SIGNATURE_FORM`, `ERR_SIGNATURE_SECRET` or `ERR_ARGUMENT_INVALID` for what
 * the caller brought: the form, the secrets, a parsed body, the options. What a nonce store throws, it throws.
 * @example
 * const verdict = await verifySignature(signaturePresets.stripe.form, [secret], { method: 'POST', url, headers, body })
 * if (!verdict.ok) return new Response(null, { status: 401 })
 */
export async function verifySignature(
  form: HmacForm,
  secrets: readonly (string | Secret)[],
  request: SignableRequest,
  options: VerifyOptions = {},
): Promise<SignatureVerdict> {
  const compiled = readForm(form)
  const settings = readVerifyOptions(options)
  const { now = Date.now(), toleranceMs = 300_000, allowShortSecret = false, nonces, tenant } = settings
  const keys = await importSecrets(compiled, secrets, allowShortSecret)
  const message = checkMessage(request)
  const read = await readMessage(compiled, message, bodyBytes(message.body))
  if (typeof read === 'string') return { ok: false, code: read }
  const { signatures, values } = read
  const signsTime = isSigned(compiled, 'timestamp')
  const timestamp = signsTime ? parseTimestamp(values.timestamp, compiled.timestamp) : null
  const candidates = decodeSignatures(signatures, compiled)
  const payload = await orNull(() => renderBytes(compiled.payload.unit, values))
  if ((signsTime && timestamp === null) || candidates === null || payload === null) {
    return { ok: false, code: 'ERR_SIGNATURE_MALFORMED' }
  }
  const secretIndex = await findSecret(keys, payload, candidates)
  if (secretIndex < 0) return { ok: false, code: 'ERR_SIGNATURE_MISMATCH' }
  if (timestamp !== null && !(Math.abs(now - timestamp) <= toleranceMs))
    return { ok: false, code: 'ERR_SIGNATURE_TIMESTAMP' }
  if (nonces !== undefined && !(await nonces.add(await nonceOf(payload, tenant), lifetimeOf(toleranceMs)))) {
    return { ok: false, code: 'ERR_SIGNATURE_REPLAYED' }
  }
  return {
    ok: true,
    timestamp,
    id: isSigned(compiled, 'id') ? values.id : null,
    keyId: isSigned(compiled, 'keyId') ? values.keyId : null,
    secretIndex,
  }
}

/** From a message that comes too early to the last moment at which it is accepted, that moment included. */
function lifetimeOf(toleranceMs: number): number {
  return 2 * toleranceMs + 1
}

/** `null` where one is not spelled as the form says, or not as long as the digest. */
function decodeSignatures(texts: readonly string[], form: CompiledForm): readonly Uint8Array[] | null {
  const decoded = texts.flatMap((text) => decodeBytes(text, form.encoding) ?? [])
  const whole = decoded.filter((bytes) => bytes.length === SIGNATURE_BYTES[form.algorithm])
  return whole.length === texts.length ? whole : null
}

/** The first secret whose signature is among the candidates, or -1. Every pair is compared, whatever the outcome. */
async function findSecret(
  keys: readonly CryptoKey[],
  payload: Uint8Array<ArrayBuffer>,
  candidates: readonly Uint8Array[],
): Promise<number> {
  let found = -1
  for (const [index, key] of keys.entries()) {
    const expected = await computeSignature(key, payload)
    const matches = candidates.filter((candidate) => equalBytes(candidate, expected))
    if (matches.length > 0 && found < 0) found = index
  }
  return found
}

/**
 * What was signed names the message: a signature could be reordered, or be that of another valid secret. Each part is a
 * hash, so that no tenant's name runs into another's messages (T72).
 */
async function nonceOf(payload: Uint8Array<ArrayBuffer>, tenant: string | undefined): Promise<string> {
  const parts = tenant === undefined ? [payload] : [utf8(tenant), payload]
  return (await Promise.all(parts.map(hashText))).join('.')
}

async function hashText(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return encodeBytes(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)), 'base64url')
}
