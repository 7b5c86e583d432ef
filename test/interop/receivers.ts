import { createHash } from 'node:crypto'
import { ElevenLabsClient } from '@elevenlabs/elevenlabs-js'
import { Signature } from '@hubspot/api-client'
import { validateSignature } from '@line/bot-sdk'
import { verify as verifyGitHub } from '@octokit/webhooks-methods'
import { Paddle } from '@paddle/paddle-node-sdk'
import '@shopify/shopify-api/adapters/node'
import { ApiVersion, LogSeverity, shopifyApi } from '@shopify/shopify-api'
import { isValidSlackRequest } from '@slack/bolt'
import { createVerifier, httpbis } from 'http-message-signatures'
import Retell from 'retell-sdk'
import { WebhooksHelper } from 'square'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import Stripe from 'stripe'
import { Webhook as SvixWebhook } from 'svix'
import twilio from 'twilio'
import { type HmacForm, type PresetName, signaturePresets } from '../../src/hmac/index.ts'
import { type Accepts, documented } from './documented.ts'
import { headerOf, headersOf, type Message } from './message.ts'
import type { Variant } from './variants.ts'

/** Who takes messages of a form, and what of theirs is laxer than ours. */
export interface Receiver {
  readonly name: string
  readonly preset: PresetName
  /** Default the preset's. */
  readonly form?: HmacForm
  readonly secret: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly accepts: Accepts
  /** Broken variants that the receiver accepts, and why. */
  readonly lax?: Partial<Record<Variant, string>>
}

const TEXT_SECRET = 'signing-secret-of-the-receivers-1'
const RAW_SECRET = Buffer.from('thirty-two bytes of a raw secret').toString('base64')

const stripe = new Stripe('sk_test_unused')
const elevenLabs = new ElevenLabsClient({ apiKey: 'unused' })
const paddle = new Paddle('unused')
const shopify = shopifyApi({
  apiKey: 'unused',
  apiSecretKey: TEXT_SECRET,
  apiVersion: ApiVersion.January26,
  hostName: 'hooks.example.com',
  isEmbeddedApp: false,
  logger: { level: LogSeverity.Error, log: () => undefined },
})

const STANDARD = signaturePresets.standardWebhooks.form
const SVIX: HmacForm = {
  ...STANDARD,
  headers: Object.fromEntries(
    Object.entries(STANDARD.headers).map(([name, template]) => [name.replace('webhook-', 'svix-'), template]),
  ),
}

const DOCUMENTED_LAX: Partial<Record<keyof typeof documented, Receiver['lax']>> = {
  ultravox: { 'two headers': 'joined they are one list of signatures' },
  zoom: { 'unit of time wrong': 'the age is not looked at' },
}

/** Leaves the digest of the body to the caller, as its documentation says. */
async function acceptsRfc9421(message: Message, secret: string): Promise<boolean> {
  const digest = `sha-256=:${createHash('sha256').update(message.body).digest('base64')}:`
  if (headerOf(message, 'content-digest') !== digest) return false
  const verifier = createVerifier(Buffer.from(secret, 'base64'), 'hmac-sha256')
  const config = {
    keyLookup: async () => ({ id: 'key-1', algs: ['hmac-sha256'], verify: verifier }),
    requiredFields: ['@method', '@authority', '@path', '@query', 'content-digest'],
    maxAge: 300,
    all: true,
  }
  return (await httpbis.verifyMessage(config, { ...message, headers: headersOf(message) })) === true
}

