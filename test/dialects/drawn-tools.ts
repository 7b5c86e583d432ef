import fc from 'fast-check'
import type { DynamicParameter, Requirement, StaticParameter, Token, ToolDefinition } from '../../src/index.ts'
import { reference, usableToken } from '../properties/arbitraries.ts'

/** A requirement with a token that it takes. */
export interface DrawnRequirement {
  readonly requirement: Requirement
  readonly token: Token
}

const longSecret = usableToken.map((text) => `${text}-of-many-bytes`)
const headerName = fc.constantFrom('X-API-Key', 'x-own', 'Authorization', 'X-Vapi-Secret', "X-Odd.Name_1'")
const text = fc.string({ unit: fc.constantFrom('a', 'B', '0', '-', '_', '.'), minLength: 1, maxLength: 12 })

function drawn(requirement: fc.Arbitrary<Requirement>, token: fc.Arbitrary<Token>): fc.Arbitrary<DrawnRequirement> {
  return fc.record({ requirement, token })
}

const headerKey = drawn(
  headerName.map((name) => ({ headerApiKey: { name } })),
  usableToken,
)
const queryKey = drawn(
  fc.constantFrom('api_key', 'k e&y=', 'ключ').map((name) => ({ queryApiKey: { name } })),
  fc.oneof(usableToken, fc.constant('ключ & more=')),
)
const cookieKey = drawn(
  text.map((name) => ({ cookieApiKey: { name } })),
  usableToken,
)
const bearer = drawn(fc.constant({ httpAuth: { scheme: 'Bearer' } }), usableToken)
const otherScheme = drawn(
  fc.constantFrom('Token', 'X-Own.Scheme', 'Digest').map((scheme) => ({ httpAuth: { scheme } })),
  usableToken,
)
const userPassword = fc.record({
  username: fc.string({ unit: fc.constantFrom('a', 'é', ' ', '0'), maxLength: 6 }).map((user) => `u${user}`),
  password: fc.string({ unit: 'grapheme', maxLength: 8 }).filter((password) => !/\p{Cc}/u.test(password)),
})
const basicText = userPassword.map(({ username, password }) =>
  Buffer.from(`${username}:${password}`, 'utf8').toString('base64'),
)
const basic = drawn(fc.constant({ httpAuth: { scheme: 'Basic' } }), fc.oneof(userPassword, basicText))
const basicAsText = drawn(fc.constant({ httpAuth: { scheme: 'Basic' } }), basicText)
const client = drawn(
  fc
    .record(
      {
        tokenUrl: fc.constantFrom('https://auth.example.com/oauth2/token', 'https://a.example.com:8443/t?x=1'),
        scope: fc.constantFrom('read', 'orders:read orders:write'),
        clientAuthentication: fc.constant('client_secret_post' as const),
      },
      { requiredKeys: ['tokenUrl'] },
    )
    .map((fields) => ({ oauth2ClientCredentials: fields })),
  fc.record({ clientId: text, clientSecret: usableToken }),
)

/** What Tavus can say. */
export const tavusRequirement: fc.Arbitrary<DrawnRequirement> = fc.oneof(
  headerKey,
  queryKey,
  bearer,
  basic,
  client,
  drawn(
    fc.constantFrom(
      { hmacSignature: { headers: { 'X-Tavus-Signature': '{signature}' } } },
      {
        hmacSignature: {
          algorithm: 'sha256' as const,
          payload: '{body}',
          headers: { 'X-Tavus-Signature': '{signature}' },
        },
      },
    ),
    longSecret,
  ),
)

/** Forms that Vapi's plan can say. */
export const vapiForm: fc.Arbitrary<Requirement> = fc
  .record({
    algorithm: fc.constantFrom('sha1', 'sha256', 'sha512', undefined),
    key: fc.constantFrom('utf8', 'base64', undefined),
    encoding: fc.constantFrom('hex', 'base64', undefined),
    payload: fc.constantFrom(
      '{body}',
      '{timestamp}.{body}',
      'v0:{method}:{url}:{body}',
      '[[x]]{timestamp}{{ {body}',
      undefined,
    ),
    prefix: fc.constantFrom('', 'sha256=', 'v1,'),
    id: fc.boolean(),
  })
  .map(({ payload, prefix, id, ...rest }) => {
    const isTimed = payload?.includes('{timestamp}') === true
    const headers = {
      ...(isTimed ? { 'x-timestamp': '{timestamp}' } : {}),
      ...(id ? { 'svix-id': '{id}' } : {}),
      'x-signature': `${prefix}{signature}`,
    }
    const fields = { ...rest, ...(payload === undefined ? {} : { payload: id ? `{id}.${payload}` : payload }), headers }
    const defined = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
    return { hmacSignature: defined as never }
  })

const ownCredential = fc.oneof(
  headerKey,
  bearer,
  drawn(fc.constant({ headerApiKey: { name: 'X-Auth', prefix: 'Bearer ' } }), usableToken),
  client,
  drawn(
    vapiForm,
    longSecret.map((secret) => Buffer.from(secret).toString('base64')),
  ),
)

