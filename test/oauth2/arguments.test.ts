import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Secret, SecurityError } from '../../src/index.ts'
import {
  createTokenCache,
  requestAccessToken,
  type TokenCacheOptions,
  type TokenFetch,
} from '../../src/oauth2/index.ts'
import { createMemoryStore } from '../../src/stores/memory.ts'
import { checkAsync } from '../call/check-async.ts'
import { encodingsOf, leaksOf, printedForms, thrownBy } from '../properties/leaks.ts'
import { CANARY, refusalOf, requestOf } from './requests.ts'

const URL = 'https://auth.example.com/token'
const T = { tenant: 't' }
const CLIENT = { clientId: 'id', clientSecret: new Secret(CANARY) }
const JWK = JSON.stringify({ kty: 'EC', d: CANARY })

const unused: TokenFetch = () => expect.fail('nothing is to be asked')
const granting: TokenFetch = async () => Response.json({ access_token: 'at-1', expires_in: 60 })

describe('a request', () => {
  it.each<[string, unknown]>([
    ['ERR_ARGUMENT_INVALID', undefined],
    ['ERR_ARGUMENT_INVALID', null],
    ['ERR_ARGUMENT_INVALID', CANARY],
    ['ERR_ARGUMENT_INVALID', []],
    ['ERR_ARGUMENT_INVALID', {}],
    ['ERR_ARGUMENT_INVALID', new Map()],
    ['ERR_ARGUMENT_INVALID', { client: CLIENT }],
    ['ERR_ARGUMENT_INVALID', { tokenUrl: 5, client: CLIENT }],
    ['ERR_ARGUMENT_INVALID', { tokenUrl: URL, client: CLIENT, scope: 5 }],
    ['ERR_ARGUMENT_INVALID', { tokenUrl: URL, client: CLIENT, scope: '' }],
    ['ERR_ARGUMENT_INVALID', { tokenUrl: URL, client: CLIENT, scope: 'a  b' }],
    ['ERR_ARGUMENT_INVALID', { tokenUrl: URL, client: CLIENT, scope: 'a\nb' }],
    ['ERR_ARGUMENT_INVALID', { tokenUrl: URL, client: CLIENT, scope: 'a"' }],
    ['ERR_ARGUMENT_INVALID', { tokenUrl: URL, client: CLIENT, scope: null }],
    ['ERR_ARGUMENT_INVALID', { tokenUrl: URL, client: CLIENT, audience: 5 }],
    ['ERR_ARGUMENT_INVALID', { tokenUrl: URL, client: CLIENT, audience: null }],
    ['ERR_ARGUMENT_INVALID', { tokenUrl: URL, client: CLIENT, clientAuthentication: 'none' }],
    ['ERR_ARGUMENT_INVALID', { tokenUrl: URL, client: CLIENT, clientAuthentication: 'toString' }],
    ['ERR_ARGUMENT_INVALID', { tokenUrl: URL, client: CLIENT, parameters: 'x' }],
    ['ERR_ARGUMENT_INVALID', { tokenUrl: URL, client: CLIENT, parameters: ['x'] }],
    ['ERR_ARGUMENT_INVALID', { tokenUrl: URL, client: CLIENT, parameters: { x: 5 } }],
    ['ERR_ARGUMENT_INVALID', { tokenUrl: URL, client: { ...CLIENT, clientSecret: '\ud800' } }],
    ['ERR_OAUTH_PARAMETER', { tokenUrl: URL, client: CLIENT, parameters: { grant_type: 'password' } }],
    ['ERR_OAUTH_PARAMETER', { tokenUrl: URL, client: CLIENT, parameters: { client_secret: CANARY } }],
    ['ERR_OAUTH_PARAMETER', { tokenUrl: URL, client: CLIENT, parameters: { x: '\n' } }],
    ['ERR_OAUTH_PARAMETER', { tokenUrl: URL, client: CLIENT, audience: '' }],
    ['ERR_TOKEN_TYPE', { tokenUrl: URL }],
    ['ERR_TOKEN_TYPE', { tokenUrl: URL, client: CANARY }],
    ['ERR_TOKEN_TYPE', { tokenUrl: URL, client: [CANARY] }],
    ['ERR_TOKEN_TYPE', { tokenUrl: URL, client: new Secret(CANARY) }],
    ['ERR_TOKEN_TYPE', { tokenUrl: URL, client: { clientId: 'id' } }],
    ['ERR_TOKEN_TYPE', { tokenUrl: URL, client: { ...CLIENT, privateKey: new Secret(JWK) } }],
    ['ERR_TOKEN_TYPE', { tokenUrl: URL, client: CLIENT, clientAuthentication: 'private_key_jwt' }],
    ['ERR_TOKEN_EMPTY', { tokenUrl: URL, client: { ...CLIENT, clientSecret: new Secret('') } }],
    ['ERR_TOKEN_CLIENT', { tokenUrl: URL, client: { ...CLIENT, clientId: 'é' } }],
    ['ERR_TOKEN_CLIENT', { tokenUrl: URL, client: { ...CLIENT, clientSecret: `${CANARY}\n` } }],
    [
      'ERR_TOKEN_CLIENT',
      { tokenUrl: URL, client: { ...CLIENT, clientId: 'a:b' }, clientAuthentication: 'client_secret_basic_raw' },
    ],
    [
      'ERR_TOKEN_CLIENT',
      { tokenUrl: URL, client: { clientId: 'id', privateKey: CANARY }, clientAuthentication: 'private_key_jwt' },
    ],
  ])('is refused with %s: %j', async (code, request) => {
    const cache = createTokenCache({ fetch: unused })
    const errors = [
      await refusalOf(requestAccessToken(request as never, { fetch: unused })),
      await refusalOf(cache.getToken(request as never, T)),
      await refusalOf(cache.dropToken(request as never, 'at-1', T)),
    ]
    for (const error of errors) {
      expect(error).toMatchObject({ code, phase: 'need', retryable: false })
      expect(leaksOf(error, CANARY)).toEqual([])
    }
  })

  it('whose reading throws is refused, whatever is thrown', async () => {
    const traps = [
      new Proxy({}, { ownKeys: () => expect.fail(CANARY) }),
      Object.defineProperty({ client: CLIENT }, 'tokenUrl', { enumerable: true, get: () => expect.fail(CANARY) }),
      { tokenUrl: URL, client: new Proxy(CLIENT, { get: () => expect.fail(CANARY) }) },
      { tokenUrl: URL, client: { clientId: 'id', clientSecret: new Proxy({}, { get: () => expect.fail(CANARY) }) } },
    ]
    for (const trap of traps) {
      const error = await refusalOf(requestAccessToken(trap as never, { fetch: unused }))
      expect(error.code).toBe('ERR_ARGUMENT_INVALID')
      expect(leaksOf(error, CANARY)).toEqual([])
    }
  })

  it('is read once: what is checked is what is sent', async () => {
    let reads = 0
    const request = {
      client: CLIENT,
      get tokenUrl(): string {
        reads += 1
        return reads === 1 ? URL : 'http://evil.example.com/'
      },
    }
    const urls: string[] = []
    const fetch: TokenFetch = (url, init) => {
      urls.push(url)
      return granting(url, init)
    }
    await requestAccessToken(request, { fetch })
    expect([urls, reads]).toEqual([[URL], 1])
  })

  it('takes nothing from a prototype, polluted or not', async () => {
    const bodies: string[] = []
    const fetch: TokenFetch = (url, init) => {
      bodies.push(String(init.body))
      return granting(url, init)
    }
    const pollution = {
      scope: 'admin',
      audience: 'x',
      parameters: { a: 'b' },
      clientAuthentication: 'client_secret_basic',
    }
    try {
      for (const [name, value] of Object.entries(pollution)) {
        Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true })
      }
      await requestAccessToken({ tokenUrl: URL, client: CLIENT }, { fetch })
    } finally {
      for (const name of Object.keys(pollution)) delete (Object.prototype as Record<string, unknown>)[name]
    }
    expect([...new URLSearchParams(bodies[0]).keys()].sort()).toEqual(['client_id', 'client_secret', 'grant_type'])
  })
})

