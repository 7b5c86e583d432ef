import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromVapi, fromVapiCredential, fromVapiResource, toVapiCredential } from '../../src/dialects/index.ts'
import type { Token } from '../../src/index.ts'
import { checkAsync } from '../hmac/check-async.ts'
import { errorsOf, taken, warningsOf } from './results.ts'
import { type HmacPlan, headersOfPlan } from './vapi-reference.ts'
import { ACCESS_TOKEN, applied, MESSAGE_ID, NOW, type Sent, sendingOf } from './wire.ts'

const BODY = '{"message":{"type":"tool-calls","toolCallList":[]}}'
const SECONDS = String(Math.floor(NOW / 1000))
const JSON_TYPE = { 'content-type': 'application/json' }

/** What a server with a stored credential sends. */
async function sentWith(server: object, id: string, plan: object, options: object = {}): Promise<Sent> {
  const credential = { id, provider: 'custom-credential', authenticationPlan: plan }
  const tool = taken(fromVapi(server, { credentials: [credential], ...options }))
  expect(Object.values(tool.tokens)).toEqual([{ credentialId: id }])
  const { token } = taken(fromVapiCredential(credential, options))
  return sendingOf(tool, { body: BODY, credentials: { [id]: token as Token } })
}

describe("each way to authenticate of Vapi's documentation gives the request that the page promises", () => {
  it('an inline secret is sent as X-Vapi-Secret, without a prefix', () => {
    const server = { url: 'https://api.example.com/webhook', secret: 'your-secret-token' }
    const sent = applied(taken(fromVapi(server)), { body: BODY })
    expect(sent).toEqual({
      method: 'POST',
      url: 'https://api.example.com/webhook',
      headers: { ...JSON_TYPE, 'X-Vapi-Secret': 'your-secret-token' },
      body: BODY,
    })
  })

  it('inline headers are sent as they are, together', () => {
    const headers = { Authorization: 'Bearer your-api-key', 'Custom-Header': 'custom-value' }
    const tool = taken(fromVapi({ url: 'https://your-server.com/webhook', headers }))
    expect(tool.definition.requirements?.httpSecurityOptions?.options).toEqual([
      {
        requirements: {
          Authorization: { httpAuth: { scheme: 'Bearer' } },
          'Custom-Header': { headerApiKey: { name: 'Custom-Header' } },
        },
      },
    ])
    expect(applied(tool, { body: BODY }).headers).toEqual({ ...JSON_TYPE, ...headers })
  })

  it('a bearer credential with its defaults', async () => {
    const server = { url: 'https://api.example.com/webhook', credentialId: 'cred_bearer_standard_123' }
    const plan = { type: 'bearer', token: 'your-api-token-here' }
    const sent = await sentWith(server, 'cred_bearer_standard_123', plan)
    expect(sent.headers).toEqual({ ...JSON_TYPE, Authorization: 'Bearer your-api-token-here' })
  })

  it('a bearer credential as X-Vapi-Secret without the prefix', async () => {
    const server = { url: 'https://api.example.com/webhook', credentialId: 'cred_x_vapi_secret_123' }
    const plan = { type: 'bearer', headerName: 'X-Vapi-Secret', bearerPrefixEnabled: false, token: 'your-secret-token' }
    const sent = await sentWith(server, 'cred_x_vapi_secret_123', plan)
    expect(sent.headers).toEqual({ ...JSON_TYPE, 'X-Vapi-Secret': 'your-secret-token' })
  })

  it('a bearer credential with a header of its own, and the prefix', async () => {
    const server = { url: 'https://api.example.com/webhook', credentialId: 'c' }
    const sent = await sentWith(server, 'c', { type: 'bearer', headerName: 'X-Auth', token: 'abc' })
    expect(sent.headers).toEqual({ ...JSON_TYPE, 'X-Auth': 'Bearer abc' })
  })

  it('an OAuth 2.0 credential: a token of its endpoint as bearer', async () => {
    const server = { url: 'https://your-server.com/webhook', credentialId: 'cred_oauth_xyz789' }
    const client = {
      url: 'https://your-server.com/oauth/token',
      clientId: 'your-client-id',
      clientSecret: 'your-secret',
    }
    const sent = await sentWith(server, 'cred_oauth_xyz789', { type: 'oauth2', ...client, scope: 'calls:write' })
    expect(sent.headers).toEqual({ ...JSON_TYPE, Authorization: `Bearer ${ACCESS_TOKEN}` })
    expect(sent.tokenRequests).toEqual([
      {
        url: client.url,
        form: {
          grant_type: 'client_credentials',
          client_id: client.clientId,
          client_secret: client.clientSecret,
          scope: 'calls:write',
        },
      },
    ])
  })

  it('an HMAC credential with its defaults', async () => {
    const server = { url: 'https://your-server.com/webhook', credentialId: 'cred_hmac_456' }
    const plan: HmacPlan = { type: 'hmac', secretKey: 'your-hmac-secret-key', algorithm: 'sha256' }
    const sent = await sentWith(server, 'cred_hmac_456', plan)
    const message = { method: 'POST', url: server.url, body: BODY, timestamp: SECONDS, id: MESSAGE_ID }
    expect(sent.headers).toEqual({ ...JSON_TYPE, ...headersOfPlan(plan, message) })
  })

  it("a function tool's server, with name, description and parameters", () => {
    const tool = {
      type: 'function',
      function: {
        name: 'get_weather',
        description: 'Get current weather',
        parameters: { type: 'object', properties: { location: { type: 'string' } } },
      },
      server: { url: 'https://api.example.com/weather', credentialId: 'cred_hmac_789', timeoutSeconds: 30 },
    }
    const plan = { type: 'hmac', secretKey: 'your-hmac-secret-key', algorithm: 'sha256' }
    const { definition } = taken(fromVapi(tool, { credentials: [{ id: 'cred_hmac_789', authenticationPlan: plan }] }))
    expect(definition).toMatchObject({
      modelToolName: 'get_weather',
      description: 'Get current weather',
      dynamicParameters: [{ name: 'location', location: 'PARAMETER_LOCATION_BODY', schema: { type: 'string' } }],
      timeout: '30s',
      http: { baseUrlPattern: 'https://api.example.com/weather', httpMethod: 'POST' },
    })
  })

  it('an API request tool: headers, body, fixed fields and variables in the URL', () => {
    const tool = {
      type: 'apiRequest',
      name: 'createCoffeeOrder',
      method: 'POST',
      url: 'https://orders.example.com/shops/{{ shop }}/orders',
      headers: {
        type: 'object',
        properties: {
          'X-Docs-Example': { type: 'string', value: 'coffee-order' },
          'X-API-Key': { type: 'string', value: 'key-123' },
          'X-Locale': { type: 'string', description: 'The language of the caller' },
        },
      },
      body: {
        type: 'object',
        properties: { shop: { type: 'string' }, quantity: { type: 'integer', minimum: 1 } },
        required: ['shop', 'quantity'],
        additionalProperties: false,
      },
      parameters: [{ key: 'source', value: 'inbound-phone' }],
    }
    const read = taken(fromVapi(tool, { plainHeaders: ['x-docs-example'] }))
    const sent = applied(read, { parameters: { shop: 'a b', quantity: 2, 'X-Locale': 'de' } as never })
    expect(sent.url).toBe('https://orders.example.com/shops/a%20b/orders')
    expect(sent.headers).toEqual({
      ...JSON_TYPE,
      'X-Docs-Example': 'coffee-order',
      'X-API-Key': 'key-123',
      'X-Locale': 'de',
    })
    expect(JSON.parse(sent.body)).toEqual({ quantity: 2, source: 'inbound-phone' })
  })
})

