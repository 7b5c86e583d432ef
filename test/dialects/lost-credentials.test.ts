import { describe, expect, it } from 'vitest'
import { fromVapi, fromVapiResource, migrateVapi } from '../../src/dialects/index.ts'
import { describeAccess } from '../../src/index.ts'
import { leaksOf } from '../properties/leaks.ts'
import { errorsOf, taken, warningsOf } from './results.ts'

const url = 'https://a.example.com/hook'
const plan = (token: string): object => ({ type: 'bearer', token })
const webhook = (token: string): object => ({ provider: 'webhook', authenticationPlan: plan(token) })
const called = { type: 'function', function: { name: 'f' } }
const request = { type: 'apiRequest', name: 'f', method: 'GET', url }

/** What every server of a resource is refused for; fails where one is imported. */
function refusalOf(resource: unknown): readonly (readonly [string, string])[] {
  const { tools, refused } = taken(fromVapiResource(resource))
  expect(tools.map(({ pointer }) => pointer)).toEqual([])
  return refused.flatMap(({ issues }) => errorsOf({ issues }))
}

type Case = readonly [name: string, resource: object, expected: readonly [code: string, pointer: string]]

const LOST = 'ERR_DIALECT_INEXPRESSIBLE'
const PLAN = '/credentials/0/authenticationPlan/type'

