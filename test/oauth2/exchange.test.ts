import type { AddressInfo } from 'node:net'
import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { Secret, SecurityError } from '../../src/index.ts'
import { createTokenCache, requestAccessToken, type TokenFetch, type TokenRequest } from '../../src/oauth2/index.ts'
import { leaksOf } from '../properties/leaks.ts'
import { CANARY, refusalOf, rejectionOf, requestOf } from './requests.ts'
import { useScriptedServer } from './scripted-server.ts'

const server = useScriptedServer()
const elsewhere = useScriptedServer()
const OPTIONS = { allowLoopbackHttp: true }
const TOKEN = { body: { access_token: 'at-1', token_type: 'Bearer', expires_in: 3600 } }
const URL = 'https://auth.example.com/token'

const request = (more: Partial<TokenRequest> = {}): TokenRequest => requestOf(`${server.origin()}/token?a=1`, more)
const client = (clientId: string, clientSecret: string): TokenRequest['client'] => ({
  clientId,
  clientSecret: new Secret(clientSecret),
})
const basic = (text: string): string => `Basic ${btoa(text)}`

function throwCanary(): never {
  throw new Error(CANARY, { cause: CANARY })
}

/** A response with a property whose reading throws. */
function trapped(name: string): object {
  const parts = { status: 200, type: 'basic', redirected: false, headers: new Headers(), body: null }
  return new Proxy(parts, { get: (target, key) => (key === name ? throwCanary() : Reflect.get(target, key)) })
}

/** A getter that gives nothing at first, and throws afterwards. */
function onceUndefined(): () => undefined {
  let reads = 0
  return () => {
    reads += 1
    return reads < 3 ? undefined : throwCanary()
  }
}

/** A `fetch` that gives a token, and what it was called with. */
function recordingFetch(): { fetch: TokenFetch; calls: [string, RequestInit][] } {
  const calls: [string, RequestInit][] = []
  const fetch: TokenFetch = async (...call) => {
    calls.push(call)
    return Response.json(TOKEN.body)
  }
  return { fetch, calls }
}

describe('the request', () => {
  it('is a POST of a form, with nothing that was not asked for', async () => {
    server.play(TOKEN)
    await requestAccessToken(request(), OPTIONS)
    const [{ method, path, headers, body } = expect.fail()] = server.received
    expect([method, path]).toEqual(['POST', '/token?a=1'])
    expect(headers).toMatchObject({
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
      'user-agent': 'latchkey',
    })
    expect(headers).not.toHaveProperty('authorization')
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'orders',
      client_secret: CANARY,
    })
  })

  it('holds scope, audience and parameters', async () => {
    server.play(TOKEN)
    const parameters = { resource: 'https://api.example.com/é', empty: '' }
    await requestAccessToken(request({ scope: 'b a b', audience: 'x y', parameters }), OPTIONS)
    expect(Object.fromEntries(new URLSearchParams(server.received[0]?.body))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'orders',
      client_secret: CANARY,
      scope: 'b a',
      audience: 'x y',
      ...parameters,
    })
  })

  it.each([
    ['client_secret_basic', 'a:b', 'p%+ e', 'a%3Ab:p%25%2B+e'],
    ['client_secret_basic', 'id', "-_.~!*'()", 'id:%2D%5F%2E%7E%21%2A%27%28%29'],
    ['client_secret_basic_raw', 'ab', 'p%+ e:f', 'ab:p%+ e:f'],
  ] as const)('T60: %s of `%s` and `%s` is Basic %s', async (clientAuthentication, id, secret, expected) => {
    server.play(TOKEN)
    await requestAccessToken(request({ clientAuthentication, client: client(id, secret) }), OPTIONS)
    expect(server.received[0]?.headers.authorization).toBe(basic(expected))
    expect(server.received[0]?.body).toBe('grant_type=client_credentials')
  })

  it('goes through `fetch` as text, with manual redirects and a signal', async () => {
    const { fetch, calls } = recordingFetch()
    await requestAccessToken(requestOf(URL), { fetch })
    const [[url, init] = expect.fail()] = calls
    expect(url).toBe(URL)
    expect(init).toMatchObject({ method: 'POST', redirect: 'manual', body: expect.any(String) })
    expect(init.signal).toBeInstanceOf(AbortSignal)
  })

  it('goes through the `fetch` of the platform that is there when it is sent', async () => {
    const { fetch, calls } = recordingFetch()
    const platform = globalThis.fetch
    globalThis.fetch = fetch as typeof globalThis.fetch
    try {
      await requestAccessToken(requestOf(URL))
    } finally {
      globalThis.fetch = platform
    }
    expect(calls).toHaveLength(1)
  })
})