const literal = fc.string({ unit: fc.constantFrom('.', ':', '|', '-', 'v0', ' ', '[', ']', '\n', '}'), maxLength: 3 })
const placeholder = fc.constantFrom('{timestamp}', '{method}', '{url}', '{svix-id}')

/** Any plan whose payload ends in the body, with or without the rest. */
const plan: fc.Arbitrary<HmacPlan> = fc
  .record({
    algorithm: fc.constantFrom('sha256', 'sha512', 'sha1'),
    names: fc.constantFrom<Partial<HmacPlan>>({}, { signatureHeader: 'X-Sig' }, { timestampHeader: 'X-Time' }),
    signaturePrefix: fc.option(fc.constantFrom('sha256=', 'v1,', '{v}[1]='), { nil: undefined }),
    signatureEncoding: fc.option(fc.constantFrom('hex', 'base64'), { nil: undefined }),
    secretIsBase64: fc.option(fc.boolean(), { nil: undefined }),
    format: fc.option(fc.array(fc.tuple(placeholder, literal), { maxLength: 4 }), { nil: undefined }),
  })
  .map(({ names, format, ...rest }) => {
    const payloadFormat = format === undefined ? undefined : `${format.map((pair) => pair.join('')).join('')}{body}`
    const hasId = payloadFormat?.includes('{svix-id}') === true
    const entries = Object.entries({
      ...names,
      ...rest,
      payloadFormat,
      ...(hasId ? { messageIdHeader: 'svix-id' } : {}),
    })
    const secretKey = Buffer.from('a secret of more than 16 bytes').toString('base64')
    const defined = Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Partial<HmacPlan>
    return { type: 'hmac', secretKey, algorithm: 'sha256', ...defined }
  })

