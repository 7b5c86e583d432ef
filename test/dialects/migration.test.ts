import { describe, expect, it } from 'vitest'
import {
  fromVapi,
  fromVapiResource,
  type MigrationOptions,
  migrateVapi,
  type VapiMigration,
} from '../../src/dialects/index.ts'
import { snapshot } from '../../src/snapshot.ts'
import { leaksOf } from '../properties/leaks.ts'
import { errorsOf, taken, warningsOf } from './results.ts'
import { type Sent, sendingOf } from './wire.ts'

const BODY = '{"message":{"type":"status-update"}}'

/** What every server of a resource sends, in the order of the document. */
async function everythingSent(resource: unknown, options: object = {}): Promise<readonly Sent[]> {
  const { tools, refused } = taken(fromVapiResource(resource, { credentialTokens: 'inline', ...options }))
  expect(refused).toEqual([])
  return Promise.all(tools.map((tool) => sendingOf(tool, { body: BODY })))
}

/** The created credentials as Vapi would hold them. */
function created({ credentials }: VapiMigration): readonly object[] {
  return credentials.map(({ credentialId, credential }) => {
    const plain = taken(snapshot(credential, { reveal: true })) as object
    return { ...plain, id: credentialId }
  })
}

const HEADER_PLAN = { type: 'bearer', headerName: 'X-Vapi-Secret', bearerPrefixEnabled: false }

