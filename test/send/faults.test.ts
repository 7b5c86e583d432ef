import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { type Phase, SecurityError } from '../../src/index.ts'
import { type Capabilities, type SendOptions, send } from '../../src/send/index.ts'
import { createEgressGuard } from '../../src/send/node.ts'
import { leaksOf } from '../properties/leaks.ts'
import { KEY, KINDS, type KindCase, resolutionAt } from './kinds.ts'
import { CERTIFICATE, deadOrigin, serve, serveRaw } from './servers.ts'

const BODY = 'request-b0dy-canary'

interface Failure {
  readonly code: string
  readonly phase: Phase
  readonly retryable: boolean
}

/** Sends with every kind of credential in turn, and gives the failure that all have in common. */
async function failureOf(
  origin: string,
  capabilities: Capabilities,
  options: SendOptions = {},
  kinds = KINDS,
): Promise<Failure> {
  const failures = await Promise.all(kinds.map((one) => failureOfKind(origin, one, capabilities, options)))
  const [first] = failures as [Failure]
  for (const failure of failures) expect(failure).toEqual(first)
  return first
}

async function failureOfKind(
  origin: string,
  one: KindCase,
  capabilities: Capabilities,
  options: SendOptions,
): Promise<Failure> {
  const request = {
    method: 'POST',
    url: `${origin}/tool?own=qu3ry-canary`,
    headers: { 'x-own': 'h3ader-canary' },
    body: BODY,
  }
  try {
    const resolution = resolutionAt(origin, one)
    const response = await send(request, resolution, { ...one.capabilities, ...capabilities }, options)
    throw new Error(`answered ${response.status}`)
  } catch (error) {
    if (!(error instanceof SecurityError)) throw error
    expect(error.cause).toBeUndefined()
    for (const secret of [...one.secrets, BODY, 'qu3ry-canary', 'h3ader-canary', 'ech0-canary']) {
      expect(leaksOf(error, secret)).toEqual([])
    }
    const { code, phase, retryable } = error
    return { code, phase, retryable }
  }
}

const header = KINDS.filter(({ name }) => name === 'headerApiKey')
const FAILED = { code: 'ERR_SEND_FAILED', retryable: true }

