import { describe, expect, it } from 'vitest'
import { parseDefinition } from '../../../src/index.ts'
import { auth, header, option, places, query, tool, toolAt } from '../../threats/tools.ts'

const OPTIONS = '/requirements/httpSecurityOptions/options'
const issuesOf = (definition: unknown): readonly string[] => places(parseDefinition(definition).issues)

describe('carriers of one option', () => {
  it('conflict at the later requirement in the order of the sorted names', () => {
    const definition = tool([option({ b: header('X-Key'), a: header('x_key'), c: query('X-Key') })])
    expect(issuesOf(definition)).toEqual([`ERR_CARRIER_CONFLICT ${OPTIONS}/0/requirements/b`])
    expect(parseDefinition(definition).issues[0]?.message).toBe('`a` and `b` would both write the header `X-Key`')
  })

  it('conflict with the call token, and only where there is one', () => {
    const requirements = { k: header('X-Ultravox-Call-Token') }
    const callToken = (scopes: readonly string[]): object => ({
      requirements,
      ultravoxCallTokenRequirement: { scopes },
    })
    expect(issuesOf(tool([callToken(['s'])]))).toEqual([`ERR_CARRIER_CONFLICT ${OPTIONS}/0/requirements/k`])
    expect(issuesOf(tool([callToken([])]))).toEqual([])
  })

  it('may be those of another option', () => {
    expect(issuesOf(tool([option({ a: auth('Bearer') }), option({ b: auth('Basic') })]))).toEqual([])
  })

  it('name each further conflict', () => {
    expect(issuesOf(tool([option({ a: query('k'), b: query('k'), c: query('k') })]))).toHaveLength(2)
  })
})

describe('header parameters', () => {
  it('are tokens even where no credential is sent', () => {
    const at = (name: string): object => ({ dynamicParameters: [{ name, location: 'PARAMETER_LOCATION_HEADER' }] })
    expect(issuesOf(at('a b'))).toEqual(['ERR_HEADER_NAME /dynamicParameters/0/name'])
    expect(issuesOf(at('Content-Length'))).toEqual([])
  })

  it('may have any name in another place', () => {
    const dynamicParameters = ['QUERY', 'PATH', 'BODY', 'UNSPECIFIED'].map((place) => ({
      name: 'a b',
      location: `PARAMETER_LOCATION_${place}`,
    }))
    expect(issuesOf(tool([option({ k: header('X-Key') })], { dynamicParameters }))).toEqual([])
  })
})

describe('a signature', () => {
  const signing = (form: object): object => ({ hmacSignature: { headers: { 'X-Signature': '{signature}' }, ...form } })

  it('writes no header that steers the message', () => {
    const form = { headers: { 'X-Signature': '{signature}', 'Content-Length': '1' } }
    expect(issuesOf(tool([option({ k: signing(form) })]))).toEqual([
      `ERR_HEADER_FORBIDDEN ${OPTIONS}/0/requirements/k/hmacSignature/headers/Content-Length`,
    ])
  })

  it('is one for each option', () => {
    const second = { hmacSignature: { headers: { 'X-Other': '{signature}' } } }
    expect(issuesOf(tool([option({ a: signing({}), b: second })]))).toEqual([
      `ERR_SIGNATURE_COUNT ${OPTIONS}/0/requirements/b`,
    ])
    expect(issuesOf(tool([option({ a: signing({}) }), option({ b: second })]))).toEqual([])
  })

  it('conflicts in each of its places', () => {
    const form = signing({ query: { ts: '{timestamp}' }, payload: '{timestamp}.{body}' })
    expect(issuesOf(tool([option({ a: form, b: query('ts') })]))).toEqual([
      `ERR_CARRIER_CONFLICT ${OPTIONS}/0/requirements/b`,
    ])
    expect(issuesOf(tool([option({ a: form, b: header('x_signature') })]))).toHaveLength(1)
  })

  it.each([
    [{ payload: '{signature}' }, '/payload'],
    [{ payload: '{nothing}' }, '/payload'],
    [{ headers: { A: '{timestamp}' } }, ''],
    [{ headers: { A: '{' } }, '/headers/A'],
    [{ separator: '' }, '/separator'],
  ])('is refused with %j', (form, pointer) => {
    expect(issuesOf(tool([option({ k: { hmacSignature: { headers: { A: '{signature}' }, ...form } } })]))).toEqual([
      `ERR_SIGNATURE_FORM ${OPTIONS}/0/requirements/k/hmacSignature${pointer}`,
    ])
  })
})

describe('the base URL', () => {
  it.each([
    ['https://api.example.com', []],
    ['https://api.example.com/', []],
    ['https://api.example.com/a/{b}?c={d}#{e}', []],
    ['https://api.example.com?{k}', []],
    ['http://localhost/', []],
    ['https://api.example.com/a/../b', ['ERR_BASE_URL /http/baseUrlPattern']],
    ['https://api.example.com/%2e', ['ERR_BASE_URL /http/baseUrlPattern']],
    ['api.example.com', ['ERR_BASE_URL /http/baseUrlPattern']],
    ['', ['ERR_BASE_URL /http/baseUrlPattern']],
    ['https://u@api.example.com', ['ERR_BASE_URL /http/baseUrlPattern']],
    ['https://{h}', ['ERR_BASE_URL_PLACEHOLDER /http/baseUrlPattern']],
    ['{u}', ['ERR_BASE_URL_PLACEHOLDER /http/baseUrlPattern']],
    ['http://api.example.com', ['ERR_BASE_URL_INSECURE /http/baseUrlPattern']],
  ])('of a tool that sends a credential: %s', (pattern, expected) => {
    expect(issuesOf(toolAt(pattern))).toEqual(expected)
    expect(issuesOf(toolAt(pattern, []))).toEqual([])
  })

  it('shares no query parameter with a requirement of any option', () => {
    const options = [option({ k: header('X-Key') }), option({ q: query('a b') })]
    expect(issuesOf(toolAt('https://api.example.com/?a+b=1', options))).toEqual([
      'ERR_PARAMETER_CONFLICT /http/baseUrlPattern',
    ])
    expect(issuesOf(toolAt('https://api.example.com/?x=1&a%20b', options))).toHaveLength(1)
    expect(issuesOf(toolAt('https://api.example.com/a+b?A+b=1', options))).toEqual([])
  })
})