/** A message id that touches what may be of any length would make two messages of one payload (SIG-12). */
function isTouching({ payloadFormat = '' }: HmacPlan): boolean {
  return /\{svix-id\}\{(?!timestamp\})|\{(?:method|url)\}\{svix-id\}/.test(payloadFormat)
}

describe('any HMAC plan signs as the description of its fields says', () => {
  it('the same headers as an independent reading of the plan', async () => {
    const url = 'https://hooks.example.com/a/b?c=d'
    let refused = 0
    let signed = 0
    await checkAsync(
      fc.tuple(plan, fc.string({ unit: 'grapheme' })),
      async ([drawn, text]) => {
        const credentials = [{ id: 'c', authenticationPlan: drawn }]
        const read = fromVapi({ url, credentialId: 'c' }, { credentials, credentialTokens: 'inline' })
        expect(read.issues.map(({ code }) => code)).toEqual(isTouching(drawn) ? ['ERR_SIGNATURE_FORM'] : [])
        if (!read.ok) {
          refused += 1
          return
        }
        const tool = taken(read)
        const body = JSON.stringify({ text })
        const sent = await sendingOf(tool, { body }).catch((error: { code: string }) => error.code)
        // A message id that runs into what stands behind it would make two messages of one signature.
        if (sent === 'ERR_SIGNATURE_INPUT') refused += 1
        else {
          signed += 1
          const message = { method: 'POST', url, body, timestamp: SECONDS, id: MESSAGE_ID }
          expect((sent as Sent).headers).toEqual({ ...JSON_TYPE, ...headersOfPlan(drawn, message) })
        }
      },
      0.2,
    )
    expect(refused).toBeLessThan(signed)
  })

  it.each([
    ['s', SECONDS],
    ['ms', String(NOW)],
    ['iso', new Date(NOW).toISOString()],
  ] as const)('the unit of the timestamp is an option: %s', async (timestamp, expected) => {
    const url = 'https://hooks.example.com/a'
    const hmac: HmacPlan = { type: 'hmac', secretKey: 'a secret of more than 16 bytes', algorithm: 'sha256' }
    const sent = await sentWith({ url, credentialId: 'c' }, 'c', hmac, { timestamp })
    const message = { method: 'POST', url, body: BODY, timestamp: expected, id: MESSAGE_ID }
    expect(sent.headers).toEqual({ ...JSON_TYPE, ...headersOfPlan(hmac, message) })
  })

  it('whether the URL has its query is an option', async () => {
    const url = 'https://hooks.example.com/a?b=c'
    const hmac: HmacPlan = {
      type: 'hmac',
      secretKey: 'a secret of more than 16 bytes',
      algorithm: 'sha512',
      payloadFormat: '{url}\n{body}',
      includeTimestamp: false,
    }
    for (const [signedUrl, signed] of [
      ['withQuery', url],
      ['withoutQuery', 'https://hooks.example.com/a'],
    ] as const) {
      const sent = await sentWith({ url, credentialId: 'c' }, 'c', hmac, { signedUrl })
      const message = { method: 'POST', url: signed, body: BODY, timestamp: '', id: MESSAGE_ID }
      expect(sent.headers).toEqual({ ...JSON_TYPE, ...headersOfPlan(hmac, message) })
    }
  })

  it.each([
    ['drop', undefined, '{body}'],
    ['drop', '{timestamp}.{body}', '{body}'],
    ['drop', 'v0:{timestamp}:{body}', 'v0:{body}'],
    ['drop', '{body}.{timestamp}', '{body}'],
    ['drop', '{timestamp}{body}', '{body}'],
    ['drop', '{method}{timestamp}{body}', '{method}{body}'],
    ['empty', undefined, '.{body}'],
    ['empty', 'v0:{timestamp}:{body}', 'v0::{body}'],
    ['send', undefined, '{timestamp}.{body}'],
  ] as const)('without a timestamp, `%s` makes of %s the payload %s', (excludedTimestamp, payloadFormat, payload) => {
    const given = { type: 'hmac', secretKey: 's', algorithm: 'sha256', includeTimestamp: false }
    const credential = { authenticationPlan: { ...given, ...(payloadFormat === undefined ? {} : { payloadFormat }) } }
    const { requirement } = taken(fromVapiCredential(credential, { excludedTimestamp }))
    const headers = {
      ...(excludedTimestamp === 'send' ? { 'x-timestamp': '{timestamp}' } : {}),
      'x-signature': '{signature}',
    }
    expect(requirement).toEqual({ hmacSignature: { ...(payload === '{body}' ? {} : { payload }), headers } })
  })
})

