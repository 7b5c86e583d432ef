import { describe, expect, it } from 'vitest'
import { apply, fillTemplates, fulfil, resolve, resolveOrThrow, Secret } from '../../src/index.ts'
import type { AuthTokens, Resolution } from '../../src/types.ts'
import { leaksOf, thrownBy } from '../properties/leaks.ts'
import { auth, codeOr, header, option, query, REQUEST, tool } from './tools.ts'

const KINDS = {
  header: header('X-Key'),
  query: query('key'),
  bearer: auth('Bearer'),
  basic: auth('Basic'),
  cookie: { cookieApiKey: { name: 'sid' } },
  signature: { hmacSignature: { headers: { 'X-Signature': '{signature}' } } },
} as const
type KindName = keyof typeof KINDS

function resolved(kind: KindName, token: unknown): Resolution {
  return resolve(tool([option({ k: KINDS[kind] }), {}]), { k: token } as AuthTokens)
}

/** The code with which a token is refused, or the text that is written. */
function verdict(kind: KindName, token: unknown): string | undefined {
  const resolution = resolved(kind, token)
  if (resolution.outcome === 'invalidTokens') return resolution.issues[0]?.code
  return resolution.ok ? resolution.mutations[0]?.value.reveal() : resolution.outcome
}

const EVERYWHERE = Object.keys(KINDS) as KindName[]
const HEADERS = ['header', 'bearer', 'basic'] as const

