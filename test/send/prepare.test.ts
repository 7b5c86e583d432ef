import { describe, expect, it } from 'vitest'
import { verifySignature } from '../../src/hmac/index.ts'
import { compile, type HttpRequest, type Resolution, resolve, Secret, SecurityError } from '../../src/index.ts'
import { type Capabilities, prepare, type SendOptions, send } from '../../src/send/index.ts'
import { leaksOf } from '../properties/leaks.ts'
import {
  ACCESS_TOKEN,
  CALL_TOKEN,
  cacheOf,
  definitionAt,
  KEY,
  KINDS,
  type KindCase,
  resolutionAt,
  resolutionWithCallToken,
} from './kinds.ts'

const ORIGIN = 'https://api.example.com'
const REQUEST: HttpRequest = { method: 'POST', url: `${ORIGIN}/tool`, headers: { 'x-own': '1' }, body: 'é' }
const named = (name: string): KindCase => KINDS.find((one) => one.name === name) as KindCase
const at = (one: KindCase): Resolution => resolutionAt(ORIGIN, one)

async function refusalOf(run: Promise<unknown>): Promise<SecurityError> {
  const error = await run.then(
    () => new Error('nothing was refused'),
    (thrown: unknown) => thrown,
  )
  if (error instanceof SecurityError) return error
  throw error
}

describe('prepare', () => {
  it('meets every need, writes, signs over the final bytes, and sends nothing', async () => {
    const form = {
      payload: '{header:authorization}|{header:x-ultravox-call-token}|{url}|{body}',
      headers: { 'X-Signature': '{signature}' },
    }
    const definition = {
      http: { baseUrlPattern: `${ORIGIN}/tool`, httpMethod: 'POST' },
      requirements: {
        httpSecurityOptions: {
          options: [
            {
              requirements: {
                a: { oauth2ClientCredentials: { tokenUrl: 'https://auth.example.com/token' } },
                b: { queryApiKey: { name: 'key' } },
                c: { hmacSignature: form },
              },
              ultravoxCallTokenRequirement: { scopes: ['calls.end'] },
            },
          ],
        },
      },
    }
    const tokens = {
      a: { clientId: 'c', clientSecret: 'client-secret' },
      b: { credentialId: 'c1' },
      c: { credentialId: 'c2' },
    }
    const resolution = resolve(compile(definition), tokens, { tenant: 't', mintCallToken: () => undefined })
    const asked: unknown[] = []
    const prepared = await prepare(
      REQUEST,
      resolution,
      {
        fetch: () => Promise.reject(new Error('nothing is sent')),
        credentialStore: {
          use: async (request) => {
            asked.push(request)
            return request.credentialId === 'c1' ? 'stored key' : { secrets: ['a-secret-of-many-bytes'], keyId: 'k1' }
          },
        },
        tokenCache: cacheOf(ACCESS_TOKEN),
        mintCallToken: (request) => {
          asked.push(request)
          return new Secret(CALL_TOKEN)
        },
      },
      { callId: 'call-1' },
    )
    const { 'X-Signature': signature, ...headers } = prepared.headers
    expect({ ...prepared, headers }).toEqual({
      method: 'POST',
      url: `${ORIGIN}/tool?key=stored%20key`,
      headers: { 'x-own': '1', Authorization: `Bearer ${ACCESS_TOKEN}`, 'X-Ultravox-Call-Token': CALL_TOKEN },
      body: new TextEncoder().encode('é'),
    })
    expect(await verifySignature(form, ['a-secret-of-many-bytes'], prepared)).toMatchObject({ ok: true })
    expect(signature).toMatch(/^[0-9a-f]{64}$/)
    const place = { tenant: 't', environment: null, origin: ORIGIN }
    expect(asked).toEqual(
      expect.arrayContaining([
        { ...place, credentialId: 'c1', requirement: { queryApiKey: { name: 'key' } } },
        {
          ...place,
          credentialId: 'c2',
          requirement: { hmacSignature: expect.objectContaining({ payload: form.payload }) },
        },
        { callId: 'call-1', scopes: ['calls.end'] },
      ]),
    )
    expect(asked).toHaveLength(3)
  })

  it('takes the time and the id of signing from the capabilities', async () => {
    const form = {
      payload: '{id}.{timestamp}.{body}',
      headers: { 'X-Id': '{id}', 'X-At': '{timestamp}', 'X-Signature': '{signature}' },
    }
    const resolution = resolve(compile(definitionAt(ORIGIN, { k: { hmacSignature: form } })), {
      k: 'a-secret-of-many-bytes',
    })
    const prepared = await prepare(REQUEST, resolution, { clock: () => 1_700_000_000_000, newId: () => 'id-1' })
    expect(prepared.headers).toMatchObject({ 'X-Id': 'id-1', 'X-At': '1700000000' })
  })

  it('keeps the URL byte for byte where nothing signs it', async () => {
    const url = `${ORIGIN}/tool/%7e'?q='(a)*&e&x=%E9#part`
    expect((await prepare({ ...REQUEST, url }, at(named('queryApiKey')))).url).toBe(
      `${ORIGIN}/tool/%7e'?q='(a)*&e&x=%E9&api_key=${encodeURIComponent(KEY)}#part`,
    )
  })

  it('an unauthenticated request is the same, in a copy', async () => {
    const prepared = await prepare(REQUEST, resolve(compile(definitionAt(ORIGIN, {}))))
    expect(prepared).toEqual({ ...REQUEST, body: new TextEncoder().encode('é') })
    expect(prepared).not.toBe(REQUEST)
    const bodiless = await prepare(
      { method: 'GET', url: ORIGIN, headers: {} },
      resolve(compile(definitionAt(ORIGIN, {}))),
    )
    expect(Object.keys(bodiless)).toEqual(['method', 'url', 'headers'])
  })

  it('takes the origin from the options where the definition has none', async () => {
    const { requirements } = definitionAt(ORIGIN, named('a stored key').requirements)
    const resolution = resolve(
      compile({ requirements, client: {} }),
      { k: { credentialId: 'c' } },
      { tenant: 't', environment: 'e' },
    )
    const asked: unknown[] = []
    const credentialStore: Capabilities['credentialStore'] = {
      use: async (request) => {
        asked.push(request)
        return KEY
      },
    }
    await prepare(REQUEST, resolution, { credentialStore }, { origin: ORIGIN })
    expect(asked).toEqual([expect.objectContaining({ origin: ORIGIN, tenant: 't', environment: 'e' })])
    expect(await refusalOf(prepare(REQUEST, resolution, { credentialStore }))).toMatchObject({
      code: 'ERR_ORIGIN_UNKNOWN',
    })
    expect(
      await refusalOf(prepare(REQUEST, resolution, { credentialStore }, { origin: 'https://other.example' })),
    ).toMatchObject({ code: 'ERR_ORIGIN_MISMATCH' })
    expect(asked).toHaveLength(1)
  })
})