const URL_OF_SERVER = 'https://api.example.com/webhook'
const PLAN = '/credentialId'

describe('T01: nothing of an authenticated server is lost on the way to an anonymous one', () => {
  const withPlan = (authenticationPlan: unknown): unknown => ({ credentials: [{ id: 'c', authenticationPlan }] })
  const server = { url: URL_OF_SERVER, credentialId: 'c' }
  const hmac = { type: 'hmac', secretKey: 's', algorithm: 'sha256' }

  it.each<[string, unknown, unknown, readonly (readonly [string, string])[]]>([
    ['a credential that nobody knows', server, {}, [['ERR_DIALECT_CREDENTIAL', '/credentialId']]],
    [
      'a misspelt credentialId',
      { url: URL_OF_SERVER, credentialID: 'c' },
      {},
      [['ERR_FIELD_UNKNOWN', '/credentialID']],
    ],
    ['a misspelt secret', { url: URL_OF_SERVER, secrets: 'c' }, {}, [['ERR_FIELD_UNKNOWN', '/secrets']]],
    ['a secret that is a number', { url: URL_OF_SERVER, secret: 5 }, {}, [['ERR_FIELD_TYPE', '/secret']]],
    ['an empty secret', { url: URL_OF_SERVER, secret: '' }, {}, [['ERR_TOKEN_EMPTY', '/secret']]],
    ['headers that are a list', { url: URL_OF_SERVER, headers: [] }, {}, [['ERR_FIELD_TYPE', '/headers']]],
    [
      'a secret header of no text',
      { url: URL_OF_SERVER, headers: { 'X-K': 5 } },
      {},
      [['ERR_FIELD_TYPE', '/headers/X-K']],
    ],
    [
      'an empty secret header',
      { url: URL_OF_SERVER, headers: { 'X-K': '' } },
      {},
      [['ERR_TOKEN_EMPTY', '/headers/X-K']],
    ],
    [
      'a header twice, in two cases',
      { url: URL_OF_SERVER, headers: { 'X-K': 'a', 'x-k': 'b' } },
      {},
      [['ERR_CARRIER_CONFLICT', '/headers/x-k']],
    ],
    [
      'the secret once more among the headers',
      { url: URL_OF_SERVER, secret: 'a', headers: { 'X-Vapi-Secret': 'b' } },
      {},
      [['ERR_REQUIREMENT_NAME', '/headers/X-Vapi-Secret']],
    ],
    [
      'the secret once more in another case',
      { url: URL_OF_SERVER, secret: 'a', headers: { 'x-vapi-secret': 'b' } },
      {},
      [['ERR_CARRIER_CONFLICT', '/headers/x-vapi-secret']],
    ],
    [
      'a header that steers',
      { url: URL_OF_SERVER, headers: { Host: 'a' } },
      {},
      [['ERR_HEADER_FORBIDDEN', '/headers/Host']],
    ],
    [
      'encrypted parts of the body',
      { url: URL_OF_SERVER, secret: 'a', encryptedPaths: ['a'] },
      {},
      [['ERR_DIALECT_INEXPRESSIBLE', '/encryptedPaths']],
    ],
    ['a URL with Liquid', { url: `${URL_OF_SERVER}/{{ id }}` }, {}, [['ERR_DIALECT_INEXPRESSIBLE', '/url']]],
    [
      'a plain header with Liquid',
      { url: URL_OF_SERVER, headers: { 'User-Agent': '{{ call.type }}' } },
      {},
      [['ERR_DIALECT_INEXPRESSIBLE', '/headers/User-Agent']],
    ],
    ['no URL', { secret: 'a' }, {}, [['ERR_FIELD_MISSING', '']]],
    ['plain http', { url: 'http://api.example.com', secret: 'a' }, {}, [['ERR_BASE_URL_INSECURE', '/url']]],
    ['a web socket', { url: 'wss://api.example.com', secret: 'a' }, {}, [['ERR_BASE_URL', '/url']]],
    ['a credential without a plan', server, { credentials: [{ id: 'c' }] }, [['ERR_FIELD_VALUE', `${PLAN}/type`]]],
    ['a plan of an unknown type', server, withPlan({ type: 'basic' }), [['ERR_FIELD_VALUE', `${PLAN}/type`]]],
    [
      'a plan with an unknown field',
      server,
      withPlan({ type: 'bearer', prefix: 'x' }),
      [['ERR_FIELD_UNKNOWN', `${PLAN}/prefix`]],
    ],
    ['a plan without its endpoint', server, withPlan({ type: 'oauth2', clientId: 'a' }), [['ERR_FIELD_MISSING', PLAN]]],
    ['a plan without its algorithm', server, withPlan({ type: 'hmac' }), [['ERR_FIELD_MISSING', PLAN]]],
    [
      'an unknown algorithm',
      server,
      withPlan({ ...hmac, algorithm: 'md5' }),
      [['ERR_FIELD_VALUE', `${PLAN}/algorithm`]],
    ],
    [
      'an unknown encoding',
      server,
      withPlan({ ...hmac, signatureEncoding: 'base64url' }),
      [['ERR_FIELD_VALUE', `${PLAN}/signatureEncoding`]],
    ],
    [
      'an unknown placeholder',
      server,
      withPlan({ ...hmac, payloadFormat: '{timestamp}.{payload}' }),
      [['ERR_FIELD_VALUE', `${PLAN}/payloadFormat`]],
    ],
    [
      'a message id that is signed and not sent',
      server,
      withPlan({ ...hmac, payloadFormat: '{svix-id}.{body}' }),
      [['ERR_FIELD_VALUE', `${PLAN}/payloadFormat`]],
    ],
    [
      'two headers of one name',
      server,
      withPlan({ ...hmac, signatureHeader: 'X-Sig', timestampHeader: 'x_sig' }),
      [['ERR_FIELD_VALUE', `${PLAN}/signatureHeader`]],
    ],
    ['no object', 'https://api.example.com', {}, [['ERR_FIELD_TYPE', '']]],
    ['a tool whose server is a text', { type: 'function', server: URL_OF_SERVER }, {}, [['ERR_FIELD_TYPE', '/server']]],
  ])('%s', (_, json, options, expected) => {
    expect(errorsOf(fromVapi(json, options as object))).toEqual(expected)
  })

  it('an Authorization among the headers takes the place of that of the credential, as Vapi documents', () => {
    const json = { url: URL_OF_SERVER, credentialId: 'c', headers: { Authorization: 'Bearer own' } }
    const read = fromVapi(json, { credentials: [{ id: 'c', authenticationPlan: { type: 'bearer', token: 'x' } }] })
    expect(warningsOf(read)).toEqual([['WARN_DIALECT_DROPPED', '/credentialId']])
    expect(applied(taken(read), { body: BODY }).headers).toEqual({ ...JSON_TYPE, Authorization: 'Bearer own' })
  })

  it('what says nothing about the request is told', () => {
    const json = { url: URL_OF_SERVER, backoffPlan: { maxRetries: 3 }, staticIpAddressesEnabled: true }
    expect(warningsOf(fromVapi(json))).toEqual([
      ['WARN_DIALECT_DROPPED', '/backoffPlan'],
      ['WARN_DIALECT_DROPPED', '/staticIpAddressesEnabled'],
    ])
  })

  it.each([
    ['ERR_TOKEN_EMPTY', { type: 'bearer', token: '' }],
    ['ERR_TOKEN_CONTROL', { type: 'bearer', token: 'a\nb' }],
    ['ERR_HEADER_NAME', { type: 'bearer', token: 'a', headerName: 'a b' }],
    ['ERR_TOKEN_URL', { type: 'oauth2', url: 'http://x.example.com', clientId: 'a', clientSecret: 'b' }],
    ['ERR_SIGNATURE_SECRET', { type: 'hmac', algorithm: 'sha256', secretKey: '***', secretIsBase64: true }],
  ])('%s in a credential', (code, authenticationPlan) => {
    expect(errorsOf(fromVapiCredential({ authenticationPlan })).map(([one]) => one)).toEqual([code])
  })
})

