import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { apply, compile, resolve, SecurityError } from '../../src/index.ts'
import type { HttpRequest, Mutation, Resolution } from '../../src/types.ts'
import {
  BASES,
  type JsonObject,
  plainOptions,
  requiringSample,
  type Sample,
  sample,
  tokensFor,
  usableToken,
} from './arbitraries.ts'
import { fittingRequest, type MakeRequest, percentDecoded, rawPairs } from './requests.ts'
import { check } from './settings.ts'
import { shown } from './shown.ts'

/** Tokens as nasty as the carrier allows: a query takes any text without controls. */
const queryToken = fc
  .string({ unit: fc.constantFrom(...'aZ09 &=#?%+/;:@!$\'()*,[]"<>\\^`{|}~é€𝒳\u2028'), minLength: 1, maxLength: 20 })
  .map((text) => `${text}.`)
const headerToken = fc
  .string({ unit: fc.constantFrom(...'aZ09 \t!"#$%&\'()*+,-./:;<=>?@[]^_`{|}~'), maxLength: 20 })
  .map((text) => `x${text}.`)

interface Case {
  readonly known: Sample
  readonly resolution: Resolution & { outcome: 'authenticated' }
  readonly request: HttpRequest
}

/** An authenticated resolution with a request that fits it. */
const fitting: fc.Arbitrary<Case> = requiringSample
  .chain((known) =>
    fc.record({
      known: fc.constant(known),
      values: fc.array(usableToken, { minLength: known.names.length, maxLength: known.names.length }),
      make: fittingRequest,
    }),
  )
  .map(({ known, values, make }) => ({
    known,
    resolution: authenticated(
      known.definition,
      Object.fromEntries(known.names.map((name, i) => [name, values[i] ?? ''])),
    ),
    request: make(known.definition),
  }))

/** One option with a query parameter and a header, and tokens that only these can carry. */
const nasty: fc.Arbitrary<
  Omit<Case, 'known'> & { readonly query: string; readonly header: string; readonly name: string }
> = fc
  .record({
    base: fc.constantFrom(...BASES),
    make: fittingRequest,
    query: queryToken,
    header: headerToken,
    name: fc.constantFrom('k', 'api key', 'é', 'a&b=c', 'k[]', '%41', '+', "!'()*"),
  })
  .map(({ base, make, query, header, name }) => {
    const definition = {
      requirements: {
        httpSecurityOptions: {
          options: [{ requirements: { q: { queryApiKey: { name } }, h: { headerApiKey: { name: 'X-Key_0' } } } }],
        },
      },
      http: { baseUrlPattern: base.pattern, httpMethod: 'GET' },
    }
    return {
      resolution: authenticated(definition, { q: query, h: header }),
      request: make(definition),
      query,
      header,
      name,
    }
  })

function authenticated(definition: JsonObject, tokens: Record<string, string>): Case['resolution'] {
  const resolution = resolve(definition, tokens, plainOptions(false))
  if (resolution.outcome !== 'authenticated') throw new Error(`expected authenticated: ${JSON.stringify(resolution)}`)
  return resolution
}

function mutationsOf(kind: Mutation['kind'], { mutations }: Case['resolution']): readonly Mutation[] {
  return mutations.filter((mutation) => mutation.kind === kind)
}

