import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type HmacForm, type SignableRequest, signRequest } from '../../src/hmac/index.ts'
import { renderPayload } from '../../src/hmac/sign-request.ts'
import { Secret } from '../../src/index.ts'
import {
  BODY_ONLY,
  LISTED,
  macOf,
  NOW,
  post,
  refusal,
  rejection,
  SECRET,
  sign,
  TIMED,
  URL_OF_HOOK,
  verify,
} from './messages.ts'

const HEADERS = { 'X-Signature': '{signature}' }

/** What a template makes of a message, read back as text. */
async function payloadOf(payload: string, request: SignableRequest, options = {}): Promise<string> {
  const bytes = await renderPayload({ headers: HEADERS, payload }, request, { now: NOW, ...options })
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
}

describe('placeholders', () => {
  const url = 'https://Tools.Example.com:443/a/%7Eb;c?x=1&y=%2F#frag'
  it.each([
    ['{body}', 'é'],
    ['{timestamp}', '1700000000'],
    ['{id}', 'id-1'],
    ['{keyId}', 'key-1'],
    ['{method}', 'PATCH'],
    ['{url}', 'https://Tools.Example.com:443/a/%7Eb;c?x=1&y=%2F'],
    ['{origin}', 'https://tools.example.com'],
    ['{host}', 'tools.example.com'],
    ['{path}', '/a/%7Eb;c'],
    ['{query}', 'x=1&y=%2F'],
    ['{target}', '/a/%7Eb;c?x=1&y=%2F'],
    ['{header:X-Other}', 'other'],
    ['{header:x-OTHER}', 'other'],
    ['{body:sha256}', createHash('sha256').update('é').digest('hex')],
    ['{body:sha256:base64}', createHash('sha256').update('é').digest('base64')],
    ['{{{id}}}[[{keyId}]]', '{id-1}[key-1]'],
    ['', ''],
  ])('%s is %j', async (payload, expected) => {
    const request = { method: 'PATCH', url, headers: { 'x-Other': 'other' }, body: 'é' }
    expect(await payloadOf(payload, request, { id: 'id-1', keyId: 'key-1' })).toBe(expected)
  })

  it.each([
    ['https://h.example', '/', '', '/', 'h.example'],
    ['https://h.example?', '/', '', '/?', 'h.example'],
    ['https://h.example?a', '/', 'a', '/?a', 'h.example'],
    ['https://h.example#a?b', '/', '', '/', 'h.example'],
    ['http://h.example:80/p', '/p', '', '/p', 'h.example'],
    ['http://h.example:443/p', '/p', '', '/p', 'h.example:443'],
    ['https://h.example:8443/p//q?a?b', '/p//q', 'a?b', '/p//q?a?b', 'h.example:8443'],
    ['https://[::1]:8443/p', '/p', '', '/p', '[::1]:8443'],
  ])('the parts of %s', async (url, path, query, target, host) => {
    const parts = await payloadOf('{path}\n{query}\n{target}\n{host}', { method: 'GET', url, headers: {} })
    expect(parts).toBe([path, query, target, host].join('\n'))
  })

  it.each([
    'https://user@h.example/',
    '/relative',
    'ftp://h.example/',
    'https://h.example\\a',
    'https://h.example/ a',
    '',
  ])('the URL %j has no parts', async (url) => {
    for (const payload of ['{url}', '{origin}', '{host}', '{path}', '{query}', '{target}']) {
      const request = { method: 'GET', url, headers: {} }
      expect(await rejection(payloadOf(payload, request))).toBe('ERR_URL_INVALID')
      expect(
        await refusal(verify({ headers: HEADERS, payload }, { ...request, headers: { 'X-Signature': macOf('') } })),
      ).toBe('ERR_SIGNATURE_MALFORMED')
    }
  })

  it.each([
    ['', ''],
    ['a=1', 'a1'],
    ['b=2&a=1', 'a1b2'],
    ['a=2&a=1&a=2', 'a1a2'],
    ['b=1&A=2&a=3', 'A2a3b1'],
    ['a10=1&a9=2', 'a101a92'],
    ['a=b+c%20d%26', 'ab c d&'],
    ['a', 'a'],
    ['a=&b=', 'ab'],
    ['a=1=2', 'a1=2'],
    ['&&a=1&', 'a1'],
    ['a=%C3%A9', 'aé'],
    ['%E9=1', '%E91'],
    ['__proto__=1&constructor=2', '__proto__1constructor2'],
    ['é=1&z=2', 'z2é1'],
  ])('{form} of %j is %j', async (body, expected) => {
    expect(await payloadOf('{form}', post(body))).toBe(expected)
  })

  it('{body} is the bytes themselves', async () => {
    const body = Uint8Array.from({ length: 256 }, (_, index) => index)
    const payload = await renderPayload({ headers: HEADERS, payload: 'a{body}b' }, post(body), { now: NOW })
    expect([...payload]).toEqual([0x61, ...body, 0x62])
    expect(await payloadOf('{body}', post(undefined))).toBe('')
    expect(await payloadOf('{body}', post('\ufeff'))).toBe('\ufeff')
  })

  it.each([
    ['{header:X-Missing}', 'the form needs header `X-Missing`'],
    ['{keyId}', 'the form needs `keyId`'],
  ])('%s that is not there is an error of ours', async (payload, message) => {
    await expect(signRequest({ headers: HEADERS, payload }, [SECRET], post('x'))).rejects.toMatchObject({
      code: 'ERR_SIGNATURE_INPUT',
      phase: 'request',
      message,
    })
  })

  it('a header that stands twice cannot be signed', async () => {
    const request = post('x', { 'X-Other': ['a', 'b'] })
    expect(await rejection(payloadOf('{header:x-other}', request))).toBe('ERR_SIGNATURE_MALFORMED')
  })
})

