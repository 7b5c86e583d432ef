import { describe, expect, it } from 'vitest'
import {
  fromOpenApi,
  fromTavus,
  fromUltravox,
  fromVapi,
  fromVapiResource,
  type Imported,
} from '../../src/dialects/index.ts'
import { describeAccess, type Result, type ToolDefinition } from '../../src/index.ts'
import type { Json, JsonObject } from '../properties/arbitraries.ts'
import { editsAt, nodesOf } from '../properties/edits.ts'

type Read = (json: unknown) => readonly ToolDefinition[]

const one =
  (read: (json: unknown) => Result<{ readonly definition: ToolDefinition }>): Read =>
  (json) => {
    const result = read(json)
    return result.ok ? [result.value.definition] : []
  }

const many =
  (read: (json: unknown) => Result<Imported>): Read =>
  (json) => {
    const result = read(json)
    const definitions = result.ok ? result.value.tools.map(({ definition }) => definition) : []
    // An operation that was added is a tool of its own.
    return definitions.filter(({ http }) => http?.httpMethod !== 'OPTIONS')
  }

const credentials = [
  { id: 'cred_1', authenticationPlan: { type: 'bearer', token: 't' } },
  { id: 'cred_2', authenticationPlan: { type: 'hmac', algorithm: 'sha256' } },
]
const tavus = (auth: JsonObject): JsonObject => ({
  name: 'orders',
  delivery: { app_message: false, api: { url: 'https://api.example.com/v1', method: 'POST', auth } },
})
const key = { headerApiKey: { name: 'X-Key' } }

const CLOSED: Readonly<Record<string, readonly [Read, JsonObject]>> = {
  'Tavus, bearer': [one(fromTavus), tavus({ type: 'bearer', token: 't' })],
  'Tavus, a key': [one(fromTavus), tavus({ type: 'api_key', location: 'query', name: 'k', value: 'v' })],
  'Tavus, a client': [
    one(fromTavus),
    tavus({
      type: 'oauth2_client_credentials',
      token_url: 'https://a.example.com/t',
      client_id: 'c',
      client_secret: 's',
      scope: 'x',
    }),
  ],
  'Vapi, a secret': [one(fromVapi), { url: 'https://api.example.com', secret: 's' }],
  'Vapi, headers': [
    one(fromVapi),
    { url: 'https://api.example.com', headers: { Authorization: 'Bearer t', 'X-Key': 'k' } },
  ],
  'Vapi, a credential': [
    one((json) => fromVapi(json, { credentials })),
    { url: 'https://api.example.com', credentialId: 'cred_1', timeoutSeconds: 5 },
  ],
  'Vapi, a tool': [
    one((json) => fromVapi(json, { credentials })),
    {
      type: 'function',
      function: { name: 'f', parameters: { type: 'object', properties: {} } },
      server: { url: 'https://api.example.com', credentialId: 'cred_2' },
    },
  ],
  'Vapi, an API request': [
    one((json) => fromVapi(json, { credentials })),
    {
      type: 'apiRequest',
      name: 'f',
      method: 'GET',
      url: 'https://api.example.com',
      credentialId: 'cred_2',
      headers: { type: 'object', properties: { 'X-Key': { type: 'string', value: 'v' } } },
    },
  ],
  'Vapi, an assistant': [
    many((json) => fromVapiResource(json, { credentials })),
    { name: 'A', server: { url: 'https://api.example.com', secret: 's' }, transcriber: { provider: 'custom' } },
  ],
  'Vapi, an assistant of an older version': [
    many(fromVapiResource),
    { name: 'A', serverUrl: 'https://api.example.com', serverUrlSecret: 's', voice: { provider: 'other' } },
  ],
  'Vapi, a credential in the list of an assistant': [
    many(fromVapiResource),
    {
      server: { url: 'https://api.example.com' },
      credentials: [
        { provider: 'openai', apiKey: 'k' },
        { provider: 'webhook', authenticationPlan: { type: 'bearer', token: 't' } },
      ],
    },
  ],
  'Vapi, the webhook of an older version': [
    many(fromVapiResource),
    {
      server: { url: 'https://api.example.com' },
      credentials: {
        webhook: { type: 'oauth2', tokenUrl: 'https://a.example.com/t', clientId: 'c', clientSecret: 's' },
      },
    },
  ],
  'Vapi, a transcriber': [
    many(fromVapiResource),
    { transcriber: { provider: 'custom-transcriber', server: { url: 'https://api.example.com' }, secret: 's' } },
  ],
  'OpenAPI, of the document': [
    many(fromOpenApi),
    {
      openapi: '3.0.3',
      info: { title: 'T', version: '1' },
      servers: [{ url: 'https://api.example.com' }],
      security: [{ key: [], user: [] }, { client: ['a'] }],
      paths: { '/a': { get: { operationId: 'list', parameters: [{ name: 'q', in: 'query' }] } } },
      components: {
        securitySchemes: {
          key: { type: 'apiKey', in: 'header', name: 'X-Key' },
          user: { type: 'http', scheme: 'bearer' },
          client: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: 'https://a.example.com/t', scopes: {} } } },
        },
      },
    },
  ],
  'OpenAPI, of the operation': [
    many(fromOpenApi),
    {
      openapi: '3.1.0',
      servers: [{ url: 'https://api.example.com' }],
      security: [],
      paths: { '/a': { post: { security: [{ key: [] }], requestBody: { $ref: '#/components/requestBodies/b' } } } },
      components: {
        requestBodies: { b: { content: { 'application/json': { schema: { properties: { a: {} } } } } } },
        securitySchemes: {
          key: { $ref: '#/components/securitySchemes/other' },
          other: { type: 'http', scheme: 'basic' },
        },
      },
    },
  ],
  Ultravox: [
    one(fromUltravox),
    {
      temporaryTool: {
        http: { baseUrlPattern: 'https://api.example.com', httpMethod: 'GET' },
        requirements: { httpSecurityOptions: { options: [{ requirements: { k: key } }] } },
      },
      authTokens: { k: 'v' },
    },
  ],
}

