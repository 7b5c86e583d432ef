import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { run } from '../../src/cli/run.ts'
import { SENDING_OPTIONS } from '../../src/cli/send/options.ts'
import { createCredentialStore, createMemoryStore } from '../../src/credentials/index.ts'
import type { Requirement } from '../../src/index.ts'
import { readFences } from '../docs/fences.ts'
import { type Answer, type Received, serve, serveRaw } from '../send/servers.ts'
import { leaksIn } from './canary.ts'
import { memoryIo } from './memory-io.ts'
import { reportValidator } from './report-schemas.ts'

const KEY = 'canary-S3CRET-key-1'

const tool = await serve(({ url, text }): Answer => {
  if (url.startsWith('/stocks/gone')) return { status: 404, body: 'no such stock' }
  if (url.startsWith('/stocks/moved')) return { status: 302, headers: { location: '/stocks/NVDA' } }
  if (url.startsWith('/refused')) return { status: 302, headers: { location: 'http://127.0.0.2:9/' } }
  if (url.startsWith('/stocks/empty')) return { status: 204 }
  if (url.startsWith('/stocks/steer')) return { body: `\u001b[2Jred\r\n\u202etxt ${KEY}` }
  return { headers: { 'content-type': 'text/plain' }, body: `got ${text}` }
})
const tokens = await serve(() => ({
  body: JSON.stringify({ access_token: 'qWxZ7-ACCESS-vKjQ9', token_type: 'Bearer' }),
}))

const definition = (requirement: Requirement, more: object = {}): object => ({
  modelToolName: 'stock_price',
  http: { baseUrlPattern: `${tool.origin}/stocks/{symbol}`, httpMethod: 'GET' },
  dynamicParameters: [{ name: 'symbol', location: 'PARAMETER_LOCATION_PATH', required: true }],
  automaticParameters: [{ name: 'x-call', location: 'PARAMETER_LOCATION_HEADER', knownValue: 'KNOWN_PARAM_CALL_ID' }],
  requirements: { httpSecurityOptions: { options: [{ requirements: { k: requirement } }] } },
  ...more,
})

const header: Requirement = { headerApiKey: { name: 'X-Key' } }