/** What Vapi can say of one server: headers with their secrets, and at most one credential. */
export const vapiRequirements: fc.Arbitrary<readonly DrawnRequirement[]> = fc
  .record({
    inline: fc.subarray(['X-One', 'x-two', 'X-Vapi-Secret'], { minLength: 0 }),
    authorization: fc.option(fc.oneof(bearer, basicAsText, otherScheme), { nil: undefined }),
    stored: fc.option(fc.tuple(ownCredential, reference), { nil: undefined }),
    token: usableToken,
  })
  .map(({ inline, authorization, stored, token }) => {
    const headers = inline.map((name, index) => ({
      requirement: { headerApiKey: { name } },
      token: `${token}${index}`,
    }))
    const credential = stored === undefined ? [] : [{ requirement: stored[0].requirement, token: stored[1] }]
    const writesHeader = (name: string) => (one: DrawnRequirement) => JSON.stringify(one.requirement).includes(name)
    const ofCredential = credential.filter(
      (one) => !headers.some(({ requirement }) => writesHeader(requirement.headerApiKey.name)(one)),
    )
    // A credential's own Authorization gives way to one among the headers.
    return [...headers, ...(ofCredential.length > 0 || authorization === undefined ? ofCredential : [authorization])]
  })

/** What OpenAPI can say. */
export const openApiRequirement: fc.Arbitrary<Requirement> = fc
  .oneof(headerKey, queryKey, cookieKey, bearer, basic, otherScheme, client)
  .map(({ requirement }) => requirement)

/** What Ultravox can say, with a text as its token. */
export const ultravoxRequirement: fc.Arbitrary<DrawnRequirement> = fc.oneof(
  headerKey,
  queryKey,
  bearer,
  basicAsText,
  otherScheme,
)

const NAMES = ['id', 'q', '10', '2', 'amount', 'a b', 'clé'] as const
const schema = fc.constantFrom(
  undefined,
  { type: 'string' },
  { type: 'object', properties: { a: { type: ['null', 'string'] } } },
)

/** Parameters at places that a format has, and the URL and method that go with them. */
export interface DrawnRequest {
  readonly dynamicParameters: readonly DynamicParameter[]
  readonly staticParameters: readonly StaticParameter[]
  readonly http: NonNullable<ToolDefinition['http']>
}

/**
 * @param headers Whether parameters can stand in headers.
 * @param segment Names that parameters of the path can have.
 */
export function drawnRequest(headers: boolean, segment = /^[^ ]+$/): fc.Arbitrary<DrawnRequest> {
  return fc
    .record({
      method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH'),
      names: fc.subarray([...NAMES]),
      places: fc.array(fc.nat(2), { minLength: NAMES.length, maxLength: NAMES.length }),
      required: fc.array(fc.constantFrom(true, false, undefined), { minLength: NAMES.length, maxLength: NAMES.length }),
      schemas: fc.array(schema, { minLength: NAMES.length, maxLength: NAMES.length }),
      fixed: fc.subarray(['source', '7', 'version']),
      value: fc.jsonValue({ maxDepth: 2, stringUnit: fc.constantFrom('a', ' ', 'é') } as never),
    })
    .map(({ method, names, places, required, schemas, fixed, value }) => {
      const dynamicParameters = names.map((name, index): DynamicParameter => {
        const place = placeOf(name, places[index] ?? 0, method, headers, segment)
        const [given, needed] = [schemas[index], required[index]]
        return {
          name,
          location: place,
          ...(given === undefined ? {} : { schema: given }),
          ...(needed === undefined ? {} : { required: needed }),
        }
      })
      const inPath = dynamicParameters
        .filter(({ location }) => location.endsWith('_PATH'))
        .map(({ name }) => `/{${name}}`)
      const staticParameters =
        method === 'GET'
          ? []
          : fixed.map((name) => ({ name, location: 'PARAMETER_LOCATION_BODY', value }) as StaticParameter)
      return {
        dynamicParameters,
        staticParameters,
        http: { baseUrlPattern: `https://api.example.com/v1${inPath.join('')}`, httpMethod: method },
      }
    })
}

function placeOf(
  name: string,
  drawn: number,
  method: string,
  headers: boolean,
  segment: RegExp,
): DynamicParameter['location'] {
  if (drawn === 0 && segment.test(name)) return 'PARAMETER_LOCATION_PATH'
  if (drawn === 1 && headers && /^[a-z]+$/.test(name)) return 'PARAMETER_LOCATION_HEADER'
  return method === 'GET' ? 'PARAMETER_LOCATION_QUERY' : 'PARAMETER_LOCATION_BODY'
}

/** The rest of a tool that every format has. */
export const about: fc.Arbitrary<object> = fc.record(
  {
    modelToolName: fc.constantFrom('stock_price', 'a'),
    description: fc.string({ unit: 'grapheme', maxLength: 10 }),
    timeout: fc.constantFrom('5s', '0.5s', '20s'),
  },
  { requiredKeys: [] },
)
