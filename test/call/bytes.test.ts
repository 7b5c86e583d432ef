import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ByteEncoding, concatBytes, decodeBytes, encodeBytes, equalBytes, utf8 } from '../../src/bytes.ts'
import { check } from '../properties/settings.ts'

const ENCODINGS: readonly ByteEncoding[] = ['hex', 'base64', 'base64url']
const bytes = fc.uint8Array({ maxLength: 40 })

describe('encodeBytes', () => {
  it.each([
    // RFC 4648 section 10
    ['', '', '', ''],
    ['f', '66', 'Zg==', 'Zg'],
    ['fo', '666f', 'Zm8=', 'Zm8'],
    ['foo', '666f6f', 'Zm9v', 'Zm9v'],
    ['foob', '666f6f62', 'Zm9vYg==', 'Zm9vYg'],
    ['fooba', '666f6f6261', 'Zm9vYmE=', 'Zm9vYmE'],
    ['foobar', '666f6f626172', 'Zm9vYmFy', 'Zm9vYmFy'],
  ])('%j', (text, ...expected) => {
    expect(ENCODINGS.map((encoding) => encodeBytes(utf8(text), encoding))).toEqual(expected)
  })

  it.each(ENCODINGS)('in %s agrees with Node, and decodeBytes is its inverse (property)', (encoding) => {
    check(
      fc.property(bytes, (given) => {
        const text = encodeBytes(given, encoding)
        expect(text).toBe(Buffer.from(given).toString(encoding))
        expect(decodeBytes(text, encoding)).toEqual(given)
      }),
      0.3,
    )
  })

  it('holds a large content', () => {
    const given = new Uint8Array(300_000).map((_, index) => index)
    const text = encodeBytes(given, 'base64url')
    expect(text === Buffer.from(given).toString('base64url')).toBe(true)
    expect(Buffer.from(decodeBytes(text, 'base64url') ?? []).equals(given)).toBe(true)
  })
})

describe('decodeBytes', () => {
  it.each<[ByteEncoding, readonly string[]]>([
    ['hex', ['6', '6g', 'AB', '66 ', ' 66', '66\n', '0x66', '66=']],
    ['base64', ['Zg', 'Zg=', 'Zh==', 'Zg===', '=', '====', 'Zm9v=', 'Zm-v', 'Zm9v\n', 'Z g=', 'Zg==Zg==']],
    [
      'base64url',
      ['Zg==', 'Zg=', 'Zh', 'Zm9', 'Z', 'Zm9vY', 'Zm+v', 'Zm/v', 'Zm9v\n', ' Zm9v', 'Zm9v.', 'Zm9vYmE\u0000', 'Zmé'],
    ],
  ])('%s: one spelling for each content', (encoding, texts) => {
    for (const text of texts) expect(decodeBytes(text, encoding), text).toBeNull()
  })

  it.each(ENCODINGS)('of %s accepts a text only in its one spelling (property)', (encoding) => {
    const text = fc.string({ unit: fc.constantFrom(...'ABCDabcdwxyz0189-_+/= '), maxLength: 8 })
    check(
      fc.property(text, (given) => {
        const canonical = Buffer.from(given, encoding).toString(encoding) === given
        expect(decodeBytes(given, encoding) !== null).toBe(canonical)
      }),
    )
  })
})

describe('concatBytes and equalBytes', () => {
  it('agree with Node (property)', () => {
    check(
      fc.property(fc.array(bytes, { maxLength: 4 }), bytes, bytes, (pieces, one, other) => {
        expect(Buffer.from(concatBytes(pieces)).equals(Buffer.concat(pieces))).toBe(true)
        expect(equalBytes(one, other)).toBe(Buffer.from(one).equals(other))
        expect(equalBytes(one, new Uint8Array(one))).toBe(true)
      }),
      0.3,
    )
  })

  it('see each single bit', () => {
    for (let bit = 0; bit < 32; bit += 1) {
      const changed = new Uint8Array(4)
      changed[bit >> 3] = 1 << (bit & 7)
      expect(equalBytes(new Uint8Array(4), changed)).toBe(false)
    }
  })
})
