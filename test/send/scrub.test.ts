import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile, type HttpRequest, type Requirement, resolve } from '../../src/index.ts'
import { decodeLayers } from '../../src/send/decode-layers.ts'
import { prepare, scrubResponse, send } from '../../src/send/index.ts'
import { scrubText } from '../../src/send/scrub-text.ts'
import { encodingsOf } from '../properties/leaks.ts'
import { check } from '../properties/settings.ts'
import { ACCESS_TOKEN, definitionAt, KEY, KINDS, type KindCase, resolutionAt } from './kinds.ts'
import { serve } from './servers.ts'

const CHARACTERS = [...'ABCXYZabcxyz0123456789', ...'+/%"\\<>&\'= é€😀\u2028ÿ$`{}']
const secretText = fc.string({ unit: fc.constantFrom(...CHARACTERS), minLength: 16, maxLength: 30 })
// No character of the alphabets above but blanks and punctuation, so that nothing else can look like the secret.
const filler = fc.string({ unit: fc.constantFrom(...'!?;:,.~|^*()[]_-\n\t@#'), maxLength: 40 })

const percent = encodeURIComponent
const json = (text: string): string => JSON.stringify(text).slice(1, -1)
const html = (text: string): string =>
  text.replace(
    /[&<>"']/g,
    (unit) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[unit] ?? unit,
  )
const hexEntities = (text: string): string =>
  [...text].map((unit) => `&#x${unit.codePointAt(0)?.toString(16)};`).join('')
const decimalEntities = (text: string): string => [...text].map((unit) => `&#${unit.codePointAt(0)};`).join('')
const form = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1)
const ascii = (text: string): string =>
  json(text).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
const slashes = (text: string): string => json(text).replaceAll('/', '\\/')
const everyByte = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
const plain = (text: string): string => text
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const behind =
  (before: string) =>
  (text: string): string =>
    Buffer.from(before + text + before).toString('base64')
const base64url = (text: string): string => Buffer.from(text).toString('base64url')
const hex = (text: string): string => Buffer.from(text).toString('hex')

const ENCODINGS = {
  plain,
  percent,
  json,
  html,
  hexEntities,
  decimalEntities,
  form,
  ascii,
  slashes,
  everyByte,
  base64,
  base64url,
  hex,
}
const AT_OFFSETS = { first: behind('a'), second: behind('ab'), third: behind('abc') }
const MIME_COLUMNS = 76
const ENCODED_BYTES = { base64, base64url, hex, ...AT_OFFSETS }
const ESCAPES = [plain, percent, json, html, form, slashes, everyByte]

