import { describe, expect, it } from 'vitest'
import { fromOpenApi, type Imported, type OpenApiOptions } from '../../src/dialects/index.ts'
import { describeAccess, resolve } from '../../src/index.ts'
import { errorsOf, taken, warningsOf } from './results.ts'
import { ACCESS_TOKEN, applied, sendingOf } from './wire.ts'

const SERVER = 'https://api.example.com/v1'

const SCHEMES = {
  key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
  query: { type: 'apiKey', in: 'query', name: 'api_key' },
  session: { type: 'apiKey', in: 'cookie', name: 'session' },
  basic: { type: 'http', scheme: 'basic' },
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
  other: { type: 'http', scheme: 'X-Own' },
  client: {
    type: 'oauth2',
    flows: {
      clientCredentials: { tokenUrl: 'https://auth.example.com/token', scopes: { read: 'Reads' } },
      implicit: {},
    },
  },
  user: { type: 'oauth2', flows: { authorizationCode: { tokenUrl: 'https://auth.example.com/token' } } },
  oidc: { type: 'openIdConnect', openIdConnectUrl: 'https://auth.example.com/.well-known/openid-configuration' },
  mtls: { type: 'mutualTLS' },
  alias: { $ref: '#/components/securitySchemes/key' },
  circle: { $ref: '#/components/securitySchemes/circle' },
  outside: { $ref: 'https://example.com/schemes.json#/key' },
  gone: { $ref: '#/components/securitySchemes/nobody' },
}

interface Parts {
  readonly root?: unknown
  readonly operation?: object
  readonly schemes?: object
  readonly document?: object
}

function documentOf({ root, operation = {}, schemes = SCHEMES, document = {} }: Parts): object {
  return {
    openapi: '3.1.0',
    info: { title: 'T', version: '1' },
    servers: [{ url: SERVER }],
    ...(root === undefined ? {} : { security: root }),
    paths: { '/things': { get: { operationId: 'list', ...operation } } },
    components: { securitySchemes: schemes },
    ...document,
  }
}

function read(parts: Parts, options: OpenApiOptions = {}): Imported {
  return taken(fromOpenApi(documentOf(parts), options))
}

/** The options of the one tool; `undefined` where it asks for nothing. */
function optionsOf(parts: Parts): unknown {
  const { tools, refused } = read(parts)
  expect(refused.flatMap(({ issues }) => errorsOf({ issues }))).toEqual([])
  return tools[0]?.definition.requirements?.httpSecurityOptions?.options
}

/** Why the one operation is refused. */
function refusalOf(parts: Parts, options: OpenApiOptions = {}): readonly (readonly [string, string])[] {
  const { tools, refused } = read(parts, options)
  expect(tools).toEqual([])
  return errorsOf(refused[0] ?? { issues: [] })
}

const KEY = { key: { headerApiKey: { name: 'X-API-Key' } } }