describe('T01: a credential that stands beside a server, or around it, is read or refused, and never lost', () => {
  it.each<Case>([
    ['serverUrlSecret of older versions', { server: { url }, serverUrlSecret: 's' }, [LOST, '/serverUrlSecret']],
    [
      'serverUrlSecret beside both spellings',
      { server: { url }, serverUrl: url, serverUrlSecret: 's' },
      [LOST, '/serverUrlSecret'],
    ],
    ['an empty serverUrlSecret', { serverUrl: url, serverUrlSecret: null }, ['ERR_FIELD_TYPE', '/serverUrlSecret']],
    ['a misspelt serverUrlSecret', { serverUrl: url, serverUrlSecrt: 's' }, ['ERR_FIELD_UNKNOWN', '/serverUrlSecrt']],
    ['secret in the older spelling', { ...called, serverUrl: url, secret: 's' }, [LOST, '/secret']],
    ...[null, 0, {}].map(
      (secret): Case => [
        `${JSON.stringify(secret)} as a transcriber's secret`,
        { transcriber: { server: { url }, secret } },
        ['ERR_FIELD_TYPE', '/transcriber/secret'],
      ],
    ),
    [
      "a misspelt transcriber's secret",
      { transcriber: { server: { url }, secrt: 's' } },
      ['ERR_FIELD_UNKNOWN', '/transcriber/secrt'],
    ],
    ...['secret', 'credentialId', 'headers', 'serverUrlSecret', 'authenticationPlan'].map(
      (name): Case => [`${name} of a function tool`, { ...called, server: { url }, [name]: 'c' }, [LOST, `/${name}`]],
    ),
    ['an empty secret of a function tool', { ...called, server: { url }, secret: null }, [LOST, '/secret']],
    ['credentialId of another tool', { type: 'mcp', server: { url }, credentialId: 'c' }, [LOST, '/credentialId']],
    ['secret of an API request', { ...request, secret: 's' }, [LOST, '/secret']],
    ['a plan of an API request', { ...request, authenticationPlan: plan('t') }, [LOST, '/authenticationPlan']],
    ['a server of an API request', { ...request, server: { secret: 's' } }, [LOST, '/server']],
    [
      'a misspelt list of headers',
      { ...request, headers: { type: 'object', propertys: { 'X-Key': { value: 'sk' } } } },
      ['ERR_FIELD_UNKNOWN', '/headers/propertys'],
    ],
    [
      'a misspelt value of a header',
      { ...request, headers: { properties: { 'X-Key': { vlaue: 'sk' } } } },
      ['ERR_FIELD_UNKNOWN', '/headers/properties/X-Key/vlaue'],
    ],
    [
      'a header that is no schema',
      { ...request, headers: { properties: { 'X-Key': 'sk' } } },
      ['ERR_FIELD_TYPE', '/headers/properties/X-Key'],
    ],
    [
      'two credentials of webhooks',
      { credentials: [webhook('a'), webhook('b')], server: { url } },
      [LOST, '/credentials/1/authenticationPlan'],
    ],
    [
      'a credential without a plan before one',
      { credentials: [{ provider: 'webhook' }, webhook('a')], server: { url } },
      [LOST, '/credentials/1/authenticationPlan'],
    ],
    ...[null, 0, []].map(
      (authenticationPlan): Case => [
        `${JSON.stringify(authenticationPlan)} as a plan`,
        { credentials: [{ provider: 'webhook', authenticationPlan }], server: { url } },
        ['ERR_FIELD_VALUE', PLAN],
      ],
    ),
    ['credentials that are a number', { credentials: 0, server: { url } }, ['ERR_FIELD_TYPE', '/credentials']],
    ['credentials that are null', { credentials: null, server: { url } }, ['ERR_FIELD_TYPE', '/credentials']],
    ['a credential that is a text', { credentials: ['c'], server: { url } }, ['ERR_FIELD_TYPE', '/credentials/0']],
    [
      'an empty webhook of older versions',
      { credentials: { webhook: null }, server: { url } },
      ['ERR_FIELD_VALUE', '/credentials/webhook/type'],
    ],
    [
      'a misspelt webhook of older versions',
      { credentials: { webhok: plan('t') }, server: { url } },
      ['ERR_FIELD_UNKNOWN', '/credentials/webhok'],
    ],
    [
      'a misspelt list of credentials',
      { credentails: [webhook('t')], server: { url } },
      ['ERR_FIELD_UNKNOWN', '/credentails'],
    ],
    ...['webhok', 'custom-credential', null].map(
      (provider): Case => [
        `the provider ${provider}`,
        { credentials: [{ provider, authenticationPlan: plan('t') }], server: { url } },
        [LOST, '/credentials/0'],
      ],
    ),
    [
      'a credential of the assistant and of its overrides',
      {
        assistant: { credentials: [webhook('a')], server: { url } },
        assistantOverrides: { credentials: [webhook('b')] },
      },
      [LOST, '/assistantOverrides/credentials/0/authenticationPlan'],
    ],
    [
      'credentials of several assistants for the overrides of a squad',
      {
        members: [{ assistant: { credentials: [webhook('a')] } }, { assistant: { credentials: [webhook('b')] } }],
        membersOverrides: { server: { url } },
      },
      [LOST, '/members/1/assistant/credentials/0/authenticationPlan'],
    ],
    ['a secret in Liquid', { server: { url, secret: '{{ x }}' } }, [LOST, '/server/secret']],
    [
      'a secret header in Liquid',
      { server: { url, headers: { Authorization: 'Bearer {{ customer.token }}' } } },
      [LOST, '/server/headers/Authorization'],
    ],
    ...(['default', 'enum', 'const'] as const).map(
      (word): Case => [
        `${word} of a secret header`,
        { ...request, headers: { properties: { Authorization: { type: 'string', [word]: 'Bearer S3CRET' } } } },
        [LOST, `/headers/properties/Authorization/${word}`],
      ],
    ),
  ])('%s', (_, resource, expected) => {
    expect(refusalOf(resource)).toEqual([expected])
  })

  it('a resource given to fromVapi does not lose its credential', () => {
    const read = fromVapi({ server: { url }, credentials: [webhook('t')] })
    expect(errorsOf(read)).toEqual([[LOST, '/credentials']])
  })

  it("what is no credential of a server's stays where it is", () => {
    const resource = [
      { provider: 'byo-phone-number', credentialId: 'sip', authentication: { realm: 'r' }, server: { url } },
      {
        credentialIds: ['c'],
        serverMessages: ['hang'],
        credentials: [{ provider: 'openai', apiKey: 'k' }],
        server: { url },
      },
      { credentials: {}, server: { url } },
    ]
    const { tools, refused } = taken(fromVapiResource(resource))
    expect(refused).toEqual([])
    expect(tools.map(({ definition }) => describeAccess(definition).anonymous)).toEqual([true, true, true])
  })

  it('the nearest credential of webhooks wins, and a secret of the server before that of its owner', () => {
    const inner = { credentials: [webhook('near')], transcriber: { server: { url, secret: 'own' }, secret: 'owner' } }
    const resource = { credentials: [webhook('far')], assistant: { ...inner, server: { url } } }
    const { tools } = taken(fromVapiResource(resource))
    const tokens = tools.map(({ tokens }) =>
      Object.fromEntries(
        Object.entries(tokens).map(([name, token]) => [name, (token as { reveal(): string }).reveal()]),
      ),
    )
    expect(tokens).toEqual([{ webhook: 'near' }, { 'X-Vapi-Secret': 'own', webhook: 'near' }])
  })

  it('a fixed field of a body is a static parameter, never a choice of the model', () => {
    const properties = { apiKey: { type: 'string', value: 'S3CRET' }, q: { type: 'string' } }
    const { definition } = taken(fromVapi({ ...request, method: 'POST', body: { type: 'object', properties } }))
    expect(definition.staticParameters).toEqual([
      { name: 'apiKey', location: 'PARAMETER_LOCATION_BODY', value: 'S3CRET' },
    ])
    expect(definition.dynamicParameters?.map(({ name }) => name)).toEqual(['q'])
    const inside = { a: { type: 'object', properties: { b: { items: { value: 1 } } } } }
    expect(refusalOf({ ...request, body: { properties: inside } })).toEqual([[LOST, '/body/properties/a']])
    const liquid = { a: { value: '{{ x }}' } }
    expect(refusalOf({ ...request, body: { properties: liquid } })).toEqual([[LOST, '/body/properties/a/value']])
    const inPath = { ...request, url: `${url}/{{ a }}`, body: { properties: { a: { value: 'x' } } } }
    expect(refusalOf(inPath)).toEqual([[LOST, '/body/properties/a/value']])
  })
})

