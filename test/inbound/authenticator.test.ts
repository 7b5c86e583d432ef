import { inspect } from 'node:util'
import * as oauth from 'oauth4webapi'
import { describe, expect, it } from 'vitest'
import { applySigned } from '../../src/hmac/index.ts'
import { createAuthenticator, toResponse } from '../../src/inbound/index.ts'
import { resolve } from '../../src/index.ts'
import {
  BASIC,
  BEARER,
  CALLERS,
  COOKIE,
  HEADER,
  HMAC,
  OAUTH,
  one,
  QUERY,
  request,
  toolWith,
  URL_TEXT,
} from './tools.ts'

describe('callers', () => {
  const authenticator = createAuthenticator(toolWith(HEADER), {
    credentials: [
      { principal: 'one', authTokens: { key: 'secret-of-one' } },
      { principal: 'two', authTokens: { key: 'old-secret-of-two' } },
      { principal: 'two', authTokens: { key: 'new-secret-of-two' } },
      { principal: 'none', authTokens: {} },
    ],
  })
  it.each([
    ['secret-of-one', 'one'],
    ['old-secret-of-two', 'two'],
    ['new-secret-of-two', 'two'],
  ])('%s is that of %s', async (key, principal) => {
    expect(await authenticator.authenticate(request({ 'X-Key': key }))).toMatchObject({
      ok: true,
      optionIndex: 0,
      principal,
    })
  })

  it('one caller must satisfy a whole option: two halves of two callers are none', async () => {
    const both = toolWith({
      requirements: { a: { headerApiKey: { name: 'X-A' } }, b: { headerApiKey: { name: 'X-B' } } },
    })
    const halves = createAuthenticator(both, {
      credentials: [
        { principal: 'one', authTokens: { a: 'a-of-one', b: 'b-of-one' } },
        { principal: 'two', authTokens: { a: 'a-of-two', b: 'b-of-two' } },
      ],
    })
    const as = async (a: string, b: string) => halves.authenticate(request({ 'X-A': a, 'X-B': b }))
    expect(await as('a-of-two', 'b-of-two')).toMatchObject({ ok: true, principal: 'two' })
    expect(await as('a-of-one', 'b-of-two')).toMatchObject({ ok: false, status: 401, code: 'ERR_CREDENTIALS_INVALID' })
  })

  it('the first option that is satisfied counts', async () => {
    const two = createAuthenticator(
      toolWith({ requirements: { other: { headerApiKey: { name: 'X-Other' } } } }, HEADER),
      {
        credentials: [{ principal: 'p', authTokens: { other: 'first-secret', key: 'second-secret' } }],
      },
    )
    expect(await two.authenticate(request({ 'X-Key': 'second-secret' }))).toMatchObject({ optionIndex: 1 })
    const both = { 'X-Key': 'second-secret', 'X-Other': 'first-secret' }
    expect(await two.authenticate(request(both))).toMatchObject({ optionIndex: 0 })
  })

  it('is stricter than one byte: case, spaces inside and things around it count, unless they are the auth-scheme’s', async () => {
    const key = createAuthenticator(toolWith(HEADER), {
      credentials: [{ principal: 'p', authTokens: { key: 'Two words' } }],
    })
    expect(await key.authenticate(request({ 'X-Key': 'Two words' }))).toMatchObject({ ok: true })
    for (const text of ['two words', 'Two  words', 'Two Words', 'Two words,'])
      expect(await key.authenticate(request({ 'X-Key': text }))).toMatchObject({ ok: false })
    const bearer = createAuthenticator(toolWith(BEARER), { credentials: CALLERS })
    for (const scheme of ['Bearer ', 'bearer ', 'BEARER   '])
      expect(await bearer.authenticate(request({ Authorization: `${scheme}right-0123456789` }))).toMatchObject({
        ok: true,
      })
    for (const text of [
      'right-0123456789',
      'Basic right-0123456789',
      'Bearer Right-0123456789',
      'Bearer\tright-0123456789',
    ])
      expect(await bearer.authenticate(request({ Authorization: text }))).toMatchObject({ ok: false, status: 401 })
  })

  it('Vapi’s prefix on `Authorization` is an auth-scheme, on another header it is text', async () => {
    const of = (name: string) =>
      createAuthenticator(toolWith(one({ headerApiKey: { name, prefix: 'Bearer ' } })), { credentials: CALLERS })
    expect(await of('authorization').authenticate(request({ Authorization: 'bearer right-0123456789' }))).toMatchObject(
      { ok: true },
    )
    expect(await of('X-Key').authenticate(request({ 'X-Key': 'bearer right-0123456789' }))).toMatchObject({ ok: false })
  })
})