/** RFC 3986 with everything but the unreserved encoded, byte by byte. */
function encoded(text: string): string {
  return [...new TextEncoder().encode(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte)
      return /[A-Za-z0-9._~-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')
}

const foldAscii = (name: string): string => name.replace(/[A-Z]/g, (letter) => letter.toLowerCase())

describe('apply', () => {
  it('P25 idempotent: applying twice is applying once', () => {
    check(
      fc.property(fc.oneof(fitting, nasty), ({ resolution, request }) => {
        const once = apply(request, resolution)
        expect(apply(once, resolution)).toEqual(once)
        expect(apply(apply(once, resolution), resolution)).toEqual(once)
      }),
    )
  })

  it('P26 header names stay unique under ASCII case folding, and each carrier is held once', () => {
    const spelling = fc.constantFrom<(name: string) => string>(
      (name) => name.toUpperCase(),
      (name) => name.toLowerCase(),
      (name) => name.replaceAll('-', '_'),
      (name) => name.replaceAll('_', '-'),
    )
    check(
      fc.property(fitting, fc.array(spelling, { maxLength: 2 }), ({ resolution, request }, spellings) => {
        const held = mutationsOf('header', resolution).flatMap(({ name, value }) =>
          spellings.map((spell): [string, string] => [spell(name), value.reveal()]),
        )
        const headers = apply(
          { ...request, headers: { ...request.headers, ...Object.fromEntries(held) } },
          resolution,
        ).headers
        const names = Object.keys(headers)
        expect(new Set(names.map(foldAscii)).size).toBe(names.length)
        for (const { name, value } of mutationsOf('header', resolution)) {
          const same = names.filter(
            (one) => foldAscii(one).replaceAll('_', '-') === foldAscii(name).replaceAll('_', '-'),
          )
          expect(same).toEqual([name])
          expect(headers[name]).toBe(value.reveal())
        }
      }),
    )
  })

  it('P27 the query parameter occurs exactly once, and decoding it gives the token', () => {
    check(
      fc.property(nasty, ({ resolution, request, query, name }) => {
        const pairs = rawPairs(apply(request, resolution).url) ?? []
        const ours = pairs.filter((pair) => pair.startsWith(`${encoded(name)}=`))
        expect(ours).toHaveLength(1)
        const value = ours[0]?.slice(encoded(name).length + 1) ?? ''
        expect(percentDecoded(value)).toBe(query)
        expect(new URL(apply(request, resolution).url).searchParams.getAll(name)).toEqual([query])
      }),
    )
  })

  it('P27 each cookie occurs exactly once, behind the ones that were there', () => {
    const given = fc.constantFrom('', 'a=1', 'a=1; b', 'COOKIE_1=x;', ' a="b c" ; ', 'xcookie_0=1; cookie=2')
    check(
      fc.property(fitting, given, ({ resolution, request }, cookies) => {
        const outgoing = apply({ ...request, headers: { ...request.headers, cookie: cookies } }, resolution)
        const written = mutationsOf('cookie', resolution)
        const { cookie = '' } = outgoing.headers
        if (written.length === 0) expect(cookie).toBe(cookies)
        for (const { name, value } of written) {
          expect(cookie.split('; ').filter((pair) => pair === `${name}=${value.reveal()}`)).toHaveLength(1)
        }
        expect(cookie.startsWith(cookies.replace(/;? *$/, '').trimStart()) || cookies.startsWith(' ')).toBe(true)
      }),
      1 / 3,
    )
  })

  it('P28 all other parameters and the fragment stay byte-equal and in order', () => {
    check(
      fc.property(fc.oneof(fitting, nasty), ({ resolution, request }) => {
        const { url } = apply(request, resolution)
        const [before, hash] = splitHash(request.url)
        const [after, hashAfter] = splitHash(url)
        expect(hashAfter).toBe(hash)
        expect(after.startsWith(before)).toBe(true)
        const added = after.slice(before.length)
        const texts = mutationsOf('query', resolution).map(
          ({ name, value }) => `${encoded(name)}=${encoded(value.reveal())}`,
        )
        expect(added).toBe(texts.length === 0 ? '' : `${separatorAfter(before)}${texts.join('&')}`)
      }),
    )
  })

  it('P29 the origin of the result is the bound one, or the request is refused', () => {
    const twists = fc.constantFrom<(url: string) => string>(
      (url) => url,
      (url) => url.replace('://', '://evil.example/'),
      (url) => url.replace('://', '://evil.example@'),
      (url) => url.replace('://', ':///'),
      (url) => url.replace('://', ':\\\\'),
      (url) => url.replace('https', 'http'),
      (url) => url.replace('https', 'HTTPS'),
      (url) => url.replace(/(:\/\/[^/?#]*)/, '$1.evil.example'),
      (url) => url.replace(/(:\/\/[^/?#]*)/, '$1:444'),
      (url) => url.replace(/(:\/\/[^/?#]*)/, '$1.'),
      (url) => url.replace(/(:\/\/[^/?#]*)/, '$1\\@evil.example'),
      (url) => url.replace(/(:\/\/[^/?#]*)/, '$1@evil.example'),
      (url) => url.replace(/(:\/\/[^/?#]*)/, '$1%2eevil.example'),
      (url) => url.replace(/(:\/\/[^/?#]*)/, '$1\t.evil.example'),
      (url) => url.replace('api', '\uff41pi'),
      (url) => url.replace('api', 'a\u00adpi'),
      (url) => url.replace('localhost', '127.1'),
      (url) => url.replace('localhost', '2130706433'),
      (url) => url.replace('2001:db8::1', '2001:db8:0::1'),
      (url) => ` ${url}`,
      (url) => `//evil.example/${url}`,
      (url) => url.slice(url.indexOf('//')),
      (url) => `javascript:${url}`,
    )
    const text = fc.string({ unit: fc.constantFrom(...'/\\@:#?.[]%2ea '), maxLength: 6 })
    check(
      fc.property(fitting, twists, text, fc.nat(40), ({ known, resolution, request }, twist, junk, at) => {
        const twisted = twist(request.url)
        const url = `${twisted.slice(0, at)}${junk}${twisted.slice(at)}`
        let result: string
        try {
          result = apply({ ...request, url }, resolution).url
        } catch (error) {
          expect(error).toBeInstanceOf(SecurityError)
          return
        }
        const pattern = String((known.definition['http'] as JsonObject)['baseUrlPattern'])
        // The platform's own parser is the judge: it is what sends the request.
        expect(new URL(result).origin).toBe(new URL(pattern).origin)
        expect(resolution.binding.origin).toBe(new URL(pattern).origin)
        const literal = new URL(pattern.split('{')[0] ?? '').pathname
        expect(new URL(result).pathname.startsWith(literal)).toBe(true)
      }),
    )
  })

  it('P30 an unauthenticated resolution is the identity', () => {
    const inputs = sample.chain((known) =>
      fc.tuple(fc.constant(known), tokensFor(known.names, usableToken), fittingRequest),
    )
    check(
      fc.property(inputs, ([{ definition }, tokens, make]) => {
        const resolution = resolve(definition, tokens, plainOptions(true))
        const request = make(definition)
        if (resolution.outcome !== 'unauthenticated') return
        expect(apply(request, resolution)).toBe(request)
        expect(apply({ ...request, method: 'TRACE', url: 'not a url' }, resolution).url).toBe('not a url')
      }),
    )
  })

  it('P31 applying commutes with unrelated changes of headers and body', () => {
    const unrelated = fc.dictionary(
      fc.constantFrom('Accept', 'X-Unrelated', 'etag', 'valueOf', 'X_Other', 'User-Agent'),
      fc.string({ maxLength: 8 }),
    )
    check(
      fc.property(fitting, unrelated, ({ resolution, request }, more) => {
        const after = apply({ ...request, headers: { ...request.headers, ...more } }, resolution)
        const before = apply(request, resolution)
        expect(after).toEqual({ ...before, headers: { ...before.headers, ...more } })
        expect(apply({ ...request, body: 'other' }, resolution)).toEqual({ ...before, body: 'other' })
      }),
    )
  })

  it('P32 the request grows by exactly the encoded names and values', () => {
    check(
      fc.property(fc.oneof(fitting, nasty), ({ resolution, request }) => {
        const outgoing = apply(request, resolution)
        const query = mutationsOf('query', resolution)
        const text = query.map(({ name, value }) => `${encoded(name)}=${encoded(value.reveal())}`).join('&')
        const [before] = splitHash(request.url)
        const separator = text === '' ? '' : separatorAfter(before)
        expect(outgoing.url.length).toBe(request.url.length + text.length + separator.length)
        const added = Object.keys(outgoing.headers).filter((name) => !Object.hasOwn(request.headers, name))
        const cookies = mutationsOf('cookie', resolution).length > 0 ? ['Cookie'] : []
        expect(added.sort()).toEqual([...mutationsOf('header', resolution).map(({ name }) => name), ...cookies].sort())
        for (const [name, value] of Object.entries(request.headers)) expect(outgoing.headers[name]).toBe(value)
        expect([outgoing.method, outgoing.body]).toEqual([request.method, request.body])
      }),
    )
  })

  it('P32 every mutation is written by apply, and read back by the platform unchanged', () => {
    check(
      fc.property(nasty, ({ resolution, request, header, query, name }) => {
        const outgoing = apply(request, resolution)
        const sent = new Request(outgoing.url, { headers: outgoing.headers, method: 'POST' })
        expect(sent.headers.get('x-key_0')).toBe(header)
        expect(new URL(sent.url).searchParams.get(name)).toBe(query)
        expect(shown(resolution.mutations)).toEqual([
          { kind: 'header', name: 'X-Key_0', value: { secret: header }, requirement: 'h' },
          { kind: 'query', name, value: { secret: query }, requirement: 'q' },
        ])
      }),
      1 / 3,
    )
  })

  it('P30 a resolution that is not ok, or has needs left, never gives a request', () => {
    const inputs = sample.chain((known) =>
      fc.tuple(
        fc.constant(known),
        tokensFor(known.names, fc.oneof(usableToken, fc.constantFrom('', { credentialId: 'c' }))),
        fc.boolean(),
        fittingRequest,
      ),
    )
    check(
      fc.property(inputs, ([{ definition }, tokens, mints, make]: [Sample, object, boolean, MakeRequest]) => {
        const resolution = resolve(compile(definition), tokens, plainOptions(mints))
        if (resolution.ok && resolution.needs.length === 0) return
        const code = resolution.ok ? 'ERR_NEED_UNMET' : 'ERR_NOT_RESOLVED'
        expect(() => apply(make(definition), resolution)).toThrow(expect.objectContaining({ code }))
      }),
      1 / 3,
    )
  })
})

/** What stands between a URL without its fragment and one more parameter. */
function separatorAfter(url: string): string {
  const mark = url.indexOf('?')
  if (mark < 0) return '?'
  return mark === url.length - 1 || url.endsWith('&') ? '' : '&'
}

function splitHash(url: string): readonly [string, string] {
  const hash = url.indexOf('#')
  return hash < 0 ? [url, ''] : [url.slice(0, hash), url.slice(hash)]
}
