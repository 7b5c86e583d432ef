import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  createAuthenticator,
  createKeyring,
  guard,
  guardFetch,
  guardNode,
  readNodeMessage,
} from '../../src/inbound/index.ts'
import { createMemoryStore } from '../../src/stores/memory.ts'
import { createTestKeyring, issue, requestWith } from './fixtures.ts'
import { CALLERS, HEADER, HMAC, OAUTH, request, toolWith } from './tools.ts'

afterEach(() => vi.restoreAllMocks())

describe('Workers, where no global scope may be random or wait', () => {
  it('making a keyring, a guard or an authenticator computes nothing; the first request does', async () => {
    const spies = [
      ...(['generateKey', 'importKey', 'sign', 'digest'] as const).map((name) => vi.spyOn(crypto.subtle, name)),
      vi.spyOn(crypto, 'getRandomValues'),
      vi.spyOn(crypto, 'randomUUID'),
    ]
    const keyring = createKeyring({ store: createMemoryStore(), prefix: 'acme', pepper: new Uint8Array(16) })
    guardFetch(guard({ keyring }), () => new Response())
    const authenticator = createAuthenticator(toolWith(HEADER, HMAC), { credentials: CALLERS })
    await new Promise((resolve) => setImmediate(resolve))
    for (const spy of spies) expect(spy).not.toHaveBeenCalled()
    const asked = Array.from({ length: 5 }, () => authenticator.authenticate(request({ 'X-Key': 'right-0123456789' })))
    for (const answer of await Promise.all(asked)) expect(answer).toMatchObject({ ok: true })
    // One key, and one hash of what is expected, however many come first at once.
    expect(spies[0]).toHaveBeenCalledTimes(1)
    expect(spies[2]).toHaveBeenCalledTimes(5 + 1)
  })
})

/** What a guard, an adapter or an authenticator reads as a property; with values that would open it. */
const POLLUTION: { readonly [name: string]: readonly unknown[] } = {
  principal: [{ tenant: 'a', scopes: [], keyId: 'x' }, 'platform', true],
  originalUrl: ['/health'],
  encrypted: [true],
  isSecure: [true],
  remoteAddress: ['10.0.0.1'],
  headersSent: [true],
  ok: [true],
  headers: [{}],
  admitted: [true],
  holder: ['platform'],
  callers: [new Set([0])],
  exempt: [['/orders'], ['/*']],
  scopes: [[]],
  isEnabled: [() => true],
  onStoreFailure: ['allow'],
  trustedProxies: [() => true, ['192.0.2.1']],
  authTokens: [{ key: 'wrong' }],
  verifyAccessToken: [() => 'platform'],
  allowShortSecret: [true],
  publicOrigin: ['https://x.example'],
  readableDidRead: [true],
}

/** Every answer that must not change, in one text. */
async function answers(key: string, keyring: Awaited<ReturnType<typeof createTestKeyring>>): Promise<string> {
  const seen: unknown[] = []
  const keyGuard = guard({ keyring, exempt: ['/health'], trustedProxies: ['10.0.0.1'], newRequestId: () => 'r' })
  for (const authorization of [null, 'Bearer x', `Bearer ${key}`])
    seen.push(await keyGuard.check(requestWith(authorization)))
  const write = guard({ keyring, scopes: ['write:orders'], newRequestId: () => 'r' })
  seen.push(await write.check(requestWith(`Bearer ${key}`)))
  const raw = ['authorization', `Bearer ${key}`, 'x-forwarded-proto', 'https']
  const node = { method: 'GET', url: '/orders', rawHeaders: raw, socket: {} }
  const response = { setHeader: () => {}, writeHead: (status: number) => seen.push(status), end: () => {} }
  await guardNode(keyGuard)(node, response, () => seen.push('next'))
  const fetchGuard = guardFetch(keyGuard, () => new Response('reached'))
  const plain = new Request('http://api.example.com/orders', { headers: { Authorization: `Bearer ${key}` } })
  seen.push((await fetchGuard(plain)).status)
  const body = (async function* () {})()
  seen.push(await readNodeMessage(Object.assign(body, node), { origin: 'https://tools.example.com' }))
  const options = { credentials: CALLERS, verifyAccessToken: () => null, verifyCallToken: () => true }
  const call = { requirements: {}, ultravoxCallTokenRequirement: { scopes: ['s'] } }
  const authenticator = createAuthenticator(
    toolWith(HEADER, { requirements: { oauth: OAUTH.requirements.key } }, call),
    options,
  )
  const tries = [{}, { 'X-Key': 'wrong' }, { Authorization: 'Bearer x' }, { 'X-Ultravox-Call-Token': 't' }]
  for (const headers of tries) {
    const { message: _message, ...answer } = { message: null, ...(await authenticator.authenticate(request(headers))) }
    seen.push(answer)
  }
  return JSON.stringify(seen)
}

describe('T91 a polluted Object.prototype', () => {
  it.each(Object.keys(POLLUTION))('`%s` on it changes no answer', async (name) => {
    const keyring = await createTestKeyring()
    const key = (await issue(keyring, 'a')).key.reveal()
    const clean = await answers(key, keyring)
    expect(clean).toContain('insufficient_scope')
    for (const value of POLLUTION[name] ?? []) {
      Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true })
      try {
        expect(await answers(key, keyring)).toBe(clean)
      } finally {
        Reflect.deleteProperty(Object.prototype, name)
      }
    }
  })
})