describe('whole resources', () => {
  const credentials = [
    { id: 'cred_production_api_123', authenticationPlan: { type: 'bearer', token: 'production' } },
    { id: 'cred_hmac', authenticationPlan: { type: 'hmac', algorithm: 'sha256' } },
  ]

  it("the documentation's shared credential: assistant, phone number and tools", () => {
    const shared = {
      assistant: {
        server: { url: 'https://api.yourcompany.com/assistant-webhook', credentialId: 'cred_production_api_123' },
      },
      phoneNumber: {
        server: { url: 'https://api.yourcompany.com/call-webhook', credentialId: 'cred_production_api_123' },
      },
      tools: [
        {
          type: 'function',
          function: { name: 'get_user_info' },
          server: { url: 'https://api.yourcompany.com/user-info', credentialId: 'cred_production_api_123' },
        },
      ],
    }
    const { tools, refused } = taken(fromVapiResource(shared, { credentials }))
    expect(refused).toEqual([])
    expect(tools.map(({ name, pointer, definition }) => [name, pointer, definition.http?.baseUrlPattern])).toEqual([
      ['server', '/assistant/server', 'https://api.yourcompany.com/assistant-webhook'],
      ['phoneNumber', '/phoneNumber/server', 'https://api.yourcompany.com/call-webhook'],
      ['get_user_info', '/tools/0', 'https://api.yourcompany.com/user-info'],
    ])
  })

  it('a squad: every server in it, wherever it stands, and nothing that only looks like one', () => {
    const squad = {
      name: 'Support',
      members: [
        {
          assistant: {
            name: 'Triage',
            server: { url: 'https://a.example.com/hook', secret: 's' },
            transcriber: { provider: 'custom-transcriber', server: { url: 'https://a.example.com/ears' }, secret: 't' },
            voice: {
              provider: 'custom-voice',
              server: { url: 'https://a.example.com/voice', credentialId: 'cred_hmac' },
            },
            model: {
              tools: [
                {
                  type: 'function',
                  function: {
                    name: 'restart',
                    parameters: { type: 'object', properties: { server: { type: 'object', url: 'x' } } },
                  },
                  server: { url: 'https://a.example.com/restart', headers: { 'X-Key': 'k', 'X-Other': 'o' } },
                },
                { type: 'apiRequest', name: 'orders', method: 'GET', url: 'https://a.example.com/orders' },
                { type: 'transferCall', destinations: [{ type: 'number', number: '+1' }] },
              ],
            },
            metadata: { server: { url: 'https://metadata.example.com' } },
          },
          assistantOverrides: { variableValues: { server: { url: 'https://values.example.com' } } },
        },
      ],
      membersOverrides: { serverUrl: 'https://a.example.com/legacy', serverUrlSecret: 'l' },
    }
    const { tools, refused } = taken(fromVapiResource(squad, { credentials }))
    expect(refused).toEqual([])
    const told = tools.map(({ name, definition, tokens }) => [
      name,
      definition.http?.baseUrlPattern.slice('https://a.example.com'.length),
      Object.keys(tokens).sort(),
    ])
    expect(told).toEqual([
      ['Triage', '/hook', ['X-Vapi-Secret']],
      ['transcriber', '/ears', ['X-Vapi-Secret']],
      ['voice', '/voice', ['cred_hmac']],
      ['restart', '/restart', ['X-Key', 'X-Other']],
      ['orders', '/orders', []],
      ['membersOverride', '/legacy', ['X-Vapi-Secret']],
    ])
  })

  it('a webhook credential of an assistant holds for its servers that have none, older spelling included', async () => {
    const client = { clientId: 'id', clientSecret: 'sh' }
    const spellings = [
      { webhook: { type: 'oauth2', ...client, tokenUrl: 'https://auth.example.com/token' } },
      [
        { provider: 'openai', apiKey: 'k' },
        {
          provider: 'webhook',
          authenticationPlan: { type: 'oauth2', ...client, url: 'https://auth.example.com/token' },
        },
      ],
    ]
    for (const inline of spellings) {
      const assistant = {
        name: 'A',
        server: { url: 'https://a.example.com/hook' },
        credentials: inline,
        model: {
          tools: [{ function: { name: 't' }, server: { url: 'https://a.example.com/t', credentialId: 'cred_hmac' } }],
        },
      }
      const { tools, refused } = taken(fromVapiResource(assistant, { credentials }))
      expect(refused).toEqual([])
      expect(tools.map(({ tokens }) => Object.keys(tokens))).toEqual([['webhook'], ['cred_hmac']])
      const sent = await sendingOf(tools[0] as (typeof tools)[0], { body: BODY })
      expect(sent.headers).toEqual({ ...JSON_TYPE, Authorization: `Bearer ${ACCESS_TOKEN}` })
      expect(sent.tokenRequests[0]?.url).toBe('https://auth.example.com/token')
    }
  })

  it('one server that cannot be told does not hide the others', () => {
    const list = [
      { name: 'a', server: { url: 'https://a.example.com', credentialId: 'unknown' } },
      { name: 'b', server: { url: 'https://b.example.com', secret: 's' } },
      { name: 'c', server: 'https://c.example.com' },
    ]
    const { tools, refused } = taken(fromVapiResource(list))
    expect(tools.map(({ name }) => name)).toEqual(['b'])
    expect(refused.map(({ name, issues }) => [name, errorsOf({ issues })])).toEqual([
      ['a', [['ERR_DIALECT_CREDENTIAL', '/0/server/credentialId']]],
      ['c', [['ERR_FIELD_TYPE', '/2/server']]],
    ])
  })

  it('names are apart without regard to case', () => {
    const list = ['Hook', 'hook', 'hook!', '', '…'].map((name) => ({ name, server: { url: 'https://a.example.com' } }))
    const { tools } = taken(fromVapiResource(list))
    expect(tools.map(({ name }) => name)).toEqual(['Hook', 'hook_2', 'hook_3', 'server', 'tool'])
  })

  it('a document without any server is refused; a bare server is one', () => {
    expect(errorsOf(fromVapiResource({ name: 'x' }))).toEqual([['ERR_FIELD_MISSING', '']])
    expect(taken(fromVapiResource({ url: 'https://a.example.com', secret: 's' })).tools).toHaveLength(1)
  })
})

