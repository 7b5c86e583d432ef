import { describe, expect, it } from 'vitest'
import { lintDefinition, parseDefinition, resolve } from '../../../src/index.ts'
import { claimedKeys, conflictingKeys, describeCarrier } from '../../../src/kinds/carriers.ts'
import { bindKind, KINDS, kindOf } from '../../../src/kinds/table.ts'
import type { AuthTokens, Carrier } from '../../../src/types.ts'
import { shown } from '../../properties/shown.ts'
import { auth, header, option, places, query, tool } from '../../threats/tools.ts'

const REQUIREMENTS = {
  queryApiKey: query('key'),
  headerApiKey: header('X-Key'),
  httpAuth: auth('Bearer'),
  cookieApiKey: { cookieApiKey: { name: 'sid' } },
  hmacSignature: { hmacSignature: { headers: { 'X-Signature': '{signature}' } } },
} as const

const OPTIONS = '/requirements/httpSecurityOptions/options'

/** What is written for a token, or the code of its refusal. */
function verdict(requirement: object, token: unknown): unknown {
  const resolution = resolve(tool([option({ k: requirement }), {}]), { k: token } as AuthTokens)
  if (resolution.outcome === 'invalidTokens') return resolution.issues[0]?.code
  if (!resolution.ok) return resolution.outcome
  return resolution.mutations[0]?.value.reveal() ?? shown(resolution.needs[0])
}

describe('the table', () => {
  it('has a row for each kind, and every kind a requirement here', () => {
    expect(Object.keys(KINDS).sort()).toEqual(Object.keys(REQUIREMENTS).sort())
    for (const [kind, requirement] of Object.entries(REQUIREMENTS)) {
      expect(kindOf(requirement)).toBe(kind)
      expect(bindKind(requirement).carriers.length).toBeGreaterThan(0)
      expect(parseDefinition(tool([option({ k: requirement })])).ok).toBe(true)
    }
  })

  it('tells what Ultravox does not know', () => {
    const strangers = Object.entries({ ...REQUIREMENTS, prefixed: { headerApiKey: { name: 'X-Key', prefix: 'Key ' } } })
      .filter(([, requirement]) => !parseDefinition(tool([option({ k: requirement })]), { profile: 'ultravox' }).ok)
      .map(([kind]) => kind)
    expect(strangers.sort()).toEqual(['cookieApiKey', 'hmacSignature', 'prefixed'])
    const definition = tool([option({ k: { headerApiKey: { name: 'X-Key', prefix: 'Key ' } } })])
    const at = `${OPTIONS}/0/requirements/k/headerApiKey/prefix`
    expect(places(parseDefinition(definition, { profile: 'ultravox' }).issues)).toEqual([`ERR_EXTENSION ${at}`])
    expect(places(lintDefinition(definition))).toEqual([`WARN_EXTENSION ${at}`])
    expect(places(lintDefinition(tool([option({ k: REQUIREMENTS.cookieApiKey })])))).toEqual([
      `WARN_EXTENSION ${OPTIONS}/0/requirements/k/cookieApiKey`,
    ])
  })
})

function conflict(one: Carrier, other: Carrier): boolean {
  return conflictingKeys(one).some((key) => claimedKeys(other).includes(key))
}

