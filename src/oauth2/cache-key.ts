import { encodeBytes, utf8 } from '../bytes.ts'
import type { CheckedRequest } from './checked-request.ts'

/** Whose token it is. @internal */
export interface TokenOwner {
  readonly tenant: string
  readonly environment: string | null
}

/** Names a token. @internal */
export type CacheKey = (request: CheckedRequest, owner: TokenOwner) => Promise<string>

/**
 * Makes names for tokens: HMAC-SHA-256 over everything that tells one token from another, so that no two share a name and a
 * name tells nothing of the secret (T56).
 * @param hashKey At least 32 bytes.
 * @internal
 */
export function createCacheKey(hashKey: Uint8Array<ArrayBuffer>): CacheKey {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  let key: Promise<CryptoKey> | undefined
  const nameOf = async (text: string): Promise<string> => {
    key ??= crypto.subtle.importKey('raw', hashKey, algorithm, false, ['sign'])
    const mac = await crypto.subtle.sign('HMAC', await key, utf8(text))
    return encodeBytes(new Uint8Array(mac), 'base64url')
  }
  const pending = new Map<string, Promise<string>>()
  return (request, owner) => {
    const text = describeToken(request, owner)
    const name = pending.get(text) ?? nameOf(text).finally(() => pending.delete(text))
    // Whoever asks at once goes on at once: one who came later would not be among those who wait (T57).
    pending.set(text, name)
    return name
  }
}

/** Everything that tells one token from another, in one text. @internal */
export function describeToken(request: CheckedRequest, { tenant, environment }: TokenOwner): string {
  const { tokenUrl, clientId, proof, scopes, audience, clientAuthentication, parameters } = request
  return joinParts([
    'latchkey oauth2 1',
    tenant,
    environment,
    tokenUrl,
    clientId,
    proof,
    // A set: its order means nothing (RFC 6749 section 3.3).
    joinParts([...scopes].sort()),
    audience,
    clientAuthentication,
    joinParts(parameters.flat()),
  ])
}

/** Each part behind its length: no part can pass for the end of one and the start of the next. */
function joinParts(parts: readonly (string | null)[]): string {
  return parts.map((part) => (part === null ? '-' : `${part.length}:${part}`)).join('')
}