it('names of cookies and parameters are exact, those of headers are not', async () => {
  const right = 'right-0123456789'
  const ask = async (option: object, headers: Record<string, string>, url?: string) =>
    (await createAuthenticator(toolWith(option), { credentials: CALLERS }).authenticate(request(headers, url))).ok
  expect(await ask(COOKIE, { Cookie: `a=b; sid=${right}; c` })).toBe(true)
  for (const name of ['SID', 'xsid', 'sid2']) expect(await ask(COOKIE, { Cookie: `${name}=${right}` })).toBe(false)
  expect(await ask(QUERY, {}, `${URL_TEXT}?a=b&api_key=${right}#c`)).toBe(true)
  expect(await ask(QUERY, {}, `${URL_TEXT}?API_KEY=${right}`)).toBe(false)
  expect(await ask(QUERY, {}, `${URL_TEXT}#?api_key=${right}`)).toBe(false)
  expect(await ask(HEADER, { 'x-KEY': right })).toBe(true)
})

describe('a definition that lets requests pass without', () => {
  it.each([
    ['asks for nothing', [], null],
    ['has an anonymous option', [HEADER, {}], 1],
  ])('one that %s', async (_, options, optionIndex) => {
    const authenticator = createAuthenticator(toolWith(...options), { credentials: CALLERS })
    expect(await authenticator.authenticate(request())).toMatchObject({
      ok: true,
      outcome: 'unauthenticated',
      optionIndex,
      principal: null,
    })
  })

  it.each([
    ['a wrong header', HEADER, { 'X-Key': 'wrong' }, URL_TEXT],
    ['an empty header', HEADER, { 'X-Key': '' }, URL_TEXT],
    ['a wrong key in the query', QUERY, {}, `${URL_TEXT}?api_key=wrong`],
    ['an empty key in the query', QUERY, {}, `${URL_TEXT}?api_key=`],
    ['a key in the query of an oddly spelled host', QUERY, {}, 'https://tools.example.com./hook?api_key=wrong'],
    ['a key whose name is escaped', QUERY, {}, `${URL_TEXT}?api%5Fkey=wrong`],
    ['a wrong cookie', COOKIE, { Cookie: 'a=b; sid=wrong' }, URL_TEXT],
    ['another auth-scheme', BEARER, { Authorization: 'Basic eDp5' }, URL_TEXT],
    ['a signature without its time', HMAC, { 'X-Signature': 'ab' }, URL_TEXT],
    ['a time without its signature', HMAC, { 'X-Time': '1' }, URL_TEXT],
  ])('anonymous only when nothing was presented: %s', async (_, option, headers, url) => {
    const authenticator = createAuthenticator(toolWith(option, {}), { credentials: CALLERS })
    expect(await authenticator.authenticate(request(headers as HeadersInit, url))).toMatchObject({
      ok: false,
      status: 401,
      code: 'ERR_CREDENTIALS_INVALID',
    })
  })
})

