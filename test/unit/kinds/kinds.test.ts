import { describe, expect, it } from 'vitest'
import { lintDefinition, parseDefinition, resolve, Secret } from '../../../src/index.ts'
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
  oauth2ClientCredentials: { oauth2ClientCredentials: { tokenUrl: 'https://auth.example.com/token' } },
  hmacSignature: { hmacSignature: { headers: { 'X-Signature': '{signature}' } } },
} as const

const OPTIONS = '/requirements/httpSecurityOptions/options'

/** What is written for a token, or the code of its refusal. */
function verdict(requirement: object, token: unknown): unknown {
  const resolution = resolve(tool([option({ k: requirement }), {}]), { k: token } as AuthTokens, { tenant: 't' })
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
    expect(strangers.sort()).toEqual(['cookieApiKey', 'hmacSignature', 'oauth2ClientCredentials', 'prefixed'])
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

describe('cookieApiKey', () => {
  // RFC 6265, section 4.1.1
  it.each(['a,b', 'a;b', 'a"b', 'a\\b', 'a b', 'é'])('refuses %j, which is no cookie value', (token) => {
    expect(verdict(REQUIREMENTS.cookieApiKey, token)).toBe('ERR_TOKEN_COOKIE')
  })

  it('takes every other visible character', () => {
    expect(verdict(REQUIREMENTS.cookieApiKey, "!#$%&'()*+-./09:<=>?@AZ[]^_`az{|}~")).toBe(
      "!#$%&'()*+-./09:<=>?@AZ[]^_`az{|}~",
    )
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

  it('takes a key id of 128 characters at most', () => {
    const keyed = (length: number): object => ({ secrets: ['secret'], keyId: 'k'.repeat(length) })
    expect(verdict(signing(), keyed(128))).toMatchObject({ kind: 'signature' })
    expect(verdict(signing(), keyed(129))).toBe('ERR_TOKEN_TYPE')
    expect(verdict(signing(), keyed(0))).toBe('ERR_TOKEN_TYPE')
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
    ['a secret from a file\n', {}, 'ERR_TOKEN_CONTROL'],
    [['a fine secret', 'one from a file\r\n'], { separator: ',' }, 'ERR_TOKEN_CONTROL'],
    [{ secrets: ['x'.repeat(16_385)] }, {}, 'ERR_TOKEN_TOO_LONG'],
  ])('refuses the secret %j', (token, more, code) => {
    expect(verdict(signing(more), token)).toBe(code)
  })
})

describe('oauth2ClientCredentials', () => {
  const URL = 'https://auth.example.com/token'
  const oauth = (more: object = {}): object => ({ oauth2ClientCredentials: { tokenUrl: URL, ...more } })
  const KEY = { clientAuthentication: 'private_key_jwt' }
  const RAW = { clientAuthentication: 'client_secret_basic_raw' }
  const JWK = { kty: 'OKP', crv: 'Ed25519', d: 'private', x: 'public' }
  const need = (client: object, more: object = {}): object => ({
    kind: 'accessToken',
    requirement: 'k',
    writes: [{ kind: 'header', name: 'Authorization' }],
    tokenUrl: URL,
    clientAuthentication: 'client_secret_post',
    client,
    ...more,
  })

  it('owes an access token', () => {
    const client = { clientId: 'id', clientSecret: { secret: 'secret' } }
    expect(verdict(oauth(), { clientId: 'id', clientSecret: 'secret' })).toEqual(need(client))
    expect(verdict(oauth(), { clientId: 'id', clientSecret: new Secret('secret') })).toEqual(need(client))
    const all = { scope: 'a b', audience: 'https://api.example.com', parameters: { resource: 'r', empty: '' } }
    const basic = { ...all, clientAuthentication: 'client_secret_basic' }
    expect(verdict(oauth(basic), { clientId: 'id', clientSecret: 'secret' })).toEqual(need(client, basic))
  })

  it('keeps a private key as JSON text', () => {
    const owed = need({ clientId: 'id', privateKey: { secret: JSON.stringify(JWK) } }, KEY)
    expect(verdict(oauth(KEY), { clientId: 'id', privateKey: JWK })).toEqual(owed)
    expect(verdict(oauth(KEY), { clientId: 'id', privateKey: JSON.stringify(JWK) })).toEqual(owed)
  })

  it.each<[object, unknown, string]>([
    [{}, 'secret', 'ERR_TOKEN_TYPE'],
    [{}, ['id', 'secret'], 'ERR_TOKEN_TYPE'],
    [{}, {}, 'ERR_TOKEN_TYPE'],
    [{}, { clientId: 'id' }, 'ERR_TOKEN_TYPE'],
    [{}, { clientSecret: 'secret' }, 'ERR_TOKEN_TYPE'],
    [{}, { clientId: 5, clientSecret: 'secret' }, 'ERR_TOKEN_TYPE'],
    [{}, { clientId: 'id', clientSecret: 'secret', tenant: 't' }, 'ERR_TOKEN_TYPE'],
    [{}, { clientId: 'id', clientSecret: 'secret', privateKey: JWK }, 'ERR_TOKEN_TYPE'],
    [{}, { clientId: 'id', privateKey: JWK }, 'ERR_TOKEN_TYPE'],
    [KEY, { clientId: 'id', clientSecret: 'secret' }, 'ERR_TOKEN_TYPE'],
    [KEY, { clientId: 'id', privateKey: null }, 'ERR_TOKEN_TYPE'],
    [KEY, { clientId: 'id', privateKey: [JWK] }, 'ERR_TOKEN_TYPE'],
    [{}, { clientId: '', clientSecret: 'secret' }, 'ERR_TOKEN_EMPTY'],
    [{}, { clientId: 'id', clientSecret: '' }, 'ERR_TOKEN_EMPTY'],
    [KEY, { clientId: 'id', privateKey: '' }, 'ERR_TOKEN_EMPTY'],
    [{}, { clientId: 'id', clientSecret: '\ud800' }, 'ERR_TOKEN_ILL_FORMED'],
    [{}, { clientId: 'id', clientSecret: 's'.repeat(16_383) }, 'ERR_TOKEN_TOO_LONG'],
    [{}, { clientId: 'é', clientSecret: 'secret' }, 'ERR_TOKEN_CLIENT'],
    [{}, { clientId: 'id\n', clientSecret: 'secret' }, 'ERR_TOKEN_CLIENT'],
    [{}, { clientId: 'id', clientSecret: 'é' }, 'ERR_TOKEN_CLIENT'],
    [{}, { clientId: 'id', clientSecret: 'secret\n' }, 'ERR_TOKEN_CLIENT'],
    [RAW, { clientId: 'a:b', clientSecret: 'secret' }, 'ERR_TOKEN_CLIENT'],
    [KEY, { clientId: 'id', privateKey: '{' }, 'ERR_TOKEN_CLIENT'],
    [KEY, { clientId: 'id', privateKey: '5' }, 'ERR_TOKEN_CLIENT'],
    [KEY, { clientId: 'id', privateKey: 'null' }, 'ERR_TOKEN_CLIENT'],
    [KEY, { clientId: 'id', privateKey: '[]' }, 'ERR_TOKEN_CLIENT'],
    [KEY, { clientId: 'id', privateKey: { kty: 'RSA', n: 'n', e: 'AQAB' } }, 'ERR_TOKEN_CLIENT'],
    [KEY, { clientId: 'id', privateKey: { kty: 'EC', d: '' } }, 'ERR_TOKEN_CLIENT'],
    [KEY, { clientId: 'id', privateKey: { kty: 'oct', k: 'k', d: 'd' } }, 'ERR_TOKEN_CLIENT'],
  ])('with %j refuses the client %j', (more, token, code) => {
    expect(verdict(oauth(more), token)).toBe(code)
  })

  it.each<[object, unknown]>([
    [{}, { clientId: ' ', clientSecret: '~' }],
    [{}, { clientId: 'a:b', clientSecret: 's'.repeat(16_000) }],
    [RAW, { clientId: 'ab', clientSecret: 'a:b' }],
    [KEY, { clientId: 'id', privateKey: { kty: 'EC', d: 'd' } }],
    [KEY, { clientId: 'id', privateKey: { kty: 'RSA', d: 'd' } }],
  ])('with %j takes the client %j', (more, token) => {
    expect(verdict(oauth(more), token)).toMatchObject({ kind: 'accessToken' })
  })

  it.each<[object, readonly string[]]>([
    [{}, []],
    [{ tokenUrl: 'http://localhost:8080/token' }, []],
    [{ tokenUrl: 'https://auth.example.com/token?tenant=1' }, []],
    [{ tokenUrl: 'https://127.0.0.1/token', audience: 'é', parameters: { é: 'é', resource: '' } }, []],
    [{ tokenUrl: 'http://auth.example.com/token' }, ['ERR_TOKEN_URL /tokenUrl']],
    [{ tokenUrl: 'https://{host}/token' }, ['ERR_TOKEN_URL /tokenUrl']],
    [{ tokenUrl: 'https://auth.example.com/{tenant}' }, ['ERR_TOKEN_URL /tokenUrl']],
    [{ tokenUrl: 'https://auth.example.com/#' }, ['ERR_TOKEN_URL /tokenUrl']],
    [{ tokenUrl: 'https://u:p@auth.example.com/' }, ['ERR_TOKEN_URL /tokenUrl']],
    [{ tokenUrl: '/token' }, ['ERR_TOKEN_URL /tokenUrl']],
    [{ scope: '' }, ['ERR_FIELD_VALUE /scope']],
    [{ scope: 'a  b' }, ['ERR_FIELD_VALUE /scope']],
    [{ scope: 'a"b' }, ['ERR_FIELD_VALUE /scope']],
    [{ audience: '' }, ['ERR_OAUTH_PARAMETER /audience']],
    [{ audience: 'a\nb' }, ['ERR_OAUTH_PARAMETER /audience']],
    [{ parameters: { grant_type: 'password' } }, ['ERR_OAUTH_PARAMETER /parameters/grant_type']],
    [{ parameters: { client_secret: '' } }, ['ERR_OAUTH_PARAMETER /parameters/client_secret']],
    [{ parameters: { '': 'x' } }, ['ERR_OAUTH_PARAMETER /parameters/']],
    [{ parameters: { 'a\n': 'x' } }, ['ERR_OAUTH_PARAMETER /parameters/a\n']],
    [{ parameters: { a: 'x\n' } }, ['ERR_OAUTH_PARAMETER /parameters/a']],
  ])('judges the fields %j', (more, expected) => {
    const at = `${OPTIONS}/0/requirements/k/oauth2ClientCredentials`
    const found = places(parseDefinition(tool([option({ k: oauth(more) })])).issues)
    expect(found).toEqual(expected.map((line) => line.replace(' ', ` ${at}`)))
  })

  it.each([
    'https://2852039166/token',
    'https://0xa9fea9fe/token',
    'https://0251.0376.0251.0376/token',
    'https://169.254.43518/token',
    'https://[::ffff:169.254.169.254]/token',
    'https://169.254.169.254./token',
    'https://①⑥⑨.254.169.254/token',
    'https://169.254.169.254%2f@auth.example.com/token',
  ])('T59: refuses an address in an odd spelling: %s', (tokenUrl) => {
    expect(places(parseDefinition(tool([option({ k: oauth({ tokenUrl }) })])).issues)).toEqual([
      `ERR_TOKEN_URL ${OPTIONS}/0/requirements/k/oauth2ClientCredentials/tokenUrl`,
    ])
  })
})
