import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { diagnose, HYPOTHESES } from '../../src/cli/diagnose/diagnose.ts'
import type { DebugRequest, Subject } from '../../src/cli/diagnose/subject.ts'
import { CLOCK_HYPOTHESES, describeDuration } from '../../src/cli/diagnose/time.ts'
import { type HmacForm, signaturePresets, verifySignature } from '../../src/hmac/index.ts'
import { BODY_ONLY, macOf, NOW, SECRET, TIMED, URL_OF_HOOK } from './messages.ts'

const STAMP = '1700000000'
const JSON_BODY = '{"call":{"id":"c/17","name":"Zoë"}}'
const URL_FORM: HmacForm = { payload: '{url}\n{body}', headers: { 'X-Signature': '{signature}' } }

interface Case extends Partial<DebugRequest> {
  readonly form?: HmacForm
  readonly secret?: string
  readonly now?: number
  /** What the sender signed. */
  readonly signed?: string | Uint8Array
  readonly text?: string
  readonly mac?: string
  readonly detail?: string
}

function subjectOf({
  form = BODY_ONLY,
  secret = SECRET,
  now = NOW,
  signed = 'x',
  text,
  mac,
  ...request
}: Case): Subject {
  const signature = mac ?? macOf(signed, secret)
  const body = text === undefined ? (request.body ?? Buffer.from('x')) : Buffer.from(text)
  const headers = { 'X-Signature': signature, ...request.headers }
  const { method = 'POST', url = URL_OF_HOOK } = request
  const message = { method, url, headers, body: new Uint8Array(body) }
  return { form, secrets: [secret], request: message, now, toleranceMs: 300_000 }
}

const timed = (stamp: string) => ({ form: TIMED, signed: `${STAMP}.x`, headers: { 'X-Timestamp': stamp } })
const KEY = Buffer.from('thirty-two bytes of a secret key')
const hex = (payload: string, secret: string | Uint8Array = SECRET) => macOf(payload, secret)
const base64 = (payload: string) => macOf(payload, SECRET, 'sha256', 'base64')

