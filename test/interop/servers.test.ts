import { request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { afterAll, describe, expect, it } from 'vitest'
import { applySigned } from '../../src/hmac/index.ts'
import {
  createAuthenticator,
  createKeyring,
  createMemoryStore,
  type Guard,
  guard,
  guardFastify,
  guardFetch,
  guardNode,
  principalOf,
  readNodeMessage,
  toResponse,
} from '../../src/inbound/index.ts'
import { resolve, type ToolDefinition } from '../../src/index.ts'

const SECRET = 'signing-secret-0123456789'
const ORIGIN = 'https://tools.example.com'
const TOOL = {
  http: { baseUrlPattern: `${ORIGIN}/api/hook`, httpMethod: 'POST' },
  requirements: {
    httpSecurityOptions: {
      options: [
        {
          requirements: {
            secret: {
              hmacSignature: {
                payload: '{timestamp}.{url}.{body}',
                headers: { 'X-Time': '{timestamp}', 'X-Signature': '{signature}' },
              },
            },
          },
        },
      ],
    },
  },
} as ToolDefinition

const authenticator = createAuthenticator(TOOL, {
  credentials: [{ principal: 'platform', authTokens: { secret: SECRET } }],
  publicOrigin: ORIGIN,
})

const running: Server[] = []
afterAll(async () => {
  for (const server of running) {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }
})

async function listen(server: Server): Promise<number> {
  running.push(server)
  if (!server.listening) await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return (server.address() as AddressInfo).port
}

/** Every framework serves `/health`, a guarded `/api/orders` that shows the principal, and a signed `/api/hook`. */
const FRAMEWORKS: { readonly [name: string]: (keyGuard: Guard) => Promise<number> } = {
  express: async (keyGuard) => {
    const app = express()
    app.get('/health', guardNode(keyGuard), (request, response) => void response.json(principalOf(request)))
    app.post('/api/hook', async (request, response) => {
      const authentication = await authenticator.authenticate(await readNodeMessage(request, { origin: ORIGIN }))
      if (authentication.ok) return void response.json({ principal: authentication.principal })
      const answer = toResponse(authentication)
      response
        .status(answer.status)
        .set(Object.fromEntries(answer.headers))
        .send(await answer.text())
    })
    // In a router, which takes its own part of the path away.
    const router = express.Router()
    router.use(guardNode(keyGuard))
    router.get(['/orders', '/:any'], (request, response) => void response.json(principalOf(request)))
    app.use('/api', router)
    app.get('/:any', guardNode(keyGuard), (request, response) => void response.json(principalOf(request)))
    return listen(app.listen(0, '127.0.0.1'))
  },
  fastify: async (keyGuard) => {
    const app = fastify()
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    app.removeContentTypeParser(['application/json', 'text/plain'])
    app.post('/api/hook', async (request, reply) => {
      const { method, url, headers } = request.raw
      const message = {
        method: method ?? '',
        url: ORIGIN + url,
        headers: headers as never,
        body: request.body as Buffer,
      }
      const authentication = await authenticator.authenticate(message)
      if (authentication.ok) return { principal: authentication.principal }
      const answer = toResponse(authentication)
      return reply
        .code(answer.status)
        .headers(Object.fromEntries(answer.headers))
        .send(await answer.text())
    })
    await app.register(async (scope) => {
      scope.addHook('onRequest', guardFastify(keyGuard))
      for (const path of ['/health', '/api/orders', '/api/:any', '/:any'])
        scope.get(path, async (request) => principalOf(request.raw) ?? 'null')
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    return listen(app.server)
  },
  hono: async (keyGuard) => {
    const app = new Hono()
    app.post('/api/hook', async ({ req }) => {
      const authentication = await authenticator.authenticate(req.raw)
      return authentication.ok ? Response.json({ principal: authentication.principal }) : toResponse(authentication)
    })
    const handle = guardFetch(
      keyGuard,
      (_request, principal, _address: string | undefined) => Response.json(principal),
      (remoteAddress) => (remoteAddress === undefined ? {} : { remoteAddress }),
    )
    app.get('*', ({ req, env }) => {
      const { incoming } = env as { incoming: { socket: { remoteAddress?: string } } }
      return handle(req.raw, incoming.socket.remoteAddress)
    })
    return listen(serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server)
  },
}

interface Answer {
  readonly status: number
  readonly headers: NodeJS.Dict<string | string[]>
  readonly body: string
}

function send(
  port: number,
  path: string,
  headers: NodeJS.Dict<string | string[]>,
  body?: string | Uint8Array,
): Promise<Answer> {
  return new Promise((done, fail) => {
    const method = body === undefined ? 'GET' : 'POST'
    const sent = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece
      })
      response.on('end', () => done({ status: response.statusCode ?? 0, headers: response.headers, body: text }))
    })
    sent.once('error', fail).end(body)
  })
}

