import { describe, expect, it } from 'vitest'
import { apply, fulfil, resolve, Secret } from '../../../src/index.ts'
import type { Authenticated, HttpRequest } from '../../../src/types.ts'
import { applied, auth, codeOr, header, option, query, REQUEST, tool, toolAt } from '../../threats/tools.ts'

const cookie = (name: string): object => ({ cookieApiKey: { name } })
const resolution = resolve(tool([option({ a: auth('Bearer'), h: header('X-Key'), q: query('key') })]), {
  a: 'tokenA',
  h: 'tokenH',
  q: 'token Q',
})

describe('apply', () => {
  it('writes headers and query, and keeps the rest', () => {
    const body = new Uint8Array([1, 2])
    const request: HttpRequest = {
      method: 'POST',
      url: 'https://api.example.com/v1?a=1#f',
      headers: { Accept: '*/*' },
      body,
    }
    const outgoing = apply(request, resolution)
    expect(outgoing).toEqual({
      method: 'POST',
      url: 'https://api.example.com/v1?a=1&key=token%20Q#f',
      headers: { Accept: '*/*', Authorization: 'Bearer tokenA', 'X-Key': 'tokenH' },
      body,
    })
    expect(outgoing.body).toBe(body)
    expect(Object.keys(apply(REQUEST, resolution))).toEqual(['method', 'url', 'headers'])
    expect(apply({ ...REQUEST, body: '' }, resolution).body).toBe('')
  })

  it('writes several query parameters with one separator each', () => {
    const both = resolve(tool([option({ a: query('k a'), b: query('b') })]), { a: '1', b: '&' })
    expect(apply(REQUEST, both).url).toBe('https://api.example.com/v1?k%20a=1&b=%26')
    expect(applied(both, { url: 'https://api.example.com/v1?b=%26' })).toMatchObject({
      url: 'https://api.example.com/v1?b=%26&k%20a=1',
    })
    expect(applied(both, { url: 'https://api.example.com/v1?k+a=1&b=&' })).toBe('ERR_CARRIER_OCCUPIED')
  })

  it('refuses what is not resolved, and what is still owed', () => {
    expect(applied(resolve(tool([option({ k: query('k') })]), {}))).toBe('ERR_NOT_RESOLVED')
    expect(applied(resolve(tool([option({ k: query('k') })]), { k: '' }))).toBe('ERR_NOT_RESOLVED')
    const owing = resolve(
      tool([{ ...option({ k: query('k') }), ultravoxCallTokenRequirement: { scopes: ['s'] } }]),
      { k: { credentialId: 'c' } },
      { tenant: 't', mintCallToken: () => 'x' },
    ) as Authenticated
    expect(() => apply(REQUEST, owing)).toThrow(
      expect.objectContaining({ code: 'ERR_NEED_UNMET', phase: 'need', message: 'still owed: credential, callToken' }),
    )
    const half = fulfil(owing, owing.needs[0] as never, 'token')
    expect(applied(half)).toBe('ERR_NEED_UNMET')
    expect(applied(fulfil(half, half.needs[0] as never, 'token'))).toMatchObject({
      headers: { 'X-Ultravox-Call-Token': 'token' },
    })
  })

  it.each<[string, unknown]>([
    ['no request', undefined],
    ['null', null],
    ['a text', 'GET https://api.example.com/v1'],
    ['no method', { url: REQUEST.url, headers: {} }],
    ['a method that is no text', { ...REQUEST, method: 5 }],
    ['a URL object', { ...REQUEST, url: new URL(REQUEST.url) }],
    ['no headers', { method: 'GET', url: REQUEST.url }],
    ['null for headers', { ...REQUEST, headers: null }],
    ['a header that is no text', { ...REQUEST, headers: { A: 5 } }],
    ['a list of values', { ...REQUEST, headers: { 'X-Key': ['tokenH'] } }],
  ])('refuses %s for a request', (_, request) => {
    expect(codeOr(() => apply(request as HttpRequest, resolution))).toBe('ERR_REQUEST_INVALID')
  })

  it('takes the origin only where none is bound, exactly spelled', () => {
    const { http: _, ...unbound } = toolAt('https://unused.example')
    const free = resolve(unbound, { k: 'token' })
    expect(codeOr(() => apply(REQUEST, free))).toBe('ERR_ORIGIN_UNKNOWN')
    expect(codeOr(() => apply(REQUEST, free, {}))).toBe('ERR_ORIGIN_UNKNOWN')
    expect(apply(REQUEST, free, { origin: 'HTTPS://api.Example.com:443' }).headers).toEqual({ 'X-Key': 'token' })
    expect(codeOr(() => apply(REQUEST, free, { origin: 'https://other.example' }))).toBe('ERR_ORIGIN_MISMATCH')
    expect(codeOr(() => apply(REQUEST, free, { origin: 5 as never }))).toBe('ERR_ARGUMENT_INVALID')
    expect(codeOr(() => apply(REQUEST, free, { orgin: 'https://api.example.com' } as never))).toBe(
      'ERR_ARGUMENT_INVALID',
    )
    expect(apply(REQUEST, resolution, { origin: 'https://other.example' }).url).toContain('key=token%20Q')
  })

  it('takes no origin in clear text but loopback', () => {
    const { http: _, ...unbound } = toolAt('https://unused.example')
    const free = resolve(unbound, { k: 'token' })
    const sent = (origin: string): unknown => codeOr(() => apply({ ...REQUEST, url: `${origin}/x` }, free, { origin }))
    expect(['http://api.example.com', 'http://10.0.0.5:8080'].map(sent)).toEqual([
      'ERR_BASE_URL_INSECURE',
      'ERR_BASE_URL_INSECURE',
    ])
    expect(sent('http://localhost:3000')).toMatchObject({ headers: { 'X-Key': 'token' } })
  })

  it('keeps to the origin of a binding without a path', () => {
    const bound = { ...resolution, binding: { ...(resolution as Authenticated).binding, pathPrefix: null } }
    expect(applied(bound as Authenticated)).toMatchObject({ headers: { 'X-Key': 'tokenH' } })
    expect(applied(bound as Authenticated, { url: 'https://other.example/v1' })).toBe('ERR_ORIGIN_MISMATCH')
  })

  it('names the bound origin, the other host and the prefix, and nothing more', () => {
    const message = (url: string): string => {
      try {
        apply({ ...REQUEST, url }, resolution)
      } catch (error) {
        return (error as Error).message
      }
      return ''
    }
    expect(message('https://other.example/secret')).toBe(
      'the credential belongs to `https://api.example.com`, not to `https://other.example`',
    )
    expect(message('https://api.example.com/secret')).toBe("the path does not start with the tool's own, `/v1`")
  })

  it('finds headers of every length in the place of a credential', () => {
    for (const length of [1, 4, 10, 30, 31, 32, 40, 64, 100]) {
      const name = 'x'.repeat(length)
      const long = resolve(tool([option({ k: header(name) })]), { k: 'token' })
      expect(applied(long, { headers: { [name.toUpperCase()]: 'other' } })).toBe('ERR_CARRIER_OCCUPIED')
      expect(applied(long, { headers: { [name.toUpperCase()]: 'token', host: 'api.example.com' } })).toMatchObject({
        headers: { [name]: 'token' },
      })
      expect(applied(long, { headers: { [`${name}x`]: 'other' } })).toMatchObject({
        headers: { [`${name}x`]: 'other' },
      })
    }
  })

  it('is made for resolutions of this library: a mutation reveals itself once', () => {
    let reveals = 0
    const secret = Object.assign(new Secret('x'), {
      reveal: () => {
        reveals += 1
        return 'token'
      },
    })
    const counted = resolve(tool([option({ k: header('X-Key') })]), { k: secret })
    expect(reveals).toBe(1)
    expect([apply(REQUEST, counted), apply(REQUEST, counted)].map(({ headers }) => headers['X-Key'])).toEqual([
      'token',
      'token',
    ])
    expect(reveals).toBe(1)
  })
})

