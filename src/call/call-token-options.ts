import { SecurityError } from '../errors.ts'
import { type CopiedValue, readOptions } from '../read-options.ts'
import { snapshot } from '../snapshot.ts'
import { isFunction, isName } from './call-settings.ts'
import type { CallTokenIssuerOptions, VerifyCallTokenOptions } from './call-token.ts'
import type { CallTokenRequest } from './types.ts'

/** A key, and the algorithm that follows from it. @internal */
export interface TokenKey {
  readonly key: Uint8Array | CryptoKey
  readonly alg: 'HS256' | 'EdDSA'
}

type WithTokenKey<T> = Omit<T, 'key'> & { readonly key: TokenKey }

/** @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`. @internal */
export function readIssuerOptions(given: unknown): WithTokenKey<CallTokenIssuerOptions> {
  const read = readOptions<WithTokenKey<CallTokenIssuerOptions>>(given, {
    key: (value) => ({ copy: copyKey(value, 'sign') }),
    keyId: isName,
    issuer: isName,
    lifetimeSeconds: (value) => Number.isSafeInteger(value) && Number(value) > 0,
    now: isFunction,
  })
  // What was read has no prototype, and keeps none: a polluted one would speak for what was left out.
  return Object.assign(read, { key: read.key ?? copyKey(undefined, 'sign') })
}

/** @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`. @internal */
export function readVerifyOptions(given: unknown): WithTokenKey<VerifyCallTokenOptions> {
  const read = readOptions<WithTokenKey<VerifyCallTokenOptions>>(given, {
    key: (value) => ({ copy: copyKey(value, 'verify') }),
    scopes: copyScopes,
    isCallActive: isFunction,
    issuer: isName,
    now: isFunction,
  })
  const { key = copyKey(undefined, 'verify'), scopes, isCallActive } = read
  if (scopes === undefined || isCallActive === undefined) throw refuse('expected `scopes` and `isCallActive`')
  return Object.assign(read, { key, scopes, isCallActive })
}

/**
 * Reads what a call token is minted for. An end that is past was given in seconds, or belongs to a call that has ended.
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`.
 * @internal
 */
export function readMintRequest(given: unknown, nowMs: number): CallTokenRequest {
  const read = readOptions<CallTokenRequest>(given, {
    callId: isName,
    scopes: copyScopes,
    expiresAt: (value) => Number.isFinite(value),
  })
  const { callId, scopes, expiresAt } = read
  if (callId === undefined || scopes === undefined) throw refuse('expected `callId` and `scopes`')
  if (expiresAt !== undefined && expiresAt <= nowMs) {
    throw refuse('`expiresAt` is past: expected milliseconds since the epoch')
  }
  return Object.assign(read, { callId, scopes })
}

function copyScopes(value: unknown): CopiedValue | false {
  const copy = snapshot(value)
  const isList = copy.ok && Array.isArray(copy.value) && copy.value.every((scope) => typeof scope === 'string')
  return isList ? { copy: copy.value } : false
}

/** A private copy, so that wiping the bytes does not make everyone know the key. */
function copyKey(given: unknown, usage: 'sign' | 'verify'): TokenKey {
  const key = given instanceof Uint8Array ? new Uint8Array(given) : given
  if (key instanceof Uint8Array && key.length >= 32) return { key, alg: 'HS256' }
  if (key instanceof CryptoKey && key.usages.includes(usage)) {
    if (isHmacSha256(key.algorithm)) return { key, alg: 'HS256' }
    if (key.algorithm.name === 'Ed25519') return { key, alg: 'EdDSA' }
  }
  throw refuse(`expected \`key\` as at least 32 bytes, or a CryptoKey for HMAC SHA-256 or Ed25519 that may ${usage}`)
}

function isHmacSha256(algorithm: KeyAlgorithm): boolean {
  return algorithm.name === 'HMAC' && (algorithm as HmacKeyAlgorithm).hash.name === 'SHA-256'
}

function refuse(message: string): SecurityError {
  return new SecurityError('ERR_ARGUMENT_INVALID', { message, phase: 'need' })
}
