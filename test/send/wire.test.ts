import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type HmacForm, verifySignature } from '../../src/hmac/index.ts'
import { apply, type HttpRequest, type Requirement, type Token } from '../../src/index.ts'
import { send } from '../../src/send/index.ts'
import { checkAsync } from '../call/check-async.ts'
import { resolutionAt } from './kinds.ts'
import { type Received, serve } from './servers.ts'

const VISIBLE = Array.from({ length: 0x5e }, (_, index) => String.fromCharCode(0x21 + index))
const token = fc.string({ unit: fc.constantFrom(...VISIBLE), minLength: 1, maxLength: 40 })
const cookie = fc.string({
  unit: fc.constantFrom(...VISIBLE.filter((unit) => !'",;\\'.includes(unit))),
  minLength: 1,
  maxLength: 40,
})
const anyText = fc.string({ unit: fc.constantFrom(...VISIBLE, ' ', 'é', '€', '😀'), minLength: 1, maxLength: 40 })
const userName = fc.string({ unit: fc.constantFrom('a', 'Z', '0', 'é', '-', ' '), minLength: 1, maxLength: 10 })

/** A kind with a usable credential, and how often what was received holds it. */
interface Sample {
  readonly requirement: Requirement
  readonly token: Token
  readonly found: (received: Received) => readonly (string | undefined)[]
  readonly expected: string
}

const sample: fc.Arbitrary<Sample> = fc.oneof(
  anyText.map((text) => ({
    requirement: { queryApiKey: { name: 'api key' } },
    token: text,
    found: ({ url }: Received) => new URL(url, 'http://a').searchParams.getAll('api key'),
    expected: text,
  })),
  token.map((text) => ({
    requirement: { headerApiKey: { name: 'X-Key', prefix: 'Key=' } },
    token: text,
    found: ({ headers }: Received) => headers['x-key'] ?? [],
    expected: `Key=${text}`,
  })),
  token
    .filter((text) => !/^bearer/i.test(text))
    .map((text) => ({
      requirement: { httpAuth: { scheme: 'Bearer' } },
      token: text,
      found: ({ headers }: Received) => headers['authorization'] ?? [],
      expected: `Bearer ${text}`,
    })),
  fc.tuple(userName, anyText).map(([username, password]) => ({
    requirement: { httpAuth: { scheme: 'Basic' } },
    token: { username, password },
    found: ({ headers }: Received) =>
      (headers['authorization'] ?? []).map((value) => Buffer.from(value.slice(6), 'base64').toString()),
    expected: `${username}:${password}`,
  })),
  cookie.map((text) => ({
    requirement: { cookieApiKey: { name: 'session' } },
    token: text,
    found: ({ headers }: Received) =>
      (headers['cookie'] ?? []).flatMap((value) => value.split('; ')).filter((pair) => pair.startsWith('session=')),
    expected: `session=${text}`,
  })),
)

const path = fc.string({
  unit: fc.constantFrom('a', 'B', '7', '-', '_', '~', '%20', '/', "'", '(', '|', '^', 'é'),
  maxLength: 20,
})
const query = fc.option(
  fc.string({ unit: fc.constantFrom('a', '=', '&', '%41', "'", '*', '+', '?', '/', '"', '<', '{'), maxLength: 20 }),
  { nil: undefined },
)
const body = fc.option(fc.uint8Array({ maxLength: 200 }), { nil: undefined })
const ownHeaders = fc.dictionary(
  fc.string({ unit: fc.constantFrom('a', 'b', 'C'), minLength: 1, maxLength: 3 }).map((name) => `x-own-${name}`),
  fc.string({ unit: fc.constantFrom('v', ' ', '\t', ',', '"', 'é'), maxLength: 10 }),
  { maxKeys: 3 },
)

const arbitrary = fc.record({
  path,
  query,
  body,
  ownHeaders,
  method: fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE', 'post'),
})

const tool = await serve(() => ({ status: 200 }))

function requestOf({
  path: rest,
  query: search,
  body: bytes,
  ownHeaders: headers,
  method,
}: typeof arbitrary extends fc.Arbitrary<infer T> ? T : never): HttpRequest {
  const url = `${tool.origin}/tool/x${rest}${search === undefined ? '' : `?${search}`}`
  // Two spellings of one header are one, and joined by fetch.
  const own = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  return { method, url, headers: own, ...(bytes === undefined ? {} : { body: bytes }) }
}