describe('a migration drops a credential only once nothing needs it', () => {
  const kept = { server: { url, headers: { 'X-A': 'a', 'X-B': 'b' } } }

  it.each<[string, object]>([
    [
      'overrides of a member',
      { members: [{ assistant: { credentials: [webhook('ONE')], server: { url } }, assistantOverrides: kept }] },
    ],
    [
      'overrides of a squad',
      { members: [{ assistant: { credentials: [webhook('ONE')], server: { url } } }], membersOverrides: kept },
    ],
    ['tools that stand elsewhere', { credentials: [webhook('ONE')], server: { url }, model: { toolIds: ['t1'] } }],
    [
      'an assistant that stands elsewhere',
      { assistantId: 'a1', assistantOverrides: { credentials: [webhook('ONE')], server: { url } } },
    ],
    [
      'a squad that stands elsewhere',
      { credentials: [webhook('ONE')], server: { url }, model: { tools: [{ destinations: [{ squadId: 's' }] }] } },
    ],
    ['a kept server before a migrated one', { credentials: [webhook('ONE')], a: kept, b: { server: { url } } }],
    ['a kept server behind a migrated one', { credentials: [webhook('ONE')], a: { server: { url } }, b: kept }],
  ])('%s', (_, resource) => {
    const result = migrateVapi(resource)
    const migration = taken(result)
    expect(migration.report.map(({ status }) => status)).toContain('migrated')
    expect(JSON.stringify(migration.resource)).toContain('"ONE"')
    expect(warningsOf(result)).toHaveLength(1)
  })

  it('overrides use the credential of the assistant that they are merged into', () => {
    const resource = {
      assistant: { credentials: [webhook('ONE')], server: { url } },
      assistantOverrides: { server: { url: `${url}/override` } },
    }
    const migration = taken(migrateVapi(resource))
    expect(migration.report.map(({ status, before }) => [status, before])).toEqual([
      ['migrated', ['Authorization: Bearer [secret]']],
      ['migrated', ['Authorization: Bearer [secret]']],
    ])
    expect(leaksOf(migration.resource, 'ONE')).toEqual([])
  })

  it('a server with a credentialId of its own needs the inherited one no more', () => {
    const credentials = [{ id: 'c', authenticationPlan: plan('t') }]
    const resource = { credentials: [webhook('ONE')], server: { url, credentialId: 'c' } }
    expect(taken(migrateVapi(resource, { credentials })).resource).toEqual({ server: { url, credentialId: 'c' } })
  })

  it.each<[string, object]>([
    ['a secret where none is looked for', { server: { url }, serverUrlSecret: 's' }],
    ['a secret beside the server of a tool', { ...called, server: { url }, secret: 's' }],
    ['a secret in Liquid', { server: { url, secret: '{{ vapiSecret }}' } }],
    ['two credentials of webhooks', { credentials: [webhook('a'), webhook('b')], server: { url } }],
  ])('%s stays, and is told', (_, resource) => {
    const result = migrateVapi(resource)
    expect(taken(result)).toMatchObject({ resource, credentials: [], report: [{ status: 'kept' }] })
    expect(warningsOf(result).map(([code]) => code)).toEqual(['WARN_DIALECT_SECRET_INLINE'])
  })

  it('P21: the report has no user info and no query of a URL', () => {
    const withQuery = 'https://api.example.com/x?token=S3CRETq'
    const report = [
      { server: { url: `https://user:S3CRETpw@api.example.com/x?token=S3CRETq` } },
      { server: { url: withQuery, secret: 's' } },
      {
        server: { url },
        credentials: [
          {
            provider: 'webhook',
            authenticationPlan: { type: 'oauth2', url: withQuery, clientId: 'c', clientSecret: 's' },
          },
        ],
      },
    ].flatMap((resource) => taken(migrateVapi(resource)).report)
    expect(report.map((server) => server.url)).toEqual([null, 'https://api.example.com/x', url])
    expect(JSON.stringify(report)).not.toContain('S3CRET')
  })
})