describe('what lacks', () => {
  it.each([
    ['a stored key', '`k` needs a `credentialStore`'],
    ['oauth2ClientCredentials', '`k` needs a `tokenCache`'],
  ])('%s: %s', async (name, message) => {
    const error = await refusalOf(prepare(REQUEST, at(named(name))))
    expect(error).toMatchObject({ code: 'ERR_NEED_UNMET', phase: 'need', retryable: false, message })
  })

  it('a call token needs the ability and the id of the call', async () => {
    const resolution = resolutionWithCallToken(ORIGIN, { k: { headerApiKey: { name: 'X-Key' } } })
    const credentialStore = { use: async () => KEY }
    const message = 'the call token needs `mintCallToken` and the id of the call'
    for (const [capabilities, options] of [
      [{ credentialStore }, { callId: 'c' }],
      [{ credentialStore, mintCallToken: () => 'x' }, {}],
    ] as const) {
      expect(await refusalOf(prepare(REQUEST, resolution, capabilities, options))).toMatchObject({
        code: 'ERR_NEED_UNMET',
        message,
      })
    }
  })

  it.each<readonly [string, HttpRequest, string]>([
    ['another origin', { ...REQUEST, url: 'https://evil.example/tool' }, 'ERR_ORIGIN_MISMATCH'],
    ['another path', { ...REQUEST, url: `${ORIGIN}/other` }, 'ERR_PATH_MISMATCH'],
    ['a path that leaves', { ...REQUEST, url: `${ORIGIN}/tool/%2e%2e/x` }, 'ERR_PATH_DOTS'],
    ['user info', { ...REQUEST, url: 'https://user:pass@api.example.com/tool' }, 'ERR_URL_INVALID'],
    ['another host header', { ...REQUEST, headers: { host: 'evil.example' } }, 'ERR_HOST_MISMATCH'],
    ['a connection header', { ...REQUEST, headers: { connection: 'x-api-key' } }, 'ERR_CONNECTION_HEADER'],
    ['TRACE', { ...REQUEST, method: 'TRACE' }, 'ERR_METHOD_FORBIDDEN'],
    ['TRACK', { ...REQUEST, method: 'track' }, 'ERR_METHOD_FORBIDDEN'],
    ['another length', { ...REQUEST, headers: { 'Content-Length': '50' } }, 'ERR_REQUEST_INVALID'],
    [
      'a header that is undefined',
      { ...REQUEST, headers: { Authorization: undefined as never } },
      'ERR_REQUEST_INVALID',
    ],
    ...['Transfer-Encoding', 'expect', 'Keep-Alive', 'Upgrade', 'TE', 'Trailer', 'Proxy-Authorization'].map(
      (name) => [name, { ...REQUEST, headers: { [name]: 'x' } }, 'ERR_REQUEST_INVALID'] as const,
    ),
    ['a body that GET cannot have', { ...REQUEST, method: 'GET' }, 'ERR_REQUEST_INVALID'],
    ['a header that none can be', { ...REQUEST, headers: { 'x-a': 'b\r\nx-evil: 1' } }, 'ERR_REQUEST_INVALID'],
    ['a header name that none can be', { ...REQUEST, headers: { 'x a': 'b' } }, 'ERR_REQUEST_INVALID'],
    ['an ill-formed body', { ...REQUEST, body: 'a\ud800' }, 'ERR_REQUEST_INVALID'],
    ['a parsed body', { ...REQUEST, body: { a: 1 } as never }, 'ERR_REQUEST_INVALID'],
    ['headers that are no record', { ...REQUEST, headers: new Headers() as never }, 'ERR_REQUEST_INVALID'],
    ['headers that are no texts', { ...REQUEST, headers: { a: 1 } as never }, 'ERR_REQUEST_INVALID'],
    ['a method that is no token', { ...REQUEST, method: 'PO ST' }, 'ERR_REQUEST_INVALID'],
    ['nothing', undefined as never, 'ERR_REQUEST_INVALID'],
  ])('T43 T45 T47 T48 nothing is fetched, and nothing sent, for %s', async (_, request, code) => {
    const asked: string[] = []
    const record = (what: string) => async (): Promise<never> => {
      asked.push(what)
      throw new Error(what)
    }
    const capabilities = {
      credentialStore: { use: record('store') },
      tokenCache: { getToken: record('cache'), dropToken: record('drop') },
      fetch: record('fetch'),
    }
    for (const name of ['a stored key', 'oauth2ClientCredentials', 'headerApiKey', 'a stored signing secret']) {
      expect(await refusalOf(prepare(request, at(named(name)), capabilities))).toMatchObject({ code })
      expect(await refusalOf(send(request, at(named(name)), capabilities))).toMatchObject({ code })
    }
    expect(asked).toEqual([])
  })

  it.each<readonly [string, unknown, string]>([
    ['unsatisfied', resolve(compile(definitionAt(ORIGIN, named('headerApiKey').requirements))), 'ERR_NOT_RESOLVED'],
    [
      'invalid',
      resolve(compile(definitionAt(ORIGIN, named('headerApiKey').requirements)), { k: '' }),
      'ERR_NOT_RESOLVED',
    ],
    ['absent', undefined, 'ERR_NOT_RESOLVED'],
    ['null', null, 'ERR_NOT_RESOLVED'],
  ])('a resolution that is %s', async (_, resolution, code) => {
    expect(await refusalOf(prepare(REQUEST, resolution as Resolution))).toMatchObject({ code })
    expect(await refusalOf(send(REQUEST, resolution as Resolution))).toMatchObject({ code })
  })
})

