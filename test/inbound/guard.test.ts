import { describe, expect, it } from 'vitest'
import { createKeyring, guard, type Keyring } from '../../src/inbound/index.ts'
import { createMemoryStore } from '../../src/stores/memory.ts'
import type { Store } from '../../src/stores/store.ts'
import {
  AWAY,
  checkOnce,
  countCalls,
  createClock,
  createTestKeyring,
  issue,
  NOON,
  requestWith,
  slowDown,
  statusOf,
} from './fixtures.ts'

const CHALLENGE = 'WWW-Authenticate'

function createKeyringOn(store: Store): Keyring {
  return createKeyring({ store, prefix: 'acme' })
}

describe('T83 order of checks: 401, 403, 429; a refusal counts nothing', () => {
  it('an unknown key a thousand times leaves the count of every tenant at 0', async () => {
    const keyring = await createTestKeyring()
    const { key } = await issue(keyring, 'a')
    await keyring.configureTenant('a', { dailyLimit: 10 }, 'ada')
    const other = await issue(await createTestKeyring(), 'a')
    const keyGuard = guard({ keyring })
    for (let n = 0; n < 1000; n += 1) {
      expect(statusOf(await keyGuard.check(requestWith(`Bearer ${other.key.reveal()}`)))).toBe(401)
    }
    const verdict = await keyGuard.check(requestWith(`Bearer ${key.reveal()}`))
    expect(verdict).toMatchObject({ ok: true, headers: { RateLimit: expect.stringMatching(/^"daily";r=9;/) } })
  })

  it.each([
    ['missing', null, 401],
    ['malformed', 'Bearer acme_nothing', 401],
    ['two values', ['Bearer x', 'Bearer y'], 400],
  ])('%s is refused, counts nothing and reads nothing', async (_, authorization, status) => {
    const { store, calls } = countCalls(createMemoryStore())
    const keyring = await createTestKeyring({ store })
    calls.clear()
    expect(statusOf(await checkOnce({ keyring }, requestWith(authorization)))).toBe(status)
    expect([...calls]).toEqual([])
  })

  it('scope and feature flag are looked at before the limit, and count nothing', async () => {
    const keyring = await createTestKeyring()
    const { key, id } = await issue(keyring, 'a')
    await keyring.configureTenant('a', { dailyLimit: 1 }, 'ada')
    const request = requestWith(`Bearer ${key.reveal()}`)
    const forbidden = await checkOnce({ keyring, scopes: ['write:orders'] }, request)
    expect(forbidden).toMatchObject({ ok: false, code: 'insufficient_scope' })
    const off = await checkOnce({ keyring, isEnabled: () => false }, request)
    expect(off).toMatchObject({ ok: false, code: 'feature_disabled', refusal: { status: 403 } })
    for (const answer of [undefined, null, 0, 1, 'true', {}]) {
      const odd = await checkOnce({ keyring, isEnabled: () => answer as never }, request)
      expect(odd).toMatchObject({ code: 'feature_disabled' })
    }
    expect(await keyring.usage('a', id)).toEqual(new Map())
    expect(statusOf(await checkOnce({ keyring }, request))).toBe(200)
    expect(statusOf(await checkOnce({ keyring }, request))).toBe(429)
    // Used up, and still 403 for what is not allowed at all.
    expect(statusOf(await checkOnce({ keyring, scopes: ['write:orders'] }, request))).toBe(403)
    expect([...(await keyring.usage('a', id)).values()]).toEqual([1])
  })

  it('missing, malformed, unknown and deleted: the last three are the same answer', async () => {
    const keyring = await createTestKeyring()
    const deleted = await issue(keyring, 'a')
    await keyring.delete('a', deleted.id, 'ada')
    const unknown = await issue(await createTestKeyring(), 'a')
    const texts = ['acme_x', unknown.key.reveal(), deleted.key.reveal()]
    const answers = await Promise.all(
      texts.map((text) => checkOnce({ keyring, newRequestId: () => 'r' }, requestWith(`Bearer ${text}`))),
    )
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(answers[0]).toMatchObject({
      refusal: { headers: { [CHALLENGE]: 'Bearer realm="api", error="invalid_token"' } },
    })
    const missing = await checkOnce({ keyring }, requestWith(null))
    // RFC 6750 section 3.1: no error code where nothing was presented.
    expect(missing).toMatchObject({ refusal: { status: 401, headers: { [CHALLENGE]: 'Bearer realm="api"' } } })
  })
})