describe('timestamps', () => {
  it.each([
    ['s', NOW + 999, '1700000000'],
    ['ms', NOW + 999.9, '1700000000999'],
    ['iso', NOW + 999, '2023-11-14T22:13:20.999Z'],
    ['s', 0, '0'],
    ['iso', 0, '1970-01-01T00:00:00.000Z'],
  ] as const)('%s of %d is %s', async (timestamp, now, expected) => {
    const { headers } = await signRequest({ ...TIMED, timestamp }, [SECRET], post('x'), { now })
    expect(headers).toEqual({ 'X-Timestamp': expected, 'X-Signature': macOf(`${expected}.x`) })
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 8.64e15 + 1])('the time %d is an error of ours', async (now) => {
    expect(await rejection(sign(TIMED, post('x'), { now }))).toBe('ERR_ARGUMENT_INVALID')
  })

  it('the time of the machine is the default, and a random id', async () => {
    const form: HmacForm = { headers: { ...HEADERS, 'X-Timestamp': '{timestamp}', 'X-Id': '{id}' }, timestamp: 'ms' }
    const start = Date.now()
    const [one, other] = [await signRequest(form, [SECRET], post('x')), await signRequest(form, [SECRET], post('x'))]
    expect(Number(one.headers['X-Timestamp'])).toBeGreaterThanOrEqual(start)
    expect(Number(one.headers['X-Timestamp'])).toBeLessThanOrEqual(Date.now())
    expect(one.headers['X-Id']).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    expect(one.headers['X-Id']).not.toBe(other.headers['X-Id'])
  })

  it.each([
    '2023-11-14T22:13:20Z',
    '2023-11-14T22:13:20.0Z',
    '2023-11-14T22:13:20.000000000Z',
    '2023-11-14T14:13:20-08:00',
    '2023-11-15T03:43:20.000+05:30',
    '2023-11-14T22:13:20-00:00',
  ])('ISO 8601 %s is signed as received', async (text) => {
    const form: HmacForm = { ...TIMED, timestamp: 'iso' }
    const request = post('x', { 'X-Timestamp': text, 'X-Signature': macOf(`${text}.x`) })
    expect(await verify(form, request)).toMatchObject({ ok: true, timestamp: NOW })
  })

  it.each([
    '2023-11-14T22:13:20',
    '2023-11-14 22:13:20Z',
    '2023-11-14T22:13:20z',
    '2023-11-14T22:13Z',
    '2023-11-14',
    '2023-11-14T22:13:20+0000',
    '2023-11-14T22:13:20.Z',
    '2023-11-14T22:13:20.0000000000Z',
    '2023-13-14T22:13:20Z',
    '2023-11-31T22:13:20Z',
    '2023-11-14T24:00:00Z',
    '2023-11-14T22:60:20Z',
    '2023-11-14T22:13:61Z',
    '+002023-11-14T22:13:20Z',
    '1700000000',
    '',
  ])('ISO 8601 %j is refused under a signature that covers it', async (text) => {
    const request = post('x', { 'X-Timestamp': text, 'X-Signature': macOf(`${text}.x`) })
    const options = { now: Number.isNaN(Date.parse(text)) ? NOW : Date.parse(text) }
    expect(await refusal(verify({ ...TIMED, timestamp: 'iso' }, request, options))).toBe('ERR_SIGNATURE_MALFORMED')
  })
})

