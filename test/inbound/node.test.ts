import { createServer, request as httpRequest, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { createAuthenticator, guard, guardNode, principalOf, readNodeMessage } from '../../src/inbound/index.ts'
import { createTestKeyring, issue } from './fixtures.ts'

const servers: Server[] = []
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

async function listen(server: Server): Promise<number> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

interface Answer {
  readonly status: number
  readonly headers: NodeJS.Dict<string | string[]>
  readonly body: string
}

/** Sends what `fetch` would not: a path as it stands, and a header twice. */
function send(port: number, path: string, headers: NodeJS.Dict<string | string[]>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (piece: string) => {
        body += piece
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    sent.once('error', reject).end()
  })
}

async function startServer(): Promise<{ readonly port: number; readonly key: string; readonly reached: string[] }> {
  const keyring = await createTestKeyring()
  const { key } = await issue(keyring, 'a')
  await keyring.configureTenant('a', { dailyLimit: 2 }, 'ada')
  const middleware = guardNode(guard({ keyring, exempt: ['/health'], trustedProxies: ['127.0.0.1'] }))
  const reached: string[] = []
  const listener: RequestListener = (request, response) => {
    void middleware(request, response, () => {
      reached.push(request.url ?? '')
      response.end(JSON.stringify(principalOf(request)))
    })
  }
  return { port: await listen(createServer(listener)), key: key.reveal(), reached }
}

const HTTPS = { 'x-forwarded-proto': 'https' }

describe('a Node http server', () => {
  it('lets a key pass with its principal and fields, until the limit is reached', async () => {
    const { port, key } = await startServer()
    const ask = () => send(port, '/orders', { ...HTTPS, authorization: `Bearer ${key}` })
    const first = await ask()
    expect(first).toMatchObject({ status: 200, headers: { 'ratelimit-policy': '"daily";q=2;w=86400' } })
    expect(JSON.parse(first.body)).toMatchObject({ tenant: 'a', scopes: ['read:orders'] })
    expect((await ask()).headers['ratelimit']).toMatch(/^"daily";r=0;t=\d+$/)
    const refused = await ask()
    expect(refused).toMatchObject({ status: 429, headers: { 'content-type': 'application/json' } })
    expect(refused.headers['retry-after']).toMatch(/^[1-9]\d*$/)
  })

  it('refuses without a key, without HTTPS, and with two values of the header', async () => {
    const { port, key, reached } = await startServer()
    const authorization = `Bearer ${key}`
    expect(await send(port, '/orders', HTTPS)).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer realm="api"' },
    })
    expect(await send(port, '/orders', { authorization })).toMatchObject({ status: 403 })
    expect(await send(port, '/orders', { ...HTTPS, authorization: `${authorization}x` })).toMatchObject({ status: 401 })
    // Node itself keeps the first only, so that `headers` would not show it.
    const twice = await send(port, '/orders', { ...HTTPS, Authorization: [authorization, 'Bearer x'] })
    expect(twice).toMatchObject({ status: 400 })
    expect(reached).toEqual([])
  })

  it('exempt paths are taken from the wire, dots and all', async () => {
    const { port, reached } = await startServer()
    expect(await send(port, '/health', {})).toMatchObject({ status: 200, body: 'null' })
    for (const path of ['/health/../orders', '//health', '/health/%2e%2e/orders', '/Health', '/%68ealth'])
      expect(await send(port, path, HTTPS)).toMatchObject({ status: 401 })
    expect(reached).toEqual(['/health'])
  })

  it('the principal of a request that no guard saw is null', () => {
    expect(principalOf({})).toBeNull()
  })

  it('an encrypted connection needs no proxy', async () => {
    const keyring = await createTestKeyring()
    const { key } = await issue(keyring, 'a')
    const middleware = guardNode(guard({ keyring }))
    const seen: number[] = []
    const request = {
      rawHeaders: ['authorization', `Bearer ${key.reveal()}`],
      socket: { encrypted: true },
    }
    const response = { setHeader: () => {}, writeHead: (status: number) => seen.push(status), end: () => {} }
    await middleware(request, response, () => seen.push(200))
    await middleware({ ...request, socket: {} }, response, () => seen.push(200))
    expect(seen).toEqual([200, 403])
  })
})

describe('readNodeMessage', () => {
  const ORIGIN = 'https://tools.example.com'
  const pieces = async function* (...texts: readonly string[]): AsyncGenerator<Uint8Array> {
    for (const text of texts) yield Buffer.from(text)
  }
  const incoming = (body: AsyncIterable<Uint8Array>, more: object = {}) =>
    Object.assign(body, {
      method: 'POST',
      url: '/hook?a=%7e',
      rawHeaders: ['X-Key', 'a', '__proto__', 'b', 'x-key', 'c'],
      socket: {},
      ...more,
    })

  it('keeps bytes, the URL as it was spelled, and headers that stand twice', async () => {
    const message = await readNodeMessage(incoming(pieces('{"a"', ': 1.0}')), { origin: ORIGIN })
    expect(message).toMatchObject({ method: 'POST', url: `${ORIGIN}/hook?a=%7e` })
    expect(Buffer.from(message.body).toString()).toBe('{"a": 1.0}')
    expect(Object.entries(message.headers)).toEqual([
      ['x-key', ['a', 'c']],
      ['__proto__', ['b']],
    ])
    const routed = await readNodeMessage(incoming(pieces(), { originalUrl: '/api/hook' }), { origin: ORIGIN })
    expect(routed.url).toBe(`${ORIGIN}/api/hook`)
    expect(routed.body).toHaveLength(0)
  })

  it('stops reading behind the limit, and the authenticator refuses what it got', async () => {
    let read = 0
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      for (;;) {
        read += 1
        yield new Uint8Array(4)
      }
    }
    const message = await readNodeMessage(incoming(endless()), { origin: ORIGIN, maxBodyBytes: 10 })
    expect(read).toBe(3)
    const authenticator = createAuthenticator(
      { http: { baseUrlPattern: ORIGIN, httpMethod: 'POST' } },
      { maxBodyBytes: 10 },
    )
    expect(await authenticator.authenticate(message)).toMatchObject({ status: 413 })
  })

  it('a body that breaks off is an error of ours that quotes nothing', async () => {
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(1)
      throw new Error('canary')
    }
    const error = await readNodeMessage(incoming(broken()), { origin: ORIGIN }).catch((reason) => reason)
    expect(error).toMatchObject({ code: 'ERR_INPUT_UNREADABLE', phase: 'request' })
    expect(inspect(error, { depth: 9 })).not.toContain('canary')
  })
})
