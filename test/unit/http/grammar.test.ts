import { describe, expect, it } from 'vitest'
import {
  fitsUtf8,
  foldHeaderName,
  hasControl,
  hasControlExceptTab,
  isFieldValue,
  isSteeringHeader,
  isToken,
  isToken68,
} from '../../../src/http/grammar.ts'

describe('isToken', () => {
  it.each(['a', 'X-Api-Key', 'x_y', "!#$%&'*+-.^_`|~", '0', '__proto__'])('takes %s', (text) => {
    expect(isToken(text)).toBe(true)
  })

  it.each([
    '',
    ' ',
    'a b',
    'a\t',
    'a:',
    'a/b',
    'a@b',
    '(a)',
    'a,b',
    'a;b',
    '<a>',
    '"a"',
    '[a]',
    '{a}',
    'a\\b',
    'é',
    '\u212A',
    'a\n',
    'a\u0000',
    '\u007f',
  ])('refuses %j', (text) => {
    expect(isToken(text)).toBe(false)
  })
})

describe('isFieldValue', () => {
  it.each(['a', 'a b', 'a\tb', '!', '~', 'a  \t b', '"quoted, text"'])('takes %j', (text) => {
    expect(isFieldValue(text)).toBe(true)
  })

  it.each(['', ' ', '\t', ' a', 'a ', 'a\t', '\ta', 'a\nb', 'a\r\n b', 'a\u0000b', 'é', 'a\u007fb', '\u0080', 'a\n'])(
    'refuses %j',
    (text) => {
      expect(isFieldValue(text)).toBe(false)
    },
  )
})

describe('isToken68', () => {
  it.each(['dTpw', 'dTo=', 'a==', 'A-._~+/z', '0'])('takes %s', (text) => {
    expect(isToken68(text)).toBe(true)
  })

  it.each(['', '=', 'a=b', 'a b', 'a:', 'é', 'a=\n'])('refuses %j', (text) => {
    expect(isToken68(text)).toBe(false)
  })
})

describe('controls', () => {
  it('are U+0000 to U+001F and U+007F to U+009F', () => {
    const controls = Array.from({ length: 0x120 }, (_, code) => code).filter((code) =>
      hasControl(String.fromCharCode(code)),
    )
    expect(controls).toEqual([...range(0, 0x1f), ...range(0x7f, 0x9f)])
  })

  it('leave out the tab where a header may hold one', () => {
    const controls = Array.from({ length: 0x120 }, (_, code) => code).filter((code) =>
      hasControlExceptTab(String.fromCharCode(code)),
    )
    expect(controls).toEqual([...range(0, 8), ...range(0xa, 0x1f), ...range(0x7f, 0x9f)])
  })
})

describe('isSteeringHeader', () => {
  it.each([
    'Host',
    'HOST',
    'Connection',
    'keep-alive',
    'Keep_Alive',
    'TE',
    'Trailer',
    'transfer_encoding',
    'Upgrade',
    'Content-Length',
    'expect',
    'Proxy-Authorization',
    'proxy_x',
    'Proxy-',
  ])('knows %s', (name) => {
    expect(isSteeringHeader(name)).toBe(true)
  })

  it.each(['Hosts', 'X-Host', 'Proxy', 'proxys', 'Content-Type', 'Authorization', 'Cookie', 'TEE'])(
    'lets %s be',
    (name) => {
      expect(isSteeringHeader(name)).toBe(false)
    },
  )
})

describe('foldHeaderName', () => {
  it.each([
    ['X-Api_Key', 'x-api-key'],
    ['abc-123', 'abc-123'],
    ['_', '-'],
    ['', ''],
    ['ABCXYZ', 'abcxyz'],
    ['\u212Aey', '\u212Aey'],
    ['É', 'É'],
    ['x~Y', 'x~y'],
  ])('folds %s to %s', (name, folded) => {
    expect(foldHeaderName(name)).toBe(folded)
  })
})

describe('fitsUtf8', () => {
  it.each([
    ['', 0, true],
    ['a', 0, false],
    ['aaaa', 4, true],
    ['aaaaa', 4, false],
    ['éé', 4, true],
    ['éé', 3, false],
    ['€', 3, true],
    ['€', 2, false],
    ['𝒳', 4, true],
    ['𝒳', 3, false],
    ['a\u07ff\u0800', 6, true],
    ['a\u07ff\u0800', 5, false],
  ])('%j in %d bytes: %s', (text, limit, fits) => {
    expect(fitsUtf8(text, limit)).toBe(fits)
    expect(new TextEncoder().encode(text).length <= limit).toBe(fits)
  })
})

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
