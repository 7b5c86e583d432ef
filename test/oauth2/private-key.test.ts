import { exportJWK, type GenerateKeyPairOptions, generateKeyPair, importJWK, type JWK, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { Secret } from '../../src/index.ts'
import { requestAccessToken, type TokenFetch } from '../../src/oauth2/index.ts'
import { leaksOf } from '../properties/leaks.ts'
import { refusalOf } from './requests.ts'

const URL = 'https://auth.example.com/token'
const NOW = Date.UTC(2026, 10, 22)

interface Pair {
  readonly secret: JWK
  readonly open: JWK
}

async function pairOf(alg: string, options: GenerateKeyPairOptions = {}): Promise<Pair> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true, ...options })
  return { secret: await exportJWK(privateKey), open: await exportJWK(publicKey) }
}

/** The assertion that a key makes. */
async function assertionOf(privateKey: JWK, more: object = {}): Promise<string> {
  let body = ''
  const fetch: TokenFetch = async (_, init) => {
    body = String(init.body)
    return Response.json({ access_token: 'at' })
  }
  const client = { clientId: 'orders', privateKey: new Secret(JSON.stringify(privateKey)) }
  const request = { tokenUrl: URL, clientAuthentication: 'private_key_jwt', client, ...more } as const
  await requestAccessToken(request, { fetch, now: () => NOW })
  const { client_assertion: assertion = '', ...others } = Object.fromEntries(new URLSearchParams(body))
  expect(others).toMatchObject({
    grant_type: 'client_credentials',
    client_id: 'orders',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  })
  return assertion
}

describe('private_key_jwt', () => {
  it.each([
    ['RS256', undefined],
    ['RS256', 'RS256'],
    ['RS384', 'RS384'],
    ['RS512', 'RS512'],
    ['PS256', 'PS256'],
    ['PS384', 'PS384'],
    ['PS512', 'PS512'],
    ['ES256', undefined],
    ['ES256', 'ES256'],
    ['ES384', undefined],
    ['ES512', undefined],
    ['EdDSA', undefined],
    ['EdDSA', 'EdDSA'],
    ['Ed25519', 'Ed25519'],
  ])('signs with %s, where the key says %s', async (algorithm, alg) => {
    const { secret, open } = await pairOf(algorithm)
    // What else a key says of itself changes nothing.
    const extras = { use: 'enc', key_ops: ['verify'], ext: false, x5t: 'x' }
    const assertion = await assertionOf({ ...secret, ...extras, ...(alg === undefined ? {} : { alg }) })
    const { payload, protectedHeader } = await jwtVerify(assertion, await importJWK(open, algorithm), {
      currentDate: new Date(NOW),
    })
    expect(protectedHeader).toEqual({ alg: algorithm })
    expect(payload).toEqual({
      iss: 'orders',
      sub: 'orders',
      aud: URL,
      iat: NOW / 1000,
      nbf: NOW / 1000,
      exp: NOW / 1000 + 60,
      jti: expect.stringMatching(/^[\w-]{20,}$/),
    })
  })

  it('names its key and its audience where it has them, and is never the same twice', async () => {
    const { secret, open } = await pairOf('ES256')
    const assertions = [
      await assertionOf({ ...secret, kid: 'k1' }, { audience: 'https://auth.example.com' }),
      await assertionOf({ ...secret, kid: 'k1' }, { audience: 'https://auth.example.com' }),
    ]
    const read = await Promise.all(
      assertions.map(async (text) => jwtVerify(text, await importJWK(open, 'ES256'), { currentDate: new Date(NOW) })),
    )
    for (const { payload, protectedHeader } of read) {
      expect(protectedHeader).toEqual({ alg: 'ES256', kid: 'k1' })
      expect(payload.aud).toBe('https://auth.example.com')
    }
    expect(read[0]?.payload.jti).not.toBe(read[1]?.payload.jti)
  })

  it('takes the key as an object, too', async () => {
    const { secret } = await pairOf('ES256')
    const bodies: string[] = []
    const fetch: TokenFetch = async (_, init) => {
      bodies.push(String(init.body))
      return Response.json({ access_token: 'at' })
    }
    const client = { clientId: 'orders', privateKey: secret as never }
    await requestAccessToken({ tokenUrl: URL, clientAuthentication: 'private_key_jwt', client }, { fetch })
    expect(new URLSearchParams(bodies[0]).get('client_assertion')).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
  })

  it('refuses keys that cannot sign, and tells nothing of them', async () => {
    const { secret: ec } = await pairOf('ES256')
    const { secret: other } = await pairOf('ES256')
    const { secret: rsa } = await pairOf('RS256')
    const { secret: ed } = await pairOf('EdDSA')
    const bad: readonly JWK[] = [
      { ...ec, alg: 'RS256' },
      { ...ec, alg: 'ES384' },
      { ...ec, alg: 'none' },
      { ...ec, alg: 5 as never },
      { ...ec, crv: 'secp256k1' },
      { ...ec, crv: 'P-384' },
      { ...ec, crv: '__proto__' },
      { ...ec, x: other.x as string },
      { kty: 'EC', d: ec.d as string },
      { ...ed, crv: 'X25519' },
      { ...ed, crv: 'Ed448' },
      { ...rsa, alg: 'HS256' },
      { ...rsa, alg: 'RS1' },
      { kty: 'RSA', n: rsa.n as string, e: 'AQAB', d: rsa.d as string },
      SHORT_RSA,
    ]
    for (const key of bad) {
      const error = await refusalOf(assertionOf(key))
      expect({ ...error, key: { ...key, d: '' } }).toMatchObject({
        code: 'ERR_TOKEN_CLIENT',
        phase: 'need',
        retryable: false,
      })
      expect(error.message).toMatch(/^the private key of the client cannot sign: /)
      expect(leaksOf(error, String(key.d))).toEqual([])
    }
  })
})

/** 1024 bits; made for this test. */
const SHORT_RSA: JWK = await (async () => {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 1024,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  }
  const { privateKey } = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const { key_ops: _, ext: __, ...jwk } = await crypto.subtle.exportKey('jwk', privateKey)
  return jwk as JWK
})()
