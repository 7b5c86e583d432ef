import { createHash } from 'node:crypto'
import { Signature } from '@hubspot/api-client'
import { sign as signGitHub } from '@octokit/webhooks-methods'
import { createSigner, httpbis } from 'http-message-signatures'
import Retell from 'retell-sdk'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import Stripe from 'stripe'
import { Webhook as SvixWebhook } from 'svix'
import twilio from 'twilio'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type HmacForm, type PresetName, signaturePresets, verifySignature } from '../../src/hmac/index.ts'
import { ALTERED, alteredMessages } from './altered.ts'
import { type Message, NOW, OPTIONS, otherThan } from './message.ts'
import { RECEIVERS } from './receivers.ts'

interface Sender {
  readonly name: string
  readonly preset: PresetName
  readonly form?: HmacForm
  readonly secret: string
  readonly body?: string
  readonly sign: (message: Message, secret: string) => Promise<Partial<Message>> | Partial<Message>
}

const TEXT_SECRET = 'signing-secret-of-the-senders-123'
const RAW_SECRET = Buffer.from('thirty-two bytes of a raw secret').toString('base64')
const svix = RECEIVERS.find(({ name }) => name === 'svix')

const SENDERS: readonly Sender[] = [
  {
    name: 'stripe generateTestHeaderString',
    preset: 'stripe',
    secret: `whsec_${TEXT_SECRET}`,
    sign: ({ body: payload }, secret) => {
      const { webhooks } = new Stripe('sk_test_unused')
      return {
        headers: { 'Stripe-Signature': webhooks.generateTestHeaderString({ payload, secret, timestamp: NOW / 1000 }) },
      }
    },
  },
  {
    name: 'standardwebhooks',
    preset: 'standardWebhooks',
    secret: `whsec_${RAW_SECRET}`,
    sign: ({ body }, secret) => ({
      headers: {
        'webhook-id': OPTIONS.id,
        'webhook-timestamp': String(NOW / 1000),
        'webhook-signature': new StandardWebhook(secret).sign(OPTIONS.id, new Date(NOW), body),
      },
    }),
  },
  {
    name: 'svix',
    preset: 'standardWebhooks',
    ...(svix?.form === undefined ? {} : { form: svix.form }),
    secret: `whsec_${RAW_SECRET}`,
    sign: ({ body }, secret) => ({
      headers: {
        'svix-id': OPTIONS.id,
        'svix-timestamp': String(NOW / 1000),
        'svix-signature': new SvixWebhook(secret).sign(OPTIONS.id, new Date(NOW), body),
      },
    }),
  },
  {
    name: '@octokit/webhooks-methods',
    preset: 'github',
    secret: TEXT_SECRET,
    sign: async ({ body }, secret) => ({ headers: { 'X-Hub-Signature-256': await signGitHub(secret, body) } }),
  },
  {
    name: 'twilio, form',
    preset: 'twilio',
    secret: TEXT_SECRET,
    body: 'To=%2B15550100&From=%2B15550117&Media=2&Media=1&Media=2',
    sign: ({ url }, secret) => {
      const params = { To: '+15550100', From: '+15550117', Media: ['2', '1', '2'] }
      return { headers: { 'X-Twilio-Signature': twilio.getExpectedTwilioSignature(secret, url, params) } }
    },
  },
  {
    name: 'twilio, JSON',
    preset: 'twilioJson',
    secret: TEXT_SECRET,
    sign: (message, secret) => {
      const url = `${message.url}&bodySHA256=${createHash('sha256').update(message.body).digest('hex')}`
      return { url, headers: { 'X-Twilio-Signature': twilio.getExpectedTwilioSignature(secret, url, {}) } }
    },
  },
  {
    name: 'retell-sdk',
    preset: 'retell',
    secret: TEXT_SECRET,
    sign: async ({ body }, secret) => ({ headers: { 'x-retell-signature': await Retell.sign(body, secret) } }),
  },
  {
    name: '@hubspot/api-client',
    preset: 'hubspot',
    secret: TEXT_SECRET,
    sign: ({ method, url, body }, clientSecret) => {
      const options = { method, url, requestBody: body, clientSecret, timestamp: NOW, signature: '' }
      return {
        headers: {
          'X-HubSpot-Request-Timestamp': String(NOW),
          'X-HubSpot-Signature-v3': Signature.getSignature(method, 'v3', options),
        },
      }
    },
  },
  {
    name: 'http-message-signatures',
    preset: 'rfc9421',
    secret: RAW_SECRET,
    sign: async (message, secret) => {
      const digest = `sha-256=:${createHash('sha256').update(message.body).digest('base64')}:`
      const { headers } = await httpbis.signMessage(
        {
          key: createSigner(Buffer.from(secret, 'base64'), 'hmac-sha256', 'key-1'),
          name: 'sig',
          fields: ['@method', '@authority', '@path', '@query', 'content-digest'],
          params: ['created', 'keyid', 'alg'],
          paramValues: { created: new Date(NOW) },
        },
        { method: message.method, url: message.url, headers: { 'Content-Digest': digest } },
      )
      return { headers: headers as Message['headers'] }
    },
  },
]