describe('T49 T52 scrubText', () => {
  it.each(Object.entries({ ...ENCODINGS, ...AT_OFFSETS }))('%s: no form of a secret stays', (_, encode) => {
    check(
      fc.property(secretText, filler, filler, fc.constantFrom(...ESCAPES), (secret, before, after, wrap) => {
        const scrubbed = scrubText(before + wrap(encode(secret)) + after, [secret])
        expect(scrubbed).toContain('[secret]')
        expect(scrubbed.startsWith(before) && scrubbed.endsWith(after)).toBe(true)
        expect(encodingsOf(secret).filter((text) => scrubbed.includes(text))).toEqual([])
      }),
      0.1,
    )
  })

  it.each(Object.entries(ENCODED_BYTES))('%s of an escaped secret: no form of it stays', (_, encode) => {
    const inner = fc.constantFrom(plain, percent, json, form, slashes, ascii)
    const wraps = fc.tuple(inner, fc.constantFrom(...ESCAPES))
    check(
      fc.property(secretText, filler, filler, wraps, (secret, before, after, [quote, wrap]) => {
        const scrubbed = scrubText(before + wrap(encode(quote(secret))) + after, [secret])
        expect(scrubbed).toContain('[secret]')
        expect(scrubbed.startsWith(before) && scrubbed.endsWith(after)).toBe(true)
        expect(encodingsOf(secret).filter((text) => scrubbed.includes(text))).toEqual([])
      }),
      0.1,
    )
  })

  it.each(['\n', '\r\n', '\n  '])('base64 in lines that end with %j', (end) => {
    check(
      fc.property(secretText, fc.nat(80), fc.constantFrom(plain, json, percent), (secret, offset, quote) => {
        const bytes = base64(`${'.'.repeat(offset)}{"k":"${quote(secret)}"}${'.'.repeat(80)}`)
        const lines = bytes.match(new RegExp(`.{1,${MIME_COLUMNS}}`, 'g')) ?? []
        for (const wrap of [plain, json]) {
          const scrubbed = scrubText(`see:${wrap(`${end}${lines.join(end)}${end}`)}.`, [secret])
          const joined = scrubbed.replace(/\s|\\[rn]/g, '')
          expect(encodingsOf(secret).filter((text) => joined.includes(text))).toEqual([])
          expect(joined).toMatch(/^see:\w*\[secret\].*\.$/)
        }
      }),
      0.1,
    )
  })

  it('a blank is a plus in forms, in whichever mix', () => {
    for (const text of ['a key+b', 'a+key+b', 'a+key%2Bb', 'a%2520key%252bb', 'a%2Bkey%252Bb'])
      expect(scrubText(`<${text}>`, ['a key+b'])).toBe('<[secret]>')
    expect(scrubText('a key', ['a+key'])).toBe('a key')
  })

  it('escapes of escapes of escapes', () => {
    for (const one of ESCAPES) {
      for (const two of ESCAPES) {
        const text = `x${two(one(`"${percent('p%+/é"x')}"`))}x`
        expect(scrubText(text, ['p%+/é"x'])).toMatch(/^x[^é]*\[secret\][^é]*x$/)
      }
    }
  })

  it('leaves everything else as it is, escapes included', () => {
    check(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(...ESCAPES), (text, wrap) => {
        fc.pre(text.isWellFormed())
        expect(scrubText(wrap(text), ['a-secret-that-does-not-occur'])).toBe(wrap(text))
      }),
      0.3,
    )
  })

  it('every layer leads back to where it came from', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '%41',
        '%C3%A9',
        '%ff',
        '%F0%9F%98%80',
        '%',
        '%4',
        '\\u0041',
        '\\ud83d\\ude00',
        '\\n',
        '\\\\',
        '&amp;',
        '&#65;',
        '&#x1F600;',
        '&#9999999;',
        '&',
        '+',
        'a',
        '😀',
      ),
      fc.string({ maxLength: 3 }),
    )
    check(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const text = pieces.join('')
        for (const layer of decodeLayers(text)) {
          let last = 0
          for (let index = 0; index < layer.text.length; index += 1) {
            const [start, end] = [layer.startOf(index), layer.endOf(index)]
            expect(start).toBeGreaterThanOrEqual(0)
            expect(end).toBeGreaterThan(start)
            expect(end).toBeLessThanOrEqual(text.length)
            expect(start).toBeGreaterThanOrEqual(last === 0 ? 0 : layer.startOf(index - 1))
            last = end
          }
          if (layer.text.length > 0) expect([layer.startOf(0), last]).toEqual([0, text.length])
        }
      }),
      0.2,
    )
  })

  it('several secrets, also one inside another', () => {
    expect(scrubText('abcdef abc-abcdef-xyz', ['abcdef', 'abc-abcdef-xyz'])).toBe('[secret] [secret]')
    expect(scrubText('one two1 three', ['two1', 'three'])).toBe('one [secret] [secret]')
    expect(scrubText('aaaaaaaaaa', ['aaaa'])).toBe('[secret][secret]aa')
  })

  it('is quick for a long text of escapes', () => {
    const text = '%ff%C3+&#65;\\u0041&amp;'.repeat(50_000)
    expect(scrubText(text, ['s'.repeat(16_000), 'other-secret'])).toBe(text)
  })

  it.each(['%2b', '%252525252b', '&#43;+', '\\\\', '%F0%9F%98%80'])('takes a large text of nothing but %s', (unit) => {
    const text = unit.repeat(Math.floor(2 ** 20 / unit.length))
    expect(scrubText(`${text}%6Fther-secret${text}`, ['other-secret', 'a blank'])).toBe(`${text}[secret]${text}`)
  })
})

