import type { PresetName, SignaturePreset } from './preset.ts'

/** The presets, by name. Each form is plain data: copy it into a definition, or change it. */
export const signaturePresets: { readonly [Name in PresetName]: SignaturePreset } = {
  tavus: {
    title: 'Tavus tool calls',
    form: { headers: { 'X-Tavus-Signature': '{signature}' } },
    notes: 'Signs the body only: copies stay valid for ever.',
    receiverToleranceSeconds: null,
  },
  vapi: {
    title: 'Vapi, defaults of its HMAC credential',
    form: {
      payload: '{timestamp}.{body}',
      headers: { 'x-timestamp': '{timestamp}', 'x-signature': '{signature}' },
    },
    notes: 'The unit of the timestamp is not documented: seconds here.',
    receiverToleranceSeconds: null,
  },
  ultravox: {
    title: 'Ultravox webhooks',
    form: {
      payload: '{body}{timestamp}',
      timestamp: 'iso',
      headers: { 'X-Ultravox-Webhook-Timestamp': '{timestamp}', 'X-Ultravox-Webhook-Signature': '{signature}' },
      separator: ',',
    },
    notes: 'One signature a secret while secrets rotate.',
    receiverToleranceSeconds: 60,
  },
  stripe: {
    title: 'Stripe webhooks',
    form: {
      payload: '{timestamp}.{body}',
      headers: { 'Stripe-Signature': 't={timestamp},[v1={signature}]' },
      separator: ',',
    },
    notes: 'The `whsec_` of the secret is part of the key.',
    receiverToleranceSeconds: 300,
  },
  standardWebhooks: {
    title: 'Standard Webhooks',
    form: {
      key: 'base64',
      keyPrefix: 'whsec_',
      payload: '{id}.{timestamp}.{body}',
      encoding: 'base64',
      headers: { 'webhook-id': '{id}', 'webhook-timestamp': '{timestamp}', 'webhook-signature': 'v1,{signature}' },
      separator: ' ',
    },
    notes: 'The secret is base64 behind `whsec_`. Svix names its headers `svix-id` and so on.',
    receiverToleranceSeconds: 300,
  },
  github: {
    title: 'GitHub webhooks',
    form: { headers: { 'X-Hub-Signature-256': 'sha256={signature}' } },
    notes: 'Signs the body only: copies stay valid for ever.',
    receiverToleranceSeconds: null,
  },
  slack: {
    title: 'Slack requests',
    form: {
      payload: 'v0:{timestamp}:{body}',
      headers: { 'X-Slack-Request-Timestamp': '{timestamp}', 'X-Slack-Signature': 'v0={signature}' },
    },
    notes: '',
    receiverToleranceSeconds: 300,
  },
  twilio: {
    title: 'Twilio, form bodies',
    form: {
      algorithm: 'sha1',
      payload: '{url}{form}',
      encoding: 'base64',
      headers: { 'X-Twilio-Signature': '{signature}' },
    },
    notes: 'The URL as configured at Twilio, query included.',
    receiverToleranceSeconds: null,
  },
  twilioJson: {
    title: 'Twilio, JSON bodies',
    form: {
      algorithm: 'sha1',
      payload: '{url}',
      encoding: 'base64',
      headers: { 'X-Twilio-Signature': '{signature}' },
      query: { bodySHA256: '{body:sha256}' },
    },
    notes: 'The digest of the body is part of the URL.',
    receiverToleranceSeconds: null,
  },
  shopify: {
    title: 'Shopify webhooks',
    form: { encoding: 'base64', headers: { 'X-Shopify-Hmac-Sha256': '{signature}' } },
    notes: 'Signs the body only: copies stay valid for ever.',
    receiverToleranceSeconds: null,
  },
  line: {
    title: 'LINE webhooks',
    form: { encoding: 'base64', headers: { 'x-line-signature': '{signature}' } },
    notes: 'Signs the body only: copies stay valid for ever.',
    receiverToleranceSeconds: null,
  },
  retell: {
    title: 'Retell AI',
    form: {
      payload: '{body}{timestamp}',
      timestamp: 'ms',
      headers: { 'x-retell-signature': 'v={timestamp},d={signature}' },
    },
    notes: '',
    receiverToleranceSeconds: 300,
  },
  elevenLabs: {
    title: 'ElevenLabs webhooks',
    form: {
      payload: '{timestamp}.{body}',
      headers: { 'ElevenLabs-Signature': 't={timestamp},v0={signature}' },
    },
    notes: '',
    receiverToleranceSeconds: 1800,
  },
  zoom: {
    title: 'Zoom webhooks',
    form: {
      payload: 'v0:{timestamp}:{body}',
      headers: { 'x-zm-request-timestamp': '{timestamp}', 'x-zm-signature': 'v0={signature}' },
    },
    notes: 'The receiver serialises the JSON again: send `JSON.stringify` output.',
    receiverToleranceSeconds: null,
  },
  square: {
    title: 'Square webhooks',
    form: { payload: '{url}{body}', encoding: 'base64', headers: { 'x-square-hmacsha256-signature': '{signature}' } },
    notes: 'The notification URL as configured at Square.',
    receiverToleranceSeconds: null,
  },
  hubspot: {
    title: 'HubSpot, version 3',
    form: {
      payload: '{method}{url}{body}{timestamp}',
      encoding: 'base64',
      timestamp: 'ms',
      headers: { 'X-HubSpot-Request-Timestamp': '{timestamp}', 'X-HubSpot-Signature-v3': '{signature}' },
    },
    notes: '',
    receiverToleranceSeconds: 300,
  },
  paddle: {
    title: 'Paddle webhooks',
    form: {
      payload: '{timestamp}:{body}',
      headers: { 'Paddle-Signature': 'ts={timestamp};[h1={signature}]' },
      separator: ';',
    },
    notes: 'The receiver takes messages of the last five seconds only.',
    receiverToleranceSeconds: 5,
  },
  rfc9421: {
    title: 'RFC 9421 HTTP Message Signatures with hmac-sha256',
    form: {
      key: 'base64',
      encoding: 'base64',
      payload:
        '"@method": {method}\n"@authority": {host}\n"@path": {path}\n"@query": ?{query}\n"content-digest": {header:Content-Digest}\n' +
        '"@signature-params": ("@method" "@authority" "@path" "@query" "content-digest");created={timestamp};keyid="{keyId}";alg="hmac-sha256"',
      headers: {
        'Content-Digest': 'sha-256=:{body:sha256:base64}:',
        'Signature-Input':
          'sig=("@method" "@authority" "@path" "@query" "content-digest");created={timestamp};keyid="{keyId}";alg="hmac-sha256"',
        Signature: 'sig=:{signature}:',
      },
    },
    notes: 'Covers method, authority, path, query and the digest of the body. The secret is base64.',
    receiverToleranceSeconds: null,
  },
}