describe('options', () => {
  const store = createMemoryStore()
  const key = new Uint8Array(32)
  const keys = [{ keyId: 'k1', key }]

  it.each<unknown>([
    null,
    5,
    { unknown: 1 },
    { fetch: 'fetch' },
    { now: 5 },
    { timeoutMs: 0 },
    { timeoutMs: 600_001 },
    { timeoutMs: Number.NaN },
    { timeoutMs: '5' },
    { allowLoopbackHttp: 1 },
    { missingScopes: 'ignore' },
  ])('%j are refused by both', async (options) => {
    expect(thrownBy(() => createTokenCache(options as never))).toMatchObject({ code: 'ERR_ARGUMENT_INVALID' })
    expect(await refusalOf(requestAccessToken(requestOf(URL), options as never))).toMatchObject({
      code: 'ERR_ARGUMENT_INVALID',
    })
  })

  it.each<unknown>([
    { signal: new AbortController().signal },
    { store },
    { store, keys },
    { store, hashKey: key },
    { store: {}, keys, hashKey: key },
    { store: null, keys, hashKey: key },
    { store: { ...store, commit: undefined }, keys, hashKey: key },
    { keys: [] },
    { keys: keys[0] },
    { keys: [null] },
    { keys: [keys[0], keys[0]] },
    { keys: [{ keyId: 'k1', key: new Uint8Array(16) }] },
    { keys: [{ keyId: 'k1', key: 'x'.repeat(32) }] },
    { keys: [{ keyId: 'k.1', key }] },
    { keys: [{ keyId: '', key }] },
    { keys: [{ keyId: 1, key }] },
    { keys: [keys[0], { keyId: 'k2' }] },
    { hashKey: new Uint8Array(31) },
    { hashKey: 'x'.repeat(32) },
    { storeTimeoutMs: 0 },
    { storeTimeoutMs: 60_001 },
    { defaultLifetimeSeconds: 0 },
    { defaultLifetimeSeconds: 86_401 },
    { maxEntries: 0 },
    { maxEntries: 1.5 },
    { observe: {} },
  ])('%j are refused by a cache', (options) => {
    expect(thrownBy(() => createTokenCache(options as never))).toMatchObject({ code: 'ERR_ARGUMENT_INVALID' })
  })

  it.each<TokenCacheOptions>([
    {},
    { timeoutMs: 1, storeTimeoutMs: 1, defaultLifetimeSeconds: 1, maxEntries: 1 },
    { timeoutMs: 600_000, storeTimeoutMs: 60_000, defaultLifetimeSeconds: 86_400 },
    { store, keys, hashKey: key },
    { hashKey: new Uint8Array(64) },
  ])('%j are fine', (options) => {
    expect(Object.isFrozen(createTokenCache(options))).toBe(true)
  })

  it.each<[string, unknown]>([
    ['ERR_TENANT_REQUIRED', undefined],
    ['ERR_TENANT_REQUIRED', {}],
    ['ERR_TENANT_REQUIRED', { tenant: undefined }],
    ['ERR_ARGUMENT_INVALID', { tenant: '' }],
    ['ERR_ARGUMENT_INVALID', { tenant: 5 }],
    ['ERR_ARGUMENT_INVALID', { tenant: '\ud800' }],
    ['ERR_ARGUMENT_INVALID', { tenant: 't', environment: '' }],
    ['ERR_ARGUMENT_INVALID', { tenant: 't', environment: '\ud800' }],
    ['ERR_ARGUMENT_INVALID', { tenant: 't', now: Date.now }],
    ['ERR_ARGUMENT_INVALID', { tenant: 't', signal: {} }],
    ['ERR_ARGUMENT_INVALID', { tenant: 't', fetch: 1 }],
    ['ERR_ARGUMENT_INVALID', { tenant: 't', tenat: 't' }],
  ])('of a call are refused with %s: %j', async (code, options) => {
    const cache = createTokenCache({ fetch: unused })
    expect(await refusalOf(cache.getToken(requestOf(URL), options as never))).toMatchObject({ code })
    expect(await refusalOf(cache.dropToken(requestOf(URL), 'at-1', options as never))).toMatchObject({ code })
  })

  it('are copied: a key that changes afterwards changes nothing', async () => {
    const memory = createMemoryStore()
    const mine = { keyId: 'k1', key: new Uint8Array(32).fill(1) }
    const mineToHash = new Uint8Array(32).fill(2)
    const cache = createTokenCache({ store: memory, keys: [mine], hashKey: mineToHash, fetch: granting })
    mine.key.fill(0)
    mineToHash.fill(0)
    await cache.getToken(requestOf(URL), T)
    const original = { keys: [{ keyId: 'k1', key: new Uint8Array(32).fill(1) }], hashKey: new Uint8Array(32).fill(2) }
    const other = createTokenCache({ store: memory, ...original, fetch: unused })
    expect((await other.getToken(requestOf(URL), T)).token.reveal()).toBe('at-1')
  })
})

