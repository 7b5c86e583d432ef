import { createHmac } from 'node:crypto'
import {
  type HmacForm,
  type SignableRequest,
  type SignatureVerdict,
  type SignedParts,
  type SignOptions,
  signRequest,
  type VerifyOptions,
  verifySignature,
} from '../../src/hmac/index.ts'
import { type ErrorCode, SecurityError } from '../../src/index.ts'

/** 2023-11-14T22:13:20Z. */
export const NOW = 1_700_000_000_000
export const SECRET = 'a-secret-of-the-tests-of-signatures'
export const URL_OF_HOOK = 'https://hooks.example.com/in?part=1'

export const BODY_ONLY: HmacForm = { headers: { 'X-Signature': '{signature}' } }
export const TIMED: HmacForm = {
  payload: '{timestamp}.{body}',
  headers: { 'X-Timestamp': '{timestamp}', 'X-Signature': '{signature}' },
}
export const LISTED: HmacForm = {
  payload: '{timestamp}.{body}',
  headers: { 'X-Signature': 't={timestamp},[v1={signature}]' },
  separator: ',',
}

/** The signature by another implementation than the one under test. */
export function macOf(
  payload: string | Uint8Array,
  secret: string | Uint8Array = SECRET,
  algorithm = 'sha256',
  encoding: 'hex' | 'base64' | 'base64url' = 'hex',
): string {
  return createHmac(algorithm, secret).update(payload).digest(encoding)
}

export function post(
  body: Uint8Array | string | undefined,
  headers: SignableRequest['headers'] = {},
  url = URL_OF_HOOK,
): SignableRequest {
  return { method: 'POST', url, headers, body }
}

/** The request as the other side receives it. */
export function received(request: SignableRequest, { headers, url }: SignedParts): SignableRequest {
  return { ...request, url, headers: { ...(request.headers as Record<string, string>), ...headers } }
}

export async function sign(
  form: HmacForm,
  request: SignableRequest,
  options: SignOptions = {},
  secrets: readonly string[] = [SECRET],
): Promise<SignableRequest> {
  return received(request, await signRequest(form, secrets, request, { now: NOW, ...options }))
}

export function verify(
  form: HmacForm,
  request: SignableRequest,
  options: VerifyOptions = {},
  secrets: readonly string[] = [SECRET],
): Promise<SignatureVerdict> {
  return verifySignature(form, secrets, request, { now: NOW, ...options })
}

/** The code of a verdict; `null` for an accepted message. */
export async function refusal(verdict: Promise<SignatureVerdict>): Promise<string | null> {
  const settled = await verdict
  return settled.ok ? null : settled.code
}

/** The code that a promise is rejected with; anything but an error of ours is thrown on. */
export async function rejection(promise: Promise<unknown>): Promise<ErrorCode | null> {
  try {
    await promise
    return null
  } catch (error) {
    if (error instanceof SecurityError) return error.code
    throw error
  }
}
