import { describe, expect, it } from 'vitest'
import { openTools, sealTools } from '../../src/call/index.ts'
import { createCredentialStore, createMemoryStore } from '../../src/credentials/index.ts'
import { buildRequest, SecurityError } from '../../src/index.ts'
import { createTokenCache } from '../../src/oauth2/index.ts'
import { createLatchkey, type LatchkeyOptions } from '../../src/platform/index.ts'
import { type LatchkeyEvent, scrubResponse } from '../../src/send/index.ts'
import { leaksOf } from '../properties/leaks.ts'
import { type Answer, type Received, serve } from '../send/servers.ts'

const CLIENT_SECRET = 'client-S3CRET-canary'
const STORED_KEY = 'stored-S3CRET-canary'
const tenant = 'tenant-1'

/** Tokens by count, as a real token endpoint gives them. */
let issued = 0
let tokenAnswer = (): Answer => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ access_token: `access-S3CRET-${++issued}`, token_type: 'Bearer', expires_in: 3600 }),
})
const tokens = await serve(() => tokenAnswer())
/** Which bearer tokens the tool takes. */
let accepted = /./
const tool = await serve(({ headers, text }: Received) => {
  const [bearer = ''] = headers['authorization'] ?? []
  return accepted.test(bearer) && headers['x-stock-key']?.[0] === STORED_KEY
    ? { body: text }
    : { status: 401, body: text }
})

const definition = {
  modelToolName: 'stock_price',
  http: { baseUrlPattern: `${tool.origin}/stocks/{symbol}`, httpMethod: 'GET' },
  dynamicParameters: [{ name: 'symbol', location: 'PARAMETER_LOCATION_PATH', required: true }],
  requirements: {
    httpSecurityOptions: {
      options: [
        {
          requirements: {
            service: { oauth2ClientCredentials: { tokenUrl: `${tokens.origin}/token`, scope: 'stocks.read' } },
            key: { headerApiKey: { name: 'X-Stock-Key' } },
          },
          ultravoxCallTokenRequirement: { scopes: ['calls.end'] },
        },
        {},
      ],
    },
  },
}

async function createPlatform(more: LatchkeyOptions = {}) {
  const key = crypto.getRandomValues(new Uint8Array(32))
  const credentialStore = createCredentialStore({ store: createMemoryStore(), keys: [{ keyId: 'k1', key }] })
  const created = await credentialStore.create({
    tenant,
    name: 'Stock key',
    type: 'secretText',
    value: STORED_KEY,
    credentialId: 'stock-key',
  })
  expect(created.ok).toBe(true)
  const events: LatchkeyEvent[] = []
  const latchkey = createLatchkey({
    findTool: (reference) =>
      'toolName' in reference && reference.toolName === 'stock_price' ? { name: 'stock_price', definition } : null,
    mintCallToken: ({ callId, scopes }) => `minted-for-${callId}-${scopes.join()}`,
    credentialStore,
    tokenCache: createTokenCache({ allowLoopbackHttp: true }),
    fetch,
    observe: (event) => events.push(event),
    ...more,
  })
  return { latchkey, credentialStore, events, sealing: { keyId: 's1', key } }
}

const payload = {
  selectedTools: [
    {
      toolName: 'stock_price',
      authTokens: {
        service: { clientId: 'client-1', clientSecret: CLIENT_SECRET },
        key: { credentialId: 'stock-key' },
      },
    },
  ],
}

