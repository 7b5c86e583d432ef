import { decodeBytes, encodeBytes, equalBytes } from '../bytes.ts'
import { type ErrorCode, SecurityError } from '../errors.ts'
import type { CompiledForm } from '../kinds/signature-form.ts'
import { countPlaceholder } from '../kinds/signature-template.ts'
import type { Secret } from '../secret.ts'
import type { HmacForm } from '../types.ts'
import { computeSignature, importSecrets, SIGNATURE_BYTES } from './keys.ts'
import { bodyBytes, checkMessage, type MessageValues, renderBytes, type SignableRequest } from './message.ts'
import { readForm } from './read-form.ts'
import { readMessage } from './read-message.ts'
import { parseTimestamp } from './timestamp.ts'

/** Remembers messages, so that none is accepted twice. */
export interface NonceStore {
  /**
   * Adds a key atomically.
   * @param key Identifies the message; printable ASCII.
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
}

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
      /** The signed timestamp in milliseconds since the epoch; `null` where the form signs none: copies stay valid for ever. */
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
 * @throws A {@link SecurityError} with code `ERR_SIGNATURE_FORM`, `ERR_SIGNATURE_SECRET` or `ERR_ARGUMENT_INVALID` for what
 * the caller brought: the form, the secrets, a parsed body. What a nonce store throws, it throws.
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
  const { now = Date.now(), toleranceMs = 300_000, allowShortSecret = false, nonces } = options
  const keys = await importSecrets(compiled, secrets, allowShortSecret)
  checkMessage(request)
  const body = bodyBytes(request.body)
  const read = await readMessage(compiled, request, body)
  if (typeof read === 'string') return { ok: false, code: read }
  const { signatures, values } = read
  const isSigned = (name: 'timestamp' | 'id' | 'keyId') => countPlaceholder(compiled.payload, name) > 0
  const timestamp = isSigned('timestamp') ? parseTimestamp(values.timestamp, compiled.timestamp) : null
  if (isSigned('timestamp') && timestamp === null) return { ok: false, code: 'ERR_SIGNATURE_MALFORMED' }
  const candidates = signatures.map((text) => decodeBytes(text, compiled.encoding))
  if (!candidates.every((bytes) => bytes?.length === SIGNATURE_BYTES[compiled.algorithm])) {
    return { ok: false, code: 'ERR_SIGNATURE_MALFORMED' }
  }
  const payload = await renderPayloadBytes(compiled, values)
  if (payload === null) return { ok: false, code: 'ERR_SIGNATURE_MALFORMED' }
  const secretIndex = await findSecret(
    keys,
    payload,
    candidates.filter((bytes) => bytes !== null),
  )
  if (secretIndex < 0) return { ok: false, code: 'ERR_SIGNATURE_MISMATCH' }
  if (timestamp !== null && !(Math.abs(now - timestamp) <= toleranceMs))
    return { ok: false, code: 'ERR_SIGNATURE_TIMESTAMP' }
  if (nonces !== undefined && !(await nonces.add(await nonceOf(payload), 2 * toleranceMs))) {
    return { ok: false, code: 'ERR_SIGNATURE_REPLAYED' }
  }
  return {
    ok: true,
    timestamp,
    id: isSigned('id') ? values.id : null,
    keyId: isSigned('keyId') ? values.keyId : null,
    secretIndex,
  }
}

/** `null` where the message lacks a part of what is signed. */
async function renderPayloadBytes(form: CompiledForm, values: MessageValues): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return await renderBytes(form.payload.unit, values)
  } catch (error) {
    if (error instanceof SecurityError) return null
    throw error
  }
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

/** What was signed names the message: a signature could be reordered, or be that of another valid secret. */
async function nonceOf(payload: Uint8Array<ArrayBuffer>): Promise<string> {
  return encodeBytes(new Uint8Array(await crypto.subtle.digest('SHA-256', payload)), 'base64url')
}