describe('T84 scopes are a set of exact texts', () => {
  it.each([
    [['read:order'], ['read:orders'], 403],
    [['read:orders'], ['read:order'], 403],
    [['read:orders'], ['read:orders'], 200],
    [['read:orders', 'write:orders'], ['write:orders', 'read:orders'], 200],
    [['read:orders'], ['read:orders', 'write:orders'], 403],
    [['read:orders'], [], 200],
    [['read:orders'], ['READ:ORDERS'], 403],
  ])('a key of %j where %j is asked for: %i', async (has, needs, status) => {
    const keyring = await createTestKeyring()
    const { key } = await issue(keyring, 'a', has)
    const verdict = await checkOnce({ keyring, scopes: needs }, requestWith(`Bearer ${key.reveal()}`))
    expect(statusOf(verdict)).toBe(status)
    if (!verdict.ok)
      expect(verdict.refusal.headers[CHALLENGE]).toBe(
        `Bearer realm="api", error="insufficient_scope", scope="${needs.join(' ')}"`,
      )
  })

  it('a scope with a space in it, `read:orders `, is none', async () => {
    const keyring = await createTestKeyring()
    expect(() => guard({ keyring, scopes: ['read:orders '] })).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' }),
    )
    await expect(keyring.create({ tenant: 'a', scopes: ['read:orders '], createdBy: 'ada' })).rejects.toMatchObject({
      code: 'ERR_ARGUMENT_INVALID',
    })
    const { key } = await issue(keyring, 'a')
    const verdict = await checkOnce({ keyring, scopes: () => ['read:orders '] }, requestWith(`Bearer ${key.reveal()}`))
    expect(statusOf(verdict)).toBe(403)
  })

  it('scopes may depend on the request; one that cannot say them lets nothing pass', async () => {
    const keyring = await createTestKeyring()
    const { key } = await issue(keyring, 'a')
    const scopes = ({ method }: { readonly method: string }) => [method === 'GET' ? 'read:orders' : 'write:orders']
    const request = requestWith(`Bearer ${key.reveal()}`)
    expect(statusOf(await checkOnce({ keyring, scopes }, request))).toBe(200)
    expect(statusOf(await checkOnce({ keyring, scopes }, { ...request, method: 'POST' }))).toBe(403)
    for (const odd of [() => undefined, () => 'read:orders', () => Promise.resolve([])]) {
      expect(statusOf(await checkOnce({ keyring, scopes: odd as never }, request))).toBe(503)
    }
  })
})