describe('createLatchkey', () => {
  it('the whole life: create a call, seal, open in the worker, build, send', async () => {
    const { latchkey, events, sealing } = await createPlatform()
    const result = await latchkey.resolveCall(payload, { callId: 'call-1', tenant })
    if (!result.ok) throw new Error(JSON.stringify(result.problems))
    expect(leaksOf(result.call, CLIENT_SECRET)).toEqual([])
    const sealed = await sealTools(result.tools, { callId: 'call-1', key: sealing })
    const opened = await openTools(sealed, { callId: 'call-1', keys: [sealing] })
    const stock = opened.get('stock_price')
    if (stock === undefined) throw new Error('no tool')
    const request = buildRequest(stock, { parameters: { symbol: 'NVDA' } })
    const before = issued
    const response = await latchkey.send(request, stock.resolution)
    expect([response.status, issued - before]).toEqual([200, 1])
    const received = tool.received.at(-1) as Received
    expect(received).toMatchObject({
      url: '/stocks/NVDA',
      headers: {
        authorization: [`Bearer access-S3CRET-${issued}`],
        'x-stock-key': [STORED_KEY],
        'x-ultravox-call-token': ['minted-for-call-1-calls.end'],
      },
    })
    const shown = await scrubResponse(response)
    expect(shown).toContain('GET /stocks/NVDA')
    expect(shown).not.toMatch(/S3CRET|minted-for/)
    await latchkey.send(request, stock.resolution)
    expect(issued - before).toBe(1)
    const [resolved, ...others] = events
    expect(resolved).toEqual({ type: 'resolve', tool: 'stock_price', outcome: 'authenticated', optionIndex: 0 })
    expect(others.map(({ type }) => type).sort()).toEqual([
      'cacheHit',
      'credentialRead',
      'credentialRead',
      'tokenFetch',
    ])
    const prepared = await latchkey.prepare(request, stock.resolution)
    expect(prepared.headers).toMatchObject({
      'X-Stock-Key': STORED_KEY,
      Authorization: `Bearer access-S3CRET-${issued}`,
    })
  })

  it('T63 with the real cache: 50 parallel 401s after a revocation cost one further token', async () => {
    const { latchkey } = await createPlatform()
    const result = await latchkey.resolveCall(payload, { callId: 'call-2', tenant })
    if (!result.ok) throw new Error('not resolved')
    const stock = result.tools.get('stock_price')
    if (stock === undefined) throw new Error('no tool')
    const request = buildRequest(stock, { parameters: { symbol: 'A' } })
    await latchkey.send(request, stock.resolution)
    const before = issued
    accepted = new RegExp(`access-S3CRET-(?!${before}$)`)
    const responses = await Promise.all(Array.from({ length: 50 }, () => latchkey.send(request, stock.resolution)))
    expect(responses.every(({ status }) => status === 200)).toBe(true)
    expect(issued - before).toBe(1)
    accepted = /^never$/
    const seen = tool.received.length
    expect((await latchkey.send(request, stock.resolution)).status).toBe(401)
    expect([tool.received.length - seen, issued - before]).toEqual([2, 2])
    accepted = /./
  })

  it('T05 a token endpoint that fails: an error, and the tool hears nothing', async () => {
    const { latchkey, events } = await createPlatform()
    const result = await latchkey.resolveCall(payload, { callId: 'call-3', tenant })
    if (!result.ok) throw new Error('not resolved')
    const stock = result.tools.get('stock_price')
    if (stock === undefined) throw new Error('no tool')
    const good = tokenAnswer
    tokenAnswer = () => ({ status: 500, body: CLIENT_SECRET })
    const seen = tool.received.length
    const error = await latchkey
      .send(buildRequest(stock, { parameters: { symbol: 'A' } }), stock.resolution)
      .catch((thrown: unknown) => thrown)
    tokenAnswer = good
    expect(error).toBeInstanceOf(SecurityError)
    expect(error).toMatchObject({ phase: 'need', retryable: true })
    expect(leaksOf(error, CLIENT_SECRET)).toEqual([])
    expect(tool.received).toHaveLength(seen)
    expect(events.at(-1)).toMatchObject({ type: 'refusal', phase: 'need', retryable: true })
  })

  it('reports every problem, and tells each', async () => {
    const { latchkey, events } = await createPlatform()
    const result = await latchkey.resolveCall(
      { selectedTools: [{ toolName: 'stock_prize' }, { toolName: 'stock_price', authTokens: { service: '' } }] },
      { callId: 'c', tenant },
    )
    expect(result.ok).toBe(false)
    expect(events.map((event) => event.type === 'problem' && [event.tool, event.code])).toEqual(
      result.ok ? [] : result.problems.map(({ tool: name, code }) => [name, code]),
    )
  })

  it('applies its policy: to the choice, and to sending', async () => {
    const { latchkey } = await createPlatform({
      policy: { anonymous: 'never', unusedTokens: 'refuse', maxResponseBytes: 10, timeoutMs: 5_000 },
    })
    const anonymous = await latchkey.resolveCall(
      { selectedTools: [{ toolName: 'stock_price' }] },
      { callId: 'c', tenant },
    )
    expect(anonymous).toMatchObject({ ok: false, problems: [{ code: 'ERR_ANONYMOUS_REFUSED' }] })
    const misspelt = {
      selectedTools: [{ toolName: 'stock_price', authTokens: { ...payload.selectedTools[0]?.authTokens, other: 'x' } }],
    }
    expect(await latchkey.resolveCall(misspelt, { callId: 'c', tenant })).toMatchObject({ ok: false })
    const result = await latchkey.resolveCall(payload, { callId: 'c', tenant })
    if (!result.ok) throw new Error('not resolved')
    const stock = result.tools.get('stock_price')
    if (stock === undefined) throw new Error('no tool')
    const request = buildRequest(stock, { parameters: { symbol: 'A' } })
    await expect(latchkey.send(request, stock.resolution)).rejects.toMatchObject({ code: 'ERR_RESPONSE_TOO_LARGE' })
    expect((await latchkey.send(request, stock.resolution, { maxResponseBytes: 10_000 })).status).toBe(200)
  })

  it('what a request leaves open does not loosen the policy', async () => {
    const { latchkey, events } = await createPlatform({
      policy: { maxResponseBytes: 10, timeoutMs: 5_000, redirects: 'sameOrigin', maxRedirects: 0 },
    })
    const result = await latchkey.resolveCall(payload, { callId: 'c', tenant })
    if (!result.ok) throw new Error('not resolved')
    const stock = result.tools.get('stock_price')
    if (stock === undefined) throw new Error('no tool')
    const request = buildRequest(stock, { parameters: { symbol: 'A' } })
    const open = { maxResponseBytes: undefined, timeoutMs: undefined, redirects: undefined, maxRedirects: undefined }
    await expect(latchkey.send(request, stock.resolution, open as never)).rejects.toMatchObject({
      code: 'ERR_RESPONSE_TOO_LARGE',
    })
    const getter = Object.defineProperty({}, 'signal', {
      enumerable: true,
      get: () => {
        throw new Error(STORED_KEY)
      },
    })
    for (const options of [null, getter, [], { redirect: 'strip' }]) {
      for (const run of [latchkey.send, latchkey.prepare]) {
        const error = await run(request, stock.resolution, options as never).catch((thrown: unknown) => thrown)
        expect(error).toMatchObject({ name: 'SecurityError', code: 'ERR_ARGUMENT_INVALID' })
        expect(leaksOf(error, STORED_KEY)).toEqual([])
        expect(events.at(-1)).toMatchObject({ type: 'refusal', code: 'ERR_ARGUMENT_INVALID' })
      }
    }
  })

  it('the default policy is that of each part: the last resort is taken', async () => {
    const { latchkey } = await createPlatform()
    const result = await latchkey.resolveCall({ selectedTools: [{ toolName: 'stock_price' }] }, { callId: 'c', tenant })
    expect(result.ok && result.tools.get('stock_price')?.resolution.outcome).toBe('unauthenticated')
  })

  it('needs nothing that a call does not ask for', async () => {
    const latchkey = createLatchkey()
    const temporaryTool = {
      modelToolName: 'plain',
      http: { baseUrlPattern: `${tool.origin}/plain`, httpMethod: 'GET' },
    }
    const result = await latchkey.resolveCall({ selectedTools: [{ temporaryTool }] })
    expect(result.ok && result.tools.size).toBe(1)
  })

  it.each<readonly [string, unknown]>([
    ['null', null],
    ['an unknown option', { tokens: {} }],
    ['an unknown policy', { policy: { redirect: 'refuse' } }],
    ['a policy of another type', { policy: 'strict' }],
    ['a redirect policy that is none', { policy: { redirects: 'follow' } }],
    ['a misspelt choice', { policy: { anonymous: 'no' } }],
    ['a store that is none', { credentialStore: {} }],
    ['origins that are no list', { policy: { allowInsecureOrigins: 'http://a' } }],
  ])('refuses %s', (_, options) => {
    expect(() => createLatchkey(options as LatchkeyOptions)).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' }),
    )
  })

  it('refuses options of a call that it does not know, the capabilities included', async () => {
    const latchkey = createLatchkey()
    for (const options of [{ call: 'x' }, { mintCallToken: () => 'x' }, { anonymous: 'lastResort' }, null]) {
      await expect(latchkey.resolveCall({ selectedTools: [] }, options as never)).rejects.toMatchObject({
        code: 'ERR_ARGUMENT_INVALID',
      })
    }
  })

  it('its policy cannot be changed afterwards', async () => {
    const allowInsecureOrigins: string[] = []
    const policy: { allowInsecureOrigins: string[]; anonymous: 'never' | 'lastResort' } = {
      allowInsecureOrigins,
      anonymous: 'never',
    }
    const { latchkey } = await createPlatform({ policy })
    policy.anonymous = 'lastResort'
    expect(
      await latchkey.resolveCall({ selectedTools: [{ toolName: 'stock_price' }] }, { callId: 'c', tenant }),
    ).toMatchObject({ ok: false })
  })
})
