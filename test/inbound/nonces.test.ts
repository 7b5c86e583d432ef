import { describe, expect, it } from 'vitest'
import { applySigned } from '../../src/hmac/index.ts'
import { type AuthenticatorOptions, createAuthenticator, createMemoryStore } from '../../src/inbound/index.ts'
import { type AuthTokens, resolve, type ToolDefinition } from '../../src/index.ts'
import { HMAC, one, toolWith, URL_TEXT } from './tools.ts'

const NOW = 1_800_000_000_000
const KEY = 'signing-secret-0123456789'

/** Remembers for ever, and can be counted. */
function createNonces(): { readonly seen: Set<string>; readonly add: (name: string) => Promise<boolean> } {
  const seen = new Set<string>()
  return { seen, add: async (name) => !seen.has(name) && seen.add(name) !== undefined }
}

/** What the platform sends for a tool, the same each time. */
async function send(tool: ToolDefinition, tokens: AuthTokens): Promise<Request> {
  const draft = { method: 'POST', url: URL_TEXT, headers: {}, body: '{"a":1}' }
  const { url, method, headers, body } = await applySigned(draft, resolve(tool, tokens), { now: NOW })
  return new Request(url, { method, headers, body: body as string })
}

function authenticatorOf(tool: ToolDefinition, authTokens: AuthTokens, options: AuthenticatorOptions) {
  return createAuthenticator(tool, {
    credentials: [{ principal: 'platform', authTokens }],
    now: () => NOW,
    ...options,
  })
}

describe('T72 a signed message that comes again', () => {
  it('is refused, by whichever option', async () => {
    const tool = toolWith({ requirements: { ...HMAC.requirements, id: { headerApiKey: { name: 'X-Id' } } } }, HMAC)
    const tokens = { key: KEY, id: 'id-0123456789' }
    const authenticator = authenticatorOf(tool, tokens, { nonces: createNonces() })
    expect(await authenticator.authenticate(await send(tool, tokens))).toMatchObject({ ok: true, optionIndex: 0 })
    const copy = await authenticator.authenticate(await send(tool, tokens))
    expect(copy).toMatchObject({ ok: false, code: 'ERR_CREDENTIALS_INVALID' })
  })

  it.each(['id', 'zid'])('is not remembered where it failed by its other half, `%s`', async (name) => {
    const nonces = createNonces()
    const tool = toolWith({ requirements: { ...HMAC.requirements, [name]: { headerApiKey: { name: 'X-Id' } } } })
    const tokens = { key: KEY, [name]: 'id-0123456789' }
    const authenticator = authenticatorOf(tool, tokens, { nonces })
    const sent = await send(tool, tokens)
    const wrong = new Request(sent, { headers: { ...Object.fromEntries(sent.headers), 'X-Id': 'wrong' } })
    expect(await authenticator.authenticate(wrong)).toMatchObject({ ok: false })
    expect(nonces.seen.size).toBe(0)
    expect(await authenticator.authenticate(await send(tool, tokens))).toMatchObject({ ok: true })
    expect(nonces.seen.size).toBe(1)
  })

  it('is one caller’s: another who sends the same bytes in the same second is none', async () => {
    const tool = toolWith(HMAC)
    const [ofOne, ofTwo, ofTwoNext] = [`${KEY}-one`, `${KEY}-two`, `${KEY}-two-next`]
    const credentials = [
      { principal: 'one', authTokens: { key: ofOne } },
      { principal: 'two', authTokens: { key: ofTwo } },
      { principal: 'two', authTokens: { key: ofTwoNext } },
    ]
    const authenticator = createAuthenticator(tool, { credentials, now: () => NOW, nonces: createNonces() })
    const ask = async (key: string) => (await authenticator.authenticate(await send(tool, { key }))).ok
    expect([await ask(ofOne), await ask(ofTwo)]).toEqual([true, true])
    // With another secret of the same caller it is the same message.
    expect([await ask(ofOne), await ask(ofTwo), await ask(ofTwoNext)]).toEqual([false, false, false])
  })

  it('is one `tenant`’s, where tools share a store; no name of a tenant runs into that of a caller', async () => {
    const nonces = createNonces()
    const tool = toolWith(HMAC)
    const ask = async (principal: string, tenant?: string) => {
      const options = { credentials: [{ principal, authTokens: { key: KEY } }], now: () => NOW, nonces }
      const authenticator = createAuthenticator(tool, tenant === undefined ? options : { ...options, tenant })
      return (await authenticator.authenticate(await send(tool, { key: KEY }))).ok
    }
    const who = [['a'], ['a', 'b'], ['b', 'a'], ['a","b'], ['b', 'a","b'], ['["a","b"]'], ['null', 'a']] as const
    for (const [principal, tenant] of who) expect(await ask(principal, tenant)).toBe(true)
    for (const [principal, tenant] of who) expect(await ask(principal, tenant)).toBe(false)
  })
})

describe('a store that cannot be used is refused when the authenticator is made', () => {
  const make = (options: object) => () => authenticatorOf(toolWith(HMAC), { key: KEY }, options)
  it.each([
    ['one of `latchkey/stores`', { nonces: createMemoryStore() }],
    ['an empty one', { nonces: {} }],
    ['one whose `add` is none', { nonces: { add: 5 } }],
    ['an empty tenant', { tenant: '' }],
    ['a tenant that is none', { tenant: 5 }],
  ])('%s', (_, options) => {
    expect(make(options)).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' }))
  })

  it('any store of `latchkey/stores` can be one', async () => {
    const store = createMemoryStore({ now: () => NOW })
    const nonces = { add: (key: string, ttlMs: number) => store.setIfAbsent(key, '1', ttlMs) }
    const authenticator = make({ nonces })()
    const ask = async () => (await authenticator.authenticate(await send(toolWith(HMAC), { key: KEY }))).ok
    expect([await ask(), await ask()]).toEqual([true, false])
  })

  it('a store of any class is asked as its own', async () => {
    class Nonces {
      readonly #seen = createNonces()
      add(name: string): Promise<boolean> {
        return this.#seen.add(name)
      }
    }
    const tool = toolWith(one(HMAC.requirements.key))
    const authenticator = authenticatorOf(tool, { key: KEY }, { nonces: new Nonces() })
    expect((await authenticator.authenticate(await send(tool, { key: KEY }))).ok).toBe(true)
  })
})