describe('`security` is kept exactly', () => {
  it.each<[string, Parts, unknown]>([
    ['none anywhere is public', {}, undefined],
    ["an empty list of the document's is public", { root: [] }, undefined],
    ["the document's holds for operations without", { root: [{ key: [] }] }, [{ requirements: KEY }]],
    [
      "an operation's goes before the document's",
      { root: [{ basic: [] }], operation: { security: [{ key: [] }] } },
      [{ requirements: KEY }],
    ],
    ["an operation's empty list makes it public", { root: [{ key: [] }], operation: { security: [] } }, undefined],
    ['an anonymous alternative stands where it stood', { root: [{}, { key: [] }] }, [{}, { requirements: KEY }]],
    ['an anonymous alternative alone is one option', { root: [{}] }, [{}]],
    [
      'and, or, in order',
      { root: [{ key: [], basic: [] }, { query: [] }, {}, { query: [] }] },
      [
        { requirements: { ...KEY, basic: { httpAuth: { scheme: 'Basic' } } } },
        { requirements: { query: { queryApiKey: { name: 'api_key' } } } },
        {},
        { requirements: { query: { queryApiKey: { name: 'api_key' } } } },
      ],
    ],
    ['a cookie', { root: [{ session: [] }] }, [{ requirements: { session: { cookieApiKey: { name: 'session' } } } }]],
    ['bearer', { root: [{ bearer: [] }] }, [{ requirements: { bearer: { httpAuth: { scheme: 'Bearer' } } } }]],
    [
      'another auth-scheme',
      { root: [{ other: [] }] },
      [{ requirements: { other: { httpAuth: { scheme: 'X-Own' } } } }],
    ],
    [
      'a scheme behind a reference',
      { root: [{ alias: [] }] },
      [{ requirements: { alias: { headerApiKey: { name: 'X-API-Key' } } } }],
    ],
    [
      'the scopes of each use',
      { root: [{ client: ['read'] }, { client: [] }, { client: ['read', 'write'] }] },
      ['read', undefined, 'read write'].map((scope) => ({
        requirements: {
          client: {
            oauth2ClientCredentials: {
              tokenUrl: 'https://auth.example.com/token',
              ...(scope === undefined ? {} : { scope }),
            },
          },
        },
      })),
    ],
    ['roles of a key say nothing about the request', { root: [{ key: ['admin'] }] }, [{ requirements: KEY }]],
  ])('%s', (_, parts, expected) => {
    expect(optionsOf(parts)).toEqual(expected)
  })

  it('the requests that the schemes promise', async () => {
    const tool = read({ root: [{ key: [], query: [], session: [], basic: [] }] }).tools[0]
    const tokens = { key: 'k', query: 'a b', session: 's', basic: { username: 'u', password: 'p' } }
    const sent = applied({ definition: tool?.definition as never, tokens })
    expect(sent.url).toBe('https://api.example.com/v1/things?api_key=a%20b')
    expect(sent.headers).toEqual({ 'X-API-Key': 'k', Authorization: 'Basic dTpw', Cookie: 'session=s' })
    const oauth = read({ root: [{ client: ['read'] }] }).tools[0]
    const granted = await sendingOf({
      definition: oauth?.definition as never,
      tokens: { client: { clientId: 'c', clientSecret: 's' } },
    })
    expect(granted.headers).toEqual({ Authorization: `Bearer ${ACCESS_TOKEN}` })
    expect(granted.tokenRequests[0]?.form).toMatchObject({ scope: 'read' })
  })

  it('T04: an empty template fails, and is not sent', () => {
    const { tools } = read({ root: [{ key: [], basic: [] }, { client: [] }, {}] })
    const [tool] = tools
    expect(tool?.tokens).toEqual({
      basic: { username: '', password: '' },
      client: { clientId: '', clientSecret: '' },
      key: '',
    })
    expect(resolve(tool?.definition, tool?.tokens).outcome).toBe('invalidTokens')
  })
})

const USE = '/security/0'