describe('T50 capabilities that fail', () => {
  const failing = (thrown: unknown): Capabilities => ({
    credentialStore: { use: () => Promise.reject(thrown) },
    tokenCache: { getToken: () => Promise.reject(thrown), dropToken: () => Promise.reject(thrown) },
    mintCallToken: () => {
      throw thrown
    },
  })

  it.each<readonly [string, unknown]>([
    ['an error that quotes', new Error(`connect redis://user:${KEY}@host`, { cause: new Error(KEY) })],
    ['a text', KEY],
    ['nothing', undefined],
    [
      'a proxy that throws',
      new Proxy(
        {},
        {
          get: () => {
            throw new Error(KEY)
          },
        },
      ),
    ],
  ])('%s: told without a word of it', async (_, thrown) => {
    const cases = [
      [at(named('a stored key')), 'ERR_NEED_UNMET'],
      [at(named('oauth2ClientCredentials')), 'ERR_NEED_UNMET'],
      [resolutionWithCallToken(ORIGIN, {}), 'ERR_CALL_TOKEN_MINT'],
    ] as const
    for (const [resolution, code] of cases) {
      const error = await refusalOf(prepare(REQUEST, resolution, failing(thrown), { callId: 'c' }))
      expect(error).toMatchObject({ code, phase: 'need', retryable: true })
      expect(leaksOf(error, KEY)).toEqual([])
    }
  })

  it('an error of ours says what it says, also from another copy of the package', async () => {
    const ours = new SecurityError('ERR_STORE_UNAVAILABLE', { retryable: true })
    expect(await refusalOf(prepare(REQUEST, at(named('a stored key')), failing(ours)))).toBe(ours)
    const copy = Object.assign(new Error(KEY), {
      name: 'SecurityError',
      code: 'ERR_STORE_UNAVAILABLE',
      retryable: true,
    })
    const told = await refusalOf(prepare(REQUEST, at(named('a stored key')), failing(copy)))
    expect(told).toMatchObject({ code: 'ERR_STORE_UNAVAILABLE', retryable: true, phase: 'need' })
    expect(leaksOf(told, KEY)).toEqual([])
    const unknown = Object.assign(new Error(KEY), { name: 'SecurityError', code: 'toString' })
    expect(await refusalOf(prepare(REQUEST, at(named('a stored key')), failing(unknown)))).toMatchObject({
      code: 'ERR_NEED_UNMET',
    })
  })

  it('a forged resolution without a tenant reads no credential', async () => {
    for (const name of ['a stored key', 'oauth2ClientCredentials']) {
      const resolution = at(named(name))
      if (!resolution.ok) throw new Error('not resolved')
      const forged = { ...resolution, binding: { ...resolution.binding, tenant: null } } as Resolution
      expect(await refusalOf(prepare(REQUEST, forged, named(name).capabilities))).toMatchObject({
        code: 'ERR_TENANT_REQUIRED',
      })
      const credentialStore = { use: async () => KEY }
      expect(await refusalOf(prepare(REQUEST, forged, { ...named(name).capabilities, credentialStore }))).toMatchObject(
        { code: 'ERR_TENANT_REQUIRED' },
      )
    }
  })

  it('a host that no URL parser takes cannot be signed', async () => {
    const { requirements } = definitionAt(ORIGIN, named('hmacSignature in a header').requirements)
    const resolution = resolve(compile({ requirements, client: {} }), { k: 'a-secret-of-many-bytes' })
    const origin = 'https://xn--zzzzzz.example'
    expect(await refusalOf(prepare({ ...REQUEST, url: `${origin}/x` }, resolution, {}, { origin }))).toMatchObject({
      code: 'ERR_URL_INVALID',
    })
  })

  it('a stored credential that cannot be sent', async () => {
    for (const value of ['', 'a\nb', 5, null, undefined, { username: 'a' }]) {
      const credentialStore = { use: async () => value as string }
      expect(await refusalOf(prepare(REQUEST, at(named('a stored key')), { credentialStore }))).toMatchObject({
        code: 'ERR_TOKENS_INVALID',
        phase: 'need',
      })
    }
  })

  it('a clock that fails', async () => {
    const one = named('hmacSignature in a header')
    for (const clock of [() => Number.NaN, () => 'now' as never]) {
      expect(await refusalOf(prepare(REQUEST, at(one), { clock }))).toMatchObject({ code: 'ERR_ARGUMENT_INVALID' })
    }
    const error = await refusalOf(
      prepare(REQUEST, at(one), {
        clock: () => {
          throw new Error(KEY)
        },
      }),
    )
    expect(error).toMatchObject({ code: 'ERR_ARGUMENT_INVALID', phase: 'request' })
    expect(leaksOf(error, KEY)).toEqual([])
  })
})