/** An empty list of credentials, and nothing else, says that there are none. */
const TRUTHFUL = ['replaced by [] at /credentials']

/** Each scalar of a document replaced by what a failed template or a careless export leaves. */
function leafEdits(root: Json): readonly { readonly label: string; readonly result: Json }[] {
  const edits: { label: string; result: Json }[] = []
  const walk = (value: Json, path: string, put: (changed: Json) => Json): void => {
    if (typeof value !== 'object' || value === null) {
      for (const wrong of [null, '', 0, true, [], {}]) {
        edits.push({ label: `${JSON.stringify(wrong)} at ${path}`, result: put(wrong) })
      }
    } else if (Array.isArray(value)) {
      value.forEach((item, index) => {
        walk(item, `${path}/${index}`, (changed) => put(value.map((old, at) => (at === index ? changed : old))))
      })
    } else {
      for (const [name, child] of Object.entries(value)) {
        walk(child, `${path}/${name}`, (changed) => put({ ...value, [name]: changed }))
      }
    }
  }
  walk(root, '', (changed) => changed)
  return edits
}

describe('P34: one small mistake in a document never opens a tool', () => {
  it.each(Object.entries(CLOSED))('%s', (_, [read, document]) => {
    const before = read(document)
    expect(before.length).toBeGreaterThan(0)
    expect(before.filter((definition) => describeAccess(definition).anonymous)).toEqual([])
    const opened: string[] = []
    let edits = 0
    let refused = 0
    const look = ({ label, result }: { readonly label: string; readonly result: Json }): void => {
      edits += 1
      const definitions = read(result)
      if (definitions.length === 0) refused += 1
      if (definitions.some((definition) => describeAccess(definition).anonymous)) opened.push(label)
    }
    for (const node of nodesOf(document)) for (const edit of editsAt(document, node)) look(edit())
    for (const edit of leafEdits(document)) look(edit)
    expect(opened.filter((label) => !TRUTHFUL.includes(label))).toEqual([])
    expect(edits).toBeGreaterThan(200)
    expect(refused).toBeGreaterThan(edits / 10)
  })
})
