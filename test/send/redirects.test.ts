import { describe, expect, it } from 'vitest'
import { SecurityError } from '../../src/errors.ts'
import { type RedirectPolicy, type SendOptions, send } from '../../src/send/index.ts'
import { createEgressGuard } from '../../src/send/node.ts'
import { encodingsOf } from '../properties/leaks.ts'
import { KEY, KINDS, type KindCase, resolutionAt } from './kinds.ts'
import { type Answer, CERTIFICATE, type Loopback, type Received, serve } from './servers.ts'

const BODY = '{"order":"signed-b0dy-canary"}'
const OWN_HEADER = 'own-h3ader-canary'
const STATUSES = [301, 302, 303, 307, 308] as const
const POLICIES: readonly RedirectPolicy[] = ['refuse', 'sameOrigin', 'strip']

/** What the tool's server answers at `/tool`; whatever else is asked gets 200. */
let redirect: Answer = {}
const answer = ({ url }: Received): Answer => (/^\/tool(?:$|\?)/.test(url) ? redirect : { body: 'landed' })

const http = await serve(answer)
const https = await serve(answer, { tls: true })
const otherPort = await serve(answer)
const otherHost = await serve(answer, { host: '127.0.0.2' })
const otherHttps = await serve(answer, { tls: true })
const SERVERS = [http, https, otherPort, otherHost, otherHttps]

const guard = createEgressGuard({ allow: ['127.0.0.0/8'], tls: { ca: CERTIFICATE.cert } })

interface Move {
  readonly name: string
  readonly from: Loopback
  readonly to: Loopback
}

const MOVES: readonly Move[] = [
  { name: 'same origin, http', from: http, to: http },
  { name: 'same origin, https', from: https, to: https },
  { name: 'other port', from: http, to: otherPort },
  { name: 'other port, https', from: https, to: otherHttps },
  { name: 'other host', from: http, to: otherHost },
  { name: 'http to https', from: http, to: https },
  { name: 'https to http', from: https, to: http },
]

async function follow(
  one: KindCase,
  move: Move,
  status: number,
  options: SendOptions,
  location?: string,
): Promise<string> {
  for (const { received } of SERVERS) received.length = 0
  redirect = { status, headers: { location: location ?? `${move.to.origin}/landing` } }
  const headers = { 'content-type': 'application/json', 'x-own': OWN_HEADER, accept: 'application/json' }
  const request = { method: 'POST', url: `${move.from.origin}/tool`, headers, body: BODY }
  try {
    const response = await send(
      request,
      resolutionAt(move.from.origin, one),
      { ...one.capabilities, fetch: guard.fetch },
      options,
    )
    return `${response.status} ${await response.text()}`
  } catch (error) {
    return error instanceof SecurityError ? error.code : String(error)
  }
}

/** Everything secret that a request could carry: the credentials, the headers and body of the caller, any signature. */
const SECRET_NAMES = /x-api-key|x-auth|authorization|cookie|x-signature|x-user|x-key|api_key|sig=|at=/i

function leaksOf(received: Received, secrets: readonly string[]): readonly string[] {
  const forms = [BODY, 'signed-b0dy-canary', OWN_HEADER, ...secrets.flatMap(encodingsOf)]
  const names = received.text.match(SECRET_NAMES) ?? []
  return [...forms.filter((form) => received.text.includes(form)), ...names]
}