/** For each hypothesis messages that it explains. MACs are made by another implementation. */
const CASES: { readonly [name: string]: readonly Case[] } = {
  timestampUnit: [
    { form: { ...TIMED, timestamp: 'ms' }, signed: `${STAMP}.x`, headers: { 'X-Timestamp': STAMP }, detail: 'seconds' },
    { ...timed(`${STAMP}000`), signed: `${STAMP}000.x`, detail: 'milliseconds' },
    { ...timed('2023-11-14T22:13:20Z'), signed: '2023-11-14T22:13:20Z.x', detail: 'ISO 8601' },
  ],
  timestampSigned: [
    { ...timed(STAMP), signed: `${STAMP}000.x`, detail: 'milliseconds' },
    { ...timed(STAMP), signed: '2023-11-14T22:13:20Z.x', detail: 'ISO 8601' },
  ],
  bodyCompact: [{ text: JSON.stringify(JSON.parse(JSON_BODY), null, 2), signed: JSON_BODY }],
  bodyIndented: [
    { text: JSON_BODY, signed: JSON.stringify(JSON.parse(JSON_BODY), null, 2), detail: 'by 2 spaces' },
    { text: JSON_BODY, signed: JSON.stringify(JSON.parse(JSON_BODY), null, 4), detail: 'by 4 spaces' },
    { text: JSON_BODY, signed: JSON.stringify(JSON.parse(JSON_BODY), null, '\t'), detail: 'by tabs' },
  ],
  bodyPython: [
    { text: '{"a":[1,"é",null],"b":{}}', signed: '{"a": [1, "é", null], "b": {}}' },
    { text: '{"a":[1,"é"]}', signed: '{"a": [1, "\\u00e9"]}', detail: 'with escapes' },
  ],
  bodyEscaped: [
    { text: JSON_BODY, signed: JSON_BODY.replace('/', '\\/'), detail: 'of slashes' },
    { text: JSON_BODY, signed: JSON_BODY.replace('ë', '\\u00eb'), detail: 'of what is not ASCII' },
    { text: JSON_BODY, signed: JSON_BODY.replace('ë', '\\u00eb').replace('/', '\\/'), detail: 'of both' },
  ],
  bodyLastLine: [
    { text: 'a=1\n', signed: 'a=1', detail: 'it was signed without it' },
    { text: 'a=1', signed: 'a=1\n', detail: 'it was signed with one' },
    { text: 'a=1', signed: 'a=1\r\n', detail: 'it was signed with one, CR LF' },
  ],
  bodyLineBreaks: [
    { text: 'a\r\nb', signed: 'a\nb', detail: 'LF is what was signed' },
    { text: 'a\nb', signed: 'a\r\nb', detail: 'CR LF is what was signed' },
  ],
  bodyByteOrderMark: [
    { text: '\ufeff{}', signed: '{}', detail: 'it was signed without it' },
    { text: 'a', signed: '\ufeffa', detail: 'it was signed with one' },
  ],
  bodyDecoded: [
    { body: Buffer.of(0x61, 0xff), signed: 'a\ufffd', detail: 'as UTF-8, before it was signed' },
    { text: 'é', signed: 'Ã©', detail: 'as Latin-1, before it was signed' },
    { text: 'Ã©', signed: 'é', detail: 'as Latin-1, after it was signed' },
  ],
  bodyTooLong: [{ text: 'abc\0\0', signed: 'abc', headers: { 'content-length': '3' } }],
  bodyWrapped: [
    { text: '"{\\"a\\": 1}"', signed: '{"a": 1}', detail: 'as a JSON string' },
    { text: 'YWL/', signed: Buffer.of(0x61, 0x62, 0xff), detail: 'as base64' },
  ],
  bodyEmpty: [{ text: 'a=1', signed: '' }],
  keyEncoding: [
    { secret: KEY.toString('base64'), mac: hex('x', KEY), detail: 'the text is the key in base64' },
    { secret: KEY.toString('hex'), mac: hex('x', KEY), detail: 'the text is the key in hex' },
    {
      secret: Buffer.from('~~~???~~~???~~~?').toString('base64url'),
      mac: hex('x', '~~~???~~~???~~~?'),
      detail: 'the text is the key in base64url',
    },
    {
      form: { ...BODY_ONLY, key: 'base64' },
      secret: KEY.toString('base64'),
      signed: 'x',
      detail: 'the text itself is the key',
    },
  ],
  secretPrefixDropped: [
    { secret: `whsec_${KEY.toString('base64')}`, mac: hex('x', KEY), detail: 'the text is the key in base64' },
    { secret: `whsec_${SECRET}`, mac: hex('x', SECRET), detail: 'the text itself is the key' },
  ],
  secretPrefixKept: [
    {
      form: { ...BODY_ONLY, key: 'base64', keyPrefix: 'whsec_' },
      secret: `whsec_${KEY.toString('base64')}`,
      detail: 'the text itself is the key',
    },
    {
      form: { ...BODY_ONLY, key: 'base64', keyPrefix: 'whsec_' },
      secret: KEY.toString('base64'),
      mac: hex('x', `whsec_${KEY.toString('base64')}`),
      detail: 'the text itself is the key',
    },
  ],
  secretSpaces: [
    { secret: `${SECRET}\n`, mac: hex('x'), detail: 'the sender has none' },
    { secret: `"${SECRET}"`, mac: hex('x'), detail: 'the sender has no quotes' },
    { mac: hex('x', `${SECRET}\n`), detail: 'the sender has a line break behind it' },
    { mac: hex('x', `${SECRET}\r\n`), detail: 'the sender has CR LF behind it' },
    { mac: hex('x', `${SECRET} `), detail: 'the sender has a space behind it' },
    { mac: hex('x', `"${SECRET}"`), detail: 'the sender has double quotes' },
  ],
  algorithm: [
    { mac: macOf('x', SECRET, 'sha512'), detail: 'sha512' },
    { mac: macOf('x', SECRET, 'sha384'), detail: 'sha384' },
    {
      form: signaturePresets.github.form,
      headers: { 'X-Hub-Signature-256': `sha1=${macOf('x', SECRET, 'sha1')}` },
      detail: 'sha1',
    },
  ],
  encoding: [
    { mac: base64('x'), detail: 'base64' },
    { mac: macOf('x', SECRET, 'sha256', 'base64url'), detail: 'base64url' },
    { form: { ...BODY_ONLY, encoding: 'base64' }, detail: 'hex' },
  ],
  upperCase: [
    { mac: hex('x').toUpperCase() },
    {
      form: signaturePresets.github.form,
      headers: { 'X-Hub-Signature-256': `sha256=${hex('x').toUpperCase()}` },
    },
  ],
  padding: [
    { form: { ...BODY_ONLY, encoding: 'base64' }, mac: base64('x').replace(/=+$/, '') },
    { form: { ...BODY_ONLY, encoding: 'base64url' }, mac: `${macOf('x', SECRET, 'sha256', 'base64url')}=` },
  ],
  signaturePrefix: [
    { mac: `sha256=${hex('x')}`, detail: '`sha256={signature}`' },
    { form: signaturePresets.github.form, headers: { 'X-Hub-Signature-256': hex('x') }, detail: '`{signature}`' },
    {
      form: signaturePresets.stripe.form,
      headers: { 'Stripe-Signature': `t=${STAMP},v0=${hex(`${STAMP}.x`)}` },
      detail: '`t={timestamp},[v0={signature}]`',
    },
  ],
  urlScheme: [
    { form: URL_FORM, url: 'http://a.example/p', signed: 'https://a.example/p\nx', detail: 'https://a.example/p' },
  ],
  urlPort: [
    {
      form: URL_FORM,
      url: 'https://a.example:8443/p',
      signed: 'https://a.example/p\nx',
      detail: 'https://a.example/p',
    },
    {
      form: URL_FORM,
      url: 'https://a.example/p',
      signed: 'https://a.example:443/p\nx',
      detail: 'https://a.example:443/p',
    },
    {
      form: URL_FORM,
      url: 'https://a.example/p',
      headers: { 'X-Forwarded-Port': '8443' },
      signed: 'https://a.example:8443/p\nx',
      detail: 'https://a.example:8443/p',
    },
  ],
  urlHost: [
    {
      form: URL_FORM,
      url: 'https://10.0.0.7/p',
      headers: { 'x-forwarded-host': 'a.example, b.example' },
      signed: 'https://a.example/p\nx',
      detail: 'https://a.example/p',
    },
    {
      form: URL_FORM,
      url: 'https://10.0.0.7/p',
      headers: { Forwarded: 'for=192.0.2.1;host="a.example";proto=https' },
      signed: 'https://a.example/p\nx',
    },
    { form: URL_FORM, url: 'https://10.0.0.7/p', headers: { Host: 'a.example' }, signed: 'https://a.example/p\nx' },
  ],
  urlHostCase: [{ form: URL_FORM, url: 'https://A.example/p', signed: 'https://a.example/p\nx' }],
  urlPath: [
    {
      form: URL_FORM,
      url: 'https://a.example/p',
      headers: { 'X-Forwarded-Prefix': '/api/' },
      signed: 'https://a.example/api/p\nx',
    },
    {
      form: URL_FORM,
      url: 'https://a.example/p',
      headers: { 'X-Original-URI': '/api/p?q=1' },
      signed: 'https://a.example/api/p?q=1\nx',
    },
    {
      form: URL_FORM,
      url: 'https://a.example/p',
      headers: { 'X-Original-URL': 'https://b.example/p' },
      signed: 'https://b.example/p\nx',
    },
  ],
  urlSlash: [
    { form: URL_FORM, url: 'https://a.example/p/?q=1', signed: 'https://a.example/p?q=1\nx' },
    { form: URL_FORM, url: 'https://a.example/p?q=1', signed: 'https://a.example/p/?q=1\nx' },
  ],
  urlQuery: [
    { form: URL_FORM, url: 'https://a.example/p?q=1', signed: 'https://a.example/p\nx', detail: 'https://a.example/p' },
    { form: URL_FORM, url: 'https://a.example/p', signed: 'https://a.example/p?\nx' },
    { form: URL_FORM, url: 'https://a.example/p?q=a%20b', signed: 'https://a.example/p?q=a+b\nx' },
    { form: URL_FORM, url: 'https://a.example/p?q=a+b', signed: 'https://a.example/p?q=a%20b\nx' },
    { form: URL_FORM, url: 'https://a.example/p?q=a:b', signed: 'https://a.example/p?q=a%3Ab\nx' },
    { form: URL_FORM, url: 'https://a.example/p?q=1&b=2', signed: 'https://a.example/p?b=2&q=1\nx' },
  ],
  urlProxy: [
    {
      form: URL_FORM,
      url: 'http://10.0.0.7:3000/p',
      headers: {
        'X-Forwarded-Proto': 'https',
        'X-Forwarded-Host': 'a.example',
        'X-Forwarded-Port': '8443',
        'X-Forwarded-Prefix': '/api',
      },
      signed: 'https://a.example:8443/api/p\nx',
      detail: 'https://a.example:8443/api/p',
    },
    {
      form: URL_FORM,
      url: 'http://10.0.0.7:3000/p',
      headers: { Forwarded: 'proto=https;host=a.example', 'X-Forwarded-Prefix': '/api' },
      signed: 'https://a.example/api/p\nx',
    },
  ],
  headerName: [
    { form: { headers: { 'X-Other': '{signature}' } }, detail: '`X-Signature`' },
    {
      form: signaturePresets.standardWebhooks.form,
      secret: `whsec_${KEY.toString('base64')}`,
      mac: 'unrelated',
      headers: {
        'svix-id': 'msg_1',
        'svix-timestamp': STAMP,
        'svix-signature': `v1,${macOf(`msg_1.${STAMP}.x`, KEY, 'sha256', 'base64')}`,
      },
      detail: '`svix-id`, `svix-timestamp`, `svix-signature`',
    },
  ],
  headerTwice: [{ headers: { 'X-Signature': ['0'.repeat(64), hex('x')] }, detail: 'value 2 of `X-Signature`' }],
  headerSpaces: [{ mac: `"${hex('x')}"` }, { mac: ` ${hex('x')} ` }],
  method: [
    { form: { ...BODY_ONLY, payload: '{method} {body}' }, method: 'post', signed: 'POST x', detail: 'POST' },
    { form: { ...BODY_ONLY, payload: '{method} {body}' }, method: 'POST', signed: 'PUT x', detail: 'PUT' },
  ],
  payload: [
    { ...timed(STAMP), signed: `x${STAMP}`, detail: '"{body}{timestamp}"' },
    { ...timed(STAMP), signed: 'x', detail: '"{body}"' },
  ],
  preset: [
    {
      headers: { 'X-Hub-Signature-256': `sha256=${hex('x')}` },
      mac: 'unrelated',
      detail: '`--preset github`',
    },
  ],
  timestampOld: [{ ...timed(STAMP), now: NOW + 3_725_000, detail: 'by 1 h 2 min, where 5 min are allowed' }],
  timestampFuture: [{ ...timed(STAMP), now: NOW - 301_000, detail: 'by 5 min 1 s, where 5 min are allowed' }],
}