describe('T50 faults on the way: typed, without a secret, and nothing hangs', () => {
  it('a connection that is reset at each byte of the answer', async () => {
    const answer = [
      'HTTP/1.1 200 OK',
      `X-Echo: ech0-canary ${KEY}`,
      'Content-Type: text/plain',
      'Content-Length: 20',
      '',
      `ech0-canary ${KEY}`.slice(0, 20),
    ].join('\r\n')
    const cuts = Array.from({ length: answer.length + 1 }, (_, cut) => cut)
    let cut = 0
    const { origin } = await serveRaw((socket) => {
      const at = cut++
      socket.write(answer.slice(0, at), () => (at === answer.length ? undefined : socket.resetAndDestroy()))
    })
    const phases: string[] = []
    for (const at of cuts.slice(0, -1)) {
      expect(cut).toBe(at)
      const failure = await failureOf(origin, {}, {}, header)
      expect(failure).toEqual({ ...FAILED, phase: failure.phase })
      phases.push(failure.phase)
    }
    // Before the head is complete nothing has answered; afterwards the answer is broken off.
    const head = answer.indexOf('\r\n\r\n') + 4
    expect(phases).toEqual(cuts.slice(0, -1).map((at) => (at < head ? 'request' : 'response')))
    const request = { method: 'GET', url: `${origin}/tool`, headers: {} }
    const response = await send(request, resolutionAt(origin, header[0] as KindCase))
    expect(await response.text()).toHaveLength(20)
  })

  it('a connection that is reset before anything is answered, every kind', async () => {
    const { origin } = await serveRaw((socket) => socket.resetAndDestroy())
    expect(await failureOf(origin, {})).toEqual({ ...FAILED, phase: 'request' })
  })

  it.each([
    ['no HTTP', 'ech0-canary, no HTTP at all\r\n\r\n'],
    ['a header that is no header', 'HTTP/1.1 200 OK\r\nech0-canary\r\n\r\n'],
    ['a head without end', `HTTP/1.1 200 OK\r\n${'X-Echo: ech0-canary\r\n'.repeat(20_000)}`],
    ['a status beyond all others', 'HTTP/1.1 999 ech0-canary\r\nContent-Length: 0\r\n\r\n'],
    ['a chunk of no size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nech0-canary\r\n'],
    [
      'a compressed body that is none',
      'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 11\r\n\r\nech0-canary',
    ],
  ])('an answer that is %s', async (_, answer) => {
    const { origin } = await serveRaw((socket) => socket.end(answer))
    const failure = await failureOf(origin, {}, {}, header)
    expect(failure.code).toBe('ERR_SEND_FAILED')
  })

  /** Writes a beginning, and then something now and then until the other side is gone. */
  function drip(socket: Socket, head: string, text: string): void {
    socket.write(head)
    const timer = setInterval(() => socket.write(text), 5)
    socket.on('close', () => clearInterval(timer))
  }

  const HEAD = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'

  it.each<readonly [string, Phase, (socket: Socket) => void]>([
    ['no answer', 'request', () => undefined],
    ['a head that never ends', 'request', (socket) => drip(socket, 'HTTP/1.1 200 OK\r\n', 'X-Slow: 1\r\n')],
    ['a head and no body', 'response', (socket) => socket.write(HEAD)],
    ['a body that never ends', 'response', (socket) => drip(socket, HEAD, '1\r\nx\r\n')],
  ])('%s: the time is over, and the connection with it', async (_, phase, run) => {
    const { origin, sockets } = await serveRaw(run)
    // The head must arrive before the time is over.
    const timeoutMs = phase === 'response' ? 500 : 60
    const failure = await failureOf(origin, {}, { timeoutMs }, header)
    expect(failure).toEqual({ code: 'ERR_SEND_TIMEOUT', phase, retryable: true })
    await expect.poll(() => sockets.size).toBe(0)
  })

  it('one limit of time for redirects, the retry and the body together', async () => {
    const tool = await serve(({ url }) => ({
      status: 302,
      headers: { location: `/tool${url.length}/${'x'.repeat(url.length)}` },
    }))
    const slow: typeof fetch = async (...request) => {
      await new Promise((resolve) => setTimeout(resolve, 15))
      return fetch(...request)
    }
    const options = { redirects: 'sameOrigin', maxRedirects: 20, timeoutMs: 60 } as const
    const failure = await failureOf(tool.origin, { fetch: slow }, options, header)
    expect(failure).toEqual({ code: 'ERR_SEND_TIMEOUT', phase: 'request', retryable: true })
    expect(tool.received.length).toBeLessThan(6)
  })

  it.each<readonly [string, Capabilities]>([
    ['a store', { credentialStore: { use: () => new Promise(() => undefined) } }],
    [
      'a cache',
      { tokenCache: { getToken: () => new Promise(() => undefined), dropToken: () => new Promise(() => undefined) } },
    ],
  ])('%s that never answers', async (name, capabilities) => {
    const kinds = KINDS.filter((one) => one.name.startsWith(name === 'a store' ? 'a stored' : 'oauth2'))
    const failure = await failureOf('http://127.0.0.1:9', capabilities, { timeoutMs: 30 }, kinds)
    expect(failure).toEqual({ code: 'ERR_SEND_TIMEOUT', phase: 'need', retryable: true })
  })

  it('a fetch that never settles and takes no notice of the signal', async () => {
    const failure = await failureOf(
      'http://127.0.0.1:9',
      { fetch: () => new Promise(() => undefined) },
      { timeoutMs: 30 },
    )
    expect(failure).toEqual({ code: 'ERR_SEND_TIMEOUT', phase: 'request', retryable: true })
  })

  it('an answer that comes too late is thrown away', async () => {
    let cancelled = false
    const body = new ReadableStream({
      cancel: () => {
        cancelled = true
      },
    })
    const late = () => new Promise<Response>((resolve) => setTimeout(() => resolve(new Response(body)), 40))
    await failureOf('http://127.0.0.1:9', { fetch: late }, { timeoutMs: 20 }, header)
    await expect.poll(() => cancelled).toBe(true)
  })

  it.each([
    ['a body of 50 MB', { body: Buffer.alloc(50 * 1024 * 1024, 'ech0-canary ') }],
    [
      '50 MB in a small archive',
      { body: gzipSync(Buffer.alloc(50 * 1024 * 1024)), headers: { 'content-encoding': 'gzip' } },
    ],
    ['one byte too many', { body: Buffer.alloc(1024 * 1024 + 1) }],
  ])('%s is too large', async (_, answer) => {
    const tool = await serve(() => answer)
    const failure = await failureOf(tool.origin, {}, {}, header)
    expect(failure).toEqual({ code: 'ERR_RESPONSE_TOO_LARGE', phase: 'response', retryable: false })
  })

  it.each([
    [5, 5, true],
    [5, 4, false],
    [0, 0, true],
    [1, 0, false],
  ])('%i bytes of at most %i: %s', async (size, maxResponseBytes, fits) => {
    const tool = await serve(() => ({ body: 'x'.repeat(size) }))
    const sent = send(
      { method: 'GET', url: `${tool.origin}/tool`, headers: {} },
      resolutionAt(tool.origin, header[0] as KindCase),
      {},
      { maxResponseBytes },
    )
    if (fits) expect(await (await sent).text()).toHaveLength(size)
    else await expect(sent).rejects.toMatchObject({ code: 'ERR_RESPONSE_TOO_LARGE' })
  })

  it('bad TLS is not tried again', async () => {
    const tool = await serve(() => ({ body: 'x' }), { tls: true })
    const untrusted = await failureOf(tool.origin, {})
    expect(untrusted).toEqual({ code: 'ERR_SEND_FAILED', phase: 'request', retryable: false })
    expect(tool.received).toEqual([])
    const plain = await serve(() => ({ body: 'x' }))
    const noTls = await failureOf(plain.origin.replace('http:', 'https:'), {}, {}, header)
    expect(noTls).toEqual({ code: 'ERR_SEND_FAILED', phase: 'request', retryable: false })
    const wrongHost = createEgressGuard({
      allow: ['127.0.0.0/8'],
      tls: { ca: CERTIFICATE.cert },
      lookup: (_name, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
    })
    const named = tool.origin.replace('127.0.0.1', 'tool.example.com')
    expect(await failureOf(named, { fetch: wrongHost.fetch }, {}, header)).toEqual(untrusted)
    await wrongHost.close()
  })

  it('a name that cannot be resolved', async () => {
    const guard = createEgressGuard({
      lookup: (_name, _options, callback) =>
        callback(Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }), []),
    })
    expect(await failureOf('https://tool.example.com', { fetch: guard.fetch })).toEqual({ ...FAILED, phase: 'request' })
    await guard.close()
  })

  it('nobody listens', async () => {
    expect(await failureOf(await deadOrigin(), {})).toEqual({ ...FAILED, phase: 'request' })
  })

  it.each<readonly [string, unknown]>([
    ['an error that quotes the request', new TypeError(`fetch failed: ${KEY} ${BODY}`, { cause: new Error(KEY) })],
    ['a text', KEY],
    ['nothing', undefined],
    ['null', null],
    [
      'an error whose getters throw',
      Object.defineProperty(new Error(KEY), 'cause', {
        get: () => {
          throw new Error(KEY)
        },
      }),
    ],
    [
      'an error that is its own cause',
      (() => {
        const error = new Error(KEY)
        error.cause = error
        return error
      })(),
    ],
    [
      'a proxy that throws',
      new Proxy(
        {},
        {
          get: () => {
            throw new Error(KEY)
          },
          getPrototypeOf: () => {
            throw new Error(KEY)
          },
        },
      ),
    ],
    ['many errors', new AggregateError([new Error(KEY), Object.assign(new Error(KEY), { code: 'ECONNREFUSED' })], KEY)],
  ])('fetch rejects with %s', async (_, thrown) => {
    const rejecting = () => Promise.reject(thrown)
    expect(await failureOf('http://127.0.0.1:9', { fetch: rejecting })).toEqual({ ...FAILED, phase: 'request' })
    const throwing = (() => {
      throw thrown
    }) as unknown as typeof fetch
    expect(await failureOf('http://127.0.0.1:9', { fetch: throwing }, {}, header)).toEqual({
      ...FAILED,
      phase: 'request',
    })
  })

  it.each(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED', 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH'])(
    '%s: what fetch refuses itself it refuses again',
    async (code) => {
      const cause = Object.assign(new Error(KEY), { code })
      const rejecting = () => Promise.reject(new TypeError('fetch failed', { cause }))
      const failure = await failureOf('http://127.0.0.1:9', { fetch: rejecting }, {}, header)
      expect(failure).toEqual({ code: 'ERR_SEND_FAILED', phase: 'request', retryable: false })
    },
  )

  it.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', KEY],
    ['an object that is no response', {}],
  ])('fetch gives %s', async (_, given) => {
    const failure = await failureOf(
      'http://127.0.0.1:9',
      { fetch: (async () => given) as unknown as typeof fetch },
      {},
      header,
    )
    expect(failure.code).toBe('ERR_SEND_FAILED')
  })

  it('a browser that hides where a redirect leads', async () => {
    const hidden = Object.defineProperties(new Response(null), {
      type: { value: 'opaqueredirect' },
      status: { value: 0 },
    })
    const failure = await failureOf(
      'http://127.0.0.1:9',
      { fetch: async () => hidden },
      { redirects: 'refuse' },
      header,
    )
    expect(failure).toEqual({ code: 'ERR_REDIRECT_REFUSED', phase: 'response', retryable: false })
  })

  it('a caller that calls it off, before and during', async () => {
    const { origin, sockets } = await serveRaw(() => undefined)
    const ABORTED = { code: 'ERR_SEND_ABORTED', retryable: false }
    const before = { ...ABORTED, phase: 'need' }
    expect(await failureOf(origin, {}, { signal: AbortSignal.abort(KEY) })).toEqual(before)
    expect(sockets.size).toBe(0)
    const controller = new AbortController()
    setTimeout(() => controller.abort(new Error(KEY)), 20)
    expect(await failureOf(origin, {}, { signal: controller.signal }, header)).toEqual({ ...ABORTED, phase: 'request' })
    await expect.poll(() => sockets.size).toBe(0)
  })
})