describe('T36, T88 two values in one carrier', () => {
  const twice = (name: string, values: readonly string[]): Headers => {
    const headers = new Headers()
    for (const value of values) headers.append(name, value)
    return headers
  }
  const right = 'right-0123456789'
  it.each([
    ['a header', HEADER, twice('X-Key', [right, right]), URL_TEXT],
    ['a header, one of them wrong', HEADER, twice('X-Key', ['wrong', right]), URL_TEXT],
    ['Authorization', BEARER, twice('Authorization', [`Bearer ${right}`, 'Bearer x']), URL_TEXT],
    ['Authorization joined with a tab', BEARER, { Authorization: `Bearer x,\tBearer ${right}` }, URL_TEXT],
    ['Authorization joined with spaces', BEARER, { Authorization: `Bearer x,  Bearer ${right}` }, URL_TEXT],
    ['Authorization joined with nothing', BEARER, { Authorization: `Bearer x,Bearer ${right}` }, URL_TEXT],
    ['Authorization of two schemes', BEARER, twice('Authorization', ['Basic eDp5', `Bearer ${right}`]), URL_TEXT],
    ['the query', QUERY, {}, `${URL_TEXT}?api_key=${right}&api_key=${right}`],
    ['the query, one name escaped', QUERY, {}, `${URL_TEXT}?api_key=${right}&api%5fkey=x`],
    ['a cookie', COOKIE, { Cookie: `sid=${right}; sid=${right}` }, URL_TEXT],
    ['two cookie headers', COOKIE, twice('Cookie', [`sid=${right}`, `sid=${right}`]), URL_TEXT],
  ])('%s: 400', async (_, option, headers, url) => {
    const authenticator = createAuthenticator(toolWith(option, {}), { credentials: CALLERS })
    const answer = await authenticator.authenticate(request(headers as HeadersInit, url))
    expect(answer).toMatchObject({ ok: false, status: 400, code: 'ERR_CREDENTIALS_REPEATED' })
  })

  it('headers as lists tell them apart even where both are the same', async () => {
    const authenticator = createAuthenticator(toolWith(HEADER), { credentials: CALLERS })
    const headers = { 'x-key': [right, right] } as never
    const message = { method: 'POST', url: URL_TEXT, headers, body: new Uint8Array() }
    expect(await authenticator.authenticate(message)).toMatchObject({ status: 400 })
    const mixed = { ...message, headers: { 'x-key': right, 'X-Key': right } }
    expect(await authenticator.authenticate(mixed)).toMatchObject({ status: 400 })
  })

  it('a secret that looks like two is one where it is right', async () => {
    const key = 'abc, def ghi'
    for (const [option, header, prefix] of [
      [HEADER, 'X-Key', ''],
      [BEARER, 'Authorization', 'Bearer '],
    ] as const) {
      const authenticator = createAuthenticator(toolWith(option), {
        credentials: [{ principal: 'p', authTokens: { key } }],
      })
      expect(await authenticator.authenticate(request({ [header]: prefix + key }))).toMatchObject({ ok: true })
    }
  })
})

/** Challenges as another package reads them. */
async function parseChallenges(response: Response): Promise<readonly { scheme: string; parameters: object }[]> {
  const client = { client_id: 'x' }
  const server = { issuer: 'https://auth.example.com' }
  const copy = new Response('{}', { status: 401, headers: response.headers })
  const error = await oauth.processClientCredentialsResponse(server, client, copy).catch((reason) => reason)
  return (error as { cause: readonly { scheme: string; parameters: object }[] }).cause
}