it('every hypothesis is tried, and has a name of its own', () => {
  const names = [...HYPOTHESES, ...CLOCK_HYPOTHESES].map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  expect(Object.keys(CASES).sort()).toEqual([...names].sort())
})

describe.each(Object.entries(CASES))('the hypothesis %s', (name, cases) => {
  it.each(cases.map((each, index) => [each.detail ?? `case ${index}`, each] as const))('%s', async (_, each) => {
    const subject = subjectOf(each)
    const options = { now: subject.now, allowShortSecret: true }
    expect((await verifySignature(subject.form, subject.secrets, subject.request, options)).ok).toBe(false)
    const found = await diagnose(subject)
    const causes = found.filter((diagnosis) => diagnosis.length === 1).map(([cause]) => cause)
    const cause = causes.find((found) => found?.hypothesis.name === name)
    expect(causes.map((found) => found?.hypothesis.name)).toContain(name)
    if (each.detail !== undefined) expect(cause?.detail).toBe(each.detail)
    expect(JSON.stringify(found)).not.toContain(subject.secrets[0])
  })
})

describe('diagnose', () => {
  const namesOf = async (subject: Subject) =>
    (await diagnose(subject)).map((causes) => causes.map(({ hypothesis }) => hypothesis.name))

  it('explains nothing where the message was forged or the secret is another one', async () => {
    expect(await namesOf(subjectOf({ text: JSON_BODY, signed: 'something else' }))).toEqual([])
    expect(await namesOf(subjectOf({ text: JSON_BODY, mac: macOf(JSON_BODY, `${SECRET}-other`) }))).toEqual([])
    expect(await namesOf(subjectOf({ ...timed(STAMP), mac: '0'.repeat(64) }))).toEqual([])
  })

  it('finds two mistakes at once', async () => {
    const written = JSON.stringify(JSON.parse(JSON_BODY), null, 2)
    expect(await namesOf(subjectOf({ text: written, mac: macOf(JSON_BODY, SECRET, 'sha256', 'base64') }))).toEqual([
      ['bodyCompact', 'encoding'],
    ])
    const url = { form: URL_FORM, url: 'http://a.example:3000/p', signed: 'https://a.example/p\nx' }
    expect(await namesOf(subjectOf(url))).toEqual([['urlScheme', 'urlPort']])
  })

  it('names the clock beside another mistake', async () => {
    const old = { ...timed(STAMP), signed: `${STAMP}.x\n`, now: NOW + 600_000 }
    expect(await namesOf(subjectOf(old))).toEqual([['bodyLastLine', 'timestampOld']])
  })

  it('has nothing to do with the clock where the unit is wrong', async () => {
    const form: HmacForm = { ...TIMED, timestamp: 'ms' }
    expect(await namesOf(subjectOf({ ...timed(STAMP), form }))).toEqual([['timestampUnit']])
  })

  it('takes a body of a megabyte, and odd messages of every kind', async () => {
    const long = subjectOf({ text: `${' '.repeat(1_000_000)}[1]`, signed: '[1]' })
    expect(await namesOf(long)).toEqual([['bodyCompact']])
    const odd = { url: 'no URL', method: '', headers: { forwarded: ';=', 'x-forwarded-host': ',', __proto__: 'x' } }
    for (const { form } of Object.values(signaturePresets)) {
      expect(await namesOf({ ...subjectOf({ form }), request: { ...odd, body: new Uint8Array([0xff]) } })).toEqual([])
    }
  })

  it('describes durations by their two largest units', () => {
    expect([0, 5, 999.6, 61_000, 3_600_000, 90_061_001].map(describeDuration)).toEqual([
      '0 s',
      '5 ms',
      '1 s',
      '1 min 1 s',
      '1 h',
      '1 d 1 h',
    ])
  })
})

describe('a hostile message', () => {
  it('with a long value is looked at in no more than linear steps', async () => {
    for (const value of ['a'.repeat(16_000), `${'a'.repeat(16_000)}!`, 'a='.repeat(500), '='.repeat(16_000)]) {
      expect(await diagnose(subjectOf({ mac: value }))).toEqual([])
    }
  })

  it('with thousands of other headers is not looked at for two mistakes at once', async () => {
    const others = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`X-${index}`, 'x']))
    const form: HmacForm = { headers: { 'X-Missing': '{signature}' } }
    expect(await diagnose(subjectOf({ form, headers: others, mac: 'x' }))).toEqual([])
  })
})
