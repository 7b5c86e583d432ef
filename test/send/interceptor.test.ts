import { Readable } from 'node:stream'
import { Agent, Client, type Dispatcher, interceptors, request, fetch as undiciFetch } from 'undici'
import { afterAll, describe, expect, it } from 'vitest'
import { verifySignature } from '../../src/hmac/index.ts'
import { createInterceptor } from '../../src/send/node.ts'
import { encodingsOf, leaksOf } from '../properties/leaks.ts'
import { KEY, KINDS, type KindCase, resolutionAt, SIGNING_SECRET } from './kinds.ts'
import { type Received, serve } from './servers.ts'

const named = (name: string): KindCase => KINDS.find((one) => one.name === name) as KindCase
const header = named('headerApiKey')
const other = await serve(() => ({ body: 'other' }))
const tool = await serve(({ url }) => {
  if (url.startsWith('/tool/away')) return { status: 307, headers: { location: `${other.origin}/landing` } }
  return url.startsWith('/tool/near') ? { status: 307, headers: { location: '/tool/landing' } } : { body: 'fine' }
})
const agent = new Agent()
afterAll(() => agent.close())
const last = (): Received => tool.received.at(-1) as Received
const composed = (one: KindCase) => agent.compose(createInterceptor(resolutionAt(tool.origin, one), one.capabilities))

const fail = (): never => {
  throw new Error(KEY)
}

async function* failingStream(): AsyncGenerator<Buffer> {
  yield Buffer.from('begun')
  fail()
}

const failureOf = (dispatch: Dispatcher.Dispatch, options: Dispatcher.DispatchOptions): Promise<unknown> =>
  new Promise((resolve) => dispatch(options, { onResponseError: (_, error) => resolve(error) }))