describe('T49 scrubResponse', () => {
  it.each(KINDS)('$name: an answer that echoes the whole request shows no credential', async (one) => {
    const tool = await serve((received) => ({
      body: JSON.stringify({
        url: received.url,
        text: received.text,
        html: html(received.text),
        b64: base64(received.text),
        parts: received.headers,
      }),
    }))
    const request = { method: 'POST', url: `${tool.origin}/tool?page=2`, headers: { 'x-own': 'kept' }, body: 'b' }
    const response = await send(request, resolutionAt(tool.origin, one), one.capabilities)
    const scrubbed = await scrubResponse(response)
    expect(scrubbed).toContain('[secret]')
    expect(scrubbed).toContain('kept')
    for (const secret of one.secrets) expect(encodingsOf(secret).filter((text) => scrubbed.includes(text))).toEqual([])
    expect(scrubbed).not.toMatch(/[0-9a-f]{64}/)
    expect(JSON.parse(scrubbed)).toMatchObject({ parts: { 'x-own': ['kept'] } })
  })

  it.each(KINDS)('$name: the parts of a credential alone', async (one) => {
    const prepared = await prepare(
      { method: 'POST', url: 'http://127.0.0.1:9/tool', headers: {}, body: '' },
      resolutionAt('http://127.0.0.1:9', one),
      one.capabilities,
    )
    for (const secret of one.secrets) {
      expect(scrubResponse(`the key ${secret}, if you please`, prepared)).toBe('the key [secret], if you please')
    }
    const values = Object.entries(prepared.headers).filter(([name]) => name !== 'Cookie')
    for (const [, value] of values) expect(scrubResponse(`<${value}>`, prepared)).toBe('<[secret]>')
  })

  it('after a retry both access tokens are gone', async () => {
    const one = KINDS.find(({ name }) => name === 'oauth2ClientCredentials') as KindCase
    const tokens = ['first-access-token', 'second-access-token']
    const tool = await serve(({ text }) => ({ status: 401, body: `${text} ${tokens.join(' ')}` }))
    const cache = KINDS.find(({ name }) => name === 'oauth2ClientCredentials')?.capabilities.tokenCache
    let count = 0
    const tokenCache = {
      ...cache,
      getToken: async () => ({
        token: new (await import('../../src/index.ts')).Secret(tokens[count++] ?? ''),
        expiresAtMs: null,
      }),
      dropToken: async () => true,
    }
    const response = await send(
      { method: 'GET', url: `${tool.origin}/tool`, headers: {} },
      resolutionAt(tool.origin, one),
      { tokenCache },
    )
    expect(tool.received).toHaveLength(2)
    expect(await scrubResponse(response)).not.toMatch(/access-token/)
  })

  it('takes the resolution, or a text with the answer', async () => {
    const one = KINDS.find(({ name }) => name === 'httpAuth Basic') as KindCase
    const tool = await serve(() => ({ body: 'x' }))
    const resolution = resolutionAt(tool.origin, one)
    expect(scrubResponse('canary-user', resolution)).toBe('[secret]')
    const response = await send({ method: 'GET', url: `${tool.origin}/tool`, headers: {} }, resolution)
    expect(scrubResponse('a p@ss:S3CRET wörd b', response)).toBe('a [secret] b')
    expect(await scrubResponse(new Response('is canary-user'), resolution)).toBe('is [secret]')
    const anonymous = resolve(compile(definitionAt(tool.origin, {})))
    expect(scrubResponse(KEY, anonymous)).toBe(KEY)
  })

  it('refuses where nobody knows the credentials, rather than show them', async () => {
    const request: HttpRequest = { method: 'GET', url: 'http://127.0.0.1:9/tool', headers: {} }
    const one = KINDS[1] as KindCase
    const prepared = await prepare(request, resolutionAt('http://127.0.0.1:9', one))
    const refused = { code: 'ERR_ARGUMENT_INVALID', phase: 'response' }
    const asText = (used: unknown) => () => scrubResponse('text', used as HttpRequest)
    for (const used of [
      undefined,
      null,
      'text',
      {},
      { ...prepared },
      new Response(''),
      resolve(compile(definitionAt('https://a.example', one.requirements))),
    ]) {
      expect(asText(used)).toThrow(expect.objectContaining(refused))
    }
    await expect(scrubResponse(new Response('x'))).rejects.toMatchObject(refused)
    const tool = await serve(() => ({ body: ACCESS_TOKEN }))
    const response = await send({ ...request, url: `${tool.origin}/tool` }, resolutionAt(tool.origin, one))
    await expect(scrubResponse(response.clone())).rejects.toMatchObject(refused)
    await response.text()
    await expect(scrubResponse(response)).rejects.toMatchObject(refused)
  })

  it('a resolution that is none says so', () => {
    const forged = { outcome: 'authenticated', mutations: [{ value: 'text' }], needs: [] }
    expect(() => scrubResponse('text', forged as never)).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' }),
    )
  })

  it('what stands behind an auth-scheme or a prefix, however it is joined', () => {
    const scrubbed = (requirement: Requirement, token: string): string =>
      scrubResponse(`<${token}>`, resolve(compile(definitionAt('https://a.example', { k: requirement })), { k: token }))
    expect(scrubbed({ httpAuth: { scheme: 'Bearer' } }, 'ab12')).toBe('<[secret]>')
    expect(scrubbed({ headerApiKey: { name: 'X-Key', prefix: 'ApiKey-v1 ' } }, 'ab12')).toBe('<[secret]>')
    expect(scrubbed({ headerApiKey: { name: 'X-Key', prefix: 'Token token=' } }, 'ab12cd34')).toBe('<[secret]>')
    expect(scrubbed({ headerApiKey: { name: 'X-Key', prefix: 'key:' } }, 'ab12cd34')).toBe('<[secret]>')
  })

  it('names of users, clients and keys are words, too: short ones stay', async () => {
    const basic = { k: { httpAuth: { scheme: 'Basic' } } }
    const resolution = resolve(compile(definitionAt('https://a.example', basic)), {
      k: { username: 'admin', password: 'pass' },
    })
    expect(scrubResponse('admin pass admin:pass', resolution)).toBe('admin [secret] [secret]')
    const client = KINDS.find(({ name }) => name === 'a stored client') as KindCase
    const request = { method: 'GET', url: 'https://a.example/tool', headers: {} }
    const prepared = await prepare(request, resolutionAt('https://a.example', client), client.capabilities)
    expect(scrubResponse('client-1', prepared)).toBe('client-1')
  })

  it('short texts stay: they are part of any word', () => {
    const short = resolve(compile(definitionAt('https://a.example', { k: { headerApiKey: { name: 'X-Key' } } })), {
      k: 'abc',
    })
    expect(scrubResponse('abcdef', short)).toBe('abcdef')
  })
})
