import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { signRequest, verifySignature } from '../../src/hmac/index.ts'
import { createAuthenticator } from '../../src/inbound/index.ts'
import { SecurityError } from '../../src/index.ts'
import { HOSTILE } from '../properties/hostile.ts'
import { CALLERS, HEADER, request, toolWith, URL_TEXT } from './tools.ts'

/** The package, not the copy of it that Node is built with: its classes are others. */
const undici = await import('undici')

const RIGHT = { 'X-Key': 'right-0123456789' }
const authenticator = createAuthenticator(toolWith(HEADER, {}), { credentials: CALLERS })
const message = { method: 'POST', url: URL_TEXT, headers: RIGHT, body: new Uint8Array() }

describe('requests of a `fetch` that is not the platform’s', () => {
  const foreign = (headers: Record<string, string>) =>
    new undici.Request(URL_TEXT, { method: 'POST', headers, body: 'x' }) as unknown as Request

  it('are other classes', () => {
    expect(foreign(RIGHT)).not.toBeInstanceOf(Request)
    expect(new undici.Headers()).not.toBeInstanceOf(Headers)
  })

  it('a wrong key in them never passes as none, and a right one is found', async () => {
    expect(await authenticator.authenticate(foreign(RIGHT))).toMatchObject({ ok: true, principal: 'platform' })
    const wrong = { ok: false, status: 401, code: 'ERR_CREDENTIALS_INVALID' }
    expect(await authenticator.authenticate(foreign({ 'X-Key': 'wrong' }))).toMatchObject(wrong)
    const headers = new undici.Headers({ 'X-Key': 'wrong' }) as never
    expect(await authenticator.authenticate({ ...message, headers })).toMatchObject(wrong)
    expect(await authenticator.authenticate({ ...message, headers: [['X-Key', 'wrong']] as never })).toMatchObject(
      wrong,
    )
  })

  it('signatures in their headers are read', async () => {
    const form = { headers: { 'X-Signature': '{signature}' } }
    const secrets = ['a-secret-of-the-tests-of-signatures']
    const { headers } = await signRequest(form, secrets, message)
    const received = { ...message, headers: new undici.Headers(headers) as never }
    expect(await verifySignature(form, secrets, received)).toMatchObject({ ok: true })
  })
})

describe('what is handed on is what was checked', () => {
  it('names in lower case, each with a list, and nothing that could change meanwhile', async () => {
    const headers: Record<string, unknown> = { ...RIGHT, __proto__: null, Accept: ['a', 'b'], gone: undefined }
    const answer = authenticator.authenticate({ ...message, headers: headers as never })
    headers['X-Key'] = 'wrong'
    const settled = await answer
    expect(settled).toMatchObject({ ok: true, principal: 'platform' })
    if (settled.ok) expect({ ...settled.message.headers }).toEqual({ 'x-key': [RIGHT['X-Key']], accept: ['a', 'b'] })
  })
})

describe('T92 what is no request', () => {
  const refused = async (given: unknown) =>
    await authenticator.authenticate(given as never).then(
      () => null,
      (error: unknown) => error,
    )

  it.each([
    ['nothing', null],
    ['undefined', undefined],
    ['a text', 'POST /'],
    ['a body alone', { body: new Uint8Array() }],
    ['no headers', { ...message, headers: undefined }],
    ['a header that is a number', { ...message, headers: { 'X-Key': 5 } }],
    ['a list that holds one', { ...message, headers: { 'X-Key': ['a', 5] } }],
    ['a parsed body', { ...message, body: {} }],
    [
      'headers whose getter throws',
      {
        ...message,
        headers: Object.defineProperty({}, 'a', {
          enumerable: true,
          get() {
            throw new Error('canary')
          },
        }),
      },
    ],
  ])('%s', async (_, given) => {
    const error = await refused(given)
    expect(error).toMatchObject({ code: 'ERR_ARGUMENT_INVALID' })
    expect(inspect(error, { depth: 9 })).not.toContain('canary')
  })

  it('a request whose body somebody else reads', async () => {
    const locked = request(RIGHT, URL_TEXT, 'x')
    locked.body?.getReader()
    expect(await refused(locked)).toMatchObject({ code: 'ERR_ARGUMENT_INVALID' })
  })

  it.each(Object.keys(HOSTILE).filter((name) => !name.includes('1e9')))(
    '%s gives no foreign exception',
    async (name) => {
      const make = HOSTILE[name]
      for (const given of [
        make?.(),
        { ...message, headers: make?.() },
        { ...message, headers: { 'X-Key': make?.() } },
      ]) {
        const error = await refused(given)
        if (error !== null) expect(error).toBeInstanceOf(SecurityError)
      }
    },
  )
})