describe('T01: an operation of which anything cannot be told is refused as a whole', () => {
  const only = (scheme: unknown): Parts => ({ root: [{ s: [] }], schemes: { s: scheme } })
  const S = '/components/securitySchemes/s'

  it.each<[string, Parts, readonly (readonly [string, string])[]]>([
    ['an undeclared scheme', { root: [{ kay: [] }] }, [['ERR_DIALECT_SCHEME', `${USE}/kay`]]],
    ['an inherited scheme', { root: [{ toString: [] }] }, [['ERR_DIALECT_SCHEME', `${USE}/toString`]]],
    [
      'no schemes at all',
      { root: [{ key: [] }], document: { components: {} } },
      [['ERR_DIALECT_SCHEME', `${USE}/key`]],
    ],
    [
      'one that can beside one that cannot',
      { root: [{ key: [] }, { user: [] }] },
      [['ERR_DIALECT_INEXPRESSIBLE', '/components/securitySchemes/user']],
    ],
    ['another flow', { root: [{ user: [] }] }, [['ERR_DIALECT_INEXPRESSIBLE', '/components/securitySchemes/user']]],
    ['OpenID Connect', { root: [{ oidc: [] }] }, [['ERR_DIALECT_INEXPRESSIBLE', '/components/securitySchemes/oidc']]],
    [
      'a client certificate',
      { root: [{ mtls: [] }] },
      [['ERR_DIALECT_INEXPRESSIBLE', '/components/securitySchemes/mtls']],
    ],
    [
      'two credentials in one header',
      { root: [{ basic: [], bearer: [] }] },
      [['ERR_CARRIER_CONFLICT', `${USE}/bearer`]],
    ],
    [
      'a circle of references',
      { root: [{ circle: [] }] },
      [['ERR_DIALECT_REFERENCE', '/components/securitySchemes/circle/$ref']],
    ],
    [
      'a reference to another document',
      { root: [{ outside: [] }] },
      [['ERR_DIALECT_REFERENCE', '/components/securitySchemes/outside/$ref']],
    ],
    [
      'a reference to nothing',
      { root: [{ gone: [] }] },
      [['ERR_DIALECT_REFERENCE', '/components/securitySchemes/gone/$ref']],
    ],
    ['an unknown type', only({ type: 'apikey', in: 'header', name: 'k' }), [['ERR_FIELD_VALUE', S]]],
    ['no type', only({ in: 'header', name: 'k' }), [['ERR_FIELD_VALUE', S]]],
    ['an unknown place', only({ type: 'apiKey', in: 'body', name: 'k' }), [['ERR_FIELD_VALUE', S]]],
    ['a key without a name', only({ type: 'apiKey', in: 'header' }), [['ERR_FIELD_MISSING', S]]],
    ['http without a scheme', only({ type: 'http' }), [['ERR_FIELD_MISSING', S]]],
    ['an unknown field', only({ type: 'http', shceme: 'bearer' }), [['ERR_FIELD_UNKNOWN', `${S}/shceme`]]],
    ['no flows', only({ type: 'oauth2' }), [['ERR_DIALECT_INEXPRESSIBLE', S]]],
    [
      'a flow without its endpoint',
      only({ type: 'oauth2', flows: { clientCredentials: {} } }),
      [['ERR_FIELD_MISSING', S]],
    ],
    [
      'a relative endpoint',
      only({ type: 'oauth2', flows: { clientCredentials: { tokenUrl: '/token' } } }),
      [['ERR_TOKEN_URL', `${USE}/s`]],
    ],
    ['a scheme that is a text', only('bearer'), [['ERR_FIELD_TYPE', S]]],
    ['a scheme that is null', only(null), [['ERR_FIELD_TYPE', S]]],
    ['a header that is none', only({ type: 'apiKey', in: 'header', name: 'a b' }), [['ERR_HEADER_NAME', `${USE}/s`]]],
    ['an auth-scheme that is none', only({ type: 'http', scheme: 'bearer token' }), [['ERR_AUTH_SCHEME', `${USE}/s`]]],
    ['security that is an object', { root: { key: [] } }, [['ERR_FIELD_TYPE', '/security']]],
    ['security that is null', { root: null }, [['ERR_FIELD_TYPE', '/security']]],
    [
      "an operation's security that is null",
      { root: [{ key: [] }], operation: { security: null } },
      [['ERR_FIELD_TYPE', '/paths/~1things/get/security']],
    ],
    ['an alternative that is null', { root: [null] }, [['ERR_FIELD_TYPE', USE]]],
    ['an alternative that is a text', { root: ['key'] }, [['ERR_FIELD_TYPE', USE]]],
    ['an alternative that is a list', { root: [[]] }, [['ERR_FIELD_TYPE', USE]]],
    ['scopes that are null', { root: [{ key: null }] }, [['ERR_FIELD_TYPE', `${USE}/key`]]],
    ['scopes that are an object', { root: [{ key: {} }] }, [['ERR_FIELD_TYPE', `${USE}/key`]]],
    ['scopes that are numbers', { root: [{ client: [1] }] }, [['ERR_FIELD_TYPE', `${USE}/client`]]],
    ['a scope with a space', { root: [{ client: ['a  b'] }] }, [['ERR_FIELD_VALUE', `${USE}/client`]]],
    [
      'a name that no requirement may have',
      { root: [JSON.parse('{"__proto__":[]}')] },
      [['ERR_DIALECT_SCHEME', `${USE}/__proto__`]],
    ],
    [
      'more than 64 alternatives',
      { root: Array.from({ length: 65 }, () => ({ key: [] })) },
      [['ERR_LIMIT_OPTIONS', '/security']],
    ],
    [
      'a path with a fragment',
      { document: { paths: { '/a#b': { get: {} } } } },
      [['ERR_DIALECT_INEXPRESSIBLE', '/paths/~1a#b']],
    ],
    ['TRACE', { document: { paths: { '/a': { trace: {} } } } }, [['ERR_METHOD', '/paths/~1a/trace']]],
    [
      'an operation that is no object',
      { document: { paths: { '/a': { get: [] } } } },
      [['ERR_FIELD_TYPE', '/paths/~1a/get']],
    ],
    ['a path that is no object', { document: { paths: { '/a': 'b' } } }, [['ERR_FIELD_TYPE', '/paths/~1a']]],
    [
      'a path in another document',
      { document: { paths: { '/a': { $ref: 'a.yaml' } } } },
      [['ERR_DIALECT_REFERENCE', '/paths/~1a/$ref']],
    ],
    [
      'a cookie that must be there',
      { operation: { parameters: [{ name: 'c', in: 'cookie', required: true }] } },
      [['ERR_DIALECT_INEXPRESSIBLE', '/paths/~1things/get/parameters/0']],
    ],
    [
      'a parameter without a place',
      { operation: { parameters: [{ name: 'c' }] } },
      [['ERR_FIELD_TYPE', '/paths/~1things/get/parameters/0']],
    ],
    [
      'a parameter in another document',
      { operation: { parameters: [{ $ref: 'p.json' }] } },
      [['ERR_DIALECT_REFERENCE', '/paths/~1things/get/parameters/0/$ref']],
    ],
    [
      'a body in another document',
      { operation: { requestBody: { $ref: 'b.json' } } },
      [['ERR_DIALECT_REFERENCE', '/paths/~1things/get/requestBody/$ref']],
    ],
  ])('%s', (_, parts, expected) => {
    expect(refusalOf(parts)).toEqual(expected)
  })

  it('one operation that is refused does not hide the others', () => {
    const paths = { '/a': { get: { security: [{ user: [] }] }, post: { security: [{ key: [] }] } }, '/b': { get: {} } }
    const { tools, refused } = read({ document: { paths } })
    expect(tools.map(({ name, pointer }) => [name, pointer])).toEqual([
      ['post_a', '/paths/~1a/post'],
      ['get_b', '/paths/~1b/get'],
    ])
    expect(refused.map(({ name, pointer }) => [name, pointer])).toEqual([['get_a', '/paths/~1a/get']])
  })
})