describe('T58: redirects are not followed', () => {
  it.each([300, 301, 302, 303, 304, 307, 308])('%i', async (status) => {
    elsewhere.play(TOKEN)
    for (const location of [elsewhere.origin(), `${server.origin()}/other`]) {
      server.play({ status, headers: { location } })
      const error = await refusalOf(requestAccessToken(request(), OPTIONS))
      expect(error).toMatchObject({ code: 'ERR_ACCESS_TOKEN_UNAVAILABLE', retryable: false })
      expect(error.message).toMatch(/^the token endpoint at \S+ redirects, which is not followed/)
      expect(server.received).toHaveLength(1)
    }
    expect(elsewhere.received).toHaveLength(0)
  })

  it('not even by a `fetch` that follows them: its token is not taken', async () => {
    elsewhere.play(TOKEN)
    server.play({ status: 307, headers: { location: elsewhere.origin() } })
    const fetch: TokenFetch = (url, init) => globalThis.fetch(url, { ...init, redirect: 'follow' })
    const error = await refusalOf(requestAccessToken(request(), { ...OPTIONS, fetch }))
    expect(error.message).toMatch(/redirects, which is not followed/)
  })

  it('nor where a browser does not show them', async () => {
    const opaque = { status: 0, type: 'opaqueredirect', redirected: false, headers: new Headers(), body: null }
    const fetch = async (): Promise<Response> => opaque as Response
    const error = await refusalOf(requestAccessToken(requestOf(URL), { fetch }))
    expect(error.message).toMatch(/redirects, which is not followed/)
  })

  it('and their bodies are let go, so that the connection is', async () => {
    let isCancelled = false
    const cancel = (): void => {
      isCancelled = true
    }
    const fetch = async (): Promise<Response> => new Response(new ReadableStream({ cancel }), { status: 307 })
    await refusalOf(requestAccessToken(requestOf(URL), { fetch }))
    expect(isCancelled).toBe(true)
  })
})

describe('T59: the token URL', () => {
  it.each([
    'http://auth.example.com/token',
    'https://2852039166/token',
    'https://0xa9fea9fe/token',
    'https://0251.0376.0251.0376/token',
    'https://169.254.43518/token',
    'https://169.254.169.254/token',
    'https://[::ffff:a9fe:a9fe]/token',
    'https://[fe80::1]/token',
    'https://auth.example.com/token#x',
    'https://u:p@auth.example.com/token',
    '/token',
  ])('%s is asked nothing', async (tokenUrl) => {
    const { fetch, calls } = recordingFetch()
    expect(await refusalOf(requestAccessToken(requestOf(tokenUrl), { fetch }))).toMatchObject({
      code: 'ERR_TOKEN_URL',
      phase: 'need',
    })
    expect(calls).toEqual([])
  })

  it('T20: plain http on loopback is asked only where that is allowed', async () => {
    const { fetch, calls } = recordingFetch()
    for (const options of [{}, { allowLoopbackHttp: false }]) {
      const error = await refusalOf(requestAccessToken(requestOf('http://localhost:8080/'), { fetch, ...options }))
      expect(error.code).toBe('ERR_TOKEN_URL')
    }
    const cache = createTokenCache({ fetch })
    expect(await refusalOf(cache.getToken(requestOf('http://[::1]/'), { tenant: 't' }))).toMatchObject({
      code: 'ERR_TOKEN_URL',
    })
    expect(calls).toEqual([])
    await requestAccessToken(requestOf('http://localhost:8080/'), { fetch, allowLoopbackHttp: true })
    expect(calls).toHaveLength(1)
  })

  it('an egress guard refuses through `fetch`, also inside what the platform throws', async () => {
    const guard = new SecurityError('ERR_TOKEN_URL', { message: 'refused by the guard' })
    for (const thrown of [guard, new TypeError('fetch failed', { cause: guard })]) {
      const fetch: TokenFetch = () => Promise.reject(thrown)
      expect(await rejectionOf(requestAccessToken(requestOf(URL), { fetch }))).toBe(guard)
    }
  })
})