it('a timestamp that is signed and carried nowhere cannot be verified', async () => {
  const form: HmacForm = { ...BODY_ONLY, payload: '{timestamp}.{body}' }
  expect(await refusal(verify(form, await sign(form, post('x'))))).toBe('ERR_SIGNATURE_MALFORMED')
})

describe('keys and algorithms', () => {
  const raw = Uint8Array.from({ length: 40 }, (_, index) => 255 - index)
  it.each(
    (['sha1', 'sha256', 'sha384', 'sha512'] as const).flatMap((algorithm) =>
      (['hex', 'base64', 'base64url'] as const).flatMap((key) =>
        (['hex', 'base64', 'base64url'] as const).map((encoding) => [algorithm, key, encoding] as const),
      ),
    ),
  )('%s with a key in %s, written in %s', async (algorithm, key, encoding) => {
    const form: HmacForm = { ...BODY_ONLY, algorithm, key, encoding }
    const secrets = [Buffer.from(raw).toString(key)]
    const request = await sign(form, post('x'), {}, secrets)
    expect(request.headers).toEqual({ 'X-Signature': macOf('x', raw, algorithm, encoding) })
    expect(await refusal(verify(form, request, {}, secrets))).toBe(null)
    expect(await refusal(verify({ ...form, key: 'utf8' }, request, {}, secrets))).toBe('ERR_SIGNATURE_MISMATCH')
    const others = (['hex', 'base64', 'base64url'] as const).filter((each) => each !== encoding)
    for (const other of others) {
      const code = await refusal(verify({ ...form, encoding: other }, request, {}, secrets))
      // 48 bytes in base64 may have neither padding nor one of the four characters that differ.
      const both = /^[A-Za-z0-9]*$/.test(macOf('x', raw, algorithm, encoding)) && encoding !== 'hex' && other !== 'hex'
      expect(code).toBe(both ? null : 'ERR_SIGNATURE_MALFORMED')
    }
  })

  it('a Secret is a secret', async () => {
    const { headers } = await signRequest(BODY_ONLY, [new Secret(SECRET)], post('x'))
    expect(headers).toEqual({ 'X-Signature': macOf('x') })
  })

  it.each([
    ['an empty one', {}, ''],
    ['only a prefix', { keyPrefix: 'whsec_' }, 'whsec_'],
    ['hex that is none', { key: 'hex' }, 'xyz'],
    ['base64 that is none', { key: 'base64' }, '*'],
    ['ill-formed Unicode', {}, '\ud800 and sixteen bytes'],
  ] as const)('the secret %s cannot sign', async (_, fields, secret) => {
    expect(await rejection(sign({ ...BODY_ONLY, ...fields }, post('x'), {}, [secret]))).toBe('ERR_SIGNATURE_SECRET')
  })

  it('a short secret signs', async () => {
    expect((await sign(BODY_ONLY, post('x'), {}, ['s'])).headers).toEqual({ 'X-Signature': macOf('x', 's') })
  })
})

