import SwaggerClient, { type SwaggerRequest } from 'swagger-client'
import { expect, it } from 'vitest'
import { fromOpenApi, type ImportedTool } from '../../src/dialects/index.ts'
import {
  apply,
  buildRequest,
  type DynamicParameter,
  fulfil,
  type HttpRequest,
  type Requirement,
  resolve,
  type Token,
  type ToolDefinition,
} from '../../src/index.ts'
import { corpusFiles, readDescription } from './openapi-corpus.ts'

type Json = { readonly [field: string]: unknown }

/** What the two are compared by. */
interface Sent {
  readonly headers: Readonly<Record<string, string>>
  readonly query: string
}

const USER = 'user name'
const PASSWORD = 'pass:word'
const KEY = 'key/+=&% 1'
const BEARER = 'eyJhbGciOiJIUzI1NiJ9.e30.sig-_~+/=='

/** A credential for each requirement of the only option. */
function ourTokens(requirements: Readonly<Record<string, Requirement>>): Record<string, Token> {
  const tokens = Object.entries(requirements).map(([name, requirement]): [string, Token] => {
    if ('oauth2ClientCredentials' in requirement) return [name, { clientId: 'client', clientSecret: 'client-secret' }]
    if ('httpAuth' in requirement) {
      const isBasic = requirement.httpAuth.scheme === 'Basic'
      return [name, isBasic ? { username: USER, password: PASSWORD } : BEARER]
    }
    return [name, keyFor(requirement)]
  })
  return Object.fromEntries(tokens)
}

/** Cookies are encoded by one of the two only. */
function keyFor(requirement: Requirement): string {
  return 'cookieApiKey' in requirement ? 'key-1' : KEY
}

/** The same for swagger-client, by scheme name. */
function theirTokens(requirements: Readonly<Record<string, Requirement>>): Json {
  const authorized = Object.entries(requirements).map(([name, requirement]) => {
    if ('oauth2ClientCredentials' in requirement) return [name, { token: { access_token: BEARER } }]
    if (!('httpAuth' in requirement)) return [name, { value: keyFor(requirement) }]
    const isBasic = requirement.httpAuth.scheme === 'Basic'
    return [name, { value: isBasic ? { username: USER, password: PASSWORD } : BEARER }]
  })
  return Object.fromEntries(authorized)
}

/** Texts that every request has to have: of these alone the two make the same. */
function isCompared({ location, required, schema }: DynamicParameter): boolean {
  if (location === 'PARAMETER_LOCATION_PATH') return true
  const isText = schema !== undefined && 'type' in schema && schema.type === 'string'
  return required === true && isText && location !== 'PARAMETER_LOCATION_BODY'
}

function oursOf({ definition }: ImportedTool, requirements: Readonly<Record<string, Requirement>>): HttpRequest {
  const { staticParameters: _, dynamicParameters = [], ...rest } = definition
  const compared = dynamicParameters.filter(isCompared).map(({ schema: _, ...parameter }) => parameter)
  const tool: ToolDefinition = { ...rest, dynamicParameters: compared }
  const parameters = Object.fromEntries(compared.map(({ name }) => [name, 'x']))
  let resolution = resolve(tool, ourTokens(requirements), { tenant: 'tenant-1' })
  if (resolution.outcome === 'authenticated') {
    for (const need of resolution.needs) resolution = fulfil(resolution, need, BEARER)
  }
  return apply(buildRequest(tool, { parameters }), resolution)
}

/** The operation alone, as swagger-client sees it once the references are resolved. */
function theirsOf(
  document: Json,
  tool: ImportedTool,
  requirements: Readonly<Record<string, Requirement>>,
): SwaggerRequest {
  const { dynamicParameters = [], http } = tool.definition
  const places = { PATH: 'path', QUERY: 'query', HEADER: 'header' } as const
  const compared = dynamicParameters.filter(isCompared)
  const parameters = compared.map(({ name, location }) => {
    const place = places[location.replace('PARAMETER_LOCATION_', '') as 'PATH']
    return { name, in: place, required: true, schema: { type: 'string' } }
  })
  const [, , path = '', method = ''] = tool.pointer.split('/')
  const item = (document['paths'] as Json)[path.replaceAll('~1', '/').replaceAll('~0', '~')] as Json
  const operation = item[method] as Json
  const own = Object.hasOwn(operation, 'security') ? { security: operation['security'] } : {}
  const pathName = `/${http?.baseUrlPattern.split('/').slice(3).join('/')}`
  const spec = {
    openapi: document['openapi'],
    servers: [{ url: http?.baseUrlPattern.split('/').slice(0, 3).join('/') }],
    security: document['security'],
    components: { securitySchemes: (document['components'] as Json)['securitySchemes'] },
    paths: { [pathName]: { [method]: { operationId: 'it', parameters, ...own, responses: {} } } },
  }
  return SwaggerClient.buildRequest({
    spec,
    operationId: 'it',
    parameters: Object.fromEntries(compared.map(({ name }) => [name, 'x'])),
    securities: { authorized: theirTokens(requirements) },
  })
}

function sentBy({ url, headers }: SwaggerRequest): Sent {
  const at = url.indexOf('?')
  return {
    headers: Object.fromEntries(Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1))),
    query: at < 0 ? '' : url.slice(at + 1),
  }
}

/** The only alternative of an operation, with all that it requires; `null` where it has none or several. */
function onlyAlternative({ definition }: ImportedTool): Readonly<Record<string, Requirement>> | null {
  const options = definition.requirements?.httpSecurityOptions?.options ?? []
  return options.length === 1 ? (options[0]?.requirements ?? {}) : null
}