describe('documents', () => {
  it.each<[string, unknown, readonly (readonly [string, string])[]]>([
    ['Swagger 2.0', { swagger: '2.0', paths: {} }, [['ERR_DIALECT_VERSION', '/swagger']]],
    ['OpenAPI 3.2', { openapi: '3.2.0', paths: {} }, [['ERR_DIALECT_VERSION', '/openapi']]],
    ['a version that is a number', { openapi: 3.1, paths: {} }, [['ERR_DIALECT_VERSION', '/openapi']]],
    ['no version', { paths: {} }, [['ERR_FIELD_MISSING', '']]],
    ['a list', [], [['ERR_FIELD_TYPE', '']]],
    ['null', null, [['ERR_FIELD_TYPE', '']]],
  ])('%s is not read', (_, json, expected) => {
    expect(errorsOf(fromOpenApi(json))).toEqual(expected)
  })

  it.each(['3.0.0', '3.0.4', '3.1.0', '3.1.1', '3.0'])('version %s is read', (openapi) => {
    expect(fromOpenApi({ openapi, paths: {} })).toMatchObject({ ok: true, value: { tools: [], refused: [] } })
  })

  it('a getter that throws is an issue', () => {
    const json = {
      openapi: '3.1.0',
      get paths(): never {
        throw new Error('quoted')
      },
    }
    expect(errorsOf(fromOpenApi(json))).toEqual([['ERR_INPUT_UNREADABLE', '']])
  })

  it('T09: `security` is read once, and what was checked is what is used', () => {
    let reads = 0
    const operation = {
      get security(): unknown {
        reads += 1
        return reads === 1 ? [{ key: [] }] : []
      },
    }
    const { tools } = read({ document: { paths: { '/things': { get: operation } } } })
    expect(describeAccess(tools[0]?.definition).anonymous).toBe(false)
    expect(reads).toBe(1)
  })
})

