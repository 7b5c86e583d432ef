import { type JWTVerifyOptions, jwtVerify, SignJWT } from 'jose'
import { makeIssue, type Result } from '../result.ts'
import { Secret } from '../secret.ts'
import { readClock } from '../stores/store-arguments.ts'
import { readIssuerOptions, readMintRequest, readVerifyOptions, type TokenKey } from './call-token-options.ts'
import type { CallTokenRequest, MaybePromise } from './types.ts'

/** How call tokens are signed. */
export interface CallTokenIssuerOptions {
  /** At least 32 random bytes (HS256), or a CryptoKey for HMAC SHA-256 or Ed25519 signing. */
  readonly key: Uint8Array | CryptoKey
  /** Written as `kid`, so that keys can be rotated. Default none. */
  readonly keyId?: string
  /** Written as `iss`. Default `latchkey`. */
  readonly issuer?: string
  /** Lifetime in seconds where the call sets no `expiresAt`. Positive integer. Default 3600. */
  readonly lifetimeSeconds?: number
  /** Clock in milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number
}

/** Mints call tokens. */
export interface CallTokenIssuer {
  /** Give this to `resolveCall`. */
  readonly mintCallToken: (request: CallTokenRequest) => Promise<Secret>
}

/** How a call token is verified. */
export interface VerifyCallTokenOptions {
  /** The HMAC secret, or the Ed25519 public key. The algorithm follows from it, never from the token. */
  readonly key: Uint8Array | CryptoKey
  /** Scopes that the token must have, each exactly. */
  readonly scopes: readonly string[]
  /** Whether the call is still running; a token of an ended call is refused. */
  readonly isCallActive: (callId: string) => MaybePromise<boolean>
  /** Expected `iss`. Default `latchkey`. */
  readonly issuer?: string
  /** Clock in milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number
}

/** What a valid call token says. */
export interface CallTokenClaims {
  /** Id of the call that it was minted for. */
  readonly callId: string
  /** What it allows, exactly. */
  readonly scopes: readonly string[]
}

const TYPE = 'call+jwt'
const ISSUER = 'latchkey'

/** By how much the clock of the one who verifies may be behind the issuer's, in seconds. */
const CLOCK_SKEW_SECONDS = 60

/**
 * Makes an issuer of call tokens: compact JWS, HS256 or EdDSA by the key.
 *
 * `mintCallToken` takes `expiresAt` in milliseconds, and refuses one that is past, with the same code.
 *
 * @throws A {@link core.SecurityError} with code `ERR_ARGUMENT_INVALID` for an unusable key or option.
 * @example
 * const { mintCallToken } = createCallTokenIssuer({ key: crypto.getRandomValues(new Uint8Array(32)) })
 * await resolveCall(payload, { mintCallToken, callId })
 */
export function createCallTokenIssuer(options: CallTokenIssuerOptions): CallTokenIssuer {
  const { key: signing, keyId, issuer = ISSUER, lifetimeSeconds = 3600, now = Date.now } = readIssuerOptions(options)
  const { key, alg } = signing
  return {
    mintCallToken: async (request) => {
      const nowMs = readClock(now)
      const { callId, scopes, expiresAt } = readMintRequest(request, nowMs)
      const issuedAt = Math.floor(nowMs / 1000)
      const token = await new SignJWT({ scopes: [...scopes] })
        .setProtectedHeader(keyId === undefined ? { alg, typ: TYPE } : { alg, typ: TYPE, kid: keyId })
        .setIssuer(issuer)
        .setSubject(callId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt === undefined ? issuedAt + lifetimeSeconds : Math.floor(expiresAt / 1000))
        .sign(key)
      return new Secret(token)
    },
  }
}

/**
 * Verifies a call token where a platform's own tool receives it. One that was issued more than 60 seconds in the future
 * is refused.
 *
 * @param token The value of `X-Ultravox-Call-Token`.
 * @returns Call and scopes; or one issue that does not say which check failed but for a missing scope.
 * @throws A {@link core.SecurityError} with code `ERR_ARGUMENT_INVALID` for an unusable key or option. What `isCallActive`
 * throws, it throws.
 * @example
 * const result = await verifyCallToken(header, { key, scopes: ['calls:hangup'], isCallActive: (id) => calls.has(id) })
 * if (!result.ok) return new Response(null, { status: 401 })
 */
export async function verifyCallToken(
  token: string,
  options: VerifyCallTokenOptions,
): Promise<Result<CallTokenClaims>> {
  const { key, scopes, isCallActive, issuer = ISSUER, now = Date.now } = readVerifyOptions(options)
  const claims = await readClaims(token, key, issuer, new Date(readClock(now)))
  if (claims === null || !(await isCallActive(claims.callId))) return refuse('the call token is not valid here')
  const missing = scopes.filter((scope) => !claims.scopes.includes(scope))
  if (missing.length > 0) return refuse(`the call token lacks ${missing.map((scope) => `\`${scope}\``).join(', ')}`)
  return { ok: true, value: claims, issues: [] }
}

async function readClaims(
  token: string,
  { key, alg }: TokenKey,
  issuer: string,
  currentDate: Date,
): Promise<CallTokenClaims | null> {
  const requiredClaims = ['sub', 'iat', 'exp', 'scopes']
  const checks = { algorithms: [alg], issuer, typ: TYPE, currentDate, requiredClaims }
  try {
    // Without a prototype, which could grant a tolerance.
    const options: JWTVerifyOptions = Object.assign(Object.create(null), checks)
    const { sub, iat, scopes } = (await jwtVerify(token, key, options)).payload
    const isList = Array.isArray(scopes) && scopes.every((scope) => typeof scope === 'string')
    // RFC 7519 §4.1.6 leaves it open; a token that is yet to be issued was made by a clock that is not to be trusted.
    const isIssued = typeof iat === 'number' && iat <= currentDate.getTime() / 1000 + CLOCK_SKEW_SECONDS
    return sub === undefined || !isList || !isIssued ? null : { callId: sub, scopes: scopes as string[] }
  } catch {
    // The library's error may quote claims of the token.
    return null
  }
}

function refuse(message: string): Result<CallTokenClaims> {
  return { ok: false, issues: [makeIssue('ERR_CALL_TOKEN_INVALID', '', message)] }
}
