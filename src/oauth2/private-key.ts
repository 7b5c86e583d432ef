import { SecurityError } from '../errors.ts'

/** A private key that signs client assertions. @internal */
export interface SigningKey {
  readonly key: CryptoKey
  /** The `alg` of the assertion's header. */
  readonly algorithm: string
  readonly keyId: string | undefined
}

type Jwk = { readonly [name: string]: unknown }

type KeyType = 'RSA' | 'EC' | 'OKP'

/** What a key of each type can sign with (RFC 7518 section 3.1, RFC 8037, RFC 9864); the first is the default. */
const ALGORITHMS: { readonly [kty in KeyType]: (jwk: Jwk) => readonly string[] } = {
  RSA: () => ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  EC: ({ crv }) => CURVES.get(crv) ?? [],
  OKP: () => ['EdDSA', 'Ed25519'],
}

const CURVES = new Map<unknown, readonly string[]>([
  ['P-256', ['ES256']],
  ['P-384', ['ES384']],
  ['P-521', ['ES512']],
])

/** The parts that make the key; others, such as `key_ops`, say what may be done with it elsewhere. */
const PARTS = ['kty', 'crv', 'x', 'y', 'd', 'n', 'e', 'p', 'q', 'dp', 'dq', 'qi']

/**
 * Reads a private key for `private_key_jwt`.
 * @param text JSON text of a private JWK.
 * @throws A {@link SecurityError} with code `ERR_TOKEN_CLIENT`.
 * @internal
 */
export async function importSigningKey(text: string): Promise<SigningKey> {
  const jwk = JSON.parse(text) as Jwk & { readonly kty: KeyType }
  const [standard, ...others] = ALGORITHMS[jwk.kty](jwk)
  const { alg: algorithm = standard, kid } = jwk
  if (typeof algorithm !== 'string' || ![standard, ...others].includes(algorithm)) {
    throw unusable('its type, curve and `alg` do not make an algorithm that signs')
  }
  const parts = Object.fromEntries(PARTS.flatMap((name) => (Object.hasOwn(jwk, name) ? [[name, jwk[name]]] : [])))
  try {
    const key = await crypto.subtle.importKey('jwk', parts, importAlgorithm(algorithm, jwk), false, ['sign'])
    const { modulusLength = MIN_RSA_BITS } = key.algorithm as Partial<RsaHashedKeyAlgorithm>
    if (modulusLength >= MIN_RSA_BITS) return { key, algorithm, keyId: typeof kid === 'string' ? kid : undefined }
  } catch {
    throw unusable('its parts do not make a key')
  }
  throw unusable(`an RSA key has at least ${MIN_RSA_BITS} bits`)
}

/** RFC 7518 section 3.3. */
const MIN_RSA_BITS = 2048

function importAlgorithm(
  algorithm: string,
  { crv }: Jwk,
): RsaHashedImportParams | EcKeyImportParams | { name: string } {
  if (algorithm.startsWith('ES')) return { name: 'ECDSA', namedCurve: String(crv) }
  if (algorithm.startsWith('Ed')) return { name: 'Ed25519' }
  return { name: algorithm.startsWith('RS') ? 'RSASSA-PKCS1-v1_5' : 'RSA-PSS', hash: `SHA-${algorithm.slice(2)}` }
}

function unusable(why: string): SecurityError {
  return new SecurityError('ERR_TOKEN_CLIENT', {
    message: `the private key of the client cannot sign: ${why}`,
    phase: 'need',
  })
}