describe('T88 sloppy Authorization', () => {
  const SPELLINGS: readonly (readonly [string, (key: string) => string | readonly string[] | null, number])[] = [
    ['as it should be', (key) => `Bearer ${key}`, 200],
    ['lower case', (key) => `bearer ${key}`, 200],
    ['upper case', (key) => `BEARER ${key}`, 200],
    ['two spaces', (key) => `Bearer  ${key}`, 200],
    ['no header', () => null, 401],
    ['an empty header', () => '', 401],
    ['a scheme alone', () => 'Bearer', 401],
    ['a scheme and a space', () => 'Bearer ', 401],
    ['no scheme', (key) => key, 401],
    ['no space', (key) => `Bearer${key}`, 401],
    ['a tab', (key) => `Bearer\t${key}`, 401],
    ['another scheme', (key) => `Basic ${key}`, 401],
    ['twice the scheme', (key) => `Bearer Bearer ${key}`, 401],
    ['a comma list', (key) => `Bearer ${key}, ${key}`, 401],
    ['something behind', (key) => `Bearer ${key} x`, 401],
    ['quoted', (key) => `Bearer "${key}"`, 401],
    ['two fields', (key) => [`Bearer ${key}`, `Bearer ${key}`], 400],
    ['two fields that were joined', (key) => `Bearer ${key}, Bearer ${key}`, 400],
    ['two fields, one of another scheme', (key) => [`Basic eDp5`, `Bearer ${key}`], 400],
  ]

  it.each(SPELLINGS)('%s', async (_, spell, status) => {
    const keyring = await createTestKeyring()
    const { key } = await issue(keyring, 'a')
    const verdict = await checkOnce({ keyring }, requestWith(spell(key.reveal())))
    expect(statusOf(verdict)).toBe(status)
    if (!verdict.ok && status === 400) {
      expect(verdict.code).toBe('invalid_request')
      expect(verdict.refusal.headers[CHALLENGE]).toContain('error="invalid_request"')
    }
  })

  it('a key in the query is no key', async () => {
    const keyring = await createTestKeyring()
    const { key } = await issue(keyring, 'a')
    const target = `/orders?access_token=${key.reveal()}`
    expect(await checkOnce({ keyring }, requestWith(null, { target }))).toMatchObject({ code: 'missing_api_key' })
  })
})

describe('T89 the tenant comes from the record of the key', () => {
  it('a header X-Tenant changes nothing, and each tenant has a count of its own', async () => {
    const keyring = await createTestKeyring()
    const [ofA, ofB] = [await issue(keyring, 'a'), await issue(keyring, 'b')]
    for (const tenant of ['a', 'b']) await keyring.configureTenant(tenant, { dailyLimit: 1 }, 'ada')
    const request = (text: string) => ({ ...requestWith(`Bearer ${text}`), 'x-tenant': 'b', tenant: 'b' })
    const verdict = await checkOnce({ keyring }, request(ofA.key.reveal()))
    expect(verdict).toMatchObject({ principal: { tenant: 'a', scopes: ['read:orders'], keyId: ofA.id } })
    expect(statusOf(await checkOnce({ keyring }, request(ofA.key.reveal())))).toBe(429)
    expect(statusOf(await checkOnce({ keyring }, request(ofB.key.reveal())))).toBe(200)
  })

  it('all keys of a tenant share its limit', async () => {
    const keyring = await createTestKeyring()
    const keys = [await issue(keyring, 'a'), await issue(keyring, 'a')]
    await keyring.configureTenant('a', { dailyLimit: 3 }, 'ada')
    const statuses: number[] = []
    for (let n = 0; n < 5; n += 1)
      statuses.push(statusOf(await checkOnce({ keyring }, requestWith(`Bearer ${keys[n % 2]?.key.reveal()}`))))
    expect(statuses).toEqual([200, 200, 200, 429, 429])
  })
})

