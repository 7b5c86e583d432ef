import { describe, expect, it } from 'vitest'
import { verifySignature } from '../../src/hmac/index.ts'
import { Secret, SecurityError, type Token } from '../../src/index.ts'
import { createTokenCache } from '../../src/oauth2/index.ts'
import { type Capabilities, type LatchkeyEvent, send } from '../../src/send/index.ts'
import { CALL_TOKEN, KEY, KINDS, type KindCase, resolutionAt, resolutionWithCallToken } from './kinds.ts'
import { type Loopback, type Received, serve } from './servers.ts'

const request = (origin: string) => ({ method: 'POST', url: `${origin}/tool`, headers: {}, body: '{"a":1}' })

/** A cache as the real one behaves: a token stays until exactly it is dropped. */
function createTokens(make: (count: number) => string = (count) => `token-S3CRET-${count}`) {
  let current: string | null = null
  const log: string[] = []
  const tokenCache: NonNullable<Capabilities['tokenCache']> = {
    getToken: async () => {
      if (current === null) {
        current = make(log.filter((each) => each === 'fetch').length + 1)
        log.push('fetch')
      }
      return { token: new Secret(current), expiresAtMs: null }
    },
    dropToken: async (_need, failed) => {
      const isSame = String(typeof failed === 'string' ? failed : failed.reveal()) === current
      log.push(isSame ? 'drop' : 'keep')
      if (isSame) current = null
      return isSame
    },
  }
  const replace = (token: string): void => {
    current = token
  }
  return { tokenCache, log, replace }
}

/** A tool that lets in whoever has one of these. */
const guarded = (accepted: readonly string[]): Promise<Loopback> =>
  serve(({ text }) => (accepted.some((token) => text.includes(token)) ? { body: 'fine' } : { status: 401, body: 'no' }))

const named = (name: string): KindCase => KINDS.find((one) => one.name === name) as KindCase
const oauth = named('oauth2ClientCredentials')
const NEEDLESS = KINDS.filter(({ capabilities }) => Object.keys(capabilities).length === 0)

