import { describe, expect, it } from 'vitest'
import { apply, resolve } from '../../src/index.ts'
import type { HttpRequest, Resolution } from '../../src/types.ts'
import { applied, auth, header, option, query, REQUEST, tool, toolAt } from './tools.ts'

const byQuery = resolve(tool([option({ k: query('k') })]), { k: 'T&1' })
const byHeader = resolve(tool([option({ k: header('X-Api-Key') })]), { k: 'S3CRET' })
const byAuth = resolve(tool([option({ k: auth('Bearer') })]), { k: 'S3CRET' })

function urlOf(rest: string, resolution: Resolution = byQuery): string {
  const outgoing = applied(resolution, { url: `https://api.example.com/v1${rest}` })
  return typeof outgoing === 'string' ? outgoing : outgoing.url.replace('https://api.example.com/v1', '')
}

describe('D. writing into the request', () => {
  it.each([
    '?k=x',
    '?%6b=x',
    '?%6B=x',
    '?a=1&k=x',
    '?k',
    '?k=',
    '?k&a',
    '?k=T%261&k=T%261',
    '?k=x&k=T%261',
    '?k=T&1',
    '?&&k=x',
    '?k=x#k=T%261',
    '?a?&k=x',
    '?%zz&k=x',
    '?k=%ff',
  ])('T33 a key parameter of the model is refused, however it is spelled: %s', (rest) => {
    expect(urlOf(rest)).toBe('ERR_CARRIER_OCCUPIED')
  })

  it.each(['api+key', 'api%20key', 'a%70i+key', 'api%20%6bey'])(
    'T33 a name with a space is found in each spelling: %s',
    (name) => {
      const resolution = resolve(tool([option({ k: query('api key') })]), { k: 'T' })
      expect(urlOf(`?${name}=x`, resolution)).toBe('ERR_CARRIER_OCCUPIED')
      expect(urlOf(`?${name}=T`, resolution)).toBe(`?${name}=T`)
    },
  )

  it.each(['?K=x', '?kk=x', '?a=k', '?%256b=x', '?k%00=x', '?k[]=x', '?=k', '?+k=x', '?k%20=x', '?#k=x', '?\u212A=1'])(
    'T33 another parameter is no obstacle: %s',
    (rest) => {
      const url = urlOf(rest)
      expect(url.match(/[?&]k=T%261(?=$|#)/g)).toHaveLength(1)
    },
  )

  it('T34 the rest of the URL stays byte for byte', () => {
    const odd = '?q=\'(a)*&e&x=%E9&y=%zz&z=a+b&~=/?:@!$,;[]|^`{}"<>'
    expect(urlOf(odd)).toBe(`${odd}&k=T%261`)
    expect(urlOf('/%41%2F%c3%a9/é?a')).toBe('/%41%2F%c3%a9/é?a&k=T%261')
    expect(applied(byQuery, { url: 'HTTPS://API.example.com:443/v1' })).toMatchObject({
      url: 'HTTPS://API.example.com:443/v1?k=T%261',
    })
  })

  it.each([
    ['', '?k=T%261'],
    ['?', '?k=T%261'],
    ['?a', '?a&k=T%261'],
    ['?a=1', '?a=1&k=T%261'],
    ['?a=1&', '?a=1&k=T%261'],
    ['?&', '?&k=T%261'],
    ['??', '??&k=T%261'],
    ['?a=b?', '?a=b?&k=T%261'],
    ['?a=http://x/?', '?a=http://x/?&k=T%261'],
    ['?a&&', '?a&&k=T%261'],
    ['#f', '?k=T%261#f'],
    ['?#f', '?k=T%261#f'],
    ['?a#f', '?a&k=T%261#f'],
    ['#f?a=1&k=x', '?k=T%261#f?a=1&k=x'],
    ['?a##', '?a&k=T%261##'],
    ['/?', '/?k=T%261'],
  ])('T35 the key stands before the fragment and is a parameter of its own: %s', (rest, expected) => {
    expect(urlOf(rest)).toBe(expected)
    const url = new URL(`https://api.example.com/v1${expected}`)
    expect(url.searchParams.getAll('k')).toEqual(['T&1'])
  })

  it.each(['Authorization', 'authorization', 'AUTHORIZATION', 'aUTHORIZATION'])(
    'T36 a second Authorization is refused in any case: %s',
    (name) => {
      expect(applied(byAuth, { headers: { [name]: 'Bearer other' } })).toBe('ERR_CARRIER_OCCUPIED')
      expect(applied(byAuth, { headers: { [name]: '' } })).toBe('ERR_CARRIER_OCCUPIED')
      expect(applied(byAuth, { headers: { [name]: 'Bearer S3CRET' } })).toMatchObject({
        headers: { Authorization: 'Bearer S3CRET' },
      })
    },
  )

  it.each(['x-api-key', 'X_API_KEY', 'x_Api-Key'])('T36 exactly one field is left of %s and its kin', (name) => {
    const twice = { [name]: 'S3CRET', 'X-API-KEY': 'S3CRET', 'x-api_key': 'S3CRET', other: 'o' }
    const outgoing = applied(byHeader, { headers: twice })
    expect(outgoing).toMatchObject({ headers: { 'X-Api-Key': 'S3CRET', other: 'o' } })
    expect(Object.keys((outgoing as HttpRequest).headers)).toHaveLength(2)
    expect(applied(byHeader, { headers: { ...twice, 'x-api-KEY': 'other' } })).toBe('ERR_CARRIER_OCCUPIED')
  })

  it('T36 a header is one text: lists and other objects are refused, and no header gets lost', () => {
    for (const headers of [
      { Accept: ['a', 'b'] },
      { Accept: undefined },
      { Accept: 5 },
      new Headers({ Authorization: 'Bearer other' }),
      new Map([['Authorization', 'Bearer other']]),
      [['Authorization', 'Bearer other']],
      null,
      'Accept: a',
    ]) {
      expect(applied(byAuth, { headers: headers as never })).toBe('ERR_REQUEST_INVALID')
    }
  })

  it('T37 applying twice doubles neither key nor prefix', () => {
    for (const resolution of [byQuery, byHeader, byAuth]) {
      const once = apply({ ...REQUEST, url: 'https://api.example.com/v1?a=b?' }, resolution)
      expect(apply(once, resolution)).toEqual(once)
    }
  })

  it('T38 the request of the caller is never changed, and frozen ones work', () => {
    const headers = Object.freeze({ 'x-api-key': 'S3CRET', Accept: 'a' })
    const request = Object.freeze({ ...REQUEST, headers, body: 'b' })
    const outgoing = apply(request, byHeader)
    expect(outgoing).not.toBe(request)
    expect(outgoing.headers).not.toBe(headers)
    expect(request).toEqual({ ...REQUEST, headers: { 'x-api-key': 'S3CRET', Accept: 'a' }, body: 'b' })
    Object.assign(outgoing.headers as object, { Evil: '1' })
    expect(apply(request, byHeader).headers).not.toHaveProperty('Evil')
  })

  it('T38 headers with names that objects inherit stay', () => {
    const headers = JSON.parse('{"constructor":"a","toString":"b","__proto__":"c"}') as Record<string, string>
    const outgoing = apply({ ...REQUEST, headers }, byHeader)
    expect(Object.entries(outgoing.headers).sort()).toEqual([
      ['X-Api-Key', 'S3CRET'],
      ['__proto__', 'c'],
      ['constructor', 'a'],
      ['toString', 'b'],
    ])
  })

  it('T39 an unauthenticated result writes nothing', () => {
    for (const options of [[], [{}], [option({ k: auth('Bearer') }), {}]]) {
      const resolution = resolve(tool(options), {})
      expect(resolution).toMatchObject({ outcome: 'unauthenticated', mutations: [], needs: [] })
      expect(apply(REQUEST, resolution)).toBe(REQUEST)
    }
    expect(JSON.stringify(apply(REQUEST, resolve({}, {})))).not.toMatch(/undefined|null|Bearer/)
  })

  it.each([
    'TRACE',
    'trace',
    'Trace',
    'CONNECT',
    'connect',
    'TRACE ',
    ' TRACE',
    'TRACE\r\n',
    'GET\r\nX-Evil: 1',
    'G T',
    '',
    'GET\u0000',
  ])('T40 no credential goes with TRACE or CONNECT, or with a method that is no token: %j', (method) => {
    for (const resolution of [byQuery, byHeader, byAuth]) {
      expect(applied(resolution, { method })).toMatch(/^ERR_(?:METHOD_FORBIDDEN|REQUEST_INVALID|METHOD)$/)
    }
  })

  it.each(['GET', 'get', 'POST', 'PROPFIND', 'M-SEARCH', 'TRACER', 'DISCONNECT'])('T40 %s is fine', (method) => {
    expect(applied(byHeader, { method })).toMatchObject({ method })
  })

  it('T40 a tool without a bound origin is applied only where the caller names one', () => {
    const { http: _, ...unbound } = toolAt('https://unused.example')
    const resolution = resolve(unbound, { k: 'S3CRET' })
    expect(applied(resolution)).toBe('ERR_ORIGIN_UNKNOWN')
    expect(apply(REQUEST, resolution, { origin: 'https://api.example.com' }).headers).toEqual({ 'X-Key': 'S3CRET' })
  })
})