describe('toVapiCredential', () => {
  it.each<[string, object, Token, object]>([
    [
      'Bearer',
      { httpAuth: { scheme: 'Bearer' } },
      't',
      { type: 'bearer', token: 't', headerName: 'Authorization', bearerPrefixEnabled: true },
    ],
    [
      'a key in a header',
      { headerApiKey: { name: 'X-K' } },
      't',
      { type: 'bearer', token: 't', headerName: 'X-K', bearerPrefixEnabled: false },
    ],
    [
      'an OAuth client',
      { oauth2ClientCredentials: { tokenUrl: 'https://a.example.com/t', scope: 'x' } },
      { clientId: 'c', clientSecret: 's' },
      { type: 'oauth2', url: 'https://a.example.com/t', clientId: 'c', clientSecret: 's', scope: 'x' },
    ],
    [
      'a signature',
      {
        hmacSignature: {
          payload: '{timestamp}.{body}',
          headers: { 'x-timestamp': '{timestamp}', 'x-signature': '{signature}' },
        },
      },
      'secret',
      {
        type: 'hmac',
        secretKey: 'secret',
        algorithm: 'sha256',
        signatureHeader: 'x-signature',
        timestampHeader: 'x-timestamp',
      },
    ],
  ])('%s', (_, requirement, token, authenticationPlan) => {
    const written = taken(toVapiCredential({ requirement: requirement as never, token }))
    expect(written).toEqual({ provider: 'custom-credential', authenticationPlan })
  })

  it.each<[string, object, Token]>([
    ['a key in the query', { queryApiKey: { name: 'k' } }, 't'],
    ['a cookie', { cookieApiKey: { name: 'k' } }, 't'],
    ['another auth-scheme', { httpAuth: { scheme: 'Basic' } }, 'dTpw'],
    ['another prefix', { headerApiKey: { name: 'k', prefix: 'Key ' } }, 't'],
    ['a prefix on Authorization', { headerApiKey: { name: 'Authorization', prefix: 'Bearer ' } }, 't'],
    [
      'an audience',
      { oauth2ClientCredentials: { tokenUrl: 'https://a.example.com/t', audience: 'a' } },
      { clientId: 'c', clientSecret: 's' },
    ],
    [
      'another client authentication',
      { oauth2ClientCredentials: { tokenUrl: 'https://a.example.com/t', clientAuthentication: 'client_secret_basic' } },
      { clientId: 'c', clientSecret: 's' },
    ],
    ['SHA-384', { hmacSignature: { algorithm: 'sha384', headers: { s: '{signature}' } } }, 's'],
    ['a hex key', { hmacSignature: { key: 'hex', headers: { s: '{signature}' } } }, 'ab'],
    ['a key prefix', { hmacSignature: { keyPrefix: 'whsec_', headers: { s: '{signature}' } } }, 's'],
    ['base64url', { hmacSignature: { encoding: 'base64url', headers: { s: '{signature}' } } }, 's'],
    ['a separator', { hmacSignature: { separator: ',', headers: { s: '{signature}' } } }, 's'],
    ['a signature in the query', { hmacSignature: { headers: {}, query: { s: '{signature}' } } }, 's'],
    ['one header for both', { hmacSignature: { headers: { s: 't={timestamp},v1={signature}' } } }, 's'],
    ['a text behind the signature', { hmacSignature: { headers: { s: '{signature};' } } }, 's'],
    ['a digest header', { hmacSignature: { headers: { d: '{body:sha256}', s: '{signature}' } } }, 's'],
    ['a path in the payload', { hmacSignature: { payload: '{path}{body}', headers: { s: '{signature}' } } }, 's'],
    [
      'a timestamp that is not sent',
      { hmacSignature: { payload: '{timestamp}{body}', headers: { s: '{signature}' } } },
      's',
    ],
    [
      'another unit of time',
      { hmacSignature: { timestamp: 'ms', headers: { t: '{timestamp}', s: '{signature}' } } },
      's',
    ],
    ['a text like a placeholder', { hmacSignature: { payload: '{{v}}{body}', headers: { s: '{signature}' } } }, 's'],
    ['several secrets', { hmacSignature: { headers: { s: '{signature}' } } }, ['a', 'b']],
  ])('%s has no word', (_, requirement, token) => {
    const written = toVapiCredential({ requirement: requirement as never, token })
    expect(written.ok).toBe(false)
    expect(errorsOf(written).map(([code]) => code)[0]).toMatch(/^ERR_DIALECT_INEXPRESSIBLE$|^ERR_SIGNATURE_SECRET$/)
  })
})