describe('T50, P22: no error shows a secret, whatever fails', () => {
  const secret = fc
    .string({ unit: fc.constantFrom(...'aZ7%+/ &="\\~-'), minLength: 12, maxLength: 24 })
    .map((text) => `hQ${text}`)
  /** What goes wrong, given what was sent. */
  const failure = fc.constantFrom<(sent: string) => Promise<Response>>(
    (sent) => Promise.reject(new Error(sent, { cause: sent })),
    (sent) => Promise.reject(Object.assign(new TypeError(sent), { request: { body: sent } })),
    async (sent) => new Response(sent, { status: 500, statusText: 'x', headers: { 'x-echo': 'y' } }),
    async (sent) => Response.json({ error: sent }, { status: 400 }),
    async (sent) => Response.json({ error: 'invalid_client', error_description: sent, [sent]: sent }, { status: 401 }),
    async (sent) => Response.json({ access_token: `${sent}\n` }),
    async (sent) => Response.json({ access_token: 'at', token_type: sent }),
    async (sent) => Response.json({ access_token: 'at', scope: { [sent]: sent } }),
    async (sent) => new Response(new ReadableStream({ start: (stream) => stream.error(new Error(sent)) })),
    async () => Response.redirect('https://evil.example.com/', 307),
  )
  const method = fc.constantFrom('client_secret_post', 'client_secret_basic', 'client_secret_basic_raw' as const)

  it('in any encoding (property)', async () => {
    await checkAsync(
      fc.asyncProperty(secret, failure, method, async (text, fail, clientAuthentication) => {
        const fetch: TokenFetch = (_, init) =>
          fail(`${text} ${String(init.body)} ${new Headers(init.headers).get('authorization') ?? ''}`)
        const events: unknown[] = []
        const cache = createTokenCache({ fetch, observe: (event) => events.push(event) })
        const client = { clientId: 'id', clientSecret: new Secret(text) }
        const error = await refusalOf(cache.getToken({ tokenUrl: URL, client, clientAuthentication }, T))
        expect(error).toBeInstanceOf(SecurityError)
        const printed = [error, events, cache].map(printedForms).join('\n')
        expect(encodingsOf(text).filter((form) => printed.includes(form))).toEqual([])
      }),
      0.5,
    )
  })

  it('and a token shows nowhere but in its `Secret`', async () => {
    const token = `Zq-${CANARY.replaceAll(' ', '')}`
    const events: unknown[] = []
    const cache = createTokenCache({
      fetch: async () => Response.json({ access_token: token }),
      observe: (event) => events.push(event),
    })
    const access = await cache.getToken(requestOf(URL), T)
    expect(access.token.reveal()).toBe(token)
    await cache.dropToken(requestOf(URL), access.token, T)
    expect(Object.isFrozen(access)).toBe(true)
    for (const shown of [access, cache, events]) expect(leaksOf(shown, token)).toEqual([])
  })
})