describe.each(KINDS)('T41 T42 redirects: $name', (one) => {
  it.each(MOVES.filter(({ from, to }) => from !== to))('$name: nothing secret reaches another origin', async (move) => {
    for (const status of STATUSES) {
      for (const redirects of POLICIES) {
        const outcome = await follow(one, move, status, { redirects })
        const follows = redirects === 'strip' && move.name !== 'https to http'
        expect(outcome).toBe(follows ? '200 landed' : 'ERR_REDIRECT_REFUSED')
        expect(move.from.received).toHaveLength(1)
        expect(leaksOf(move.from.received[0] as Received, one.secrets)).not.toEqual([])
        const elsewhere = SERVERS.filter((server) => server !== move.from).flatMap(({ received }) => received)
        expect(elsewhere).toHaveLength(follows ? 1 : 0)
        for (const received of elsewhere) {
          expect(leaksOf(received, one.secrets)).toEqual([])
          expect(received.body).toBe('')
          expect(Object.keys(received.headers)).not.toContain('content-type')
          expect(received.headers['accept']).toEqual(['application/json'])
        }
      }
    }
  })

  it.each(MOVES.filter(({ from, to }) => from === to))(
    '$name: written and signed anew, as fetch rewrites it',
    async (move) => {
      for (const status of STATUSES) {
        for (const redirects of ['sameOrigin', 'strip'] as const) {
          expect(await follow(one, move, status, { redirects })).toBe('200 landed')
          const [first, second, ...more] = move.from.received as [Received, Received, ...Received[]]
          expect(more).toEqual([])
          const keepsBody = status === 307 || status === 308
          expect([first.method, first.body]).toEqual(['POST', BODY])
          expect([second.method, second.body]).toEqual(keepsBody ? ['POST', BODY] : ['GET', ''])
          expect(Object.keys(second.headers).includes('content-type')).toBe(keepsBody)
          const names = ({ headers, url }: Received): readonly string[] =>
            [...Object.keys(headers), ...(url.match(/[?&][a-z_]+=/g) ?? [])].filter((name) => SECRET_NAMES.test(name))
          expect(names(second)).toEqual(names(first))
        }
        expect(await follow(one, move, status, {})).toBe('ERR_REDIRECT_REFUSED')
        expect(move.from.received).toHaveLength(1)
      }
    },
  )

  it('T49 a redirect that quotes the credential to another origin is not followed', async () => {
    const move = { name: 'quoting', from: http, to: otherPort }
    // What signs, and what only the token endpoint sees, the tool cannot quote.
    for (const secret of one.secrets.filter((text) => !/^(?:client|signing)-/.test(text))) {
      for (const form of encodingsOf(secret)) {
        const location = `${otherPort.origin}/landing?echo=${encodeURIComponent(form)}`
        expect(await follow(one, move, 307, { redirects: 'strip' }, location)).toBe('ERR_REDIRECT_REFUSED')
        expect(otherPort.received).toEqual([])
      }
    }
  })
})