beforeAll(() => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] })
})
afterAll(() => {
  vi.useRealTimers()
})

/** Twilio signs names and values as they are decoded, in turn and without anything in between (T76). */
function signedForm(body: string): string {
  const pairs = new Set([...new URLSearchParams(body)].map(([name, value]) => JSON.stringify([name, value])))
  return [...pairs]
    .sort()
    .map((pair) => JSON.parse(pair).join(''))
    .join('')
}

const BODY = '{"call": {"id": "c-17", "rate": 1.0}}'

describe.each(SENDERS.map((sender) => [sender.name, sender] as const))('%s', (_, sender) => {
  const { preset, form = signaturePresets[preset].form, secret, body = BODY } = sender
  const isTimed = (form.payload ?? '').includes('{timestamp}')

  async function send(): Promise<Message> {
    const message = { method: 'POST', url: 'https://hooks.example.com/in?part=1', headers: {}, body }
    return { ...message, ...(await sender.sign(message, secret)) }
  }
  const verify = (message: Message, secrets = [secret], now = NOW) => verifySignature(form, secrets, message, { now })

  it('signs what verifySignature accepts', async () => {
    expect(await verify(await send())).toMatchObject({ ok: true, timestamp: isTimed ? NOW : null })
  })

  it(`signs what it refuses in ${ALTERED} messages that were altered by one character`, async () => {
    const message = await send()
    const accepted: Message[] = []
    for (const altered of alteredMessages(message, 8)) {
      const isSame = form.payload?.includes('{form}') && signedForm(altered.body) === signedForm(body)
      if (!isSame && (await verify(altered)).ok) accepted.push(altered)
    }
    expect(accepted).toEqual([])
  })

  it('signs what it refuses once it is changed', async () => {
    const message = await send()
    const other = otherThan(secret)
    expect(await verify(message, [other])).toEqual({ ok: false, code: 'ERR_SIGNATURE_MISMATCH' })
    expect(await verify({ ...message, body: body.replace('17', '18') })).toMatchObject({ ok: false })
    expect(await verify({ ...message, body: '' })).toMatchObject({ ok: false })
    if (isTimed)
      expect(await verify(message, [secret], NOW + 301_000)).toEqual({ ok: false, code: 'ERR_SIGNATURE_TIMESTAMP' })
    for (const [name, value] of Object.entries(message.headers)) {
      const { [name]: _, ...headers } = message.headers
      expect(await verify({ ...message, headers })).toEqual({ ok: false, code: 'ERR_SIGNATURE_MISSING' })
      const cut = { ...message.headers, [name]: String(value).slice(0, -4) }
      expect(await verify({ ...message, headers: cut })).toMatchObject({ ok: false })
    }
  })
})

it('verifySignature is stricter than standardwebhooks: bodies are bytes, timestamps are digits', async () => {
  const { form } = signaturePresets.standardWebhooks
  const secret = `whsec_${RAW_SECRET}`
  const webhook = new StandardWebhook(secret)
  const headersFor = (stamp: string, signature: string) => ({
    'webhook-id': OPTIONS.id,
    'webhook-timestamp': stamp,
    'webhook-signature': signature,
  })
  const of = (body: Uint8Array, headers: Record<string, string>) =>
    verifySignature(form, [secret], { method: 'POST', url: 'https://hooks.example.com/', headers, body }, { now: NOW })

  const [one, other] = [Buffer.of(0x61, 0xff), Buffer.of(0x61, 0xfe)]
  const headers = headersFor(String(NOW / 1000), webhook.sign(OPTIONS.id, new Date(NOW), one))
  expect(() => webhook.verify(other, headers, { jsonParse: false })).not.toThrow()
  expect(await of(other, headers)).toEqual({ ok: false, code: 'ERR_SIGNATURE_MISMATCH' })

  const sloppy = headersFor(`${NOW / 1000}junk`, webhook.sign(OPTIONS.id, new Date(NOW), '{}'))
  expect(() => webhook.verify('{}', sloppy)).not.toThrow()
  expect(await of(Buffer.from('{}'), sloppy)).toEqual({ ok: false, code: 'ERR_SIGNATURE_MALFORMED' })
})
