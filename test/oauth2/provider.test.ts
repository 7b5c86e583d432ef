import { exportJWK, generateKeyPair } from 'jose'
import { describe, expect, it } from 'vitest'
import { apply, type ClientAuthentication, fulfil, resolve, Secret, type Token } from '../../src/index.ts'
import { createTokenCache, requestAccessToken, type TokenRequest } from '../../src/oauth2/index.ts'
import { useProvider } from './provider.ts'
import { refusalOf } from './requests.ts'

const SECRET = 's3cr:et/+%&= x-y_z.~'
const PLAIN = 'plain-secret_1.~'
const LIFETIME_SECONDS = 5
const OPTIONS = { allowLoopbackHttp: true }

const pairs = await Promise.all(
  (['ES256', 'RS256', 'PS256', 'EdDSA'] as const).map(async (alg) => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
    return {
      alg,
      secret: { ...(await exportJWK(privateKey)), alg },
      open: { ...(await exportJWK(publicKey)), alg, kid: alg },
    }
  }),
)

const provider = useProvider(
  [
    { client_id: 'post', client_secret: SECRET, token_endpoint_auth_method: 'client_secret_post' },
    { client_id: 'ba:sic', client_secret: SECRET, token_endpoint_auth_method: 'client_secret_basic' },
    { client_id: 'raw', client_secret: PLAIN, token_endpoint_auth_method: 'client_secret_basic' },
    ...pairs.map(({ alg, open }) => ({
      client_id: `key-${alg}`,
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: alg,
      jwks: { keys: [open] },
    })),
  ],
  LIFETIME_SECONDS,
)

function requestOf(clientAuthentication: ClientAuthentication, clientId: string, proof: string): TokenRequest {
  const secret = new Secret(proof)
  const client =
    clientAuthentication === 'private_key_jwt' ? { clientId, privateKey: secret } : { clientId, clientSecret: secret }
  return { tokenUrl: provider.tokenUrl(), clientAuthentication, client, scope: 'orders:read' }
}

const METHODS: readonly (readonly [ClientAuthentication, string, string])[] = [
  ['client_secret_post', 'post', SECRET],
  ['client_secret_basic', 'ba:sic', SECRET],
  ['client_secret_basic_raw', 'raw', PLAIN],
  ...pairs.map(({ alg, secret }) => ['private_key_jwt', `key-${alg}`, JSON.stringify(secret)] as const),
]

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describe('against a certified OAuth server', () => {
  it.each(METHODS)('%s of %s gives a token that is active', async (method, id, proof) => {
    const { token, expiresAtMs } = await requestAccessToken(requestOf(method, id, proof), OPTIONS)
    expect(await provider.isActive(token.reveal())).toBe(true)
    expect(Math.abs((expiresAtMs ?? 0) - Date.now() - LIFETIME_SECONDS * 1000)).toBeLessThan(1900)
  })

  it.each(METHODS)('%s of %s with another secret is refused', async (method, id) => {
    const other = pairs.map(({ alg, secret }) => [`key-${alg}`, secret] as const)
    const stranger = await generateKeyPair(id.startsWith('key-') ? id.slice(4) : 'ES256', { extractable: true })
    const key = {
      ...(await exportJWK(stranger.privateKey)),
      alg: other.find(([name]) => name === id)?.[1].alg ?? 'ES256',
    }
    const proof = method === 'private_key_jwt' ? JSON.stringify(key) : 'wrong'
    expect(await refusalOf(requestAccessToken(requestOf(method, id, proof), OPTIONS))).toMatchObject({
      code: 'ERR_ACCESS_TOKEN_UNAVAILABLE',
      retryable: false,
      message: expect.stringMatching(/ answered 401 with the error `invalid_client`$/),
    })
  })

  it('a scope that the server leaves out is told, unless it names none at all', async () => {
    const request = requestOf('client_secret_post', 'post', SECRET)
    const some = requestAccessToken({ ...request, scope: 'orders:read other' }, OPTIONS)
    expect(await refusalOf(some)).toMatchObject({
      code: 'ERR_ACCESS_TOKEN_UNAVAILABLE',
      message: expect.stringMatching(/ did not grant the scope `other`$/),
    })
    const allowed = requestAccessToken(
      { ...request, scope: 'orders:read other' },
      { ...OPTIONS, missingScopes: 'allow' },
    )
    expect((await allowed).expiresAtMs).not.toBe(null)
    // RFC 6749 section 5.1: without a scope in the reply it is the one that was asked for.
    expect((await requestAccessToken({ ...request, scope: 'other' }, OPTIONS)).expiresAtMs).not.toBe(null)
  })

  it('a resolution owes a token, a cache meets the need, and the request carries it', async () => {
    const tool = {
      http: { baseUrlPattern: 'https://api.example.com/orders', httpMethod: 'GET' },
      requirements: {
        httpSecurityOptions: {
          options: [{ requirements: { orders: { oauth2ClientCredentials: { tokenUrl: provider.tokenUrl() } } } }],
        },
      },
    }
    const orders: Token = { clientId: 'post', clientSecret: SECRET }
    const resolution = resolve(tool, { orders }, { tenant: 't' })
    const need = resolution.outcome === 'authenticated' ? resolution.needs[0] : undefined
    if (need?.kind !== 'accessToken') throw new Error('expected the need of an access token')
    const { token } = await createTokenCache(OPTIONS).getToken(need, { tenant: 't' })
    const outgoing = apply(
      { method: 'GET', url: 'https://api.example.com/orders', headers: {} },
      fulfil(resolution, need, token),
    )
    expect(outgoing.headers).toEqual({ Authorization: `Bearer ${token.reveal()}` })
  })

  it('T61, T62: a token is renewed before it expires, and none is given out that has expired', async () => {
    const cache = createTokenCache(OPTIONS)
    const request = requestOf('client_secret_post', 'post', SECRET)
    const before = provider.issued()
    const seen = new Set<string>()
    // The server's clock has whole seconds: its tokens die up to one earlier.
    const end = Date.now() + LIFETIME_SECONDS * 1300
    while (Date.now() < end) {
      const { token } = await cache.getToken(request, { tenant: 't' })
      seen.add(token.reveal())
      expect(await provider.isActive(token.reveal())).toBe(true)
      await wait(30)
    }
    expect(seen.size).toBeGreaterThanOrEqual(2)
    expect(provider.issued() - before).toBe(seen.size)
  })

  it('T63: a token that was revoked is dropped once, and 50 callers get one other', async () => {
    const cache = createTokenCache(OPTIONS)
    const request = requestOf('client_secret_basic', 'ba:sic', SECRET)
    const { token } = await cache.getToken(request, { tenant: 't' })
    const before = provider.issued()
    await provider.revoke(token.reveal())
    expect(await provider.isActive(token.reveal())).toBe(false)
    const others = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const dropped = await cache.dropToken(request, token, { tenant: 't' })
        return { dropped, other: (await cache.getToken(request, { tenant: 't' })).token.reveal() }
      }),
    )
    expect(provider.issued() - before).toBe(1)
    expect(others.filter(({ dropped }) => dropped)).toHaveLength(1)
    const [other = '', ...more] = new Set(others.map((one) => one.other))
    expect(more).toEqual([])
    expect(await provider.isActive(other)).toBe(true)
  })
})