/** Each kind of an alternative, as a line to count by. */
function kindsOf(requirements: Readonly<Record<string, Requirement>>): string {
  const kinds = Object.values(requirements).map((requirement) =>
    'httpAuth' in requirement ? `httpAuth ${requirement.httpAuth.scheme}` : String(Object.keys(requirement)[0]),
  )
  return kinds.length === 0 ? 'nothing' : kinds.sort().join(' and ')
}

it('sends what swagger-client sends, for each operation of the corpus with exactly one alternative', () => {
  const same = new Map<string, number>()
  const different = new Map<string, number>()
  for (const path of corpusFiles()) {
    const document = readDescription(path)
    const read = fromOpenApi(document)
    if (!read.ok) throw new Error(`${path} is not read`)
    for (const tool of read.value.tools) {
      const requirements = onlyAlternative(tool)
      if (requirements === null) continue
      const [ours, theirs] = [sentBy(oursOf(tool, requirements)), sentBy(theirsOf(document, tool, requirements))]
      const counts = JSON.stringify(ours) === JSON.stringify(theirs) ? same : different
      const kinds = kindsOf(requirements)
      counts.set(kinds, (counts.get(kinds) ?? 0) + 1)
    }
  }
  expect(Object.fromEntries(same)).toEqual({
    nothing: 328,
    headerApiKey: 12_348,
    'headerApiKey and headerApiKey': 1_562,
    'headerApiKey and headerApiKey and headerApiKey': 238,
    'headerApiKey and oauth2ClientCredentials': 3,
    'headerApiKey and queryApiKey': 20,
    queryApiKey: 448,
    'queryApiKey and queryApiKey': 9,
    cookieApiKey: 10,
    'httpAuth Basic': 2_598,
    'httpAuth Bearer': 2_424,
    'httpAuth Bearer and queryApiKey': 4,
    oauth2ClientCredentials: 966,
  })
  // It knows no auth-schemes but these two, and sends the request without a credential.
  expect(Object.fromEntries(different)).toEqual({ 'httpAuth OAuth': 1, 'httpAuth payone-hmac-sha256': 4 })
}, 1_800_000)

const SCHEMES = {
  key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
  user: { type: 'http', scheme: 'basic' },
  bearer: { type: 'http', scheme: 'bearer' },
  digest: { type: 'http', scheme: 'digest' },
  session: { type: 'apiKey', in: 'cookie', name: 'session' },
}

/** Headers of one operation with this `security`, by both. */
function bothOf(security: readonly object[], tokens: Readonly<Record<string, Token>>): readonly [string, string] {
  const document = {
    openapi: '3.1.0',
    servers: [{ url: 'https://api.example.com' }],
    components: { securitySchemes: SCHEMES },
    paths: { '/': { get: { operationId: 'it', security } } },
  }
  const read = fromOpenApi(document)
  const [tool] = read.ok ? read.value.tools : []
  const authorized = Object.fromEntries(Object.entries(tokens).map(([name, value]) => [name, { value }]))
  return [attempt(() => resolved(tool, tokens)), attempt(() => theirs(document, authorized))]
}

function resolved(tool: ImportedTool | undefined, tokens: Readonly<Record<string, Token>>): HttpRequest {
  if (tool === undefined) throw new Error('refused')
  const { definition } = tool
  return apply(buildRequest(definition), resolve(definition, tokens))
}

function theirs(spec: object, authorized: object): SwaggerRequest {
  return SwaggerClient.buildRequest({ spec, operationId: 'it', securities: { authorized } })
}

function attempt(send: () => SwaggerRequest): string {
  try {
    return JSON.stringify(send().headers)
  } catch (error) {
    return error instanceof TypeError ? 'TypeError' : 'refused'
  }
}

const user = { username: 'user', password: 'pass' }
const basic = '"Authorization":"Basic dXNlcjpwYXNz"'

it.each([
  [
    'several alternatives: it sends them all',
    [{ user: [] }, { key: [] }],
    { user, key: 'k' },
    `{${basic}}`,
    `{${basic},"X-API-Key":"k"}`,
  ],
  [
    'two alternatives of one header: the last one stays',
    [{ user: [] }, { bearer: [] }],
    { user, bearer: 'b' },
    `{${basic}}`,
    '{"Authorization":"Bearer b"}',
  ],
  ['half of an alternative: it sends the half', [{ user: [], key: [] }], { key: 'k' }, 'refused', '{"X-API-Key":"k"}'],
  ['no token at all: it sends the request without one', [{ key: [] }], {}, 'refused', '{}'],
  ['an empty token: the same', [{ key: [] }], { key: '' }, 'refused', '{"X-API-Key":{"value":""}}'],
  ['another auth-scheme: the same', [{ digest: [] }], { digest: 'd' }, '{"Authorization":"Digest d"}', '{}'],
  [
    'a line break: it leaves it to the HTTP library',
    [{ key: [] }],
    { key: 'a\r\nb: c' },
    'refused',
    '{"X-API-Key":"a\\r\\nb: c"}',
  ],
  ['a scheme that is not declared', [{ keey: [] }], { keey: 'k' }, 'refused', 'TypeError'],
  [
    'a user name beyond ASCII: UTF-8 here, Latin-1 there',
    [{ user: [] }],
    { user: { username: 'é', password: 'p' } },
    '{"Authorization":"Basic w6k6cA=="}',
    '{"Authorization":"Basic 6Tpw"}',
  ],
  [
    'a cookie: it encodes what a cookie may hold',
    [{ session: [] }],
    { session: 'a=b&c' },
    '{"Cookie":"session=a=b&c"}',
    '{"Cookie":"session=a%3Db%26c"}',
  ],
] as const)('known difference, %s', (_, security, tokens, ours, theirs) => {
  expect(bothOf(security, tokens)).toEqual([ours, theirs])
})
