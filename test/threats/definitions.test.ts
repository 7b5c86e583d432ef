import { describe, expect, it } from 'vitest'
import { compile, parseDefinition, parseDefinitionText } from '../../src/index.ts'
import { countSteps } from '../properties/counting.ts'
import { dagBomb, HOSTILE, nested } from '../properties/hostile.ts'
import { auth, codeOr, header, option, places, query, tool, toolAt } from './tools.ts'

const OPTIONS = '/requirements/httpSecurityOptions/options'
const codesOf = (definition: unknown): readonly string[] => parseDefinition(definition).issues.map(({ code }) => code)

describe('B. definitions', () => {
  it.each([
    ['plainly', '{"requirements":{},"requirements":{"httpSecurityOptions":{}}}', '/requirements'],
    ['by an escape', '{"requirements":{},"\\u0072equirements":{}}', '/requirements'],
    [
      'the later one empty',
      '{"requirements":{"httpSecurityOptions":{"options":[]}},"requirements":{}}',
      '/requirements',
    ],
    ['deep inside', '{"x-a":[{"b":{"c":1,"c":2}}]}', '/x-a/0/b/c'],
    ['in an empty key', '{"x-a":{"":1,"":2}}', '/x-a/'],
    ['of inherited names', '{"x-a":{"toString":1,"toString":2}}', '/x-a/toString'],
    ['of __proto__', '{"x-a":{"__proto__":1,"__proto__":2}}', '/x-a/__proto__'],
    ['three times', '{"x-a":1,"x-a":2,"x-a":3}', '/x-a'],
  ])('T13 a key given twice is refused: %s', (_, text, pointer) => {
    const result = parseDefinitionText(text)
    expect(result.ok).toBe(false)
    expect(places(result.issues)).toContain(`ERR_JSON_DUPLICATE_KEY ${pointer}`)
  })

  it('T13 equal keys of different objects, and equal values, are no duplicates', () => {
    expect(parseDefinitionText('{"x-a":{"b":1},"x-b":{"b":1},"x-c":["b","b"],"x-d":"\\"b\\":1,\\"b\\":1"}').ok).toBe(
      true,
    )
  })

  it.each([
    ['one header', { a: header('X-Key'), b: header('X-Key') }],
    ['one header in two cases', { a: header('X-Key'), b: header('x-kEY') }],
    ['one query parameter', { a: query('k'), b: query('k') }],
    ['two auth-schemes', { a: auth('Bearer'), b: auth('Basic') }],
    ['an auth-scheme and the header', { a: auth('Bearer'), b: header('authorization') }],
  ])('T14 two requirements of one option never write one place: %s', (_, requirements) => {
    expect(places(parseDefinition(tool([option(requirements)])).issues)).toEqual([
      `ERR_CARRIER_CONFLICT ${OPTIONS}/0/requirements/b`,
    ])
  })

  it('T14 nor does a requirement write the place of the call token', () => {
    const both = { ...option({ a: header('x-ultravox_call-token') }), ultravoxCallTokenRequirement: { scopes: ['s'] } }
    expect(places(parseDefinition(tool([both])).issues)).toEqual([`ERR_CARRIER_CONFLICT ${OPTIONS}/0/requirements/a`])
  })

  it.each([
    'Host',
    'connection',
    'Keep-Alive',
    'TE',
    'trailer',
    'Transfer-Encoding',
    'transfer_encoding',
    'Upgrade',
    'CONTENT-LENGTH',
    'Expect',
    'Proxy-Authorization',
    'proxy_connection',
  ])('T15 a header that steers the message carries no credential and no parameter: %s', (name) => {
    expect(places(parseDefinition(tool([option({ k: header(name) })])).issues)).toEqual([
      `ERR_HEADER_FORBIDDEN ${OPTIONS}/0/requirements/k/headerApiKey/name`,
    ])
    const parameter = { name, location: 'PARAMETER_LOCATION_HEADER' }
    const beside = tool([option({ k: header('X-Key') })], { dynamicParameters: [parameter] })
    expect(places(parseDefinition(beside).issues)).toEqual(['ERR_HEADER_FORBIDDEN /dynamicParameters/0/name'])
    expect(parseDefinition({ dynamicParameters: [parameter] }).ok).toBe(true)
  })

  it.each([':authority', ':method', 'X Key', 'X-Key:', 'X-Kéy', '', '(x)', 'X\tKey'])(
    'T15 a pseudo-header, and what is no token, is no header name: %j',
    (name) => {
      expect(codesOf(tool([option({ k: header(name) })]))).toEqual(['ERR_HEADER_NAME'])
      const parameter = { name: name || ' ', location: 'PARAMETER_LOCATION_HEADER' }
      expect(parseDefinition({ dynamicParameters: [parameter] }).ok).toBe(false)
    },
  )

  it.each([
    ['a header name', tool([option({ k: header('X: x\r\nX-Evil') })]), 'ERR_HEADER_NAME'],
    ['a scheme', tool([option({ k: auth('Bearer x\r\nX-Evil:') })]), 'ERR_AUTH_SCHEME'],
    ['a scheme with a space', tool([option({ k: auth('Bearer ') })]), 'ERR_AUTH_SCHEME'],
    ['a query name', tool([option({ k: query('k\r\n') })]), 'ERR_QUERY_NAME'],
    [
      'a method',
      tool([option({ k: header('X') })], { http: { baseUrlPattern: 'https://a.example', httpMethod: 'GET\r\nX: y' } }),
      'ERR_METHOD',
    ],
    ['a base URL', toolAt('https://a.example/\r\nX-Evil: 1'), 'ERR_BASE_URL'],
    ['a line feed at the end', tool([option({ k: header('X-Key\n') })]), 'ERR_HEADER_NAME'],
  ])('T16 a line break is refused in %s', (_, definition, code) => {
    expect(codesOf(definition)).toEqual([code])
  })

  it.each(['TRACE', 'trace', 'CONNECT', 'Connect'])('T16 the method %s is refused', (httpMethod) => {
    expect(codesOf({ http: { baseUrlPattern: 'https://a.example', httpMethod } })).toEqual(['ERR_METHOD'])
  })

  it('T17 the Kelvin sign is no letter of a header name, and folds into none', () => {
    expect(codesOf(tool([option({ k: header('X-API-\u212Aey') })]))).toEqual(['ERR_HEADER_NAME'])
    const two = option({ a: query('\u212A'), b: query('K'), c: query('k') })
    expect(parseDefinition(tool([two])).ok).toBe(true)
    expect(codesOf(tool([option({ k: { httpAuth: { scheme: 'To\u212Aen' } } })]))).toEqual(['ERR_AUTH_SCHEME'])
  })

  it('T18 underscore and hyphen are one header name', () => {
    expect(codesOf(tool([option({ a: header('X-My-Key'), b: header('x_my_key') })]))).toEqual(['ERR_CARRIER_CONFLICT'])
    const parameter = { name: 'X_My-Key', location: 'PARAMETER_LOCATION_HEADER', value: 'v' }
    expect(codesOf(tool([option({ a: header('X-My-Key') })], { staticParameters: [parameter] }))).toEqual([
      'ERR_PARAMETER_CONFLICT',
    ])
    expect(parseDefinition(tool([option({ a: query('x-k'), b: query('x_k') })])).ok).toBe(true)
  })

  it.each([
    'https://{host}.example.com/v1',
    'https://{host}/v1',
    'https://api.example.com:{port}/v1',
    '{scheme}://api.example.com',
    '{base}/v1',
    'https://api.example.com{path}',
    'https://{user}@api.example.com/',
    'https://api.example.com{rest}?a=1',
  ])('T19 a placeholder in the scheme, host or port is refused where a credential can be sent: %s', (pattern) => {
    expect(codesOf(toolAt(pattern))).toEqual(['ERR_BASE_URL_PLACEHOLDER'])
    expect(codesOf(toolAt(pattern, [{ ultravoxCallTokenRequirement: { scopes: ['s'] } }]))).toEqual([
      'ERR_BASE_URL_PLACEHOLDER',
    ])
    expect(parseDefinition(toolAt(pattern, [{}])).ok).toBe(true)
  })

  it.each([
    'http://api.example.com/v1',
    'http://localhost.example.com',
    'http://10.0.0.5:8080',
    'http://0.0.0.0',
    'HTTP://a.example',
  ])('T20 clear text with a credential is refused: %s', (pattern) => {
    expect(codesOf(toolAt(pattern))).toEqual(['ERR_BASE_URL_INSECURE'])
    expect(parseDefinition(toolAt(pattern, [{}])).ok).toBe(true)
  })

  it('T20 loopback, or the exact origin that was allowed, may use it', () => {
    for (const host of ['localhost:3000', '127.0.0.1', '127.8.9.1:80', '[::1]:8080']) {
      expect(parseDefinition(toolAt(`http://${host}/v1`)).ok).toBe(true)
    }
    const allowInsecureOrigins = ['http://10.0.0.5:8080']
    expect(parseDefinition(toolAt('http://10.0.0.5:8080/v1'), { allowInsecureOrigins }).ok).toBe(true)
    expect(parseDefinition(toolAt('http://10.0.0.5/v1'), { allowInsecureOrigins }).ok).toBe(false)
    expect(parseDefinition(toolAt('http://10.0.0.5:8081/v1'), { allowInsecureOrigins }).ok).toBe(false)
  })

  it.each(['dynamicParameters', 'staticParameters', 'automaticParameters'])(
    'T21 %s never share a place with a credential',
    (list) => {
      const more = list === 'automaticParameters' ? { knownValue: 'KNOWN_PARAM_CALL_ID' } : {}
      const at = (name: string, location: string): object => ({ [list]: [{ name, location, ...more }] })
      const options = [{}, option({ h: header('X-Key'), q: query('key') })]
      const codes = (rest: object): readonly string[] => places(parseDefinition(tool(options, rest)).issues)
      expect(codes(at('x_KEY', 'PARAMETER_LOCATION_HEADER'))).toEqual([`ERR_PARAMETER_CONFLICT /${list}/0/name`])
      expect(codes(at('key', 'PARAMETER_LOCATION_QUERY'))).toEqual([`ERR_PARAMETER_CONFLICT /${list}/0/name`])
      expect(codes(at('key', 'PARAMETER_LOCATION_BODY'))).toEqual([])
      expect(codes(at('Key', 'PARAMETER_LOCATION_QUERY'))).toEqual([])
    },
  )

  it.each(['?key=1', '?a=1&key', '?%6Bey=', '?a&k%65y=2#f'])(
    'T21 nor does a query written in the base URL: %s',
    (text) => {
      const definition = toolAt(`https://api.example.com/v1${text}`, [option({ q: query('key') })])
      expect(places(parseDefinition(definition).issues)).toEqual(['ERR_PARAMETER_CONFLICT /http/baseUrlPattern'])
    },
  )

  it('T22 patterns stay linear, and a pattern that the definition brings is never run', () => {
    const scheme = (end: string, size: number): object => tool([option({ k: auth(`${'a'.repeat(size)}${end}`) })])
    for (const end of [' ', '@', '(', '\u0000', 'é']) {
      expect(codesOf(scheme(end, 1_000_000))).toEqual(['ERR_AUTH_SCHEME'])
      const steps = [10_000, 20_000].map((size) => countSteps(() => parseDefinition(scheme(end, size))))
      expect((steps[1] ?? 0) / (steps[0] ?? 1)).toBeLessThan(2.1)
    }
    const pattern = { type: 'string', pattern: '^(a+)+$', format: '(((', $ref: 'https://evil.example/' }
    const dynamicParameters = [{ name: 'p', location: 'PARAMETER_LOCATION_BODY', schema: pattern }]
    expect(parseDefinition({ dynamicParameters }).ok).toBe(true)
  })

  it('T23 limits are checked before any other work: many options, many requirements, whatever they hold', () => {
    const many = tool(new Array(65).fill({ requirment: 1 }))
    expect(places(parseDefinition(many).issues)).toEqual([`ERR_LIMIT_OPTIONS ${OPTIONS}`])
    expect(parseDefinition(tool(new Array(64).fill({}))).ok).toBe(true)
    const names = (count: number): object =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, query(`q${index}`)]))
    expect(places(parseDefinition(tool([option(names(17))])).issues)).toEqual([
      `ERR_LIMIT_REQUIREMENTS ${OPTIONS}/0/requirements`,
    ])
    expect(parseDefinition(tool([option(names(16))])).ok).toBe(true)
  })

  it('T23 huge, deep and shared definitions end with a result, without recursion', () => {
    expect(codesOf({ 'x-a': nested(62) })).toEqual([])
    expect(codesOf({ 'x-a': nested(100_000) })).toEqual(['ERR_INPUT_TOO_DEEP'])
    expect(codesOf({ 'x-a': nested(100_000, true) })).toEqual(['ERR_INPUT_TOO_DEEP'])
    expect(codesOf({ 'x-a': new Array(1_000_001).fill(0) })).toEqual(['ERR_INPUT_TOO_LARGE'])
    expect(codesOf({ 'x-a': new Array(1e9) })).toEqual(['ERR_INPUT_NOT_JSON'])
    expect(codesOf({ 'x-a': dagBomb(17) })).toEqual([])
    for (const depth of [20, 60, 64])
      expect(codesOf({ 'x-a': dagBomb(depth) }).join()).toMatch(/^(?:|ERR_INPUT_TOO_(?:LARGE|DEEP))$/)
    expect(codesOf({ description: 'd'.repeat(10_000_000) })).toEqual([])
    const parameters = Array.from({ length: 65_000 }, (_, index) => ({
      name: `parameter-${index}-${'n'.repeat(100)}`,
      location: 'PARAMETER_LOCATION_BODY',
    }))
    const text = JSON.stringify({ ...tool([option({ k: header('X') })]), dynamicParameters: parameters })
    expect(text.length).toBeGreaterThan(10_000_000)
    expect(parseDefinitionText(text).ok).toBe(true)
  })

  it('T23 text nested deeper than any stack is refused, not a crash', () => {
    const text = `{"x-a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`
    const result = parseDefinitionText(text)
    expect(result.ok).toBe(false)
    expect(['ERR_INPUT_TOO_DEEP', 'ERR_JSON_SYNTAX']).toContain(result.issues[0]?.code)
  })

  it('T23 what is said about a definition never outgrows it: a long name around many mistakes', () => {
    const kinds = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`kind${index}`, 1]))
    const definition = tool([option({ ['n'.repeat(30_000)]: kinds })])
    const size = JSON.stringify(definition).length
    expect(JSON.stringify(parseDefinition(definition)).length).toBeLessThan(20 * size)
  })

  it.each([
    ['null', null],
    ['an array', []],
    ['a text', 'x'],
    ['a number', 0],
    ['true', true],
  ])('T24 %s never passes as an object', (_, value) => {
    const places: readonly unknown[] = [
      value,
      { requirements: value },
      { requirements: { httpSecurityOptions: value } },
      tool(value === null || Array.isArray(value) ? {} : value),
      tool([value]),
      tool([{ requirements: value }]),
      tool([option({ k: value })]),
      tool([option({ k: { headerApiKey: value } })]),
      tool([{ ultravoxCallTokenRequirement: value }]),
    ]
    for (const definition of places) expect(parseDefinition(definition).ok).toBe(false)
  })

  it.each(Object.keys(HOSTILE))('T24 %s as a definition, an option or a requirement gives a result', (name) => {
    const make = HOSTILE[name] ?? (() => null)
    const places = [make, () => ({ requirements: make() }), () => tool([make()]), () => tool([option({ k: make() })])]
    for (const place of places) {
      const result = parseDefinition(place())
      expect(typeof result.ok).toBe('boolean')
      if (!result.ok) expect(codeOr(() => compile(place()))).toBe('ERR_DEFINITION_INVALID')
    }
  })
})