describe('createInterceptor', () => {
  it.each(KINDS)('$name: as `send` writes it', async (one) => {
    const { statusCode, body } = await request(`${tool.origin}/tool`, {
      dispatcher: composed(one),
      method: 'POST',
      body: 'body',
    })
    expect([statusCode, await body.text(), last().body]).toEqual([200, 'fine', 'body'])
    const isSigned = one.name.includes('ign')
    if (!isSigned)
      expect(one.secrets.some((secret) => encodingsOf(secret).some((form) => last().text.includes(form)))).toBe(true)
  })

  it.each<readonly [string, object, string]>([
    ['text', { body: 'é' }, 'Ã©'],
    ['bytes', { body: Buffer.from([0, 255]) }, '\u0000\u00ff'],
    ['a stream', { body: Readable.from([Buffer.from('in '), 'pieces']) }, 'in pieces'],
    ['no body', {}, ''],
    ['null', { body: null }, ''],
  ])('signs and sends %s', async (_, options, text) => {
    const { statusCode } = await request(`${tool.origin}/tool`, {
      dispatcher: composed(named('hmacSignature in a header')),
      method: 'POST',
      ...options,
    })
    expect([statusCode, last().body]).toEqual([200, text])
    const { method, url, headers, body } = last()
    const message = { method, url: tool.origin + url, headers, body: Buffer.from(body, 'latin1') }
    expect(
      await verifySignature({ headers: { 'X-Signature': 'v1={signature}' } }, [SIGNING_SECRET], message),
    ).toMatchObject({ ok: true })
  })

  it.each<readonly [string, object]>([
    ['a record', { headers: { 'X-Own': 'a', 'x-list': ['b', 'c'], 'x-none': undefined } }],
    ['a flat list', { headers: ['X-Own', 'a', 'x-list', 'b', 'x-list', 'c'] }],
    [
      'pairs',
      {
        headers: new Map<string, string | string[]>([
          ['X-Own', 'a'],
          ['x-list', ['b', 'c']],
        ]),
      },
    ],
    [
      'Headers',
      {
        headers: new Headers([
          ['X-Own', 'a'],
          ['x-list', 'b'],
          ['x-list', 'c'],
        ]),
      },
    ],
  ])('keeps headers given as %s', async (_, options) => {
    await request(`${tool.origin}/tool`, { dispatcher: composed(header), ...options })
    expect(last().headers).toMatchObject({ 'x-own': ['a'], 'x-list': ['b, c'], 'x-api-key': [KEY] })
  })

  it('keeps the query of the options', async () => {
    await request(`${tool.origin}/tool`, {
      dispatcher: composed(named('queryApiKey')),
      query: { a: '1 2', b: ['3', '4'] },
    })
    expect(last().url).toBe(`/tool?a=1%202&b=3&b=4&api_key=${encodeURIComponent(KEY)}`)
  })

  it('works under fetch', async () => {
    const response = await undiciFetch(`${tool.origin}/tool`, {
      dispatcher: composed(header),
      method: 'POST',
      body: 'body',
    })
    expect([response.status, last().body, last().headers['x-api-key']]).toEqual([200, 'body', [KEY]])
  })

  it('T41 prepares each redirect anew, and refuses it to another origin', async () => {
    for (const dispatcher of [
      composed(header),
      composed(header).compose(interceptors.redirect({ maxRedirections: 3 })),
    ]) {
      const near = await undiciFetch(`${tool.origin}/tool/near`, { dispatcher, method: 'POST', body: 'b' })
      expect([near.status, last().url, last().headers['x-api-key']]).toEqual([200, '/tool/landing', [KEY]])
      await expect(
        undiciFetch(`${tool.origin}/tool/away`, { dispatcher, method: 'POST', body: 'b' }),
      ).rejects.toMatchObject({ cause: { code: 'ERR_ORIGIN_MISMATCH' } })
    }
    const redirecting = composed(header).compose(interceptors.redirect({ maxRedirections: 3 }))
    await expect(request(`${tool.origin}/tool/away`, { dispatcher: redirecting })).rejects.toMatchObject({
      code: 'ERR_ORIGIN_MISMATCH',
    })
    expect(other.received).toEqual([])
  })

  it.each<readonly [string, (url: string) => Promise<unknown>, string]>([
    ['another origin', () => request(`${other.origin}/tool`, { dispatcher: composed(header) }), 'ERR_ORIGIN_MISMATCH'],
    ['another path', (url) => request(`${url}/other`, { dispatcher: composed(header) }), 'ERR_PATH_MISMATCH'],
    [
      'a form',
      (url) => request(`${url}/tool`, { dispatcher: composed(header), method: 'POST', body: new FormData() as never }),
      'ERR_REQUEST_INVALID',
    ],
    [
      'a dispatcher of one origin',
      (url) =>
        request(`${url}/tool`, { dispatcher: new Client(url).compose(createInterceptor(resolutionAt(url, header))) }),
      'connected',
    ],
  ])('%s: %s', async (_, run, code) => {
    const outcome = await run(tool.origin).then(
      () => 'connected',
      (error: { code?: string }) => error.code,
    )
    expect(outcome).toBe(code)
  })

  it('fails a request of a dispatcher that leaves the origin out', async () => {
    const client = new Client(tool.origin)
    const dispatcher = client.compose(createInterceptor(resolutionAt(tool.origin, header)))
    await expect(dispatcher.request({ path: '/tool', method: 'GET' } as never)).rejects.toMatchObject({
      code: 'ERR_REQUEST_INVALID',
    })
    await client.close()
  })

  it.each([
    ['a port', (port: string) => [port.slice(0, -1), `${port.slice(-1)}/tool`]],
    ['a port that was missing', (port: string) => ['80', `@127.0.0.1:${port}/tool`]],
    ['nothing', (port: string) => [port, '']],
    ['a whole URL', (port: string) => [port, 'http://127.0.0.1:9/tool']],
  ] as const)('T43 CVE-2022-35949 a path that goes on with %s is refused', async (_, split) => {
    const [port = '', path = ''] = split(new URL(tool.origin).port)
    const sent: unknown[] = []
    const dispatch = createInterceptor(resolutionAt(tool.origin, header))((options) => sent.push(options) > 0)
    const error = await failureOf(dispatch, { origin: `http://127.0.0.1:${port}`, path, method: 'GET' })
    expect([error, sent]).toEqual([expect.objectContaining({ code: 'ERR_REQUEST_INVALID' }), []])
  })

  it('T43 dispatches to the origin that was checked', async () => {
    const dispatched: unknown[] = []
    const dispatch = createInterceptor(resolutionAt('https://tool.example.com', header))((options) => {
      dispatched.push(options.origin)
      return true
    })
    let reads = 0
    const origin = { toString: () => (reads++ === 0 ? 'https://TOOL.example.com:443' : 'https://evil.example') }
    dispatch({ origin: origin as never, path: '/tool', method: 'GET' }, {})
    await expect.poll(() => dispatched).toEqual(['https://tool.example.com'])
  })

  it.each<readonly [string, () => Partial<Dispatcher.DispatchOptions>]>([
    ['an origin that is no URL', () => ({ origin: `no url ${KEY}` })],
    ['a stream that fails', () => ({ method: 'POST', body: Readable.from(failingStream()) })],
    ['a header that has no text', () => ({ headers: { a: { toString: fail } as never } })],
    ['a path that is a symbol', () => ({ path: Symbol(KEY) as never })],
  ])('%s: an error of ours that quotes nothing', async (_, options) => {
    const dispatch = createInterceptor(resolutionAt(tool.origin, header))(() => true)
    const error = await failureOf(dispatch, { origin: tool.origin, path: '/tool', method: 'GET', ...options() })
    expect(error).toMatchObject({ name: 'SecurityError', code: 'ERR_REQUEST_INVALID' })
    expect(leaksOf(error, KEY)).toEqual([])
  })

  it('refuses unusable arguments at once', () => {
    const refused = expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' })
    const resolution = resolutionAt(tool.origin, header)
    expect(() => createInterceptor(resolution, { nonsense: 1 } as never)).toThrow(refused)
    expect(() => createInterceptor(resolution, { fetch: 1 } as never)).toThrow(refused)
    expect(() => createInterceptor(resolution, {}, { timeoutMs: 1 } as never)).toThrow(refused)
  })

  it('tells handlers of undici 6 as they expect it', async () => {
    const dispatch = createInterceptor(() => Promise.reject(new Error('no resolution')))(() => true)
    const error = await new Promise((resolve) =>
      dispatch({ origin: tool.origin, path: '/', method: 'GET' }, { onError: resolve } as never),
    )
    expect(error).toEqual(new Error('no resolution'))
  })
})
