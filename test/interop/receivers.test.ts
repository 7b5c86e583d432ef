import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type PresetName, signaturePresets, verifySignature } from '../../src/hmac/index.ts'
import { type Message, NOW, otherThan, signMessage } from './message.ts'
import { RECEIVERS, type Receiver } from './receivers.ts'
import { type Subject, VARIANTS, type Variant } from './variants.ts'

const BODY = '{"call": {"id": "c-17", "rate": 1.0}}'

beforeAll(() => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] })
})
afterAll(() => {
  vi.useRealTimers()
})

async function subjectOf({
  preset,
  form = signaturePresets[preset].form,
  secret,
  body = BODY,
  headers = {},
}: Receiver): Promise<Subject> {
  const unsigned = { method: 'POST', url: 'https://hooks.example.com/in?part=1&b=%20x', headers, body }
  return { form, secret, unsigned, signed: await signMessage(form, [secret], unsigned) }
}

/** A receiver that throws does not accept. */
async function isAccepted({ accepts, secret }: Receiver, message: Message): Promise<boolean> {
  try {
    return await accepts(message, secret)
  } catch {
    return false
  }
}

const VARIANT_NAMES = Object.keys(VARIANTS) as Variant[]

it('there are twelve variants, and a receiver for each preset', () => {
  expect(VARIANT_NAMES).toHaveLength(12)
  expect(new Set(RECEIVERS.map(({ preset }) => preset))).toEqual(new Set(Object.keys(signaturePresets) as PresetName[]))
})

describe.each(RECEIVERS.map((receiver) => [receiver.name, receiver] as const))('%s', (_, receiver) => {
  it('accepts what Latchkey signs, and Latchkey does', async () => {
    const { form, secret, signed } = await subjectOf(receiver)
    expect(await isAccepted(receiver, signed)).toBe(true)
    expect(await verifySignature(form, [secret], signed, { now: NOW })).toMatchObject({ ok: true })
  })

  it('accepts it with either of two secrets, where the form can carry two signatures', async () => {
    const { form, secret, unsigned } = await subjectOf(receiver)
    if (form.separator === undefined) return
    const other = otherThan(secret)
    for (const secrets of [
      [secret, other],
      [other, secret],
    ]) {
      const signed = await signMessage(form, secrets, unsigned)
      // Paddle's package keeps the last signature of a list only.
      if (receiver.preset !== 'paddle' || secrets[1] === secret) expect(await isAccepted(receiver, signed)).toBe(true)
      expect(await verifySignature(form, [secret], signed, { now: NOW })).toMatchObject({ ok: true })
    }
  })

  it.each(VARIANT_NAMES)('%s: refused by both', async (variant) => {
    const subject = await subjectOf(receiver)
    const broken = await VARIANTS[variant](subject)
    for (const message of broken) {
      expect(message).not.toEqual(subject.signed)
      const verdict = await verifySignature(subject.form, [subject.secret], message, { now: NOW })
      expect(verdict).toMatchObject({ ok: false })
    }
    const theirs = await Promise.all(broken.map((message) => isAccepted(receiver, message)))
    expect(theirs.includes(true)).toBe(receiver.lax?.[variant] !== undefined)
  })

  it('at least seven variants apply', async () => {
    const subject = await subjectOf(receiver)
    const broken = await Promise.all(VARIANT_NAMES.map((variant) => VARIANTS[variant](subject)))
    expect(broken.filter((messages) => messages.length > 0).length).toBeGreaterThanOrEqual(7)
  })
})