describe('challenges', () => {
  it('one for each way, as RFC 9110, 6750 and 7617 write them and another package reads them', async () => {
    const signsQuery = one({
      hmacSignature: {
        headers: { 'X-Time': '{timestamp}' },
        payload: '{timestamp}.{body}',
        query: { sig: '{signature}' },
      },
    })
    const tool = toolWith(HEADER, QUERY, COOKIE, BEARER, BASIC, OAUTH, HMAC, signsQuery, BEARER, {
      requirements: {},
      ultravoxCallTokenRequirement: { scopes: ['orders'] },
    })
    const authenticator = createAuthenticator(tool, {
      realm: 'my "tools" \\ é',
      verifyAccessToken: () => null,
      verifyCallToken: () => false,
    })
    const refusal = await authenticator.authenticate(request())
    if (refusal.ok) throw new Error('it passed')
    expect(refusal).toMatchObject({ status: 401, code: 'ERR_CREDENTIALS_MISSING' })
    const realm = 'my "tools" \\ '
    expect(await parseChallenges(toResponse(refusal))).toEqual([
      { scheme: 'apikey', parameters: { realm, in: 'header', name: 'X-Key' } },
      { scheme: 'apikey', parameters: { realm, in: 'query', name: 'api_key' } },
      { scheme: 'apikey', parameters: { realm, in: 'cookie', name: 'sid' } },
      { scheme: 'bearer', parameters: { realm } },
      { scheme: 'basic', parameters: { realm, charset: 'UTF-8' } },
      { scheme: 'bearer', parameters: { realm, scope: 'orders:read orders:write' } },
      { scheme: 'hmac', parameters: { realm, headers: 'x-time x-signature' } },
      { scheme: 'hmac', parameters: { realm, headers: 'x-time', query: 'sig' } },
      { scheme: 'apikey', parameters: { realm, in: 'header', name: 'X-Ultravox-Call-Token' } },
    ])
  })

  it.each([
    ['nothing presented', {}, 401, {}],
    ['a wrong one', { Authorization: 'Bearer x' }, 401, { error: 'invalid_token' }],
    ['two', { Authorization: 'Bearer x, Bearer y' }, 400, { error: 'invalid_request' }],
  ])('RFC 6750 section 3.1, %s', async (_, headers, status, error) => {
    const authenticator = createAuthenticator(toolWith(BEARER), { credentials: CALLERS })
    const refusal = await authenticator.authenticate(request(headers as HeadersInit))
    if (refusal.ok) throw new Error('it passed')
    const response = toResponse(refusal)
    expect(response.status).toBe(status)
    expect(await parseChallenges(response)).toEqual([{ scheme: 'bearer', parameters: { realm: 'tools', ...error } }])
  })

  it('a refusal as an answer: problem details or an envelope, one field a challenge', async () => {
    const authenticator = createAuthenticator(toolWith(HEADER, BASIC), { credentials: CALLERS })
    const refusal = await authenticator.authenticate(request({ 'X-Key': 'canary' }))
    if (refusal.ok) throw new Error('it passed')
    const problem = toResponse(refusal)
    expect(problem.headers.get('content-type')).toBe('application/problem+json')
    expect(await problem.json()).toMatchObject({ status: 401, code: 'ERR_CREDENTIALS_INVALID' })
    expect(await toResponse(refusal, 'envelope').json()).toMatchObject({ error: { code: 'ERR_CREDENTIALS_INVALID' } })
  })
})