describe('arguments', () => {
  const resolution = at(named('headerApiKey'))

  it.each<readonly [string, unknown]>([
    ['a list', []],
    ['null', null],
    ['an unknown capability', { store: {} }],
    ['a store without `use`', { credentialStore: {} }],
    ['a cache without `dropToken`', { tokenCache: { getToken: () => undefined } }],
    ['a fetch that is none', { fetch: 'fetch' }],
    ['an observer that is none', { observe: {} }],
    [
      'a getter that throws',
      Object.defineProperty({}, 'fetch', {
        enumerable: true,
        get: () => {
          throw new Error(KEY)
        },
      }),
    ],
  ])('capabilities: %s', async (_, capabilities) => {
    const error = await refusalOf(prepare(REQUEST, resolution, capabilities as Capabilities))
    expect(error).toMatchObject({ code: 'ERR_ARGUMENT_INVALID' })
    expect(leaksOf(error, KEY)).toEqual([])
    expect(await refusalOf(send(REQUEST, resolution, capabilities as Capabilities))).toMatchObject({
      code: 'ERR_ARGUMENT_INVALID',
    })
  })

  it.each<readonly [string, unknown]>([
    ['null', null],
    ['a misspelt policy', { redirect: 'sameOrigin' }],
    ['an unknown policy', { redirects: 'follow' }],
    ['too many redirects', { maxRedirects: 21 }],
    ['half a redirect', { maxRedirects: 0.5 }],
    ['no time', { timeoutMs: 0 }],
    ['endless time', { timeoutMs: Number.POSITIVE_INFINITY }],
    ['no number', { timeoutMs: '5' }],
    ['a negative size', { maxResponseBytes: -1 }],
    ['no signal', { signal: {} }],
    ['no call', { callId: '' }],
  ])('options of send: %s', async (_, options) => {
    expect(await refusalOf(send(REQUEST, resolution, {}, options as SendOptions))).toMatchObject({
      code: 'ERR_ARGUMENT_INVALID',
    })
  })

  it('T91 a polluted prototype gives neither capability nor option', async () => {
    const polluted = {
      redirects: 'strip',
      fetch: () => Promise.reject(new Error('polluted')),
      body: 'polluted',
      origin: ORIGIN,
    }
    for (const [name, value] of Object.entries(polluted)) {
      Object.defineProperty(Object.prototype, name, { value, configurable: true, enumerable: false })
    }
    try {
      const prepared = await prepare({ method: 'GET', url: `${ORIGIN}/tool`, headers: {} }, resolution, {})
      expect(Object.keys(prepared)).toEqual(['method', 'url', 'headers'])
    } finally {
      for (const name of Object.keys(polluted)) Reflect.deleteProperty(Object.prototype, name)
    }
  })

  it('T91 nor does it give a fetch anything: not the option that would let it follow', async () => {
    const polluted = { integrity: 'sha256-x', keepalive: true, referrer: KEY, duplex: 'half' }
    const seen: unknown[] = []
    const names = Object.keys(polluted) as (keyof typeof polluted)[]
    for (const name of names) {
      Object.defineProperty(Object.prototype, name, { value: polluted[name], configurable: true, enumerable: false })
    }
    try {
      const fetch = async (_url: unknown, init?: object): Promise<Response> => {
        seen.push(...names.map((name) => (init as typeof polluted)[name]))
        return new Response('fine')
      }
      await send({ method: 'GET', url: `${ORIGIN}/tool`, headers: {} }, resolution, { fetch })
    } finally {
      for (const name of names) Reflect.deleteProperty(Object.prototype, name)
    }
    expect(seen).toEqual(names.map(() => undefined))
  })

  it('takes the length that a body has', async () => {
    for (const [body, length] of [
      ['é', '2'],
      [undefined, '0'],
    ] as const) {
      const { body: _, ...rest } = REQUEST
      const request = { ...rest, headers: { 'content-length': length }, ...(body === undefined ? {} : { body }) }
      expect((await prepare(request, resolution)).headers).toMatchObject({ 'content-length': length })
    }
  })

  it('methods of a class instance are called as its own', async () => {
    class Store {
      readonly #value = KEY
      async use(): Promise<string> {
        return this.#value
      }
    }
    const prepared = await prepare(REQUEST, at(named('a stored key')), { credentialStore: new Store() })
    expect(prepared.headers).toMatchObject({ 'X-API-Key': KEY })
  })
})