describe("the migration of Vapi's documentation", () => {
  it('an inline secret: the credential, the reference, and the identical header', async () => {
    const before = { server: { url: 'https://api.example.com/webhook', secret: 'your-secret-token' } }
    const credentialIds = { 'X-Vapi-Secret api.example.com': 'cred_x_vapi_secret_123' }
    const migration = taken(migrateVapi(before, { credentialIds }))
    expect(migration.resource).toEqual({
      server: { url: 'https://api.example.com/webhook', credentialId: 'cred_x_vapi_secret_123' },
    })
    expect(created(migration)).toEqual([
      {
        id: 'cred_x_vapi_secret_123',
        provider: 'custom-credential',
        name: 'X-Vapi-Secret api.example.com',
        authenticationPlan: {
          type: 'bearer',
          token: 'your-secret-token',
          headerName: 'X-Vapi-Secret',
          bearerPrefixEnabled: false,
        },
      },
    ])
    expect(migration.report).toEqual([
      {
        pointer: '/server',
        url: 'https://api.example.com/webhook',
        status: 'migrated',
        credential: 'X-Vapi-Secret api.example.com',
        before: ['X-Vapi-Secret: [secret]'],
        after: ['X-Vapi-Secret: [secret]'],
        identical: true,
      },
    ])
    expect(await everythingSent(migration.resource, { credentials: created(migration) })).toEqual(
      await everythingSent(before),
    )
  })

  const client = { clientId: 'your-client-id', clientSecret: 'your-client-secret' }
  const RESOURCES: readonly (readonly [string, unknown, MigrationOptions])[] = [
    ['a header of its own', { server: { url: 'https://a.example.com', headers: { 'X-Key': 'k' } } }, {}],
    ['Authorization', { server: { url: 'https://a.example.com', headers: { Authorization: 'Bearer k' } } }, {}],
    [
      'Authorization without a scheme',
      { server: { url: 'https://a.example.com', headers: { Authorization: 'k' } } },
      {},
    ],
    [
      'authorization in lower case',
      { server: { url: 'https://a.example.com', headers: { authorization: 'Bearer k' } } },
      {},
    ],
    [
      'a secret beside plain headers',
      { server: { url: 'https://a.example.com', secret: 's', headers: { 'User-Agent': 'a' } } },
      {},
    ],
    [
      'a header that was declared plain',
      { server: { url: 'https://a.example.com', headers: { 'X-Key': 'k', 'X-Region': 'eu' } } },
      { plainHeaders: ['X-Region'] },
    ],
    ['serverUrl of older versions', { serverUrl: 'https://a.example.com', serverUrlSecret: 's', name: 'A' }, {}],
    ['a secret beside a transcriber', { transcriber: { server: { url: 'https://a.example.com' }, secret: 's' } }, {}],
    [
      'an API request tool',
      {
        type: 'apiRequest',
        method: 'POST',
        url: 'https://a.example.com',
        headers: { type: 'object', properties: { 'X-Key': { type: 'string', value: 'k' } }, required: ['X-Key'] },
      },
      {},
    ],
    [
      'the OAuth client of an assistant',
      {
        server: { url: 'https://a.example.com' },
        credentials: { webhook: { type: 'oauth2', ...client, tokenUrl: 'https://auth.example.com/token', scope: 'a' } },
        model: { tools: [{ function: { name: 't' }, server: { url: 'https://a.example.com/t' } }] },
      },
      {},
    ],
    [
      'an HMAC plan of an assistant',
      {
        server: { url: 'https://a.example.com' },
        credentials: [
          {
            provider: 'webhook',
            authenticationPlan: { type: 'hmac', algorithm: 'sha256', secretKey: 'of-many-bytes-1234' },
          },
          { provider: 'openai', apiKey: 'k' },
        ],
      },
      {},
    ],
  ]

  it.each(RESOURCES)('%s: moved, and the same requests on the wire', async (_, resource, options) => {
    const result = migrateVapi(resource, options)
    const migration = taken(result)
    expect(result.issues).toEqual([])
    expect(migration.report.map(({ status, identical }) => [status, identical])).toEqual(
      migration.report.map(() => ['migrated', true]),
    )
    const { plainHeaders = [] } = options
    const after = await everythingSent(migration.resource, { credentials: created(migration), plainHeaders })
    expect(after).toEqual(await everythingSent(resource, { plainHeaders }))
    // Nothing is left to migrate.
    const again = taken(migrateVapi(migration.resource, { ...options, credentials: created(migration) }))
    expect(again.report.map(({ status }) => status)).toEqual(migration.report.map(() => 'unchanged'))
    expect(again.resource).toEqual(migration.resource)
    expect(again.credentials).toEqual([])
  })

  it('what else stands in the resource stays as it is', () => {
    const assistant = {
      id: 'a1',
      name: 'A',
      firstMessage: 'Hello {{name}}',
      server: { url: 'https://a.example.com', secret: 's', timeoutSeconds: 5, backoffPlan: { maxRetries: 2 } },
      credentials: [{ provider: 'openai', apiKey: 'k' }],
    }
    const { resource } = taken(migrateVapi(assistant, { credentialIds: { 'X-Vapi-Secret a.example.com': 'c1' } }))
    const { secret: _, ...server } = assistant.server
    expect(resource).toEqual({ ...assistant, server: { ...server, credentialId: 'c1' } })
  })

  it("an assistant's credential goes once no server needs it, and others stay", () => {
    const webhook = { provider: 'webhook', authenticationPlan: { type: 'bearer', token: 't' } }
    const assistant = { server: { url: 'https://a.example.com' }, credentials: [{ provider: 'openai' }, webhook] }
    expect(taken(migrateVapi(assistant)).resource).toMatchObject({ credentials: [{ provider: 'openai' }] })
    const busy = {
      ...assistant,
      model: { tools: [{ function: { name: 't' }, server: { url: 'https://a.example.com/t', secret: 's' } }] },
    }
    const result = migrateVapi(busy)
    expect(taken(result).resource).toMatchObject({ credentials: [{ provider: 'openai' }, webhook] })
    expect(warningsOf(result)).toEqual([['WARN_DIALECT_SECRET_INLINE', '/model/tools/0']])
  })

  it('one credential for one secret, one each for different ones, with names that Vapi takes', () => {
    const hook = (path: string, secret: string): object => ({
      server: { url: `https://a.example.com/${path}`, secret },
    })
    const { credentials, report } = taken(migrateVapi([hook('1', 's'), hook('2', 's'), hook('3', 'other')]))
    expect(credentials.map(({ name }) => name)).toEqual([
      'X-Vapi-Secret a.example.com',
      'X-Vapi-Secret a.example.com 2',
    ])
    expect(report.map(({ credential }) => credential)).toEqual([
      'X-Vapi-Secret a.example.com',
      'X-Vapi-Secret a.example.com',
      'X-Vapi-Secret a.example.com 2',
    ])
    const long = `https://${'sub.'.repeat(20)}example.com`
    const longNames = taken(migrateVapi([1, 2, 3].map((n) => ({ server: { url: long, secret: `s${n}` } })))).credentials
    expect(new Set(longNames.map(({ name }) => name)).size).toBe(3)
    for (const { name } of longNames) expect(name.length).toBeLessThanOrEqual(40)
  })
})