describe('what fails on the way', () => {
  it.each<[string, () => unknown]>([
    ['an error that quotes the request', () => new Error(CANARY, { cause: CANARY })],
    ['a text', () => CANARY],
    ['nothing', () => undefined],
    [
      'an error whose cause cannot be read',
      () => Object.defineProperty(new Error(CANARY), 'cause', { get: () => expect.fail() }),
    ],
    ['a proxy', () => new Proxy({}, { get: () => expect.fail(CANARY), getPrototypeOf: () => expect.fail(CANARY) })],
  ])('T50: %s from `fetch` is told without it', async (_, thrown) => {
    const fetch: TokenFetch = () => Promise.reject(thrown())
    const error = await refusalOf(requestAccessToken(requestOf(URL), { fetch }))
    expect({ ...error, message: error.message }).toEqual({
      name: 'SecurityError',
      code: 'ERR_ACCESS_TOKEN_UNAVAILABLE',
      phase: 'need',
      retryable: true,
      message: 'the token endpoint at auth.example.com cannot be reached',
    })
    expect(leaksOf(error, CANARY)).toEqual([])
  })

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', CANARY],
    ['an empty object', {}],
    ['no headers', { status: 200, body: null }],
    ['headers that are none', { status: 200, headers: { get: CANARY }, body: null }],
    ['a status that is a text', { status: CANARY, headers: new Headers(), body: Response.json(TOKEN.body).body }],
    ['no status', { status: Number.NaN, headers: new Headers(), body: Response.json(TOKEN.body).body }],
    ['a status that cannot be read', trapped('status')],
    ['headers that cannot be read', trapped('headers')],
    ['a type that cannot be read', trapped('type')],
    ['a header that cannot be read', { status: 200, headers: { get: () => throwCanary() }, body: null }],
  ])('T92: %s in place of a response is told without it', async (_, answer) => {
    const events: unknown[] = []
    const fetch = async (): Promise<Response> => answer as Response
    const cache = createTokenCache({ fetch, observe: (event) => events.push(event) })
    const errors = [
      await refusalOf(requestAccessToken(requestOf(URL), { fetch })),
      await refusalOf(cache.getToken(requestOf(URL), { tenant: 't' })),
    ]
    for (const error of errors) {
      expect({ ...error, message: error.message }).toEqual({
        name: 'SecurityError',
        code: 'ERR_ACCESS_TOKEN_UNAVAILABLE',
        phase: 'need',
        retryable: false,
        message: 'the token endpoint at auth.example.com answered with what is no HTTP response',
      })
      expect(leaksOf(error, CANARY)).toEqual([])
    }
    expect(events).toEqual([
      {
        type: 'failed',
        tenant: 't',
        host: 'auth.example.com',
        code: 'ERR_ACCESS_TOKEN_UNAVAILABLE',
        retryable: false,
      },
    ])
  })

  it.each<[string, unknown]>([
    ['a body of another kind', { status: 200, headers: new Headers(), body: CANARY }],
    ['a body that cannot be read', trapped('body')],
    ['pieces that are no bytes', new Response(new ReadableStream({ start: (stream) => stream.enqueue(null) }))],
    ['a `then` that throws late', Object.defineProperty(Response.json(TOKEN.body), 'then', { get: onceUndefined() })],
  ])('T92: %s is told without it', async (_, answer) => {
    const fetch = async (): Promise<Response> => answer as Response
    const error = await refusalOf(requestAccessToken(requestOf(URL), { fetch }))
    expect(error).toMatchObject({ code: 'ERR_ACCESS_TOKEN_UNAVAILABLE' })
    expect(leaksOf(error, CANARY)).toEqual([])
  })

  it('a redirect whose body is of another kind is told as a redirect', async () => {
    const fetch = async (): Promise<Response> => ({ status: 307, headers: new Headers(), body: CANARY }) as never
    expect((await refusalOf(requestAccessToken(requestOf(URL), { fetch }))).message).toMatch(/redirects/)
  })

  it('a body that breaks off is told as such', async () => {
    server.play((_, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"access_token":')
      setTimeout(() => response.destroy(), 5)
      return null
    })
    expect(await refusalOf(requestAccessToken(request(), OPTIONS))).toMatchObject({
      code: 'ERR_ACCESS_TOKEN_UNAVAILABLE',
      retryable: true,
      message: expect.stringContaining('broke off its answer'),
    })
  })

  it('a body that was read before is told as such', async () => {
    const fetch: TokenFetch = async () => {
      const response = Response.json(TOKEN.body)
      await response.text()
      return response
    }
    expect(await refusalOf(requestAccessToken(requestOf(URL), { fetch }))).toMatchObject({ retryable: true })
  })

  it('a body that is too long is let go', async () => {
    let isCancelled = false
    const body = new ReadableStream({
      pull: (stream) => stream.enqueue(new Uint8Array(40_000)),
      cancel: () => {
        isCancelled = true
      },
    })
    const fetch: TokenFetch = async () => new Response(body)
    await refusalOf(requestAccessToken(requestOf(URL), { fetch }))
    expect(isCancelled).toBe(true)
  })

  it('an endless body is not read to its end', async () => {
    let written = 0
    server.play((_, response) => {
      response.writeHead(200)
      const piece = 'x'.repeat(16_384)
      const write = (): void => {
        if (response.destroyed) return
        written += piece.length
        response.write(piece, () => setImmediate(write))
      }
      write()
      return null
    })
    expect(await refusalOf(requestAccessToken(request(), OPTIONS))).toMatchObject({
      message: expect.stringContaining('more than 64 KiB'),
    })
    await new Promise((resolve) => setTimeout(resolve, 20))
    const stopped = written
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(written).toBe(stopped)
    expect(written).toBeLessThan(20_000_000)
  })
})