describe('access tokens and call tokens', () => {
  const asked: unknown[] = []
  const authenticator = createAuthenticator(toolWith(OAUTH), {
    verifyAccessToken: (token, what) => {
      asked.push(what)
      return token === 'good' ? 'client-1' : null
    },
  })

  it('the verifier hears what is asked, and says whose it is', async () => {
    expect(await authenticator.authenticate(request({ Authorization: 'Bearer good' }))).toMatchObject({
      principal: 'client-1',
    })
    expect(asked).toEqual([{ requirement: 'key', scope: 'orders:read orders:write', audience: null }])
    asked.length = 0
    const api = { tokenUrl: 'https://auth.example.com/token', audience: 'https://api.example.com' }
    const ofAudience = createAuthenticator(toolWith(one({ oauth2ClientCredentials: api })), {
      verifyAccessToken: (_, what) => {
        asked.push(what)
        return null
      },
    })
    await ofAudience.authenticate(request({ Authorization: 'Bearer good' }))
    expect(asked).toEqual([{ requirement: 'key', scope: null, audience: 'https://api.example.com' }])
    expect(await authenticator.authenticate(request({ Authorization: 'Bearer bad' }))).toMatchObject({ ok: false })
    for (const odd of ['Basic good', 'Bearer', 'Bearer good x', 'Bearer go,od'])
      expect(await authenticator.authenticate(request({ Authorization: odd }))).toMatchObject({
        ok: false,
        status: 401,
      })
  })

  it.each([true, false, undefined, null, '', {}, 1])(
    'a verifier that answers by %j accepts nothing',
    async (answer) => {
      const odd = createAuthenticator(toolWith(OAUTH), { verifyAccessToken: () => answer as never })
      expect(await odd.authenticate(request({ Authorization: 'Bearer good' }))).toMatchObject({ ok: false })
      const call = createAuthenticator(toolWith({ ultravoxCallTokenRequirement: { scopes: ['s'] } }), {
        verifyCallToken: () => answer as never,
      })
      const sent = request({ 'X-Ultravox-Call-Token': 'good' })
      expect((await call.authenticate(sent)).ok).toBe(answer === true)
    },
  )

  it('a verifier that fails lets nothing pass', async () => {
    const failing = createAuthenticator(toolWith(OAUTH, {}), {
      verifyAccessToken: () => Promise.reject(new Error('away')),
    })
    await expect(failing.authenticate(request({ Authorization: 'Bearer good' }))).rejects.toThrow('away')
  })

  it('a definition that needs a verifier, or a secret that can be sent, is refused without', () => {
    const make =
      (option: object, options: object = {}) =>
      () =>
        createAuthenticator(toolWith(option), options)
    expect(make(OAUTH)).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' }))
    expect(make({ ultravoxCallTokenRequirement: { scopes: ['s'] } })).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' }),
    )
    const credentials = (key: unknown) => ({ credentials: [{ principal: 'p', authTokens: { key } }] })
    for (const key of ['', 'a\nb', 5, null]) {
      expect(make(HEADER, credentials(key))).toThrow(
        expect.objectContaining({
          code: 'ERR_TOKENS_INVALID',
          issues: [expect.objectContaining({ pointer: '/credentials/0/authTokens/key' })],
        }),
      )
    }
    expect(make(HEADER, credentials({ credentialId: 'c' }))).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' }),
    )
    expect(make({ requirements: { key: {} } })).toThrow(expect.objectContaining({ code: 'ERR_DEFINITION_INVALID' }))
    for (const odd of [
      { credentials: {} },
      { credentials: [null] },
      { credentials: [{ principal: '' }] },
      { realms: 'x' },
      { publicOrigin: 'https://x/' },
      { maxBodyBytes: 0 },
    ])
      expect(make(HEADER, odd)).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' }))
  })

  it('T75 a short signing secret is refused when the authenticator is made, not when a request comes', () => {
    const make = (key: string, allowShortSecret = false) =>
      createAuthenticator(toolWith(HMAC), { credentials: [{ principal: 'p', authTokens: { key } }], allowShortSecret })
    expect(() => make('fifteen-bytes..')).toThrow(expect.objectContaining({ code: 'ERR_SIGNATURE_SECRET' }))
    expect(() => make('fifteen-bytes..', true)).not.toThrow()
    expect(() => make('sixteen-bytes...')).not.toThrow()
  })
})

describe('signed requests', () => {
  const NOW = 1_800_000_000_000
  const key = 'signing-secret-0123456789'
  const tool = toolWith({ requirements: { key: HMAC.requirements.key, id: { headerApiKey: { name: 'X-Id' } } } }, HMAC)
  const credentials = [{ principal: 'platform', authTokens: { key, id: 'id-0123456789' } }]
  const send = async (tokens: Record<string, string> = { key, id: 'id-0123456789' }) => {
    const draft = { method: 'POST', url: URL_TEXT, headers: {}, body: '{"a": 1.0}' }
    const { url, method, headers, body } = await applySigned(draft, resolve(tool, tokens), { now: NOW })
    return new Request(url, { method, headers, body: body as string })
  }

  it('T66 the raw bytes are checked, and stay readable for the handler', async () => {
    const authenticator = createAuthenticator(tool, { credentials, now: () => NOW })
    const sent = await send()
    const answer = await authenticator.authenticate(sent)
    expect(answer).toMatchObject({ ok: true, optionIndex: 0, principal: 'platform' })
    if (answer.ok) expect(new TextDecoder().decode(answer.message.body)).toBe('{"a": 1.0}')
    expect(await sent.text()).toBe('{"a": 1.0}')
    await expect(authenticator.authenticate(sent)).rejects.toMatchObject({ code: 'ERR_ARGUMENT_INVALID' })
    await expect(authenticator.authenticate({ body: { a: 1 } } as never)).rejects.toMatchObject({
      code: 'ERR_ARGUMENT_INVALID',
    })
  })

  it('T71 the tolerance is that of the options', async () => {
    for (const [now, ok] of [
      [NOW + 60_000, true],
      [NOW + 61_000, false],
      [NOW - 61_000, false],
    ] as const) {
      const authenticator = createAuthenticator(tool, { credentials, now: () => now, toleranceMs: 60_000 })
      expect((await authenticator.authenticate(await send())).ok).toBe(ok)
    }
  })

  it('a proxy that changes scheme and host is told by `publicOrigin`', async () => {
    const signsUrl = toolWith(one({ hmacSignature: { payload: '{url}', headers: { 'X-Signature': '{signature}' } } }))
    const draft = { method: 'POST', url: `${URL_TEXT}?a=1`, headers: {}, body: '' }
    const { headers } = await applySigned(draft, resolve(signsUrl, { key }), { now: NOW })
    const inner = () => new Request('http://10.0.0.7:8080/hook?a=1', { method: 'POST', headers })
    const own = createAuthenticator(signsUrl, { credentials })
    const behind = createAuthenticator(signsUrl, { credentials, publicOrigin: 'https://tools.example.com' })
    expect((await own.authenticate(inner())).ok).toBe(false)
    expect((await behind.authenticate(inner())).ok).toBe(true)
  })
})