describe('what one credential cannot take over stays, and is told', () => {
  it.each<[string, object, object]>([
    ['two secret headers', { url: 'https://a.example.com', headers: { 'X-A': 'a', 'X-B': 'b' } }, {}],
    ['a secret and a secret header', { url: 'https://a.example.com', secret: 's', headers: { 'X-A': 'a' } }, {}],
    [
      'a secret beside a credential',
      { url: 'https://a.example.com', secret: 's', credentialId: 'c' },
      { credentials: [{ id: 'c', authenticationPlan: { type: 'bearer', token: 't' } }] },
    ],
    ['a server that cannot be read', { url: 'https://a.example.com', secret: 's', credential: 'c' }, {}],
    ['plain http', { url: 'http://a.example.com', secret: 's' }, {}],
    [
      'an id that another credential has',
      { url: 'https://a.example.com', secret: 's' },
      {
        credentialIds: { 'X-Vapi-Secret a.example.com': 'c' },
        credentials: [{ id: 'c', authenticationPlan: { type: 'bearer', token: 's' } }],
      },
    ],
    [
      'an id under which another secret is kept',
      { url: 'https://a.example.com', secret: 's' },
      {
        credentialIds: { 'X-Vapi-Secret a.example.com': 'c' },
        credentials: [{ id: 'c', authenticationPlan: { ...HEADER_PLAN, token: 'other' } }],
      },
    ],
    [
      'an id whose plan cannot be read',
      { url: 'https://a.example.com', secret: 's' },
      { credentialIds: { 'X-Vapi-Secret a.example.com': 'c' }, credentials: [{ id: 'c' }] },
    ],
  ])('%s', (_, server, options) => {
    const resource = { server }
    const result = migrateVapi(resource, options)
    const { report, credentials, resource: after } = taken(result)
    expect(after).toEqual(resource)
    expect(credentials).toEqual([])
    expect(report[0]).toMatchObject({ pointer: '/server', status: 'kept', credential: null, identical: true })
    expect(warningsOf(result)).toEqual([['WARN_DIALECT_SECRET_INLINE', '/server']])
  })

  it('servers without a secret are listed, too', () => {
    const list = [
      { server: { url: 'https://a.example.com' } },
      { server: { url: 'https://b.example.com', credentialId: 'c' } },
    ]
    const { report, resource } = taken(migrateVapi(list))
    expect(report.map(({ status }) => status)).toEqual(['unchanged', 'unchanged'])
    expect(resource).toEqual(list)
  })

  it('a document without any server is refused', () => {
    expect(errorsOf(migrateVapi({ name: 'x' }))).toEqual([['ERR_FIELD_MISSING', '']])
  })

  it.each([
    ['without its secret', HEADER_PLAN],
    ['with its secret', { ...HEADER_PLAN, token: 's' }],
  ])('a credential that was created meanwhile may be listed, %s', (_, authenticationPlan) => {
    const credentialIds = { 'X-Vapi-Secret a.example.com': 'c' }
    const credentials = [{ id: 'c', authenticationPlan }]
    const { report } = taken(
      migrateVapi({ server: { url: 'https://a.example.com', secret: 's' } }, { credentialIds, credentials }),
    )
    expect(report).toMatchObject([{ status: 'migrated', identical: true }])
  })

  it('two secrets never share a placeholder', () => {
    const servers = ['https://a.example.com', 'https://a-example.com', 'https://a.example-com.com'].map(
      (url, index) => ({
        server: { url, secret: `s${index}` },
      }),
    )
    const { credentials } = taken(migrateVapi(servers))
    expect(credentials.map(({ credentialId }) => credentialId)).toEqual([
      '<ID_OF_X_VAPI_SECRET_A_EXAMPLE_COM>',
      '<ID_OF_X_VAPI_SECRET_A_EXAMPLE_COM 2>',
      '<ID_OF_X_VAPI_SECRET_A_EXAMPLE_COM_COM>',
    ])
  })

  it.each([
    ['that are no texts', { a: 1 }],
    ['that are the same for two', { a: 'c', b: 'c' }],
  ])('ids %s are refused', (_, credentialIds) => {
    const options = { credentialIds } as never
    expect(() => migrateVapi({}, options)).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' }))
  })
})

it('P21: nothing that a migration tells holds a secret, but the resource that keeps one', () => {
  const secret = 'Zq7Wv9Kx2Jp5Rt8Ym3Lb6Nc4'
  const resource = [
    { server: { url: 'https://a.example.com', secret } },
    { server: { url: 'https://b.example.com', headers: { 'X-A': secret, 'X-B': secret } } },
  ]
  const result = migrateVapi(resource)
  const { report, credentials } = taken(result)
  expect(leaksOf([result.issues, report, credentials], secret)).toEqual([])
  const read = fromVapi(resource[0]?.server)
  expect(leaksOf(read, secret)).toEqual([])
})
