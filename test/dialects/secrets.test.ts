import { describe, expect, it } from 'vitest'
import {
  fromOpenApi,
  fromTavus,
  fromUltravox,
  fromVapi,
  fromVapiCredential,
  fromVapiResource,
  migrateVapi,
  toTavus,
  toUltravox,
  toVapi,
  toVapiCredential,
} from '../../src/dialects/index.ts'
import type { Json } from '../properties/arbitraries.ts'
import { leaksOf } from '../properties/leaks.ts'

// Usable in a header and in a query, and changed by every encoding.
const SECRET = 'Zq7%Wv+9/Kx2"Jp5&Rt8=Ym3'
// Refused wherever it stands, each in another way.
const BROKEN = [`${SECRET}\n`, `Bearer ${SECRET}`, `${SECRET}\ud800`, `{{ ${SECRET} }}`, `${SECRET}{body}`]

const tavus = (auth: object): object => ({
  name: 'a',
  delivery: { api: { url: 'https://a.example.com', method: 'GET', auth } },
})
const plans = [
  { type: 'bearer', token: 't', headerName: 'X-K' },
  { type: 'oauth2', url: 'https://a.example.com/t', clientId: 'c', clientSecret: 's' },
  { type: 'hmac', secretKey: 's', algorithm: 'sha256', payloadFormat: '{body}', signaturePrefix: 'a=' },
]

type Case = readonly [name: string, read: (json: unknown) => unknown, documents: readonly object[]]

const CASES: readonly Case[] = [
  [
    'fromTavus',
    fromTavus,
    [
      tavus({ type: 'bearer', token: 't' }),
      tavus({ type: 'api_key', location: 'header', value: 'v', name: 'X-K' }),
      tavus({ type: 'basic', username: 'u', password: 'p' }),
      tavus({ type: 'hmac', secret: 's' }),
      tavus({
        type: 'oauth2_client_credentials',
        token_url: 'https://a.example.com',
        client_id: 'c',
        client_secret: 's',
      }),
    ],
  ],
  [
    'fromVapi',
    fromVapi,
    [
      { url: 'https://a.example.com', secret: 's', headers: { Authorization: 'Bearer t', 'User-Agent': 'x' } },
      { url: 'https://a.example.com', credentialId: 'c' },
      {
        type: 'apiRequest',
        method: 'GET',
        url: 'https://a.example.com',
        headers: { properties: { 'X-K': { value: 'v' } } },
      },
    ],
  ],
  ['fromVapiCredential', fromVapiCredential, plans.map((authenticationPlan) => ({ authenticationPlan }))],
  [
    'fromVapiResource',
    fromVapiResource,
    plans.map((plan) => ({
      server: { url: 'https://a.example.com' },
      credentials: [{ provider: 'webhook', authenticationPlan: plan }],
    })),
  ],
  [
    'fromUltravox',
    fromUltravox,
    [
      {
        temporaryTool: { http: { baseUrlPattern: 'https://a.example.com', httpMethod: 'GET' } },
        authTokens: { k: 'v' },
      },
    ],
  ],
  [
    'fromOpenApi',
    fromOpenApi,
    [
      {
        openapi: '3.1.0',
        servers: [{ url: 'https://a.example.com' }],
        security: [{ k: [] }],
        paths: { '/a': { get: {} } },
        components: { securitySchemes: { k: { type: 'http', scheme: 'bearer' } } },
      },
    ],
  ],
]

/** A document with one text replaced, for each text in it. */
function withText(root: Json, text: string): readonly Json[] {
  if (typeof root === 'string') return [text]
  if (typeof root !== 'object' || root === null) return []
  if (Array.isArray(root)) {
    return root.flatMap((item, at) =>
      withText(item, text).map((changed) => root.map((old, i) => (i === at ? changed : old))),
    )
  }
  return Object.entries(root).flatMap(([name, child]) =>
    withText(child, text).map((changed) => ({ ...root, [name]: changed })),
  )
}

/** What a result tells: everything but the definitions and documents that were asked for. */
function told(result: unknown): unknown {
  const { issues, value } = result as {
    issues: unknown
    value?: { refused?: unknown; tokens?: unknown; token?: unknown }
  }
  return [issues, value?.refused, value?.tokens, value?.token]
}

/** Fields that tell where a secret goes: they are names, and messages have names in them. */
const NAMES = /^(?:name|headerName|clientId|client_id|username)$/

describe('P21, P22: no issue holds a secret, wherever in a document it stands', () => {
  it.each(CASES)('%s', (_, read, documents) => {
    let runs = 0
    for (const document of documents as Json[]) {
      for (const text of [SECRET, ...BROKEN]) {
        for (const changed of withText(document, text)) {
          if (NAMES.test(fieldOf(changed, text) ?? '')) continue
          runs += 1
          expect(leaksOf(told(read(changed)), SECRET), JSON.stringify(changed)).toEqual([])
        }
      }
    }
    expect(runs).toBeGreaterThan(15)
  })

  it('migrateVapi', () => {
    const documents = [
      { server: { url: 'https://a.example.com', secret: SECRET } },
      { server: { url: 'https://a.example.com', secret: `${SECRET}\n` } },
      { server: { url: 'https://a.example.com', headers: { Authorization: `Bearer ${SECRET}`, 'X-K': SECRET } } },
    ]
    for (const document of documents) {
      const result = migrateVapi(document)
      const value = result.ok ? [result.value.report, result.value.credentials] : []
      expect(leaksOf([result.issues, value], SECRET)).toEqual([])
    }
  })

  it('what is written back', () => {
    const requirements = [
      { headerApiKey: { name: 'X-K', prefix: 'K ' } },
      { cookieApiKey: { name: 'k' } },
      { httpAuth: { scheme: 'Basic' } },
      { hmacSignature: { key: 'hex', headers: { 'X-S': '{signature}' } } },
      { oauth2ClientCredentials: { tokenUrl: 'https://a.example.com', audience: 'x' } },
    ]
    for (const requirement of requirements) {
      for (const token of [
        SECRET,
        ...BROKEN,
        { clientId: 'c', clientSecret: SECRET },
        { username: SECRET, password: SECRET },
      ]) {
        const http = { baseUrlPattern: 'https://a.example.com', httpMethod: 'GET' }
        const options = [{ requirements: { k: requirement } }]
        const tool = { definition: { http, requirements: { httpSecurityOptions: { options } } }, tokens: { k: token } }
        for (const write of [toTavus, toUltravox, toVapi] as const) {
          expect(leaksOf((write as (tool: unknown) => { issues: unknown })(tool).issues, SECRET)).toEqual([])
        }
        const written = toVapiCredential({ requirement: requirement as never, token })
        expect(leaksOf(written.issues, SECRET)).toEqual([])
      }
    }
  })
})

/** The name of the field that holds a text. */
function fieldOf(json: Json, text: string): string | undefined {
  if (typeof json !== 'object' || json === null) return undefined
  for (const [name, child] of Object.entries(json)) {
    const found = child === text ? name : fieldOf(child as Json, text)
    if (found !== undefined) return found
  }
  return undefined
}