describe('T90 refusals have fixed texts', () => {
  const styles = [
    ['envelope', 'application/json'],
    ['problem', 'application/problem+json'],
  ] as const

  it.each(styles)('%s: nothing of the request comes back', async (errors, type) => {
    const keyring = await createTestKeyring()
    const canary = 'acme_CANARYCANARY_canary0123456789canary0123456789'
    for (const authorization of [
      `Bearer ${canary}`,
      `Basic ${canary}`,
      [`Bearer ${canary}`, `Bearer ${canary}`],
      null,
    ]) {
      for (const isSecure of [true, false]) {
        const request = requestWith(authorization, { target: `/orders?key=${canary}`, isSecure })
        const verdict = await checkOnce({ keyring, errors }, request)
        if (verdict.ok) throw new Error('it passed')
        expect(JSON.stringify(verdict).toLowerCase()).not.toContain('canary')
        expect(verdict.refusal.headers).toMatchObject({ 'Content-Type': type, 'Cache-Control': 'no-store' })
      }
    }
  })

  it('the envelope is TelAPI’s, problem details are those of RFC 9457', async () => {
    const keyring = await createTestKeyring()
    const bodyOf = async (errors: 'envelope' | 'problem') => {
      const verdict = await checkOnce({ keyring, errors, newRequestId: () => 'r-1' }, requestWith('Bearer x'))
      return verdict.ok ? null : JSON.parse(verdict.refusal.body)
    }
    const message = 'The API key is not valid.'
    expect(await bodyOf('envelope')).toEqual({ error: { code: 'invalid_api_key', message, requestId: 'r-1' } })
    expect(await bodyOf('problem')).toEqual({
      type: 'about:blank',
      title: message,
      status: 401,
      code: 'invalid_api_key',
      requestId: 'r-1',
    })
  })

  it('a maker of request ids that fails does not let a request pass', async () => {
    const keyring = await createTestKeyring()
    const newRequestId = () => {
      throw new Error('no id')
    }
    expect(statusOf(await checkOnce({ keyring, newRequestId }, requestWith(null)))).toBe(401)
  })
})

describe('HTTPS only', () => {
  const PROXIES = ['10.0.0.1']
  const ROWS: readonly (readonly [string, Parameters<typeof requestWith>[1], number])[] = [
    ['an encrypted connection', {}, 200],
    ['a plain one', { isSecure: false }, 403],
    ['a plain one that claims https', { isSecure: false, forwardedProto: ['https'] }, 403],
    ['a trusted proxy that saw https', { isSecure: false, forwardedProto: ['https'], remoteAddress: '10.0.0.1' }, 200],
    ['the same, shown as IPv6', { isSecure: false, forwardedProto: ['HTTPS'], remoteAddress: '::ffff:10.0.0.1' }, 200],
    ['a trusted proxy that saw http', { forwardedProto: ['http'], remoteAddress: '10.0.0.1' }, 403],
    ['a client that lies to a proxy that appends', { forwardedProto: ['https, http'], remoteAddress: '10.0.0.1' }, 403],
    ['a client that lies in a field of its own', { forwardedProto: ['https', 'http'], remoteAddress: '10.0.0.1' }, 403],
    ['a trusted proxy that says nothing', { isSecure: false, remoteAddress: '10.0.0.1' }, 403],
    ['no known address', { isSecure: false, forwardedProto: ['https'], remoteAddress: null }, 403],
  ]

  it.each(ROWS)('%s', async (_, rest, status) => {
    const keyring = await createTestKeyring()
    const { key } = await issue(keyring, 'a')
    const request = requestWith(`Bearer ${key.reveal()}`, rest)
    expect(statusOf(await checkOnce({ keyring, trustedProxies: PROXIES }, request))).toBe(status)
    const isProxy = (address: string) => address === '10.0.0.1'
    expect(statusOf(await checkOnce({ keyring, trustedProxies: isProxy }, request))).toBe(status)
  })

  it('a key over plain HTTP is reported by its public id, without a look-up and without a count', async () => {
    const { store, calls } = countCalls(createMemoryStore())
    const keyring = await createTestKeyring({ store })
    const { key, id } = await issue(keyring, 'a')
    calls.clear()
    const exposed: string[] = []
    const options = { keyring, onExposedKey: (keyId: string) => void exposed.push(keyId) }
    const verdict = await checkOnce(options, requestWith(`Bearer ${key.reveal()}`, { isSecure: false }))
    expect(verdict).toMatchObject({ code: 'https_required', refusal: { status: 403 } })
    await checkOnce(options, requestWith('Bearer something-else', { isSecure: false }))
    expect(exposed).toEqual([id])
    expect([...calls]).toEqual([])
  })

  it('a report that fails changes nothing', async () => {
    const keyring = await createTestKeyring()
    const { key } = await issue(keyring, 'a')
    const request = requestWith(`Bearer ${key.reveal()}`, { isSecure: false })
    for (const onExposedKey of [
      () => Promise.reject(new Error('no')) as never,
      () => {
        throw new Error('no')
      },
    ]) {
      expect(statusOf(await checkOnce({ keyring, onExposedKey }, request))).toBe(403)
    }
  })
})