describe('servers', () => {
  const urlOf = (parts: Parts, options: OpenApiOptions = {}): string | undefined =>
    read(parts, options).tools[0]?.definition.http?.baseUrlPattern

  it("an operation's go before the path's, and those before the document's", () => {
    const get = { servers: [{ url: 'https://operation.example.com/' }] }
    const servers = [{ url: 'https://path.example.com' }]
    expect(urlOf({ document: { paths: { '/a': { servers, get } } } })).toBe('https://operation.example.com/a')
    expect(urlOf({ document: { paths: { '/a': { servers, get: {} } } } })).toBe('https://path.example.com/a')
    expect(urlOf({ document: { paths: { '/a': { get: { servers: [] } } } } })).toBe(`${SERVER}/a`)
  })

  it('the first that is reached over https is taken', () => {
    const servers = ['http://a.example.com', '/relative', 'https://b.example.com', 'https://c.example.com']
    expect(urlOf({ document: { servers: servers.map((url) => ({ url })) } })).toBe('https://b.example.com/things')
  })

  it('variables are filled by their default, or by the option', () => {
    const variables = { region: { default: 'eu', enum: ['eu', 'us'] }, base: { default: 'v1' } }
    const document = { servers: [{ url: 'https://{region}.example.com/{base}', variables }] }
    expect(urlOf({ document })).toBe('https://eu.example.com/v1/things')
    expect(urlOf({ document }, { serverVariables: { region: 'us' } })).toBe('https://us.example.com/v1/things')
    expect(refusalOf({ document }, { serverVariables: { region: 'ap' } })).toEqual([
      ['ERR_DIALECT_SERVER', '/servers/0'],
    ])
    const misspelt = fromOpenApi(documentOf({ document }), { serverVariables: { regoin: 'us' } })
    expect(errorsOf(misspelt)).toEqual([['ERR_DIALECT_SERVER', '/servers']])
  })

  it('T19: a variable chooses no other origin unnoticed', () => {
    const variables = { tenant: { default: 'a' } }
    const document = { servers: [{ url: 'https://{tenant}.example.com', variables }] }
    for (const tenant of ['a@evil.example.org', 'a\\', '', 'a b', '{x}', 'evil.example.org#', 'evil.example.org?']) {
      expect(read({ document, root: [{ key: [] }] }, { serverVariables: { tenant } }).tools).toEqual([])
    }
  })

  it.each<[string, object]>([
    ['a relative URL', { servers: [{ url: '/v1' }] }],
    ['no servers', { servers: undefined }],
    ['a variable without a default', { servers: [{ url: 'https://{x}.example.com' }] }],
    ['a query', { servers: [{ url: 'https://a.example.com?x=1' }] }],
    ['user info', { servers: [{ url: 'https://u:p@a.example.com' }] }],
    ['another protocol', { servers: [{ url: 'wss://a.example.com' }] }],
  ])('%s is an issue, and the option `server` takes its place', (_, document) => {
    expect(refusalOf({ document }).map(([code]) => code)).toEqual(['ERR_DIALECT_SERVER'])
    expect(urlOf({ document }, { server: 'https://mine.example.com/base/' })).toBe(
      'https://mine.example.com/base/things',
    )
  })

  it('T20: plain http carries a credential only where that is allowed', () => {
    const document = { servers: [{ url: 'http://a.example.com' }] }
    expect(refusalOf({ document, root: [{ key: [] }] })).toEqual([['ERR_BASE_URL_INSECURE', '/servers/0']])
    const allowInsecureOrigins = ['http://a.example.com']
    expect(read({ document, root: [{ key: [] }] }, { allowInsecureOrigins }).tools).toHaveLength(1)
  })
})