describe('carriers', () => {
  it.each<[Carrier, Carrier, boolean]>([
    [{ kind: 'header', name: 'X-Key' }, { kind: 'header', name: 'x_key' }, true],
    [{ kind: 'header', name: 'X-Key' }, { kind: 'query', name: 'X-Key' }, false],
    [{ kind: 'query', name: 'k' }, { kind: 'query', name: 'K' }, false],
    [{ kind: 'query', name: 'k' }, { kind: 'query', name: 'k' }, true],
    [{ kind: 'cookie', name: 'c' }, { kind: 'cookie', name: 'c' }, true],
    [{ kind: 'cookie', name: 'c' }, { kind: 'cookie', name: 'C' }, false],
    [{ kind: 'cookie', name: 'c' }, { kind: 'header', name: 'COOKIE' }, true],
    [{ kind: 'header', name: 'Cookie' }, { kind: 'cookie', name: 'c' }, true],
    [{ kind: 'cookie', name: 'c' }, { kind: 'header', name: 'c' }, false],
    [{ kind: 'header', name: 'cookie2' }, { kind: 'cookie', name: 'c' }, false],
    [{ kind: 'cookie', name: 'c' }, { kind: 'query', name: 'c' }, false],
  ])('%j and %j are one place: %s', (one, other, same) => {
    expect([conflict(one, other), conflict(other, one)]).toEqual([same, same])
  })

  it('have words', () => {
    expect(describeCarrier({ kind: 'query', name: 'k' })).toBe('query parameter `k`')
    expect(describeCarrier({ kind: 'header', name: 'k' })).toBe('header `k`')
    expect(describeCarrier({ kind: 'cookie', name: 'k' })).toBe('cookie `k`')
  })

  it('of one option conflict with parameters, too', () => {
    const parameter = (name: string): object => ({
      staticParameters: [{ name, location: 'PARAMETER_LOCATION_HEADER' }],
    })
    const definition = (name: string): unknown => tool([option({ k: REQUIREMENTS.cookieApiKey })], parameter(name))
    expect(places(parseDefinition(definition('cookie')).issues)).toEqual([
      'ERR_PARAMETER_CONFLICT /staticParameters/0/name',
    ])
    expect(parseDefinition(definition('X-Cookie')).ok).toBe(true)
    const both = tool([option({ a: REQUIREMENTS.cookieApiKey, b: header('Cookie') })])
    expect(places(parseDefinition(both).issues)).toEqual([`ERR_CARRIER_CONFLICT ${OPTIONS}/0/requirements/b`])
  })
})

describe('queryApiKey', () => {
  it.each<[unknown, unknown]>([
    ['a b&c=é', 'a b&c=é'],
    ['a\tb', 'ERR_TOKEN_CONTROL'],
    [['a'], 'ERR_TOKEN_TYPE'],
    [{ username: 'u', password: 'p' }, 'ERR_TOKEN_TYPE'],
  ])('takes %j for %j', (token, expected) => {
    expect(verdict(REQUIREMENTS.queryApiKey, token)).toBe(expected)
  })
})

describe('headerApiKey', () => {
  it.each<[string | undefined, unknown, unknown]>([
    [undefined, 'token', 'token'],
    ['', 'token', 'token'],
    ['Key ', 'token', 'Key token'],
    ['Key ', 'key token', 'ERR_TOKEN_SCHEME'],
    ['Key ', 'KEY token', 'ERR_TOKEN_SCHEME'],
    ['Key ', 'Keytoken', 'Key Keytoken'],
    ['Key=', 'Key=token', 'Key=Key=token'],
    ['Key ', 'é', 'ERR_TOKEN_HEADER'],
    ['Key ', ['a'], 'ERR_TOKEN_TYPE'],
    ['Key ', { username: 'u', password: 'p' }, 'ERR_TOKEN_TYPE'],
  ])('with the prefix %j writes %j as %j', (prefix, token, expected) => {
    const fields = prefix === undefined ? { name: 'X-Key' } : { name: 'X-Key', prefix }
    expect(parseDefinition(tool([option({ k: { headerApiKey: fields } })])).ok || prefix === '').toBe(true)
    if (parseDefinition(tool([option({ k: { headerApiKey: fields } })])).ok) {
      expect(verdict({ headerApiKey: fields }, token)).toBe(expected)
    }
  })

  it.each(['é', 'a\n', ' \t\r', 5, null])('refuses the prefix %j', (prefix) => {
    expect(parseDefinition(tool([option({ k: { headerApiKey: { name: 'X-Key', prefix } } })])).ok).toBe(false)
  })
})

