import { describe, expect, it } from 'vitest'
import { lintDefinition, parseDefinition } from '../../../src/index.ts'
import { auth, header, option, places, query, tool } from '../../threats/tools.ts'

const OPTIONS = '/requirements/httpSecurityOptions/options'
const lints = (definition: unknown): readonly string[] => places(lintDefinition(definition))
const callToken = { ultravoxCallTokenRequirement: { scopes: ['s'] } }

describe('lintDefinition', () => {
  it('has nothing to say about a plain definition', () => {
    expect(lints(tool([option({ k: header('X-Key') }), option({ b: auth('bearer') })]))).toEqual([])
    expect(lints({})).toEqual([])
  })

  it('gives the errors of a definition that is not valid', () => {
    expect(lints({ timeout: 5 })).toEqual(['ERR_FIELD_TYPE /timeout'])
    expect(lints(null)).toEqual(['ERR_FIELD_TYPE '])
  })

  it.each([
    'apiKey',
    'API_KEY',
    'x-api-key',
    'client_secret',
    'accessToken',
    'password',
    'passwd',
    'Authorization',
    'privateKey',
    'bearer',
  ])('warns of a secret in the static parameter %s', (name) => {
    const parameter = (value: unknown): unknown => ({
      staticParameters: [{ name, location: 'PARAMETER_LOCATION_BODY', value }],
    })
    expect(lints(parameter('x'))).toEqual(['WARN_SECRET_IN_PARAMETER /staticParameters/0/value'])
    for (const value of ['', 5, true, null, undefined, { a: 'x' }]) expect(lints(parameter(value))).toEqual([])
  })

  it('lets other static parameters be', () => {
    for (const name of ['currency', 'key', 'id', 'tok', 'pass']) {
      expect(lints({ staticParameters: [{ name, location: 'PARAMETER_LOCATION_QUERY', value: 'x' }] })).toEqual([])
    }
  })

  it('warns of a key in the query and of an auth-scheme that is not registered', () => {
    expect(lints(tool([option({ k: query('k'), t: auth('Token') })]))).toEqual([
      `WARN_KEY_IN_QUERY ${OPTIONS}/0/requirements/k/queryApiKey`,
      `WARN_AUTH_SCHEME_UNREGISTERED ${OPTIONS}/0/requirements/t/httpAuth`,
    ])
  })

  it.each<[string, readonly unknown[], readonly number[]]>([
    ['a copy', [option({ a: header('A') }), option({ a: header('B') })], [1]],
    ['more names than an earlier one', [option({ a: header('A') }), option({ a: header('A'), b: header('B') })], [1]],
    ['fewer names', [option({ a: header('A'), b: header('B') }), option({ a: header('A') })], []],
    ['other names', [option({ a: header('A') }), option({ b: header('B') })], []],
    ['a second anonymous one', [{}, { requirements: {} }, { ultravoxCallTokenRequirement: {} }], [1, 2]],
    ['one behind an anonymous one', [{}, option({ a: header('A') })], []],
    ['a call token more', [option({ a: header('A') }), { ...option({ a: header('A') }), ...callToken }], [1]],
    ['a call token less', [{ ...option({ a: header('A') }), ...callToken }, option({ a: header('A') })], []],
    [
      'names beside a call token that is asked for alone',
      [callToken, { ...option({ a: header('A') }), ...callToken }],
      [1],
    ],
    ['names without it', [callToken, option({ a: header('A') })], []],
  ])('finds the options that are never chosen: %s', (_, options, unreachable) => {
    const found = lintDefinition(tool(options)).filter(({ code }) => code === 'WARN_OPTION_UNREACHABLE')
    expect(found.map(({ pointer }) => pointer)).toEqual(unreachable.map((index) => `${OPTIONS}/${index}`))
    const first = found[0]
    if (first !== undefined) expect(first.message).toMatch(/^option \d is never chosen: .* option 0 first$/)
  })

  it('warns of an anonymous option beside others, once', () => {
    const anonymous = (options: readonly unknown[]): readonly string[] =>
      lintDefinition(tool(options))
        .filter(({ code }) => code === 'WARN_ANONYMOUS_OPTION')
        .map(({ pointer }) => pointer)
    expect(anonymous([option({ a: header('A') }), {}, { requirements: {} }])).toEqual([`${OPTIONS}/1`])
    expect(anonymous([{}, callToken])).toEqual([`${OPTIONS}/0`])
    expect(anonymous([{}, {}])).toEqual([])
    expect(anonymous([option({ a: header('A') })])).toEqual([])
  })

  it('sorts warnings by pointer and keeps those of parsing out of a parsed definition', () => {
    const definition = tool([option({ b: query('b') }), {}], {
      staticParameters: [{ name: 'secret', location: 'PARAMETER_LOCATION_BODY', value: 'x' }],
    })
    const parsed = parseDefinition(definition)
    if (!parsed.ok) throw new Error('expected a definition')
    expect(lints(parsed.value)).toEqual(lints(definition))
    expect(lints(definition)).toEqual([
      `WARN_KEY_IN_QUERY ${OPTIONS}/0/requirements/b/queryApiKey`,
      `WARN_ANONYMOUS_OPTION ${OPTIONS}/1`,
      'WARN_SECRET_IN_PARAMETER /staticParameters/0/value',
    ])
  })

  it('points into the input as its author spelled it, and into a parsed definition as that is spelled', () => {
    const snake = {
      static_parameters: [{ name: 'secret', location: 'PARAMETER_LOCATION_BODY', value: 'x' }],
      requirements: {
        http_security_options: {
          options: [{ requirements: { my_key: { query_api_key: { name: 'k' } } } }, { requirements: {} }],
        },
      },
    }
    const options = '/requirements/http_security_options/options'
    expect(lints(snake)).toEqual([
      `WARN_KEY_IN_QUERY ${options}/0/requirements/my_key/query_api_key`,
      `WARN_ANONYMOUS_OPTION ${options}/1`,
      'WARN_SECRET_IN_PARAMETER /static_parameters/0/value',
    ])
    const parsed = parseDefinition(snake)
    expect(parsed.ok && lints(parsed.value)).toEqual([
      `WARN_KEY_IN_QUERY ${OPTIONS}/0/requirements/my_key/queryApiKey`,
      `WARN_ANONYMOUS_OPTION ${OPTIONS}/1`,
      'WARN_SECRET_IN_PARAMETER /staticParameters/0/value',
    ])
  })
})