describe('several secrets', () => {
  const secrets = [SECRET, `${SECRET}-2`, `${SECRET}-3`]
  const macs = (payload: string) => secrets.map((secret) => macOf(payload, secret))

  it('repeat the unit', async () => {
    const { headers } = await sign(LISTED, post('x'), {}, secrets)
    expect(headers).toEqual({ 'X-Signature': `t=1700000000,v1=${macs('1700000000.x').join(',v1=')}` })
  })

  it('repeat what stands in the unit, with text behind it', async () => {
    const form: HmacForm = { headers: { S: '([{signature}])' }, separator: ' | ' }
    const request = await sign(form, post('x'), {}, secrets)
    expect(request.headers).toEqual({ S: `(${macs('x').join(' | ')})` })
    for (const [secretIndex] of secrets.entries()) {
      const known = secrets.map((secret, index) => (index === secretIndex ? secret : `${secret}-unknown`))
      expect(await verify(form, request, {}, known)).toMatchObject({ ok: true, secretIndex })
    }
  })

  it('repeat the whole value where there is no unit', async () => {
    const form: HmacForm = { headers: { S: 'v1,{signature}' }, separator: ' ' }
    const request = await sign(form, post('x'), {}, secrets)
    expect(request.headers).toEqual({ S: `v1,${macs('x').join(' v1,')}` })
    expect(await verify(form, request, {}, [secrets[2] ?? ''])).toMatchObject({ ok: true, secretIndex: 0 })
  })

  it('need a separator', async () => {
    for (const form of [BODY_ONLY, { headers: { S: '[v1={signature}]' } }]) {
      expect(await rejection(sign(form, post('x'), {}, secrets))).toBe('ERR_SIGNATURE_SECRET')
    }
  })
})