interface Ran {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

async function sendOf(file: object, options: readonly string[] = [], more: object = {}): Promise<Ran> {
  const {
    symbol = 'NVDA',
    token = KEY,
    stdin = '',
    store = createMemoryStore(),
  } = more as { symbol?: string; token?: unknown; stdin?: string; store?: ReturnType<typeof createMemoryStore> }
  const files = new Map([
    ['tool.json', JSON.stringify(file)],
    ['tokens.json', JSON.stringify({ k: token })],
    ['values.json', JSON.stringify({ symbol })],
    ['known.json', JSON.stringify({ KNOWN_PARAM_CALL_ID: 'call-1' })],
  ])
  tool.received.length = 0
  const argv = [
    'send',
    'tool.json',
    '--tokens',
    'tokens.json',
    '--parameters',
    'values.json',
    '--automatic',
    'known.json',
    ...options,
  ]
  const env = { CALL_TOKEN: 'pLmZ7-CALL-vKjQ9', SEALING: 'A'.repeat(43) }
  const ran = await run(memoryIo({ argv, files, env, stdin, store }))
  for (const secret of [KEY, 'qWxZ7-ACCESS-vKjQ9', 'pLmZ7-CALL-vKjQ9'])
    expect(leaksIn(ran.stdout + ran.stderr, secret)).toEqual([])
  return ran
}

const last = (): Received => tool.received.at(-1) as Received

describe('latchkey send', () => {
  it.each<readonly [string, Requirement, unknown, readonly string[]]>([
    ['a header', header, KEY, ['X-Key: [secret]']],
    ['a query parameter', { queryApiKey: { name: 'key' } }, KEY, ['/stocks/NVDA?key=[secret]']],
    ['Bearer', { httpAuth: { scheme: 'Bearer' } }, KEY, ['Authorization: Bearer [secret]']],
    [
      'Basic',
      { httpAuth: { scheme: 'Basic' } },
      { username: 'canary-user', password: KEY },
      ['Authorization: Basic [secret]'],
    ],
    ['a cookie', { cookieApiKey: { name: 'session' } }, KEY, ['Cookie: session=[secret]']],
    [
      'OAuth',
      { oauth2ClientCredentials: { tokenUrl: `${tokens.origin}/token` } },
      { clientId: 'c', clientSecret: KEY },
      ['Authorization: Bearer [secret]'],
    ],
    [
      'a signature',
      { hmacSignature: { headers: { 'X-Signature': 't={timestamp},v1={signature}' } } },
      KEY,
      ['X-Signature: [secret]'],
    ],
    [
      'a signature in the query',
      { hmacSignature: { headers: {}, query: { sig: '{signature}' } } },
      KEY,
      ['/stocks/NVDA?sig=[secret]'],
    ],
  ])('%s: shows the masked request and the answer', async (_, requirement, token, shown) => {
    const { exitCode, stdout, stderr } = await sendOf(definition(requirement), [], { token })
    expect([exitCode, stderr]).toEqual([0, ''])
    for (const text of [
      ...shown,
      'x-call: call-1',
      'request  GET http',
      'answer   200 OK, text/plain, ',
      'got GET /stocks/NVDA',
    ])
      expect(stdout).toContain(text)
    expect(stdout).not.toMatch(/[0-9a-f]{64}/)
    expect(tool.received).toHaveLength(1)
  })

  it('masks a short key wherever the request carries it', async () => {
    for (const [requirement, shown] of [
      [{ queryApiKey: { name: 'pin code' } }, '/stocks/NVDA?pin%20code=[secret]\n'],
      [header, 'X-Key: [secret]'],
    ] as const) {
      for (const path of ['/stocks', '/refused']) {
        const http = { baseUrlPattern: `${tool.origin}${path}/{symbol}`, httpMethod: 'GET' }
        const { stdout } = await sendOf(definition(requirement, { http }), [], { token: 'k7' })
        const request = stdout.slice(
          stdout.indexOf('  request  '),
          stdout.indexOf('\n\n', stdout.indexOf('  request  ')) + 1,
        )
        expect(request).toContain(shown.replace('/stocks', path))
        expect(request).not.toContain('k7')
      }
    }
  })

  it('shows the request as the tool got it, and asks for everything once', async () => {
    const form = { payload: '{id}.{timestamp}', headers: { 'X-Signature': '{signature}' }, query: { id: '{id}' } }
    await sendOf(definition({ hmacSignature: form }))
    expect(tool.received).toHaveLength(1)
    tokens.received.length = 0
    const oauth: Requirement = { oauth2ClientCredentials: { tokenUrl: `${tokens.origin}/token` } }
    const { stdout } = await sendOf(definition(oauth), [], { token: { clientId: 'c', clientSecret: KEY } })
    expect([tokens.received.length, tool.received.length]).toEqual([1, 1])
    expect(stdout).toContain(`request  GET ${tool.origin}/stocks/NVDA\n`)
  })

  it('--timeout covers credentials, too: nothing was sent, so no request is shown', async () => {
    const silent = await serveRaw(() => undefined)
    const oauth: Requirement = { oauth2ClientCredentials: { tokenUrl: `${silent.origin}/token` } }
    const token = { clientId: 'c', clientSecret: KEY }
    const { exitCode, stdout } = await sendOf(definition(oauth), ['--timeout', '0.1', '--json'], { token })
    expect([exitCode, tool.received.length]).toEqual([1, 0])
    expect(JSON.parse(stdout)).toMatchObject({ request: null, error: { code: 'ERR_SEND_TIMEOUT', phase: 'need' } })
  })

  it('prints JSON that its schema accepts', async () => {
    const { exitCode, stdout } = await sendOf(definition(header), ['--json'])
    const validate = reportValidator('send')
    validate(JSON.parse(stdout))
    expect([exitCode, validate.errors ?? []]).toEqual([0, []])
    expect(JSON.parse(stdout)).toMatchObject({
      tool: { name: 'stock_price', outcome: 'authenticated' },
      request: {
        method: 'GET',
        url: `${tool.origin}/stocks/NVDA`,
        headers: { 'x-call': 'call-1', 'X-Key': '[secret]' },
      },
      answer: { status: 200, contentType: 'text/plain', bytes: expect.any(Number) },
      error: null,
    })
  })

  it('a status of 400 and more is exit code 1', async () => {
    const { exitCode, stdout } = await sendOf(definition(header), [], { symbol: 'gone' })
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/answer {3}404 Not Found, 13 bytes\n\nno such stock\n$/)
  })

  it('an answer without a body', async () => {
    const { exitCode, stdout } = await sendOf(definition(header), [], { symbol: 'empty' })
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/answer {3}204 No Content, 0 bytes\n$/)
  })

  it('what would steer a terminal is spelled out', async () => {
    const { stdout } = await sendOf(definition(header), [], { symbol: 'steer' })
    expect(stdout).toMatch(/\n\\u\{1b\}\[2Jred\n\\u\{202e\}txt \[secret\]\n$/)
  })

  it('a redirect is refused, or followed within the origin', async () => {
    const refused = await sendOf(definition(header), [], { symbol: 'moved' })
    expect(refused.exitCode).toBe(1)
    expect(refused.stdout).toContain('error ERR_REDIRECT_REFUSED in the phase response')
    expect(refused.stdout).toContain('request  GET http')
    const followed = await sendOf(definition(header), ['--redirects', 'sameOrigin'], { symbol: 'moved' })
    expect(followed.exitCode).toBe(0)
  })

  it('a tool that does not answer', async () => {
    const dead = definition(header, {
      http: { baseUrlPattern: 'http://127.0.0.1:1/stocks/{symbol}', httpMethod: 'GET' },
    })
    const { exitCode, stdout } = await sendOf(dead, ['--timeout', '5'])
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/error ERR_SEND_FAILED in the phase request, may succeed later\n/)
    const { stdout: json } = await sendOf(dead, ['--json'])
    expect(JSON.parse(json)).toMatchObject({
      answer: null,
      error: { code: 'ERR_SEND_FAILED', phase: 'request', retryable: true, issues: [] },
    })
  })