describe('T63 after a 401', () => {
  it.each(NEEDLESS)('$name: nothing newer is there, so nothing is sent again', async (one) => {
    const tool = await guarded([])
    const response = await send(request(tool.origin), resolutionAt(tool.origin, one), one.capabilities)
    expect([response.status, await response.text(), tool.received.length]).toEqual([401, 'no', 1])
  })

  it('an access token is dropped, fetched and sent once more', async () => {
    const tool = await guarded(['token-S3CRET-2'])
    const { tokenCache, log } = createTokens()
    const response = await send(request(tool.origin), resolutionAt(tool.origin, oauth), { tokenCache })
    expect([response.status, log]).toEqual([200, ['fetch', 'drop', 'fetch']])
    expect(tool.received.map(({ headers, body }) => [headers['authorization'], body])).toEqual([
      [['Bearer token-S3CRET-1'], '{"a":1}'],
      [['Bearer token-S3CRET-2'], '{"a":1}'],
    ])
  })

  it('always 401: two requests, one further token', async () => {
    const tool = await guarded([])
    const { tokenCache, log } = createTokens()
    const response = await send(request(tool.origin), resolutionAt(tool.origin, oauth), { tokenCache })
    expect([response.status, tool.received.length, log]).toEqual([401, 2, ['fetch', 'drop', 'fetch']])
  })

  it('the same access token again is not newer', async () => {
    const tool = await guarded([])
    const { tokenCache, log } = createTokens(() => 'token-S3CRET-same')
    const response = await send(request(tool.origin), resolutionAt(tool.origin, oauth), { tokenCache })
    expect([response.status, tool.received.length, log]).toEqual([401, 1, ['fetch', 'drop', 'fetch']])
  })

  it('a token that another worker fetched meanwhile is taken, not dropped', async () => {
    const { tokenCache, log, replace } = createTokens()
    const tool = await serve(({ text }) => {
      if (text.includes('token-S3CRET-newer')) return { body: 'fine' }
      replace('token-S3CRET-newer')
      return { status: 401 }
    })
    const response = await send(request(tool.origin), resolutionAt(tool.origin, oauth), { tokenCache })
    expect([response.status, tool.received.length, log]).toEqual([200, 2, ['fetch', 'keep']])
  })

  it('50 parallel ones cost one further token', async () => {
    const tool = await guarded(['token-S3CRET-2'])
    const { tokenCache, log } = createTokens()
    const resolution = resolutionAt(tool.origin, oauth)
    const responses = await Promise.all(
      Array.from({ length: 50 }, () => send(request(tool.origin), resolution, { tokenCache })),
    )
    expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200))
    expect(log.filter((each) => each === 'fetch')).toHaveLength(2)
  })

  it('T57 1,000 parallel ones at first cost one token request, and after a revocation one more', async () => {
    const tool = 'https://api.example.com'
    const asked: string[] = []
    let revoked = ''
    const answer = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
      const { url, headers } = new Request(input, init)
      asked.push(new URL(url).host)
      if (url.startsWith(tool))
        return new Response('', { status: headers.get('authorization') === revoked ? 401 : 200 })
      const count = asked.filter((host) => host === 'auth.example.com').length
      return Response.json({ access_token: `token-${count}`, expires_in: 3600 })
    }
    const capabilities = { fetch: answer, tokenCache: createTokenCache() }
    const resolution = resolutionAt(tool, oauth)
    const sendAll = async (): Promise<ReadonlySet<number>> => {
      const sends = Array.from({ length: 1000 }, () => send(request(tool), resolution, capabilities))
      return new Set((await Promise.all(sends)).map(({ status }) => status))
    }
    expect(await sendAll()).toEqual(new Set([200]))
    expect(asked.filter((host) => host === 'auth.example.com')).toHaveLength(1)
    expect(asked).toHaveLength(1001)
    revoked = 'Bearer token-1'
    expect(await sendAll()).toEqual(new Set([200]))
    expect(asked.filter((host) => host === 'auth.example.com')).toHaveLength(2)
  })

  /** A store that gives each value in turn, the last one from then on. */
  const store = (...values: readonly Token[]) => {
    let reads = 0
    return {
      credentialStore: { use: async () => values[Math.min(reads++, values.length - 1)] as Token },
      reads: () => reads,
    }
  }

  it('a stored credential is read again, and sent if its value differs', async () => {
    const tool = await guarded(['newer-S3CRET'])
    const { credentialStore } = store(KEY, 'newer-S3CRET')
    const response = await send(request(tool.origin), resolutionAt(tool.origin, named('a stored key')), {
      credentialStore,
    })
    expect([response.status, tool.received.map(({ headers }) => headers['x-api-key'])]).toEqual([
      200,
      [[KEY], ['newer-S3CRET']],
    ])
  })

  it('a stored credential of the same value is not sent again', async () => {
    const tool = await guarded([])
    const { credentialStore, reads } = store(KEY, new Secret(KEY))
    const response = await send(request(tool.origin), resolutionAt(tool.origin, named('a stored key')), {
      credentialStore,
    })
    expect([response.status, tool.received.length, reads()]).toEqual([401, 1, 2])
  })

  it('a stored signing secret signs anew if it differs', async () => {
    const [old, newer] = ['old-secret-of-many-bytes', 'new-secret-of-many-bytes']
    const one = named('a stored signing secret')
    const form = { headers: { 'X-Signature': '{signature}' } }
    const verdict = async (received: Received | undefined, secret: string): Promise<boolean> => {
      const { method = '', url = '', headers = {}, body = '' } = received ?? {}
      return (await verifySignature(form, [secret], { method, url, headers, body })).ok
    }
    const tool = await guarded([])
    const resolution = resolutionAt(tool.origin, one)
    await send(request(tool.origin), resolution, { credentialStore: store(old, newer).credentialStore })
    expect([await verdict(tool.received[0], old), await verdict(tool.received[1], newer)]).toEqual([true, true])
    await send(request(tool.origin), resolution, { credentialStore: store(old, { secrets: [old] }).credentialStore })
    expect(tool.received).toHaveLength(3)
    // An earlier secret that is valid no longer changes what would be written.
    await send(request(tool.origin), resolution, {
      credentialStore: store({ secrets: [old], keyId: 'a' }, { secrets: [old], keyId: 'b' }).credentialStore,
    })
    expect(tool.received).toHaveLength(5)
  })

  it('a stored client that changed fetches a token of its own', async () => {
    const tool = await guarded(['token-S3CRET-2'])
    const clients: string[] = []
    const { tokenCache, log } = createTokens()
    const watched: typeof tokenCache = {
      ...tokenCache,
      getToken: (need, options) => {
        clients.push((need.client as { clientSecret: Secret }).clientSecret.reveal())
        return tokenCache.getToken(need, options)
      },
    }
    const client = (clientSecret: string) => ({ clientId: 'c', clientSecret })
    const { credentialStore } = store(client('first-secret'), client('second-secret'))
    const one = named('a stored client')
    const response = await send(request(tool.origin), resolutionAt(tool.origin, one), {
      credentialStore,
      tokenCache: watched,
    })
    expect([response.status, clients, log]).toEqual([
      200,
      ['first-secret', 'second-secret'],
      ['fetch', 'drop', 'fetch'],
    ])
  })

  it('a call token is minted once', async () => {
    const tool = await guarded([])
    const { credentialStore } = store(KEY, 'newer-S3CRET')
    const requirements = { k: { headerApiKey: { name: 'X-API-Key' } } }
    let minted = 0
    const resolution = resolutionWithCallToken(tool.origin, requirements)
    await send(
      request(tool.origin),
      resolution,
      { credentialStore, mintCallToken: () => `${CALL_TOKEN}${minted++}` },
      { callId: 'call-1' },
    )
    expect([minted, tool.received.map(({ headers }) => headers['x-ultravox-call-token'])]).toEqual([
      1,
      [[`${CALL_TOKEN}0`], [`${CALL_TOKEN}0`]],
    ])
  })

  it.each([400, 403, 429, 500, 503])('%i is an answer', async (status) => {
    const tool = await serve(() => ({ status }))
    const { tokenCache, log } = createTokens()
    const response = await send(request(tool.origin), resolutionAt(tool.origin, oauth), { tokenCache })
    expect([response.status, tool.received.length, log]).toEqual([status, 1, ['fetch']])
  })

  it('a 401 of another origin is none of the credential', async () => {
    const other = await serve(() => ({ status: 401 }))
    const tool = await serve(() => ({ status: 302, headers: { location: other.origin } }))
    const { tokenCache, log } = createTokens()
    const response = await send(
      request(tool.origin),
      resolutionAt(tool.origin, oauth),
      { tokenCache },
      { redirects: 'strip' },
    )
    expect([response.status, tool.received.length, other.received.length, log]).toEqual([401, 1, 1, ['fetch']])
  })

  it('T05 SEL-7 a token endpoint that fails, at first or again, fails the request: never the next option, never anonymous', async () => {
    const down = new SecurityError('ERR_NEED_UNMET', { message: 'down', retryable: true })
    const tool = await guarded([])
    const { tokenCache } = createTokens()
    let fetches = 0
    const failing = (from: number): typeof tokenCache => ({
      ...tokenCache,
      getToken: (need, options) => (++fetches >= from ? Promise.reject(down) : tokenCache.getToken(need, options)),
    })
    const resolution = resolutionAt(tool.origin, oauth)
    await expect(send(request(tool.origin), resolution, { tokenCache: failing(1) })).rejects.toBe(down)
    expect(tool.received).toEqual([])
    fetches = 0
    const failed = { code: 'ERR_NEED_UNMET', message: 'down', retryable: true }
    const again = send(request(tool.origin), resolution, { tokenCache: failing(2) })
    await expect(again).rejects.toMatchObject({ ...failed, phase: 'response' })
    expect(tool.received).toHaveLength(1)
  })

  it('up to the phase `need` nothing was sent: what fails after a 401 is of the phase `response`', async () => {
    const tool = await guarded([])
    const unavailable = new SecurityError('ERR_STORE_UNAVAILABLE', { retryable: true, retryAfterMs: 5 })
    const hanging = new Promise<never>(() => undefined)
    const reading = (second: () => Promise<Token>) => {
      let reads = 0
      return { credentialStore: { use: async () => (++reads === 1 ? KEY : second()) } }
    }
    const tokens = { getToken: async () => ({ token: new Secret(KEY), expiresAtMs: null }) }
    for (const [name, capabilities, expected] of [
      ['a stored key', reading(() => Promise.reject(new Error(KEY))), { code: 'ERR_NEED_UNMET', retryable: true }],
      ['a stored key', reading(() => Promise.reject(unavailable)), { code: unavailable.code, retryAfterMs: 5 }],
      [
        'a stored key',
        reading(async () => 'a\nb'),
        { code: 'ERR_TOKENS_INVALID', issues: [{ code: 'ERR_TOKEN_CONTROL' }] },
      ],
      ['a stored key', reading(() => hanging), { code: 'ERR_SEND_TIMEOUT', retryable: true }],
      [oauth.name, { tokenCache: { ...tokens, dropToken: () => hanging } }, { code: 'ERR_SEND_TIMEOUT' }],
      [oauth.name, { tokenCache: { ...tokens, dropToken: async () => JSON.parse('') } }, { code: 'ERR_NEED_UNMET' }],
    ] as const) {
      const before = tool.received.length
      const sent = send(request(tool.origin), resolutionAt(tool.origin, named(name)), capabilities, { timeoutMs: 300 })
      await expect(sent).rejects.toMatchObject({ ...expected, phase: 'response' })
      expect(tool.received).toHaveLength(before + 1)
    }
  })

  it('tells the observer', async () => {
    const tool = await guarded([])
    const events: LatchkeyEvent[] = []
    const { tokenCache } = createTokens()
    await send(request(tool.origin), resolutionAt(tool.origin, oauth), {
      tokenCache,
      fetch,
      observe: (event) => events.push(event),
    })
    expect(events.map(({ type }) => type)).toEqual(['cacheHit', 'cacheHit', 'retry'])
    expect(events[2]).toEqual({ type: 'retry', requirements: ['k'] })
  })
})