describe('carriers', () => {
  it('nothing of the request is given back or changed', async () => {
    const request = Object.freeze({ ...post('x'), headers: Object.freeze({ Accept: '*/*' }) })
    expect(await signRequest(BODY_ONLY, [SECRET], request)).toEqual({
      headers: { 'X-Signature': macOf('x') },
      url: URL_OF_HOOK,
    })
  })

  it('the payload may name a header that the form writes', async () => {
    const form: HmacForm = { payload: '{header:digest}', headers: { Digest: 'sha-256={body:sha256}', ...HEADERS } }
    const digest = `sha-256=${createHash('sha256').update('x').digest('hex')}`
    const request = await sign(form, post('x'))
    expect(request.headers).toMatchObject({ Digest: digest, 'X-Signature': macOf(digest) })
  })

  it.each([
    ['https://h.example/p', 'https://h.example/p?sig='],
    ['https://h.example/p?a=1', 'https://h.example/p?a=1&sig='],
    ['https://h.example/p#f?g', 'https://h.example/p?sig=…#f?g'],
    ['https://h.example/p?a=1#f', 'https://h.example/p?a=1&sig=…#f'],
  ])('a parameter is appended to %s', async (url, expected) => {
    const form: HmacForm = { payload: '{url}', headers: {}, query: { sig: '{signature}' } }
    const { url: signed, headers } = await signRequest(form, [SECRET], { method: 'GET', url, headers: {} })
    const mac = macOf(url.replace(/#.*/, ''))
    expect(signed).toBe(expected.includes('…') ? expected.replace('…', mac) : expected + mac)
    expect(headers).toEqual({})
    expect(await refusal(verify(form, { method: 'GET', url: signed, headers: {} }))).toBe(null)
  })

  it.each(['https://h.example/p?', 'https://h.example/p?a=1&', 'https://h.example/p?&', 'https://h.example?&&a#f'])(
    'what is signed over %s with the signature in the query is accepted',
    async (url) => {
      for (const payload of ['{url}', '{target}', '{query}']) {
        const form: HmacForm = { payload, headers: {}, query: { sig: '{signature}' } }
        const signed = await signRequest(form, [SECRET], { method: 'GET', url, headers: {} })
        expect(await refusal(verify(form, { method: 'GET', url: signed.url, headers: {} }))).toBe(null)
      }
    },
  )

  it('a parameter that is there already is not written twice', async () => {
    for (const query of [{ sig: '{signature}' }, { sig: '{timestamp}', other: '{signature}' }]) {
      const form: HmacForm = { headers: {}, query }
      const code = await rejection(sign(form, { method: 'GET', url: 'https://h.example/?s%69g=1', headers: {} }))
      expect(code).toBe('ERR_CARRIER_OCCUPIED')
    }
  })

  it.each(['X-Signature', 'x-signature', 'X_Signature'])(
    'a header that is there already as %s is not written twice',
    async (name) => {
      expect(await rejection(sign(BODY_ONLY, post('x', { [name]: 'old' })))).toBe('ERR_CARRIER_OCCUPIED')
      expect(await rejection(sign(BODY_ONLY, post('x', new Headers({ [name]: 'old' }))))).toBe('ERR_CARRIER_OCCUPIED')
    },
  )

  it.each([
    ['a line break', 'a\r\nb'],
    ['a space behind it', 'a '],
    ['letters beyond ASCII', 'é'],
    ['nothing', ''],
  ])('a header cannot carry %s', async (_, id) => {
    const form: HmacForm = { headers: { ...HEADERS, 'X-Id': '{id}' } }
    await expect(signRequest(form, [SECRET], post('x'), { id })).rejects.toMatchObject({
      code: 'ERR_SIGNATURE_INPUT',
      message: 'header `X-Id` cannot carry what the form puts into it',
    })
  })

  it('the header of the signature is checked, too', async () => {
    const form: HmacForm = { headers: { S: '{keyId}:{signature}' } }
    expect(await rejection(sign(form, post('x'), { keyId: 'a\nb' }))).toBe('ERR_SIGNATURE_INPUT')
  })

  it.each([null, undefined, 5])('headers that are %j are an error of ours', async (headers) => {
    const request = { ...post('x'), headers: headers as never }
    expect(await rejection(verify(BODY_ONLY, request))).toBe('ERR_ARGUMENT_INVALID')
    expect(await rejection(sign({ ...BODY_ONLY, payload: '{header:a}' }, request))).toBe('ERR_ARGUMENT_INVALID')
  })
})

describe('SIG-1: what signing adds is read back before it is given away', () => {
  const KEYED: HmacForm = { payload: '{body}', headers: { S: 'id={id};k={keyId};s={signature}' } }

  it.each<readonly [string, HmacForm, object]>([
    ['an id', KEYED, { id: 'a;b', keyId: 'k' }],
    ['a key id', KEYED, { id: 'a', keyId: 'k;' }],
    ['a port', { headers: { S: '{host}:{signature}' } }, {}],
    ['the method', { headers: { S: '{signature}', M: '{method}O!' } }, {}],
    ['an id beyond ASCII in a parameter', { headers: HEADERS, query: { id: '{id}' } }, { id: 'é' }],
    ['an id with the separator', { headers: { S: '[{id}:{signature}]' }, separator: ',' }, { id: 'a,b' }],
    ['a URL that holds itself', { headers: HEADERS, query: { u: '{target}' } }, {}],
    ['a URL that the signature is added to', { headers: {}, query: { u: '{url}', sig: '{signature}' } }, {}],
  ])('%s that ends early, or reads otherwise, is refused', async (_, form, options) => {
    const request = post('x', {}, 'https://h.example:8443/in')
    expect(await rejection(sign(form, request, options))).toBe('ERR_SIGNATURE_INPUT')
  })

  it('other values are taken, and accepted', async () => {
    expect(await refusal(verify(KEYED, await sign(KEYED, post('x'), { id: 'a,b', keyId: 'k=' })))).toBe(null)
    const host: HmacForm = { headers: { S: '{host}:{signature}' } }
    expect(await refusal(verify(host, await sign(host, post('x'))))).toBe(null)
  })

  it('17 secrets are more than a receiver reads', async () => {
    const secrets = Array.from({ length: 17 }, (_, index) => SECRET + index)
    expect(await rejection(sign(LISTED, post('x'), {}, secrets))).toBe('ERR_SIGNATURE_INPUT')
  })
})

describe('SIG-8: what stands beside the signature is compared, too', () => {
  const digest = createHash('sha256').update('x').digest('hex')

  it.each<readonly [string, HmacForm]>([
    ['alone', { headers: { S: 't={timestamp},d={body:sha256},s={signature}' }, payload: '{timestamp}.{body}' }],
    ['before a list', { headers: { S: 't={timestamp},d={body:sha256},[s={signature}]' }, separator: ',' }],
  ])('a digest, %s', async (_, form) => {
    const request = await sign(form, post('x'))
    expect(await refusal(verify(form, request))).toBe(null)
    const value = (request.headers as Record<string, string>)['S'] ?? ''
    expect(value).toContain(digest)
    for (const junk of ['junk', '0'.repeat(64)]) {
      expect(await refusal(verify(form, { ...request, headers: { S: value.replace(digest, junk) } }))).toBe(
        'ERR_SIGNATURE_MALFORMED',
      )
    }
  })
})

describe('no foreign exceptions', () => {
  const fail = (): never => {
    throw new RangeError('foreign')
  }

  it.each([[{ id: '\ud800' }], [{ keyId: 'a\udc00' }]])('ill-formed options are refused: %j', async (options) => {
    const form: HmacForm = { headers: HEADERS, query: { id: '{id}' } }
    expect(await rejection(sign(form, post('x'), options))).toBe('ERR_ARGUMENT_INVALID')
  })

  it('T68 a lone surrogate is not signed as another character', async () => {
    for (const payload of ['{method}', '{header:X-Other}']) {
      const form: HmacForm = { headers: HEADERS, payload }
      const request = { ...post('x', { 'X-Other': 'a\ud800' }), method: 'P\ud800' }
      expect(await rejection(sign(form, request))).toBe('ERR_SIGNATURE_INPUT')
      const headers = { 'X-Other': 'a\ud800', 'X-Signature': macOf(payload === '{method}' ? 'P\ufffd' : 'a\ufffd') }
      expect(await refusal(verify(form, { ...request, headers }))).toBe('ERR_SIGNATURE_MALFORMED')
    }
    const query: HmacForm = { headers: HEADERS, query: { m: '{method}' } }
    expect(await rejection(sign(query, { ...post('x'), method: '\ud800' }))).toBe('ERR_SIGNATURE_INPUT')
  })

  it('a message whose parts throw is an error of ours', async () => {
    const requests = [
      {
        ...post('x'),
        get headers(): never {
          return fail()
        },
      },
      {
        ...post('x'),
        get body(): never {
          return fail()
        },
      },
      { ...post('x'), headers: new Proxy({}, { ownKeys: fail }) },
    ]
    for (const request of requests) expect(await rejection(sign(BODY_ONLY, request))).toBe('ERR_ARGUMENT_INVALID')
    for (const request of requests.slice(0, 2)) {
      expect(await rejection(verify(BODY_ONLY, request))).toBe('ERR_ARGUMENT_INVALID')
    }
  })
})