describe('bodies', () => {
  const authenticator = createAuthenticator(toolWith(HEADER), { credentials: CALLERS, maxBodyBytes: 10 })
  const headers = { 'X-Key': 'right-0123456789' }
  it('a body at the limit is read, a longer one is refused before it is read whole', async () => {
    expect(await authenticator.authenticate(request(headers, URL_TEXT, 'x'.repeat(10)))).toMatchObject({ ok: true })
    const refusal = await authenticator.authenticate(request(headers, URL_TEXT, 'x'.repeat(11)))
    expect(refusal).toEqual({ ok: false, status: 413, code: 'ERR_BODY_TOO_LARGE', challenges: [] })
    if (!refusal.ok) expect(toResponse(refusal).headers.get('www-authenticate')).toBeNull()
    const endless = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(new Uint8Array(4)) })
    const streamed = new Request(URL_TEXT, { method: 'POST', headers, body: endless, duplex: 'half' } as RequestInit)
    expect(await authenticator.authenticate(streamed)).toMatchObject({ status: 413 })
    const message = { method: 'POST', url: URL_TEXT, headers, body: new Uint8Array(11) }
    expect(await authenticator.authenticate(message)).toMatchObject({ status: 413 })
  })

  it('a body that breaks off is an error of ours that quotes nothing', async () => {
    const broken = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error('canary')) })
    const sent = new Request(URL_TEXT, { method: 'POST', headers, body: broken, duplex: 'half' } as RequestInit)
    const error = await authenticator.authenticate(sent).catch((reason) => reason)
    expect(error).toMatchObject({ code: 'ERR_INPUT_UNREADABLE' })
    expect(inspect(error, { depth: 9 })).not.toContain('canary')
  })
})

it('T50, T90 no refusal, error or printed form holds a secret', async () => {
  const key = 'Canary-0123456789-abcdefghijklmnop'
  const encoded = [key, Buffer.from(key).toString('base64').slice(0, 30), Buffer.from(key).toString('hex')]
  for (const option of [HEADER, QUERY, COOKIE, BEARER, HMAC]) {
    const authenticator = createAuthenticator(toolWith(option), {
      credentials: [{ principal: 'p', authTokens: { key } }],
    })
    const texts = [inspect(authenticator, { showHidden: true, depth: 9 })]
    for (const sent of [
      request(
        { 'X-Key': `${key}x`, Authorization: `Bearer ${key}x`, Cookie: `sid=${key}x`, 'X-Signature': key },
        `${URL_TEXT}?api_key=${key}x`,
      ),
      request(),
    ]) {
      const answer = await authenticator.authenticate(sent)
      if (answer.ok) throw new Error('it passed')
      texts.push(inspect(answer, { depth: 9 }), await toResponse(answer).text())
    }
    for (const text of texts) for (const part of encoded) expect(text).not.toContain(part)
  }
})
