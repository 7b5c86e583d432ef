import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { Secret, type SecurityError } from '../../src/index.ts'
import { type Capabilities, type SendOptions, send } from '../../src/send/index.ts'
import { leaksOf } from '../properties/leaks.ts'
import { ACCESS_TOKEN, KEY, KINDS, type KindCase, resolutionAt } from './kinds.ts'
import { serveRaw } from './servers.ts'

const ORIGIN = 'https://api.example.com'
const header = KINDS.find(({ name }) => name === 'headerApiKey') as KindCase
const oauth = KINDS.find(({ name }) => name === 'oauth2ClientCredentials') as KindCase
const request = { method: 'GET', url: `${ORIGIN}/tool`, headers: {} }

function sendOf(capabilities: Capabilities, options: SendOptions = {}, one = header): Promise<Response> {
  return send(request, resolutionAt(ORIGIN, one), { ...one.capabilities, ...capabilities }, options)
}

describe('what tools and foreign fetches answer', () => {
  it.each([
    ['200 OK', 'OK'],
    ['200 OK €', ''],
    ['200 日本', ''],
    ['200 OK\u0001', ''],
    ['200 d\u00e9j\u00e0', 'd\u00e9j\u00e0'],
  ])('the reason phrase of %j is %j', async (line, reason) => {
    const { origin } = await serveRaw((socket) => {
      socket.end(`HTTP/1.1 ${line}\r\nContent-Length: 4\r\n\r\nfine`)
    })
    const response = await send({ ...request, url: `${origin}/tool` }, resolutionAt(origin, header))
    expect([response.status, await response.text()]).toEqual([200, 'fine'])
    const given = Object.defineProperty(new Response('fine'), 'statusText', { value: line.slice(4) })
    expect(await sendOf({ fetch: async () => given })).toMatchObject({ status: 200, statusText: reason })
  })

  const like = (more: object) => ({ status: 200, statusText: 'OK', headers: new Headers(), body: null, ...more })
  const throwing = new Proxy(
    {},
    {
      get: () => {
        throw new Error(KEY)
      },
    },
  )

  it.each<readonly [string, object]>([
    ['a Node stream as body', like({ body: Readable.from([KEY]) })],
    ['a body of texts', like({ body: new ReadableStream({ start: (control) => control.enqueue(KEY) }) })],
    ['a body that somebody else reads', like({ body: lockedStream() })],
    ['no headers', like({ headers: undefined })],
    ['headers that none can be', like({ headers: [['a b', KEY]] })],
    ['no reason phrase', like({ statusText: throwing })],
    ['a body that throws', like({ body: throwing })],
    ['a status that is none', like({ status: 42.5 })],
  ])('an object with %s: a typed failure after the answer', async (_, given) => {
    for (const status of [200, 302, 401]) {
      const answer = 'status' in given && given.status === 200 ? { ...given, status } : given
      const error = await sendOf({ fetch: async () => answer as Response }, { redirects: 'sameOrigin' }).then(
        () => undefined,
        (thrown: SecurityError) => thrown,
      )
      expect(error).toMatchObject({ code: 'ERR_SEND_FAILED', phase: 'response' })
      expect(leaksOf(error, KEY)).toEqual([])
    }
  })

  it('an object like a response is as good as one', async () => {
    const body = new Response('fine').body
    expect(await (await sendOf({ fetch: async () => like({ body }) as Response })).text()).toBe('fine')
  })
})

function lockedStream(): ReadableStream {
  const stream = new ReadableStream()
  stream.getReader()
  return stream
}

describe('what nobody reads is ended, also where `fetch` takes no notice of the signal', () => {
  /** Answers in turn, with bodies that never end. */
  function unread(...answers: readonly ResponseInit[]) {
    const cancelled: number[] = []
    const next = [...answers.entries()]
    const fetch = async (): Promise<Response> => {
      const [index, init] = next.shift() ?? [-1, {}]
      const start = (control: ReadableStreamDefaultController): void => control.enqueue(new Uint8Array(8))
      return new Response(new ReadableStream({ start, cancel: () => void cancelled.push(index) }), init)
    }
    return { fetch, cancelled }
  }
  const away = { status: 302, headers: { location: '/tool/next' } }

  it.each<readonly [string, readonly ResponseInit[], SendOptions, string]>([
    [
      'a redirect that is followed',
      [away, {}],
      { redirects: 'sameOrigin', maxResponseBytes: 4 },
      'ERR_RESPONSE_TOO_LARGE',
    ],
    ['a redirect that is refused', [away], {}, 'ERR_REDIRECT_REFUSED'],
    ['too many redirects', [away, away], { redirects: 'sameOrigin', maxRedirects: 1 }, 'ERR_REDIRECT_REFUSED'],
    ['a body that is too large', [{}], { maxResponseBytes: 4 }, 'ERR_RESPONSE_TOO_LARGE'],
    ['a body that never ends', [{}], { timeoutMs: 30 }, 'ERR_SEND_TIMEOUT'],
  ])('%s', async (_, answers, options, code) => {
    const { fetch, cancelled } = unread(...answers)
    await expect(sendOf({ fetch }, options)).rejects.toMatchObject({ code, phase: 'response' })
    expect(cancelled).toEqual(answers.map((_each, index) => index))
  })

  it('the 401 before the second request, and a status that no answer has', async () => {
    const { fetch, cancelled } = unread({ status: 401 }, {})
    let count = 0
    const tokenCache = {
      getToken: async () => ({ token: new Secret(`${ACCESS_TOKEN}${count++}`), expiresAtMs: null }),
      dropToken: async () => true,
    }
    const options = { maxResponseBytes: 4 }
    await expect(sendOf({ fetch, tokenCache }, options, oauth)).rejects.toMatchObject({
      code: 'ERR_RESPONSE_TOO_LARGE',
    })
    expect(cancelled).toEqual([0, 1])
    const odd = unread({})
    const strange = async () => Object.defineProperty(await odd.fetch(), 'status', { value: 999 })
    await expect(sendOf({ fetch: strange })).rejects.toMatchObject({ code: 'ERR_SEND_FAILED', phase: 'response' })
    expect(odd.cancelled).toEqual([0])
  })
})