describe('exempt paths', () => {
  const options = { exempt: ['/health', '/api/v1/webhooks/*'] }
  it.each([
    ['/health'],
    ['/health?probe=1'],
    ['/api/v1/webhooks/telnyx'],
    ['/api/v1/webhooks/telnyx/in'],
    ['/api/v1/webhooks/caf%C3%A9'],
  ])('%s needs no key', async (target) => {
    const verdict = await checkOnce({ keyring: await createTestKeyring(), ...options }, requestWith(null, { target }))
    expect(verdict).toEqual({ ok: true, principal: null, headers: {} })
  })

  it.each([
    '/health/../orders',
    '/health/%2e%2e/orders',
    '/health/%2E./orders',
    '/health/%252e%252e/orders',
    '/health/..%2forders',
    '/health/.',
    '//health',
    '/health/',
    '/health//',
    '/Health',
    '/HEALTH',
    '/health%00',
    '/%68ealth',
    '/health%2f',
    '/health;x=1',
    '/health\\..\\orders',
    '/healthy',
    'http://x/health',
    '/health#',
    '/health#/../orders',
    '/health#?x',
    '/api/v1/webhooks/x#/../../orders',
    '/api/v1/webhooks',
    '/api/v1/webhooks/',
    '/api/v1/webhooks/../keys',
    '/api/v1/webhooks/x/../../keys',
    '/api/v1/webhooks/..;/keys',
    '/api/v1/webhooks/%2e%2e%2fkeys',
    '/api/v1/webhooks/x%2f..%2f..%2fkeys',
    '/api/v1/webhooks/%5c..%5ckeys',
    '/api/v1/webhooks/a%2fb',
    '/api/v1/webhooks/a%2Fb',
    '/api/v1/webhooks/a%252fb',
    '/api/v1/webhooks//x',
    '/api/v1/%77ebhooks/x',
    '/api/v1/webhooks/%zz',
    '/api/v1/webhooksx',
    '/?/health',
    '',
  ])('%s needs one', async (target) => {
    const verdict = await checkOnce({ keyring: await createTestKeyring(), ...options }, requestWith(null, { target }))
    expect(statusOf(verdict)).toBe(401)
  })

  it.each(['health', '/*/x', '/a//b', '/a/../b', '/a?b', '/%61', '/a\\b', '', 5, '/a/b*', '/\ud800'])(
    '%j is no pattern',
    async (pattern) => {
      const keyring = await createTestKeyring()
      expect(() => guard({ keyring, exempt: [pattern as string] })).toThrow(
        expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' }),
      )
    },
  )
})

describe('T85 check and count are one step', () => {
  it('of 1,000 requests at once, on a store that answers late, exactly the limit of 100 passes', async () => {
    const keyring = await createTestKeyring({ store: slowDown(createMemoryStore()), now: () => NOON })
    const { key, id } = await issue(keyring, 'a')
    await keyring.configureTenant('a', { dailyLimit: 100 }, 'ada')
    const keyGuard = guard({ keyring })
    const asked = Array.from({ length: 1000 }, () => keyGuard.check(requestWith(`Bearer ${key.reveal()}`)))
    const statuses = (await Promise.all(asked)).map(statusOf)
    expect(statuses.filter((status) => status === 200)).toHaveLength(100)
    expect(statuses.filter((status) => status === 429)).toHaveLength(900)
    expect([...(await keyring.usage('a', id)).values()]).toEqual([100])
  })
})