describe('deadlines', () => {
  /** Accepts connections and says nothing. */
  const silent: Server = createServer()
  beforeAll(() => new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve)))
  afterAll(() => {
    silent.close()
  })
  const silentUrl = (): string => `http://127.0.0.1:${(silent.address() as AddressInfo).port}/token`
  const late = {
    code: 'ERR_ACCESS_TOKEN_UNAVAILABLE',
    retryable: true,
    message: expect.stringMatching(/within 30 ms$/),
  }

  it('end what does not answer', async () => {
    silent.once('connection', (socket) =>
      socket
        .on('error', () => {})
        .on('close', () => socket.destroy())
        .resume(),
    )
    expect(await refusalOf(requestAccessToken(requestOf(silentUrl()), { ...OPTIONS, timeoutMs: 30 }))).toMatchObject(
      late,
    )
  })

  it('end what sends a byte now and then', async () => {
    let timer: NodeJS.Timeout | undefined
    server.play((_, response) => {
      response.writeHead(200)
      timer = setInterval(() => response.write(' '), 5)
      return null
    })
    expect(await refusalOf(requestAccessToken(request(), { ...OPTIONS, timeoutMs: 30 }))).toMatchObject(late)
    clearInterval(timer)
  })

  it('end what pays no attention to the signal', async () => {
    const signals: (AbortSignal | null | undefined)[] = []
    const fetch: TokenFetch = (_, init) => {
      signals.push(init.signal)
      return new Promise(() => {})
    }
    expect(await refusalOf(requestAccessToken(requestOf(URL), { fetch, timeoutMs: 30 }))).toMatchObject(late)
    expect(signals[0]?.aborted).toBe(true)
  })

  it('of the caller end it with the caller’s own reason', async () => {
    const reason = new Error('the call was hung up')
    const controller = new AbortController()
    const fetch: TokenFetch = () => new Promise(() => {})
    const pending = rejectionOf(requestAccessToken(requestOf(URL), { fetch, signal: controller.signal }))
    controller.abort(reason)
    expect(await pending).toBe(reason)
    const { fetch: unused, calls } = recordingFetch()
    const again = requestAccessToken(requestOf(URL), { fetch: unused, signal: controller.signal })
    expect(await rejectionOf(again)).toBe(reason)
    expect(calls).toHaveLength(0)
  })

  it('leave nothing behind when it went well', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const controller = new AbortController()
      const { fetch } = recordingFetch()
      const add = vi.spyOn(controller.signal, 'addEventListener')
      const remove = vi.spyOn(controller.signal, 'removeEventListener')
      await requestAccessToken(requestOf(URL), { fetch, signal: controller.signal })
      expect(vi.getTimerCount()).toBe(0)
      expect(remove.mock.calls.map(([, listener]) => listener)).toEqual(add.mock.calls.map(([, listener]) => listener))
    } finally {
      vi.useRealTimers()
    }
  })
})