describe('what a server receives', () => {
  it('is the request that `apply` gives, with each credential exactly once', async () => {
    await checkAsync(
      fc.asyncProperty(
        fc.tuple(arbitrary, sample),
        async ([shape, { requirement, token: credential, found, expected }]) => {
          const request = requestOf(shape)
          const resolution = resolutionAt(tool.origin, { requirements: { k: requirement }, tokens: { k: credential } })
          const applied = apply(request, resolution)
          tool.received.length = 0
          await send(request, resolution)
          const [received, ...more] = tool.received as [Received]
          expect(more).toEqual([])
          const url = new URL(applied.url)
          expect(received.method).toBe(applied.method === 'post' ? 'POST' : applied.method)
          expect(received.url).toBe(url.pathname + url.search)
          expect(received.body).toBe(Buffer.from(request.body ?? '').toString('latin1'))
          expect(found(received)).toEqual([expected])
          for (const [name, value] of Object.entries(request.headers)) {
            expect(received.headers[name]).toEqual([value.replace(/^[\t ]+|[\t ]+$/g, '')])
          }
          expect(Object.keys(received.headers).sort()).toEqual(
            [
              ...new Set([
                ...Object.keys(applied.headers).map((name) => name.toLowerCase()),
                ...ALWAYS,
                ...(received.headers['content-length'] ? ['content-length'] : []),
              ]),
            ].sort(),
          )
        },
      ),
      0.1,
    )
  })

  /** What the platform's fetch adds by itself. */
  const ALWAYS = ['host', 'connection', 'accept', 'accept-language', 'sec-fetch-mode', 'user-agent', 'accept-encoding']

  const FORMS: readonly HmacForm[] = [
    { headers: { 'X-Signature': '{signature}' } },
    { payload: '{method}\n{url}\n{timestamp}.{body}', headers: { 'X-Signature': 't={timestamp},v1={signature}' } },
    { payload: '{target}|{header:x-own-a}|{body:sha256}', headers: {}, query: { sig: '{signature}' } },
    {
      payload: '{host}|{path}|{query}|{id}',
      headers: { 'X-Id': '{id}' },
      query: { sig: '{signature}', at: '{timestamp}' },
    },
  ]

  it('is signed as it stands: the signature verifies over what arrived', async () => {
    const secret = 'a-secret-of-many-bytes'
    await checkAsync(
      fc.asyncProperty(fc.tuple(arbitrary, fc.constantFrom(...FORMS)), async ([shape, form]) => {
        const request = requestOf({ ...shape, ownHeaders: { ...shape.ownHeaders, 'x-own-a': ' a value ' } })
        const resolution = resolutionAt(tool.origin, {
          requirements: { k: { hmacSignature: form } },
          tokens: { k: secret },
        })
        tool.received.length = 0
        await send(request, resolution)
        const { method, url, headers, body: text } = tool.received[0] as Received
        const message = { method, url: tool.origin + url, headers, body: Buffer.from(text, 'latin1') }
        expect(await verifySignature(form, [secret], message)).toMatchObject({ ok: true })
        const broken = { ...message, url: `${message.url}&x` }
        if (form.payload !== undefined && !form.payload.includes('{path}') && !form.payload.includes('{query}')) {
          expect(await verifySignature(form, [secret], broken)).toMatchObject({ ok: false })
        }
      }),
      0.1,
    )
  })

  it('is what was there when `send` was called, whatever the caller changes meanwhile', async () => {
    const bytes = Buffer.from('before')
    const headers: Record<string, string> = { 'x-own': 'before' }
    const request = { method: 'POST', url: `${tool.origin}/tool`, headers, body: bytes }
    const credentialStore = {
      use: async () => {
        bytes.write('AFTER!')
        headers['x-own'] = 'after'
        request.url = 'https://evil.example/'
        return 'stored-key'
      },
    }
    const stored = { requirements: { k: { headerApiKey: { name: 'X-Key' } } }, tokens: { k: { credentialId: 'c' } } }
    tool.received.length = 0
    await send(request, resolutionAt(tool.origin, stored), { credentialStore })
    expect(tool.received[0]).toMatchObject({
      url: '/tool',
      body: 'before',
      headers: { 'x-own': ['before'], 'x-key': ['stored-key'] },
    })
  })
})