  it('a body of a file, or from standard input', async () => {
    const post = definition(header, { http: { baseUrlPattern: `${tool.origin}/stocks/{symbol}`, httpMethod: 'POST' } })
    await sendOf(post, ['--body', 'values.json'])
    expect(last()).toMatchObject({ method: 'POST', body: '{"symbol":"NVDA"}' })
    await sendOf(post, ['--body', '-'], { stdin: 'from stdin' })
    expect(last().body).toBe('from stdin')
  })

  it('a call token that was minted elsewhere', async () => {
    const options = [{ ultravoxCallTokenRequirement: { scopes: ['calls.end'] } }]
    const asking = definition(header, { requirements: { httpSecurityOptions: { options } } })
    const { exitCode, stdout } = await sendOf(asking, ['--call-token', 'env:CALL_TOKEN'])
    expect([exitCode, last().headers['x-ultravox-call-token']]).toEqual([0, ['pLmZ7-CALL-vKjQ9']])
    expect(stdout).toContain('X-Ultravox-Call-Token: [secret]')
    expect((await sendOf(asking)).exitCode).toBe(3)
  })

  it('a stored credential, of the tenant and environment that are named', async () => {
    // Each command closes what it opens.
    const store = { ...createMemoryStore(), close: async () => undefined }
    const key = new Uint8Array(32)
    const credentials = createCredentialStore({ store, keys: [{ keyId: 'k1', key }] })
    const made = await credentials.create({
      tenant: 'acme',
      environment: 'test',
      name: 'Stock',
      type: 'secretText',
      value: KEY,
      credentialId: 'stock-key',
    })
    expect(made.ok).toBe(true)
    const token = { credentialId: 'stock-key' }
    const where = ['--store', 'credentials.db', '--key', 'k1=env:SEALING']
    const sent = await sendOf(definition(header), [...where, '--tenant', 'acme', '--environment', 'test'], {
      token,
      store,
    })
    expect([sent.exitCode, last().headers['x-key']]).toEqual([0, [KEY]])
    const foreign = await sendOf(definition(header), [...where, '--tenant', 'other'], { token, store })
    expect(foreign.exitCode).toBe(1)
    expect(foreign.stdout).toContain('ERR_CREDENTIAL_NOT_FOUND')
    expect(tool.received).toEqual([])
  })

  it('one tool of a call, with the values that the call fixes', async () => {
    const named = (name: string): object => ({
      temporaryTool: { ...definition(header), modelToolName: name },
      authTokens: { k: KEY },
      parameterOverrides: { symbol: 'FIXED' },
    })
    const call = { selectedTools: [named('one'), named('two')] }
    const files = new Map([
      ['call.json', JSON.stringify(call)],
      ['known.json', JSON.stringify({ KNOWN_PARAM_CALL_ID: 'call-1' })],
    ])
    tool.received.length = 0
    const { exitCode, stdout } = await run(
      memoryIo({ argv: ['send', 'call.json', '--tool', 'two', '--automatic', 'known.json'], files }),
    )
    expect([exitCode, last().url, last().headers['x-key']]).toEqual([0, '/stocks/FIXED', [KEY]])
    expect(stdout).toContain('two: authenticated')
  })
})

describe('the guide to the command line', () => {
  const page = readFileSync(new URL('../../docs/guide/command-line.md', import.meta.url), 'utf8')
  const section = page.slice(page.indexOf('\n## send\n'))

  it('shows what `latchkey send` prints', async () => {
    const fences = readFences(section)
    const [, command = '', shown = ''] =
      /^\$ STOCK_KEY='<YOUR_TOKEN>' npx latchkey (.*)\n([\s\S]*)$/.exec(
        fences.find(({ language }) => language === 'console')?.text ?? '',
      ) ?? []
    const stock = await serve(({ headers }) => ({
      status: headers['x-stock-key']?.[0] === '<YOUR_TOKEN>' ? 200 : 401,
      headers: { 'content-type': 'application/json' },
      body: '{"price":181.46,"currency":"USD"}',
    }))
    const files = new Map(
      fences
        .filter(({ purpose }) => purpose.endsWith('.json'))
        .map(({ purpose, text }) => [purpose, text.replace('http://127.0.0.1:4200', stock.origin)]),
    )
    const { exitCode, stdout, stderr } = await run(
      memoryIo({ argv: command.split(' '), files, env: { STOCK_KEY: '<YOUR_TOKEN>' } }),
    )
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout.replaceAll(stock.origin, 'http://127.0.0.1:4200')).toBe(shown)
  })

  it('lists every option of its own', () => {
    for (const name of Object.keys(SENDING_OPTIONS)) expect(section).toContain(`\`--${name}`)
  })
})