describe('httpAuth', () => {
  it.each<[string, unknown, unknown]>([
    ['Bearer', 'token', 'Bearer token'],
    ['bearer', 'token', 'bearer token'],
    ['Bearer', { username: 'u', password: 'p' }, 'ERR_TOKEN_TYPE'],
    ['Basic', 'dTpw', 'Basic dTpw'],
    ['Basic', 'u:p', 'ERR_TOKEN_BASIC'],
    ['basic', 'basic dTpw', 'ERR_TOKEN_SCHEME'],
    // RFC 7617, section 2.1
    ['Basic', { username: 'test', password: '123£' }, 'Basic dGVzdDoxMjPCow=='],
    // RFC 7617, section 2
    ['Basic', { username: 'Aladdin', password: 'open sesame' }, 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='],
    ['bAsIc', { username: 'u', password: '' }, 'bAsIc dTo='],
    ['Basic', { username: '', password: 'p:q' }, 'Basic OnA6cQ=='],
    ['Basic', { username: 'a:b', password: 'c' }, 'ERR_TOKEN_USERNAME'],
    ['Basic', { username: '', password: '' }, 'ERR_TOKEN_EMPTY'],
    ['Basic', { username: 'u\n', password: 'p' }, 'ERR_TOKEN_CONTROL'],
    ['Basic', { username: 'u', password: 'p\t' }, 'ERR_TOKEN_CONTROL'],
    ['Basic', { username: 'u', password: '\ud800' }, 'ERR_TOKEN_ILL_FORMED'],
    ['Basic', { username: 'u' }, 'ERR_TOKEN_TYPE'],
    ['Basic', { username: 'u', password: 5 }, 'ERR_TOKEN_TYPE'],
    ['Basic', { username: 'u', password: 'p', realm: 'r' }, 'ERR_TOKEN_TYPE'],
    ['Basic', ['u', 'p'], 'ERR_TOKEN_TYPE'],
    ['Basic', { username: 'u', password: 'p'.repeat(12_286) }, `Basic ${btoa(`u:${'p'.repeat(12_286)}`)}`],
    ['Basic', { username: 'u', password: 'p'.repeat(12_287) }, 'ERR_TOKEN_TOO_LONG'],
  ])('%s writes %j', (scheme, token, expected) => {
    expect(verdict(auth(scheme), token)).toBe(expected)
  })
})

describe('hmacSignature', () => {
  const form = REQUIREMENTS.hmacSignature.hmacSignature
  const signing = (more: object = {}): object => ({ hmacSignature: { ...form, ...more } })
  const need = (secrets: readonly string[], more: object = {}, fields: object = form): object => ({
    kind: 'signature',
    requirement: 'k',
    writes: [{ kind: 'header', name: 'X-Signature' }],
    form: fields,
    secrets: secrets.map((secret) => ({ secret })),
    ...more,
  })

  it('owes a signature', () => {
    expect(verdict(signing(), 'secret')).toEqual(need(['secret']))
    expect(verdict(signing(), { secrets: ['secret'], keyId: 'k1' })).toEqual(need(['secret'], { keyId: 'k1' }))
    const rotating = { separator: ',' }
    expect(verdict(signing(rotating), ['one', 'two'])).toEqual(need(['one', 'two'], {}, { ...form, ...rotating }))
  })

  it.each<[unknown, object, string]>([
    [['one', 'two'], {}, 'ERR_SIGNATURE_SECRET'],
    [[], { separator: ',' }, 'ERR_TOKEN_TYPE'],
    [['one', ''], { separator: ',' }, 'ERR_TOKEN_EMPTY'],
    [['one', 5], { separator: ',' }, 'ERR_TOKEN_TYPE'],
    [new Array(17).fill('x'), { separator: ',' }, 'ERR_TOKEN_TYPE'],
    [{ secrets: 'one' }, {}, 'ERR_TOKEN_TYPE'],
    [{ secrets: ['one'], keyId: 5 }, {}, 'ERR_TOKEN_TYPE'],
    [{ secrets: ['one'], keyId: 'a b' }, {}, 'ERR_TOKEN_TYPE'],
    [{ secrets: ['one'], other: 1 }, {}, 'ERR_TOKEN_TYPE'],
    [{}, {}, 'ERR_TOKEN_TYPE'],
    ['xyz', { key: 'hex' }, 'ERR_SIGNATURE_SECRET'],
    ['', {}, 'ERR_TOKEN_EMPTY'],
  ])('refuses the secret %j', (token, more, code) => {
    expect(verdict(signing(more), token)).toBe(code)
  })
})