describe('redirects', () => {
  const [one] = KINDS as unknown as [KindCase]
  const header = KINDS.find(({ name }) => name === 'headerApiKey') as KindCase
  const signed = KINDS.find(({ name }) => name === 'hmacSignature in the query') as KindCase
  const stay: Move = { name: 'stay', from: http, to: http }

  it('T41 plain fetch takes a custom key header and the body to another origin: this matrix would see it', async () => {
    for (const { received } of SERVERS) received.length = 0
    redirect = { status: 307, headers: { location: `${otherPort.origin}/landing` } }
    await fetch(`${http.origin}/tool`, {
      method: 'POST',
      headers: { 'X-API-Key': KEY, 'x-own': OWN_HEADER },
      body: BODY,
    })
    expect(leaksOf(otherPort.received[0] as Received, [KEY])).toEqual(expect.arrayContaining([KEY, BODY, OWN_HEADER]))
  })

  it('REQ-5 a hop within the origin is checked against the origin, not the path', async () => {
    for (const location of ['/landing', '../landing', `${http.origin}/a/b?c#d`, `//${new URL(http.origin).host}/x`]) {
      expect(await follow(header, stay, 302, { redirects: 'sameOrigin' }, location)).toBe('200 landed')
      expect(http.received[1]?.headers['x-api-key']).toEqual([KEY])
    }
  })

  it.each([
    ['user info', () => http.origin.replace('//', '//user:pass@')],
    ['another scheme', () => 'ftp://127.0.0.1/'],
    ['a script', () => 'javascript:alert(1)'],
    ['data', () => 'data:text/plain,x'],
    ['what is no URL', () => 'http://['],
    ['a host that parsers read differently', () => 'http://tool.example.com./'],
  ])('T44 %s in a location is refused', async (_, location) => {
    for (const redirects of POLICIES) {
      expect(await follow(header, stay, 302, { redirects }, location())).toBe('ERR_REDIRECT_REFUSED')
      expect(http.received).toHaveLength(1)
    }
  })

  it('an escape that some servers resolve is refused within the origin, too', async () => {
    expect(await follow(header, stay, 302, { redirects: 'sameOrigin' }, '/a/%252e%252e/b')).toBe('ERR_PATH_DOTS')
  })

  it('what fails on a later hop is of the phase `response`: the tool has answered', async () => {
    redirect = { status: 307, headers: { location: '/a/%252e%252e/b' } }
    const request = { method: 'POST', url: `${http.origin}/tool`, headers: {}, body: BODY }
    const sent = send(request, resolutionAt(http.origin, header), {}, { redirects: 'sameOrigin' })
    await expect(sent).rejects.toMatchObject({ code: 'ERR_PATH_DOTS', phase: 'response' })
    let times = 0
    const clock = () => (times++ === 0 ? 1_700_000_000_000 : Number.NaN)
    redirect = { status: 307, headers: { location: '/landing' } }
    const signing = send(request, resolutionAt(http.origin, signed), { clock }, { redirects: 'sameOrigin' })
    await expect(signing).rejects.toMatchObject({ code: 'ERR_ARGUMENT_INVALID', phase: 'response' })
  })

  it('a query key that the server sends back is there once', async () => {
    const echoed = `/landing?${new URLSearchParams({ api_key: KEY })}&page=2`
    expect(await follow(one, stay, 302, { redirects: 'sameOrigin' }, echoed)).toBe('200 landed')
    expect(http.received[1]?.url).toBe(echoed)
    expect(await follow(one, stay, 302, { redirects: 'sameOrigin' }, '/landing?api_key=other')).toBe(
      'ERR_CARRIER_OCCUPIED',
    )
  })

  it('a signature that the server sends back is replaced by a new one', async () => {
    const before = await follow(signed, stay, 307, { redirects: 'sameOrigin' }, '/landing?page=2&at=1&sig=old')
    expect(before).toBe('200 landed')
    expect(http.received[1]?.url).toMatch(/^\/landing\?page=2&at=\d{10}&sig=[0-9a-f]{64}$/)
  })

  it('T49 a signature is quoted to another origin as little as a key', async () => {
    for (const each of KINDS.filter(({ name }) => name.includes('hmacSignature'))) {
      const quoting = await serve(({ url, headers }) => ({
        status: 307,
        headers: {
          location: `${otherPort.origin}/landing?q=${encodeURIComponent(url + String(headers['x-signature']))}`,
        },
      }))
      otherPort.received.length = 0
      const request = { method: 'POST', url: `${quoting.origin}/tool`, headers: {}, body: BODY }
      const sent = send(request, resolutionAt(quoting.origin, each), {}, { redirects: 'strip' })
      await expect(sent).rejects.toMatchObject({ code: 'ERR_REDIRECT_REFUSED' })
      expect(otherPort.received).toEqual([])
    }
  })

  it('T49 a URL in base64 quotes its key, too, as sign-in pages are handed it', async () => {
    const key = 'q83vEjRWeJCrze8SNFZ4kKs+/w=='
    const resolution = (origin: string) => resolutionAt(origin, { requirements: one.requirements, tokens: { k: key } })
    for (const encoding of ['base64', 'base64url', 'hex'] as const) {
      const quoting = await serve(({ url }) => ({
        status: 302,
        headers: { location: `${otherPort.origin}/login?RelayState=${Buffer.from(url).toString(encoding)}` },
      }))
      otherPort.received.length = 0
      const request = { method: 'GET', url: `${quoting.origin}/tool`, headers: {} }
      const sent = send(request, resolution(quoting.origin), {}, { redirects: 'strip' })
      await expect(sent).rejects.toMatchObject({ code: 'ERR_REDIRECT_REFUSED' })
      expect([quoting.received.length, otherPort.received.length]).toEqual([1, 0])
    }
  })

  it('what is elsewhere stays without a key on its own origin, too', async () => {
    const away = await serve(({ url }) =>
      url === '/a' ? { status: 307, headers: { location: '/b' } } : { body: 'landed' },
    )
    const tool = await serve(() => ({ status: 307, headers: { location: `${away.origin}/a` } }))
    const request = { method: 'GET', url: `${tool.origin}/tool`, headers: {} }
    const response = await send(request, resolutionAt(tool.origin, header), {}, { redirects: 'strip' })
    expect([response.status, await response.text()]).toEqual([200, 'landed'])
    expect(away.received.map(({ url }) => url)).toEqual(['/a', '/b'])
    for (const received of away.received) expect(leaksOf(received, header.secrets)).toEqual([])
  })

  it('what describes the body leaves with it', async () => {
    const names = ['Content-Digest', 'Content-MD5', 'Content-Disposition', 'Digest', 'Repr-Digest', 'Content-Type']
    const headers = Object.fromEntries([...names, 'X-Own'].map((name) => [name, 'x']))
    for (const [status, kept] of [
      [303, ['x-own']],
      [307, [...names, 'X-Own'].map((name) => name.toLowerCase())],
    ] as const) {
      http.received.length = 0
      redirect = { status, headers: { location: '/landing' } }
      const request = { method: 'POST', url: `${http.origin}/tool`, headers, body: BODY }
      await send(request, resolutionAt(http.origin, header), {}, { redirects: 'sameOrigin' })
      const received = Object.keys(http.received[1]?.headers ?? {})
      expect(
        received.filter((name) => headers[name] !== undefined || /digest|^content-(?!length)|x-own/.test(name)).sort(),
      ).toEqual([...kept].sort())
    }
  })

  it('follows as many as it may, and no more', async () => {
    const loop = '/tool'
    for (const maxRedirects of [0, 1, 5]) {
      expect(await follow(header, stay, 302, { redirects: 'sameOrigin', maxRedirects }, loop)).toBe(
        'ERR_REDIRECT_REFUSED',
      )
      expect(http.received).toHaveLength(maxRedirects + 1)
    }
    expect(await follow(header, stay, 302, { redirects: 'sameOrigin' }, loop)).toBe('ERR_REDIRECT_REFUSED')
    expect(http.received).toHaveLength(6)
  })

  it('what left the origin stays stripped when it comes back', async () => {
    for (const { received } of SERVERS) received.length = 0
    redirect = { status: 307, headers: { location: `${otherPort.origin}/tool` } }
    const back = await serve(({ url }) =>
      url === '/tool' ? { status: 307, headers: { location: `${away.origin}/tool` } } : { body: 'home' },
    )
    const away = await serve(() => ({ status: 307, headers: { location: `${back.origin}/landing` } }))
    const response = await send(
      { method: 'POST', url: `${back.origin}/tool`, headers: {}, body: BODY },
      resolutionAt(back.origin, header),
      {},
      { redirects: 'strip' },
    )
    expect(await response.text()).toBe('home')
    expect(leaksOf(back.received[1] as Received, header.secrets)).toEqual([])
  })

  it('a redirect without a location, and 304, are answers', async () => {
    for (const status of [300, 302, 304]) {
      redirect = { status }
      const response = await send(
        { method: 'GET', url: `${http.origin}/tool`, headers: {} },
        resolutionAt(http.origin, header),
      )
      expect(response.status).toBe(status)
    }
  })

  it('an unauthenticated tool follows the same rules', async () => {
    for (const redirects of POLICIES) {
      for (const { received } of SERVERS) received.length = 0
      redirect = { status: 307, headers: { location: `${otherPort.origin}/landing` } }
      const anonymous = resolutionAt(http.origin, { requirements: {}, tokens: {} })
      expect(anonymous.outcome).toBe('unauthenticated')
      const sent = send(
        { method: 'POST', url: `${http.origin}/tool`, headers: { 'x-own': OWN_HEADER }, body: BODY },
        anonymous,
        {},
        { redirects },
      )
      if (redirects === 'strip') expect((await sent).status).toBe(200)
      else await expect(sent).rejects.toMatchObject({ code: 'ERR_REDIRECT_REFUSED' })
      for (const received of otherPort.received) expect(leaksOf(received, [])).toEqual([])
    }
  })

  it('303 turns every method but HEAD into GET; 301 and 302 leave PUT as it is', async () => {
    for (const [method, status, after] of [
      ['PUT', 303, 'GET'],
      ['HEAD', 303, 'HEAD'],
      ['PUT', 301, 'PUT'],
      ['DELETE', 302, 'DELETE'],
      ['POST', 308, 'POST'],
    ] as const) {
      http.received.length = 0
      redirect = { status, headers: { location: '/landing' } }
      await send(
        { method, url: `${http.origin}/tool`, headers: {} },
        resolutionAt(http.origin, header),
        {},
        { redirects: 'sameOrigin' },
      )
      expect(http.received[1]?.method).toBe(after)
    }
  })
})