describe('T86 the daily limit', () => {
  it('the day is that of UTC: 23:59:59.999, midnight of a leap day, and two hours back', async () => {
    const clock = createClock(Date.UTC(2028, 1, 28, 23, 59, 59, 999))
    const keyring = await createTestKeyring({ now: clock.now })
    const { key } = await issue(keyring, 'a')
    await keyring.configureTenant('a', { dailyLimit: 1 }, 'ada')
    const ask = () => checkOnce({ keyring }, requestWith(`Bearer ${key.reveal()}`))
    expect(statusOf(await ask())).toBe(200)
    const refused = await ask()
    expect(refused).toMatchObject({
      code: 'daily_limit_reached',
      refusal: { status: 429, headers: { 'Retry-After': '1' } },
    })
    clock.set(Date.UTC(2028, 1, 29))
    expect(statusOf(await ask())).toBe(200)
    expect(statusOf(await ask())).toBe(429)
    clock.set(Date.UTC(2028, 1, 28, 22))
    expect(statusOf(await ask())).toBe(429)
  })

  it('`Retry-After` and the RateLimit fields name one moment; the fields can be left out', async () => {
    const keyring = await createTestKeyring({ now: () => NOON })
    const { key } = await issue(keyring, 'a')
    await keyring.configureTenant('a', { dailyLimit: 2 }, 'ada')
    const ask = (rateLimitFields: boolean) =>
      checkOnce({ keyring, rateLimitFields }, requestWith(`Bearer ${key.reveal()}`))
    expect(await ask(true)).toMatchObject({
      headers: { 'RateLimit-Policy': '"daily";q=2;w=86400', RateLimit: '"daily";r=1;t=43200' },
    })
    expect(await ask(false)).toMatchObject({ ok: true, headers: {} })
    const refused = await ask(true)
    if (refused.ok) throw new Error('it passed')
    expect(refused.refusal.headers).toMatchObject({ RateLimit: '"daily";r=0;t=43200', 'Retry-After': '43200' })
    const bare = await ask(false)
    if (bare.ok) throw new Error('it passed')
    expect(Object.keys(bare.refusal.headers).filter((name) => name.startsWith('RateLimit'))).toEqual([])
  })
})

describe('a store that is away', () => {
  it('a key that cannot be looked up is refused with 503, whatever the policy', async () => {
    const { key } = await issue(await createTestKeyring(), 'a')
    const keyring = createKeyringOn(AWAY)
    for (const onStoreFailure of ['refuse', 'allow'] as const) {
      const verdict = await checkOnce({ keyring, onStoreFailure }, requestWith(`Bearer ${key.reveal()}`))
      expect(verdict).toMatchObject({ code: 'unavailable', refusal: { status: 503, headers: { 'Retry-After': '1' } } })
    }
  })

  it.each([
    ['refuse', 503],
    ['allow', 200],
    [undefined, 503],
  ] as const)('a key that cannot be counted, with %s: %i', async (onStoreFailure, status) => {
    const store = createMemoryStore()
    const keyring = await createTestKeyring({ store })
    const { key } = await issue(keyring, 'a')
    const lame = createKeyringOn({ ...store, takeUnderLimit: AWAY.takeUnderLimit } as Store)
    const policy = onStoreFailure === undefined ? {} : { onStoreFailure }
    const verdict = await checkOnce({ keyring: lame, ...policy }, requestWith(`Bearer ${key.reveal()}`))
    expect(statusOf(verdict)).toBe(status)
  })

  it('an unknown setting, or one of another type, is refused', async () => {
    const keyring = await createTestKeyring()
    for (const options of [
      { keyring, onStoreFailure: 'open' },
      { keyring, exempts: [] },
      { keyring, scopes: 'read:orders' },
      { keyring, trustedProxies: '10.0.0.1' },
      {},
      undefined,
    ]) {
      expect(() => guard(options as never)).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' }))
    }
  })
})