describe('cookies', () => {
  const byCookie = resolve(tool([option({ a: cookie('sid'), b: cookie('b') })]), { a: 'tokenA', b: 'tokenB' })
  const cookiesOf = (value: string, name = 'Cookie'): unknown => {
    const outgoing = applied(byCookie, { headers: { [name]: value } })
    return typeof outgoing === 'string' ? outgoing : outgoing.headers
  }

  it.each([
    ['', 'sid=tokenA; b=tokenB'],
    ['  ', 'sid=tokenA; b=tokenB'],
    ['c=1', 'c=1; sid=tokenA; b=tokenB'],
    ['c=1;', 'c=1; sid=tokenA; b=tokenB'],
    ['c=1; ', 'c=1; sid=tokenA; b=tokenB'],
    ['c=1; sid=tokenA', 'c=1; sid=tokenA; b=tokenB'],
    ['sid=tokenA;b=tokenB', 'sid=tokenA;b=tokenB'],
    ['SID=x; xsid=y; sid2=z', 'SID=x; xsid=y; sid2=z; sid=tokenA; b=tokenB'],
    ['c="a;sid=x"', 'ERR_CARRIER_OCCUPIED'],
    ['sid=other', 'ERR_CARRIER_OCCUPIED'],
    ['sid=', 'ERR_CARRIER_OCCUPIED'],
    ['sid="tokenA"', 'ERR_CARRIER_OCCUPIED'],
    ['sid=tokenA; sid=tokenA', 'ERR_CARRIER_OCCUPIED'],
    [' sid = other ', 'ERR_CARRIER_OCCUPIED'],
    ['b=tokenB; sid=x', 'ERR_CARRIER_OCCUPIED'],
  ])('beside %j', (given, expected) => {
    const written = cookiesOf(given)
    expect(typeof written === 'string' ? written : (written as { Cookie: string }).Cookie).toBe(expected)
  })

  it('go into the one Cookie header, under the name it has', () => {
    expect(apply(REQUEST, byCookie).headers).toEqual({ Cookie: 'sid=tokenA; b=tokenB' })
    expect(cookiesOf('c=1', 'cookie')).toEqual({ cookie: 'c=1; sid=tokenA; b=tokenB' })
    expect(applied(byCookie, { headers: { Cookie: 'a=1', COOKIE: 'b=2' } })).toBe('ERR_REQUEST_INVALID')
    const once = apply({ ...REQUEST, headers: { cookie: 'c=1' } }, byCookie)
    expect(apply(once, byCookie)).toEqual(once)
  })

  it('take what a cookie can hold, and are no header of the same name', () => {
    const codes = ['a b', 'a"b', 'a,b', 'a;b', 'a\\b', 'é', ' a', 'a\n', 'a\tb'].map((value) => {
      const refused = resolve(tool([option({ k: cookie('c') })]), { k: value })
      return refused.outcome === 'invalidTokens' ? refused.issues[0]?.code : refused.outcome
    })
    expect(codes).toEqual([...new Array(7).fill('ERR_TOKEN_COOKIE'), 'ERR_TOKEN_CONTROL', 'ERR_TOKEN_CONTROL'])
    const odd = "!#$%&'()*+-./:<=>?@[]^_`{|}~"
    const taken = resolve(tool([option({ k: cookie('c') })]), { k: odd })
    expect(apply(REQUEST, taken).headers).toEqual({ Cookie: `c=${odd}` })
  })
})