describe('T01: an operation that cannot be told is refused, and never public or gone', () => {
  const paths = (item: object, at = '/things'): Parts => ({ document: { paths: { [at]: item } } })
  const item = '/paths/~1things'
  const get = { operationId: 'list' }
  const header = { name: 'authorization', in: 'header', required: true }

  it.each<[string, Parts, readonly [string, string]]>([
    ['`security` of a path', paths({ security: [{ key: [] }], get }), ['ERR_FIELD_UNKNOWN', `${item}/security`]],
    ['a misspelt one', paths({ securty: [{ key: [] }], get }), ['ERR_FIELD_UNKNOWN', `${item}/securty`]],
    [
      'an operation behind a reference',
      paths({ get: { $ref: '#/x-operation' } }),
      ['ERR_DIALECT_REFERENCE', `${item}/get/$ref`],
    ],
    [
      'operations beside a reference',
      paths({ $ref: '#/paths/~1other', get }),
      ['ERR_DIALECT_REFERENCE', `${item}/get`],
    ],
    ['a path without a slash', paths({ get }, 'things'), ['ERR_FIELD_UNKNOWN', '/paths/things']],
    ['a method in capitals', paths({ GET: get }), ['ERR_FIELD_UNKNOWN', `${item}/GET`]],
    ['a misspelt method', paths({ psot: get }), ['ERR_FIELD_UNKNOWN', `${item}/psot`]],
    [
      'a required Authorization without `security`',
      { operation: { parameters: [header] } },
      ['ERR_DIALECT_INEXPRESSIBLE', `${item}/get/parameters/0`],
    ],
    [
      'a required Authorization of an anonymous operation',
      { root: [{}], operation: { parameters: [header] } },
      ['ERR_DIALECT_INEXPRESSIBLE', `${item}/get/parameters/0`],
    ],
  ])('%s', (_, parts, expected) => {
    expect(refusalOf(parts)).toEqual([expected])
  })

  it.each<[string, object, string]>([
    ['paths', { paths: { security: [], '/things': { get } } }, '/paths/security'],
    ['paths, misspelt', { paths: { Security: [], '/things': { get } } }, '/paths/Security'],
    ['components', { components: { security: [], securitySchemes: SCHEMES } }, '/components/security'],
  ])('`security` of %s: the document is refused', (_, document, pointer) => {
    expect(errorsOf(fromOpenApi(documentOf({ document })))).toEqual([['ERR_FIELD_UNKNOWN', pointer]])
  })

  it('an optional Authorization, or one that a scheme writes, is left out; fields of its own are nothing to us', () => {
    const parameters = [header]
    expect(read({ root: [{ bearer: [] }], operation: { parameters } }).tools).toHaveLength(1)
    expect(read({ operation: { parameters: [{ ...header, required: false }] } }).tools).toHaveLength(1)
    const own = { 'x-paths': {}, '/things': { 'x-security': [], query: get, get } }
    expect(read({ document: { paths: own } }).tools).toHaveLength(1)
    const alias = { $ref: '#/paths/~1things', summary: 's', 'x-own': 1 }
    expect(read({ document: { paths: { '/things': { get }, '/other': alias } } }).tools).toHaveLength(2)
  })

  it('P36: a body that consists of the same schema many times over is gathered in linear time', () => {
    const schemas = Object.fromEntries(
      Array.from({ length: 16 }, (_, level) => {
        const part = { $ref: `#/components/schemas/L${level + 1}` }
        return [`L${level}`, { allOf: Array.from({ length: 12 }, () => part) }]
      }),
    )
    const all = { ...schemas, L16: { type: 'object', properties: { a: { type: 'string' } } } }
    const content = { 'application/json': { schema: { $ref: '#/components/schemas/L0' } } }
    const post = { requestBody: { content } }
    const [tool] = read({ document: { paths: { '/things': { post } }, components: { schemas: all } } }).tools
    expect(tool?.definition.dynamicParameters?.map(({ name }) => name)).toEqual(['a'])
  })
})