export const RECEIVERS: readonly Receiver[] = [
  ...(Object.keys(documented) as (keyof typeof documented)[]).map(
    (preset): Receiver => ({
      name: `${preset}, as documented`,
      preset,
      secret: TEXT_SECRET,
      accepts: documented[preset],
      lax: DOCUMENTED_LAX[preset] ?? {},
    }),
  ),
  {
    name: 'stripe',
    preset: 'stripe',
    secret: `whsec_${TEXT_SECRET}`,
    accepts: (message, secret) =>
      Boolean(stripe.webhooks.constructEvent(message.body, headerOf(message, 'stripe-signature') ?? '', secret)),
    lax: {
      'unit of time wrong': 'milliseconds are a time far in the future, which is not bounded',
      'two headers': 'items of both headers are looked through as one list',
    },
  },
  {
    name: 'standardwebhooks',
    preset: 'standardWebhooks',
    secret: `whsec_${RAW_SECRET}`,
    accepts: (message, secret) => Boolean(new StandardWebhook(secret).verify(message.body, headersOf(message))),
    lax: { 'two headers': 'the signature of the second header is looked at' },
  },
  {
    name: 'svix',
    preset: 'standardWebhooks',
    form: SVIX,
    secret: `whsec_${RAW_SECRET}`,
    accepts: (message, secret) => Boolean(new SvixWebhook(secret).verify(message.body, headersOf(message))),
    lax: { 'two headers': 'the signature of the second header is looked at' },
  },
  {
    name: '@octokit/webhooks-methods',
    preset: 'github',
    secret: TEXT_SECRET,
    accepts: (message, secret) => verifyGitHub(secret, message.body, headerOf(message, 'x-hub-signature-256') ?? ''),
  },
  {
    name: '@slack/bolt',
    preset: 'slack',
    secret: TEXT_SECRET,
    accepts: (message, signingSecret) =>
      isValidSlackRequest({
        signingSecret,
        body: message.body,
        headers: {
          'x-slack-signature': headerOf(message, 'x-slack-signature') ?? '',
          'x-slack-request-timestamp': Number(headerOf(message, 'x-slack-request-timestamp')),
        },
      }),
    lax: { 'unit of time wrong': 'milliseconds are a time far in the future, which is not bounded' },
  },
  {
    name: 'twilio, form',
    preset: 'twilio',
    secret: TEXT_SECRET,
    body: 'To=%2B15550100&From=%2B15550117&Body=a+b%26c&Media=2&Media=1&Media=2',
    accepts: (message, secret) =>
      twilio.validateRequest(
        secret,
        headerOf(message, 'x-twilio-signature') ?? '',
        message.url,
        paramsOf(message.body),
      ),
  },
  {
    name: 'twilio, JSON',
    preset: 'twilioJson',
    secret: TEXT_SECRET,
    accepts: (message, secret) =>
      twilio.validateRequestWithBody(secret, headerOf(message, 'x-twilio-signature') ?? '', message.url, message.body),
  },
  {
    name: '@shopify/shopify-api',
    preset: 'shopify',
    secret: TEXT_SECRET,
    headers: {
      'X-Shopify-Topic': 'orders/create',
      'X-Shopify-Shop-Domain': 'shop.myshopify.com',
      'X-Shopify-API-Version': '2026-01',
      'X-Shopify-Webhook-Id': '1',
    },
    accepts: async (message) => {
      const { method, url, body } = message
      const rawRequest = { method, url, headers: headersOf(message) }
      return (await shopify.webhooks.validate({ rawBody: body, rawRequest, rawResponse: {} })).valid
    },
  },
  {
    name: '@line/bot-sdk',
    preset: 'line',
    secret: TEXT_SECRET,
    accepts: (message, secret) => validateSignature(message.body, secret, headerOf(message, 'x-line-signature') ?? ''),
    lax: { 'two headers': 'base64 is read up to its padding' },
  },
  {
    name: 'retell-sdk',
    preset: 'retell',
    secret: TEXT_SECRET,
    accepts: (message, secret) => Retell.verify(message.body, secret, headerOf(message, 'x-retell-signature') ?? ''),
  },
  {
    name: '@elevenlabs/elevenlabs-js',
    preset: 'elevenLabs',
    secret: TEXT_SECRET,
    accepts: async (message, secret) => {
      const header = headerOf(message, 'elevenlabs-signature') ?? ''
      return Boolean(await elevenLabs.webhooks.constructEvent(message.body, header, secret))
    },
    lax: {
      'unit of time wrong': 'milliseconds are a time far in the future, which is not bounded',
      'two headers': 'items of both headers are looked through as one list',
    },
  },
  {
    name: 'square',
    preset: 'square',
    secret: TEXT_SECRET,
    accepts: ({ url, ...message }, signatureKey) =>
      WebhooksHelper.verifySignature({
        requestBody: message.body,
        signatureHeader: headerOf({ url, ...message }, 'x-square-hmacsha256-signature') ?? '',
        signatureKey,
        notificationUrl: url,
      }),
  },
  {
    name: '@hubspot/api-client',
    preset: 'hubspot',
    secret: TEXT_SECRET,
    accepts: (message, clientSecret) =>
      Signature.isValid({
        signatureVersion: 'v3',
        method: message.method,
        url: message.url,
        requestBody: message.body,
        clientSecret,
        signature: headerOf(message, 'x-hubspot-signature-v3') ?? '',
        timestamp: Number(headerOf(message, 'x-hubspot-request-timestamp')),
      }),
  },
  {
    name: '@paddle/paddle-node-sdk',
    preset: 'paddle',
    secret: TEXT_SECRET,
    accepts: (message, secret) =>
      paddle.webhooks.isSignatureValid(message.body, secret, headerOf(message, 'paddle-signature') ?? ''),
    lax: {
      'unit of time wrong': 'milliseconds are a time far in the future, which is not bounded',
      'two headers': 'the last signature of both headers is taken',
    },
  },
  {
    name: 'http-message-signatures',
    preset: 'rfc9421',
    secret: RAW_SECRET,
    accepts: acceptsRfc9421,
    lax: { 'two headers': 'of one label in both headers the last is taken' },
  },
]

function paramsOf(body: string): Record<string, string | string[]> {
  const pairs = new URLSearchParams(body)
  const read = (name: string) => (pairs.getAll(name).length > 1 ? pairs.getAll(name) : (pairs.get(name) ?? ''))
  return Object.fromEntries([...pairs.keys()].map((name) => [name, read(name)]))
}
