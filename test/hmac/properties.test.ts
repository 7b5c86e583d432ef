import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type SignableRequest, signRequest, verifySignature } from '../../src/hmac/index.ts'
import { checkAsync } from './check-async.ts'
import { macOf, NOW, received, SECRET, sign } from './messages.ts'
import { type SignedCase, type SignedPart, signedCase } from './random-messages.ts'

interface Delivered {
  readonly method: string
  readonly url: string
  readonly headers: Record<string, string>
  readonly body: Uint8Array
}

async function deliver({ form, secret, request, options }: SignedCase): Promise<Delivered> {
  return received(request, await signRequest(form, [secret], request, options)) as Delivered
}

async function isAccepted({ form, secret }: SignedCase, request: SignableRequest): Promise<boolean> {
  return (await verifySignature(form, [secret], request, { now: NOW })).ok
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** The text with another letter or digit at one place. */
function changeAt(text: string, at: number, by: number): string {
  const place = at % text.length
  const others = ALPHABET.replace(text[place] ?? '', '')
  return text.slice(0, place) + others[by % others.length] + text.slice(place + 1)
}

/** The message with one byte of a part changed wherever that part is carried. */
function alter(delivered: Delivered, part: SignedPart | 'signature', text: string, at: number, by: number): Delivered {
  const changed = text === '' ? '' : changeAt(text, at, by)
  if (part === 'body') {
    if (delivered.body.length === 0) return { ...delivered, body: Uint8Array.of(by % 256) }
    const place = at % delivered.body.length
    const flip = 1 + (by % 255)
    return { ...delivered, body: delivered.body.map((byte, index) => (index === place ? byte ^ flip : byte)) }
  }
  if (part === 'method') return { ...delivered, method: changed }
  if (part === 'url') {
    const start = 'https://hooks.example.com/'.length
    return { ...delivered, url: delivered.url.replace(text.slice(start), changeAt(text.slice(start), at, by)) }
  }
  const headers = Object.fromEntries(
    Object.entries(delivered.headers).map(([name, value]) => [
      name,
      isIn(name, part) ? value.replace(text, changed) : value,
    ]),
  )
  const [encoded, altered] = [encodeURIComponent(text), encodeURIComponent(changed)]
  const url = ['timestamp', 'id', 'keyId', 'signature'].includes(part)
    ? delivered.url.replace(`${part === 'signature' ? '' : `x-${part}=`}${encoded}`, (found) =>
        found.replace(encoded, altered),
      )
    : delivered.url
  return { ...delivered, headers, url }
}

function isIn(header: string, part: SignedPart | 'signature'): boolean {
  return part === 'header'
    ? header === 'X-Extra'
    : header !== 'X-Extra' && (header === 'X-Signature' || header === `x-${part}`)
}

describe('signRequest and verifySignature', () => {
  it('agree: what was signed is accepted, for random forms of every layout', () =>
    checkAsync(signedCase, async (each) => {
      const verdict = await verifySignature(each.form, [each.secret], await deliver(each), { now: NOW })
      expect(verdict).toMatchObject({
        ok: true,
        id: each.covers.includes('id') ? each.options.id : null,
        keyId: each.covers.includes('keyId') ? each.options.keyId : null,
      })
    }))

  const parts: readonly (SignedPart | 'signature')[] = [
    'body',
    'timestamp',
    'id',
    'keyId',
    'method',
    'url',
    'header',
    'signature',
  ]
  it.each(parts)('one byte changed of the %s, as far as it is signed, is refused', (part) =>
    checkAsync(
      fc.tuple(signedCase, fc.nat(), fc.nat()),
      async ([drawn, at, by]) => {
        const covers = part === 'signature' || drawn.covers.includes(part) ? drawn.covers : null
        if (covers === null) return
        const delivered = await deliver(drawn)
        const altered = alter(delivered, part, textOf(drawn, delivered, part), at, by)
        expect(altered).not.toEqual(delivered)
        expect(await isAccepted(drawn, altered)).toBe(false)
      },
      0.5,
    ),
  )

  it('do not depend on what the form does not sign', () =>
    checkAsync(signedCase, async (each) => {
      const delivered = await deliver(each)
      const other = {
        ...delivered,
        ...(each.covers.includes('method') ? {} : { method: 'DELETE' }),
        headers: {
          ...delivered.headers,
          'X-Unrelated': 'x',
          ...(each.covers.includes('header') ? {} : { 'X-Extra': 'y' }),
        },
      }
      expect(await isAccepted(each, other)).toBe(true)
    }))

  it('another secret, algorithm or encoding is refused', () =>
    checkAsync(signedCase, async (each) => {
      const delivered = await deliver(each)
      const secret =
        (each.form.keyPrefix ?? '') + Buffer.from(`${SECRET}.`).toString((each.form.key ?? 'utf8') as BufferEncoding)
      expect(await isAccepted({ ...each, secret }, delivered)).toBe(false)
      const algorithm = each.form.algorithm === 'sha256' ? 'sha512' : 'sha256'
      expect(await isAccepted({ ...each, form: { ...each.form, algorithm } }, delivered)).toBe(false)
      const encoding = each.form.encoding === 'hex' ? 'base64' : 'hex'
      expect(await isAccepted({ ...each, form: { ...each.form, encoding } }, delivered)).toBe(false)
    }))

  it('leave the request as it is', () =>
    checkAsync(signedCase, async (each) => {
      const copy = structuredClone(each.request)
      await deliver(each)
      expect(each.request).toEqual(copy)
    }))

  it('sign the same message alike each time, and as another implementation does', () =>
    checkAsync(fc.tuple(fc.uint8Array(), fc.string({ minLength: 1 })), async ([body, text]) => {
      const secret = text.toWellFormed()
      const request = { method: 'POST', url: 'https://h.example/', headers: {}, body }
      const signed = await sign({ headers: { S: '{signature}' } }, request, {}, [secret])
      expect(signed.headers).toEqual({ S: macOf(body, secret) })
    }))
})

/** The text of a part as it is carried. */
function textOf({ request, options, form }: SignedCase, delivered: Delivered, part: SignedPart | 'signature'): string {
  if (part === 'id' || part === 'keyId') return options[part]
  if (part === 'method' || part === 'url') return request[part]
  if (part === 'header') return request.headers['X-Extra'] ?? ''
  if (part === 'timestamp') {
    const iso = new Date(options.now ?? 0).toISOString()
    return { s: String(Math.floor(Date.parse(iso) / 1000)), ms: String(Date.parse(iso)), iso }[form.timestamp ?? 's']
  }
  const carrier = delivered.headers['X-Signature'] ?? new URL(delivered.url).searchParams.get('sig') ?? ''
  return /[A-Za-z0-9+/_-]+={0,2}$/.exec(carrier)?.[0] ?? ''
}