describe('operations', () => {
  it('are picked by id, tool name, or method and path', () => {
    const paths = { '/a': { get: { operationId: 'a.list' }, post: {} }, '/b/{id}': { parameters: [], delete: {} } }
    const names = (operations: readonly string[]): readonly string[] =>
      read({ document: { paths } }, { operations }).tools.map(({ name }) => name)
    expect(names(['a.list'])).toEqual(['a_list'])
    expect(names(['a_list', 'POST /a'])).toEqual(['a_list', 'post_a'])
    expect(names(['DELETE /b/{id}'])).toEqual(['delete_b_id'])
    const unknown = fromOpenApi(documentOf({ document: { paths } }), { operations: ['a.lst', 'POST /a'] })
    expect(errorsOf(unknown)).toEqual([['ERR_DIALECT_OPERATION', '/paths']])
    expect(unknown.issues[0]?.help).toBe('did you mean `a.list`?')
  })

  it('names are tool names, apart without regard to case', () => {
    const ids = ['getThing', 'GetThing', 'get thing!', 'größe', '…', 'a'.repeat(70), `${'a'.repeat(70)}b`]
    const paths = Object.fromEntries(ids.map((operationId, index) => [`/${index}`, { get: { operationId } }]))
    const names = read({ document: { paths } }).tools.map(({ name }) => name)
    expect(names).toEqual([
      'getThing',
      'GetThing_2',
      'get_thing',
      'gr_e',
      'tool',
      'a'.repeat(64),
      `${'a'.repeat(62)}_2`,
    ])
  })

  it('the description is the operation’s, else its summary, else the path’s', () => {
    const describe = (item: object): string | undefined =>
      read({ document: { paths: { '/a': item } } }).tools[0]?.definition.description
    expect(describe({ description: 'p', get: { description: 'd', summary: 's' } })).toBe('d')
    expect(describe({ description: 'p', get: { description: '', summary: 's' } })).toBe('s')
    expect(describe({ description: 'p', get: {} })).toBe('p')
    expect(describe({ get: {} })).toBeUndefined()
  })

  it('parameters: own before those of the path, behind references, with their descriptions', () => {
    const paths = {
      '/a/{id}': {
        parameters: [
          { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
          { name: 'q', in: 'query', schema: { type: 'string' } },
        ],
        get: {
          parameters: [
            { $ref: '#/components/parameters/q' },
            { name: 'X-Trace', in: 'header', content: { 'application/json': { schema: { type: 'object' } } } },
            { name: 'c', in: 'cookie' },
          ],
        },
      },
    }
    const components = { parameters: { q: { name: 'q', in: 'query', required: true, description: 'Words' } } }
    const [tool] = read({ document: { paths, components } }).tools
    expect(tool?.definition.dynamicParameters).toEqual([
      { name: 'id', location: 'PARAMETER_LOCATION_PATH', schema: { type: 'string' }, required: true },
      { name: 'q', location: 'PARAMETER_LOCATION_QUERY', schema: { description: 'Words' }, required: true },
      { name: 'X-Trace', location: 'PARAMETER_LOCATION_HEADER', schema: { type: 'object' } },
    ])
    expect(warningsOf(tool as never)).toEqual([['WARN_DIALECT_DROPPED', '/paths/~1a~1{id}/get/parameters/2']])
  })

  it('header parameters that OpenAPI tells elsewhere, and repeats of a key, are left out with a notice', () => {
    const names = ['Accept', 'content-type', 'AUTHORIZATION', 'x_api_key', 'Content-Length', 'X-Other']
    const parameters = [
      ...names.map((name) => ({ name, in: 'header' })),
      { name: 'api_key', in: 'query' },
      { name: 'X-API-Key', in: 'query' },
    ]
    const [tool] = read({ root: [{ key: [] }, { query: [] }], operation: { parameters } }).tools
    expect(tool?.definition.dynamicParameters?.map(({ name }) => name)).toEqual(['X-Other', 'X-API-Key'])
    expect(warningsOf(tool as never).map(([, pointer]) => pointer.split('/').at(-1))).toEqual([
      '0',
      '1',
      '2',
      '3',
      '4',
      '6',
    ])
  })

  it('a placeholder that is nowhere declared becomes a parameter', () => {
    const [tool] = read({ document: { paths: { '/a/{id}': { get: {} } } } }).tools
    expect(applied(tool as never, { parameters: { id: '7' } as never }).url).toBe(`${SERVER}/a/7`)
    expect(warningsOf(tool as never)).toHaveLength(1)
  })

  it('the properties of a JSON body, gathered from all its parts', () => {
    const schemas = {
      Base: { properties: { id: { type: 'string' } }, required: ['id'] },
      Order: {
        allOf: [{ $ref: '#/components/schemas/Base' }, { type: 'object', properties: { amount: { type: 'number' } } }],
        required: ['amount'],
      },
    }
    const content = {
      'application/xml': {},
      'application/json; charset=utf-8': { schema: { $ref: '#/components/schemas/Order' } },
    }
    const post = { requestBody: { required: true, content } }
    const [tool] = read({ document: { paths: { '/a': { post } }, components: { schemas } } }).tools
    const sent = applied(tool as never, { parameters: { id: 'a', amount: 5 } as never })
    expect(sent.headers).toEqual({ 'Content-Type': 'application/json; charset=utf-8' })
    expect(JSON.parse(sent.body)).toEqual({ id: 'a', amount: 5 })
    expect(tool?.definition.dynamicParameters?.map(({ required }) => required)).toEqual([true, true])
  })

  it.each<[string, object, object]>([
    ['a form', { 'application/x-www-form-urlencoded': {} }, { 'Content-Type': 'application/x-www-form-urlencoded' }],
    ['a list', { 'application/json': { schema: { type: 'array' } } }, { 'content-type': 'application/json' }],
    [
      'one of several',
      { 'application/json': { schema: { oneOf: [{ properties: { a: {} } }] } } },
      { 'content-type': 'application/json' },
    ],
    ['anything', { '*/*': {} }, { 'content-type': 'application/json' }],
    [
      'a patch',
      { 'application/json-patch+json': { schema: { type: 'array' } } },
      { 'Content-Type': 'application/json-patch+json' },
    ],
  ])('a body that is %s is for the caller to give', (_, content, headers) => {
    const [tool] = read({ document: { paths: { '/a': { post: { requestBody: { content } } } } } }).tools
    expect(warningsOf(tool as never)).toHaveLength(1)
    expect(tool?.definition.dynamicParameters).toBeUndefined()
    expect(applied(tool as never, { body: 'a=b' })).toMatchObject({ headers, body: 'a=b' })
  })

  it('of two parameters of one name the later goes, unless it must be there', () => {
    const content = { 'application/json': { schema: { properties: { id: {}, q: {} }, required: ['id'] } } }
    const parameters = [
      { name: 'id', in: 'path' },
      { name: 'q', in: 'query' },
    ]
    const post = { parameters, requestBody: { required: true, content } }
    const [tool] = read({ document: { paths: { '/a/{id}': { post } } } }).tools
    const sent = applied(tool as never, { parameters: { id: '7', q: 'x' } as never })
    expect(sent).toMatchObject({ url: `${SERVER}/a/7?q=x`, body: '{"id":"7"}' })
    expect(warningsOf(tool as never)).toHaveLength(2)
  })

  it('schemas stand alone: references are written out, circles and masses are cut', () => {
    const schemas = {
      Node: {
        type: 'object',
        properties: { next: { $ref: '#/components/schemas/Node' }, example: { type: 'string' } },
      },
      Wide: {
        type: 'object',
        properties: Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`p${i}`, { type: 'string' }])),
      },
      Outer: { type: 'object', 'x-own': 1, example: {}, properties: { in: { $ref: 'other.json' } }, required: ['in'] },
    }
    const parameters = Object.keys(schemas).map((name) => ({
      name,
      in: 'query',
      schema: { $ref: `#/components/schemas/${name}` },
    }))
    const [tool] = read({
      operation: { parameters: [...parameters].reverse() },
      document: { components: { schemas } },
    }).tools
    const text = JSON.stringify(tool?.definition)
    expect(text).not.toContain('$ref')
    expect(tool?.definition.dynamicParameters?.[0]?.schema).toEqual({
      type: 'object',
      properties: { in: {} },
      required: ['in'],
    })
    expect(warningsOf(tool as never)).toEqual([['WARN_DIALECT_DROPPED', '/paths/~1things/get']])
    const [node] = read({
      operation: { parameters: parameters.slice(0, 1) },
      document: { components: { schemas } },
    }).tools
    expect(node?.definition.dynamicParameters?.[0]?.schema).toEqual({
      type: 'object',
      properties: { next: {}, example: { type: 'string' } },
    })
  })

  it('P36: a schema that doubles at each step is cut in linear time', () => {
    const schemas = Object.fromEntries(
      Array.from({ length: 60 }, (_, level) => {
        const $ref = `#/components/schemas/L${level + 1}`
        return [`L${level}`, { type: 'object', properties: { a: { $ref }, b: { $ref } } }]
      }),
    )
    const parameters = [{ name: 'q', in: 'query', schema: { $ref: '#/components/schemas/L0' } }]
    const [tool] = read({ operation: { parameters }, document: { components: { schemas } } }).tools
    expect(JSON.stringify(tool?.definition).length).toBeLessThan(200_000)
  })
})