describe('C. tokens', () => {
  it.each([
    'S3CRET\r\nX-Evil: 1',
    'S3CRET\rX',
    'S3CRET\nX',
    'S3CRET\u0000',
    '\u0000S3CRET',
    'S3\u0007CRET',
    'S3\u007fCRET',
    'S3\u0085CRET',
    'S3\u009fCRET',
  ])('T25 a control character is refused before any platform call, and never quoted: %j', (token) => {
    for (const kind of EVERYWHERE) {
      expect(verdict(kind, token)).toBe('ERR_TOKEN_CONTROL')
      expect(verdict(kind, new Secret(token))).toBe('ERR_TOKEN_CONTROL')
      const definition = tool([option({ k: KINDS[kind] })])
      const error = thrownBy(() => resolveOrThrow(definition, { k: token }))
      expect(leaksOf(error, 'S3CRET')).toEqual([])
      expect((error as Error).message).toContain('`k`')
    }
  })

  it('T25 the same holds for a credential that comes later', () => {
    const resolution = resolve(tool([option({ k: KINDS.header })]), { k: { credentialId: 'c' } }, { tenant: 't' })
    if (!resolution.ok || resolution.needs[0] === undefined) throw new Error('expected a need')
    const [need] = resolution.needs
    const error = thrownBy(() => fulfil(resolution, need, 'S3CRET\r\nX-Evil: 1'))
    expect(error).toMatchObject({ code: 'ERR_TOKENS_INVALID', issues: [{ code: 'ERR_TOKEN_CONTROL' }] })
    expect(leaksOf(error, 'S3CRET')).toEqual([])
  })

  it.each([
    ['a trailing line feed', 'S3CRET\n', 'ERR_TOKEN_CONTROL', 'ERR_TOKEN_CONTROL'],
    ['a trailing line break', 'S3CRET\r\n', 'ERR_TOKEN_CONTROL', 'ERR_TOKEN_CONTROL'],
    ['a trailing space', 'S3CRET ', 'ERR_TOKEN_HEADER', 'S3CRET '],
    ['a leading space', ' S3CRET', 'ERR_TOKEN_HEADER', ' S3CRET'],
    ['a trailing tab', 'S3CRET\t', 'ERR_TOKEN_HEADER', 'ERR_TOKEN_CONTROL'],
    ['only a space', ' ', 'ERR_TOKEN_HEADER', ' '],
    ['a no-break space', 'S3CRET\u00a0', 'ERR_TOKEN_HEADER', 'S3CRET\u00a0'],
  ])('T26 nothing is trimmed: %s', (_, token, inHeader, inQuery) => {
    for (const kind of HEADERS) expect(verdict(kind, token)).toBe(inHeader)
    expect(verdict('query', token)).toBe(inQuery)
  })

  it('T26 a space or tab between other characters stays', () => {
    expect(verdict('header', 'a b\tc')).toBe('a b\tc')
    expect(verdict('bearer', 'a b')).toBe('Bearer a b')
    expect(verdict('query', 'a b')).toBe('a b')
  })

  it.each(['é', '€', '\u212A', '𝒳', '\u2028', '\ufeff', '\u00a0'])(
    'T27 no header takes %j, a query does',
    (character) => {
      for (const kind of HEADERS) expect(verdict(kind, `a${character}b`)).toBe('ERR_TOKEN_HEADER')
      const resolution = resolved('query', `a${character}b`)
      const { url } = apply(REQUEST, resolution)
      expect(new URL(url).searchParams.get('key')).toBe(`a${character}b`)
    },
  )

  it.each(['u:p', 'dTpw:', 'dTpw=x', '=', 'dT pw', 'dTpw\u00e9', '"dTpw"'])(
    'T28 a Basic token that is not token68 is refused: %j',
    (token) => {
      expect(['ERR_TOKEN_BASIC', 'ERR_TOKEN_HEADER']).toContain(verdict('basic', token))
    },
  )

  it('T28 an encoded credential is written as it is, never encoded again', () => {
    expect(verdict('basic', 'dGVzdDoxMjPCow==')).toBe('Basic dGVzdDoxMjPCow==')
    expect(verdict('basic', 'dTo=')).toBe('Basic dTo=')
    expect(verdict('basic', 'a-._~+/b')).toBe('Basic a-._~+/b')
    const lower = resolve(tool([option({ k: auth('bAsIc') })]), { k: 'u:p' })
    expect(lower).toMatchObject({ issues: [{ code: 'ERR_TOKEN_BASIC' }] })
  })

  it.each(['Bearer x', 'bearer x', 'BEARER  x'])('T28 a token that repeats its auth-scheme is refused: %j', (token) => {
    expect(verdict('bearer', token)).toBe('ERR_TOKEN_SCHEME')
    expect(verdict('header', token)).toBe(token)
    expect(verdict('bearer', 'Bearer')).toBe('Bearer Bearer')
    expect(verdict('bearer', 'Bearerx')).toBe('Bearer Bearerx')
    expect(verdict('basic', 'Basic dTpw')).toBe('ERR_TOKEN_SCHEME')
  })

  it.each(['\ud800', 'a\udc00', '\udc00\ud800', 'a\ud800b'])(
    'T29 an ill-formed text is refused everywhere: %j',
    (token) => {
      for (const kind of EVERYWHERE) expect(verdict(kind, token)).toBe('ERR_TOKEN_ILL_FORMED')
      expect(verdict('query', { credentialId: token })).toBe('ERR_TOKEN_ILL_FORMED')
      expect(() => fillTemplates({ k: '{{a}}' }, { a: token })).not.toThrow()
    },
  )

  it('T29 a pair of surrogates is a character', () => {
    const { url } = apply(REQUEST, resolved('query', 'a\ud83d\ude00b'))
    expect(url).toBe('https://api.example.com/v1?key=a%F0%9F%98%80b')
  })

  it.each([
    ['a number', 123],
    ['a bigint', 1n],
    ['a boolean', true],
    ['an array', ['a', 'b']],
    ['an array of one', ['a']],
    ['an object', { token: 'a' }],
    ['a String object', new String('a')],
    ['an object with toString', { toString: () => 'a' }],
    ['an object with toPrimitive', { [Symbol.toPrimitive]: () => 'a' }],
    ['a symbol', Symbol('a')],
    ['a function', () => 'a'],
    ['a date', new Date(0)],
    ['a typed array', new Uint8Array([97])],
    ['a reference with more', { credentialId: 'a', other: 1 }],
    ['a reference that is no text', { credentialId: 5 }],
    ['an array that looks like a reference', Object.assign([], { credentialId: 'a' })],
    ['a promise', Promise.resolve('a')],
  ])('T30 nothing is coerced into a token: %s', (_, token) => {
    for (const kind of EVERYWHERE) {
      // A signature takes a list of secrets: nothing is coerced there, either.
      if (kind === 'signature' && Array.isArray(token) && Object.keys(token).every((key) => /^\d$/.test(key))) continue
      expect(verdict(kind, token)).toBe('ERR_TOKEN_TYPE')
    }
  })

  it('T30 a Secret that gives no text, or throws, is refused', () => {
    const broken = (reveal: () => unknown): object => Object.assign(new Secret('x'), { reveal })
    expect(
      verdict(
        'header',
        broken(() => 5),
      ),
    ).toBe('ERR_TOKEN_TYPE')
    expect(
      verdict(
        'header',
        broken(() => new String('a')),
      ),
    ).toBe('ERR_TOKEN_TYPE')
    expect(
      verdict(
        'header',
        broken(() => {
          throw new Error('S3CRET')
        }),
      ),
    ).toBe('ERR_TOKEN_UNREADABLE')
  })

  it.each([
    '{x}',
    '{{x}}',
    '\u0024{x}',
    '$&',
    "$`$'$1$$",
    '%s%d',
    '{id}',
    '\\u0041',
    '&amp;',
    '%41',
    '<%= x %>',
    '#{x}',
  ])('T31 text inside a token is data: %s', (token) => {
    expect(verdict('header', token)).toBe(token)
    const outgoing = apply({ ...REQUEST, url: 'https://api.example.com/v1' }, resolved('query', token))
    expect(new URL(outgoing.url).searchParams.get('key')).toBe(token)
    const names = tool([option({ [token]: header('X-Key') })])
    expect(resolve(names, { [token]: token })).toMatchObject({ outcome: 'authenticated' })
    expect(resolve(names, {})).toMatchObject({ missing: [{ names: [token] }] })
  })

  it('T31 what a template brings in is not expanded again, nor read as a replacement pattern', () => {
    const filled = fillTemplates({ k: 'a{{v}}b{{v}}' }, { v: '$&{{v}}$1' })
    if (!filled.ok) throw new Error('expected it to be filled')
    expect((filled.value['k'] as Secret).reveal()).toBe('a$&{{v}}$1b$&{{v}}$1')
  })

  it('T31 a template that was left in a token is told, and sent as it is', () => {
    const resolution = resolved('header', '{{tenantKey}}')
    expect(resolution.notices.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual([
      'NOTE_TEMPLATE_LEFT /authTokens/k',
    ])
  })

  it.each([
    ['ASCII', 'a', 16_384],
    ['two bytes', 'é', 8_192],
    ['three bytes', '€', 5_461],
    ['four bytes', '𝒳', 4_096],
  ])('T32 16,384 bytes of UTF-8 are the limit: %s', (_, character, count) => {
    expect(verdict('query', character.repeat(count))).toBe(character.repeat(count))
    expect(verdict('query', character.repeat(count + 1))).toBe('ERR_TOKEN_TOO_LONG')
    expect(verdict('query', character.repeat(1_000_000))).toBe('ERR_TOKEN_TOO_LONG')
  })

  it('T32 a long token for a header is refused for its length before anything else but its form', () => {
    expect(verdict('header', `${'a'.repeat(16_384)}\n`)).toBe('ERR_TOKEN_TOO_LONG')
    expect(verdict('header', `${'a'.repeat(16_384)}\ud800`)).toBe('ERR_TOKEN_ILL_FORMED')
    expect(verdict('header', 'a'.repeat(16_384))).toHaveLength(16_384)
  })

  it('C. the code of a token does not depend on the order of the options that use it', () => {
    const [one, other] = [option({ k: header('X-Key') }), option({ k: query('key') })]
    const codes = [
      [one, other],
      [other, one],
    ].map((options) => {
      const resolution = resolve(tool(options), { k: 'é\t' })
      return resolution.outcome === 'invalidTokens' ? resolution.issues[0]?.code : resolution.outcome
    })
    // The first rule of the table that the token breaks anywhere.
    expect(codes).toEqual(['ERR_TOKEN_CONTROL', 'ERR_TOKEN_CONTROL'])
  })

  it('C. tokens that are no plain object are refused as a whole', () => {
    const definition = tool([option({ k: header('X-Key') }), {}])
    for (const tokens of [null, [], 'k', 5, new Map([['k', 'v']]), new Date(0), () => 'k', Object.create({ k: 'v' })]) {
      expect(resolve(definition, tokens as never)).toMatchObject({
        outcome: 'invalidTokens',
        issues: [{ code: 'ERR_TOKENS_TYPE', pointer: '/authTokens' }],
      })
    }
  })

  it('C. templates are filled in plain objects only: no token is lost on the way', () => {
    class Tokens {
      k = 'v'
    }
    for (const tokens of [
      new Map([['k', 'v']]),
      new Set(['k']),
      new Tokens(),
      Object.create({ k: 'v' }),
      null,
      [],
      'k',
    ]) {
      expect(codeOr(() => fillTemplates(tokens as never, {}))).toMatchObject({
        ok: false,
        issues: [{ code: 'ERR_TOKENS_TYPE', pointer: '/authTokens' }],
      })
    }
  })
})