const HTTPS = { 'x-forwarded-proto': 'https' }

describe.each(Object.entries(FRAMEWORKS))('%s', (_name, start) => {
  async function prepare() {
    const keyring = createKeyring({ store: createMemoryStore(), prefix: 'acme' })
    await keyring.configureTenant('a', { apiAccess: true, scopes: ['read'], dailyLimit: 1 }, 'ada')
    const created = await keyring.create({ tenant: 'a', scopes: ['read'], createdBy: 'ada' })
    if (!created.ok) throw new Error('no key')
    const keyGuard = guard({ keyring, exempt: ['/health'], trustedProxies: ['127.0.0.1'] })
    return { port: await start(keyGuard), authorization: `Bearer ${created.value.key.reveal()}` }
  }

  it('lets a key pass, and says how many are left, until the limit is reached', async () => {
    const { port, authorization } = await prepare()
    const first = await send(port, '/api/orders', { ...HTTPS, authorization })
    expect(first).toMatchObject({ status: 200, headers: { ratelimit: expect.stringMatching(/^"daily";r=0;t=\d+$/) } })
    expect(JSON.parse(first.body)).toMatchObject({ tenant: 'a', scopes: ['read'] })
    const second = await send(port, '/api/orders', { ...HTTPS, authorization })
    expect(second).toMatchObject({ status: 429, headers: { 'retry-after': expect.stringMatching(/^\d+$/) } })
    expect(JSON.parse(second.body)).toMatchObject({ error: { code: 'daily_limit_reached' } })
  })

  it('T88 refuses without a key, with two values, and over plain HTTP', async () => {
    const { port, authorization } = await prepare()
    const missing = await send(port, '/api/orders', HTTPS)
    expect(missing).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer realm="api"', 'cache-control': 'no-store' },
    })
    expect(missing.headers['content-type']).toMatch(/^application\/json/)
    expect(await send(port, '/api/orders', { ...HTTPS, Authorization: [authorization, authorization] })).toMatchObject({
      status: 400,
    })
    expect(await send(port, '/api/orders', { authorization })).toMatchObject({ status: 403 })
  })

  it('no spelling of an exempt path reaches another handler without a key', async () => {
    const { port } = await prepare()
    expect((await send(port, '/health', {})).status).toBe(200)
    for (const path of [
      '/health/../api/orders',
      '//health',
      '/health/%2e%2e/api/orders',
      '/Health',
      '/%68ealth',
      '/health/',
      '/api/../health',
    ]) {
      const { status, body } = await send(port, path, HTTPS)
      // A server may resolve the path before anybody sees it; then it is the exempt one itself.
      expect([path, [401, 404].includes(status) || (path === '/api/../health' && body === 'null')]).toEqual([
        path,
        true,
      ])
    }
  })

  it('T66 checks a signature over the raw bytes and the public URL', async () => {
    const { port } = await prepare()
    const body = '{"a": 1.0,\r\n "b": "\\u00e9"}'
    const draft = {
      method: 'POST',
      url: `${ORIGIN}/api/hook?x=%7e&y`,
      headers: { 'content-type': 'application/json' },
      body,
    }
    const { headers } = await applySigned(draft, resolve(TOOL, { secret: SECRET }))
    const ask = (sent: string) => send(port, '/api/hook?x=%7e&y', { ...headers }, sent)
    expect(await ask(body)).toMatchObject({ status: 200, body: '{"principal":"platform"}' })
    const changed = await ask(JSON.stringify(JSON.parse(body)))
    expect(changed).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': expect.stringMatching(/^HMAC realm=/) },
    })
  })
})
