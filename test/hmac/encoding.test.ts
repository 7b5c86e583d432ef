import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ByteEncoding, concatBytes, decodeBytes, encodeBytes, equalBytes, utf8 } from '../../src/bytes.ts'
import { decodeSecret } from '../../src/kinds/signature-secret.ts'
import type { HmacForm } from '../../src/types.ts'
import { check } from '../properties/settings.ts'

const ENCODINGS: readonly ByteEncoding[] = ['hex', 'base64', 'base64url']
const bytes = fc.uint8Array({ maxLength: 80 })

describe('encodeBytes and decodeBytes', () => {
  it('write bytes as node:buffer does', () => {
    check(
      fc.property(bytes, fc.constantFrom(...ENCODINGS), (value, encoding) => {
        expect(encodeBytes(value, encoding)).toBe(Buffer.from(value).toString(encoding))
      }),
    )
  })

  it('read back what they write: decode ∘ encode = id', () => {
    check(
      fc.property(bytes, fc.constantFrom(...ENCODINGS), (value, encoding) => {
        expect(decodeBytes(encodeBytes(value, encoding), encoding)).toEqual(new Uint8Array(value))
      }),
    )
  })

  it('read no other spelling: encode ∘ decode = id, where decode answers at all', () => {
    const near = fc.tuple(bytes, fc.constantFrom(...ENCODINGS), fc.nat(), fc.string({ maxLength: 2, unit: 'binary' }))
    check(
      fc.property(near, fc.boolean(), ([value, encoding, at, junk], replaced) => {
        const text = encodeBytes(value, encoding)
        const place = at % (text.length + 1)
        const altered = text.slice(0, place) + junk + text.slice(place + (replaced ? junk.length : 0))
        for (const each of ENCODINGS) {
          const read = decodeBytes(altered, each)
          if (read !== null) expect(encodeBytes(read, each)).toBe(altered)
        }
      }),
    )
  })

  it.each<readonly [ByteEncoding, string, readonly number[] | null]>([
    ['hex', '', []],
    ['hex', '00ff', [0, 255]],
    ['hex', '00FF', null],
    ['hex', '00f', null],
    ['hex', '00ffzz', null],
    ['hex', '00ff\n', null],
    ['hex', '\n00ff', null],
    ['hex', ' 00ff', null],
    ['hex', '0x00ff', null],
    ['hex', '００', null],
    ['base64', '', []],
    ['base64', 'AA==', [0]],
    ['base64', 'AP8=', [0, 255]],
    ['base64', 'AAAA', [0, 0, 0]],
    ['base64', '+/+/', [251, 255, 191]],
    ['base64', 'AA', null],
    ['base64', 'AA=', null],
    ['base64', 'AAA', null],
    ['base64', 'A', null],
    ['base64', 'AA===', null],
    ['base64', '====', null],
    ['base64', '=AAA', null],
    ['base64', 'AB==', null],
    ['base64', 'AP9=', null],
    ['base64', '-_-_', null],
    ['base64', 'AA==\n', null],
    ['base64', 'AA ==', null],
    ['base64', 'AA!!', null],
    ['base64', 'AA==AA==', null],
    ['base64url', '', []],
    ['base64url', 'AA', [0]],
    ['base64url', 'AP8', [0, 255]],
    ['base64url', '-_-_', [251, 255, 191]],
    ['base64url', 'AA==', null],
    ['base64url', 'A', null],
    ['base64url', 'AAAAA', null],
    ['base64url', 'AB', null],
    ['base64url', 'AP9', null],
    ['base64url', '+/+/', null],
    ['base64url', 'AA\n', null],
  ])('T74 %s %j is %j', (encoding, text, expected) => {
    const read = decodeBytes(text, encoding)
    expect(read === null ? null : [...read]).toEqual(expected)
  })
})

describe('decodeSecret', () => {
  const HEX = '000102fdfeff'
  const BASE64 = 'AAEC/f7/'
  const ODD = 'AAEC/f7/+w=='
  it.each<readonly [string, Pick<HmacForm, 'key' | 'keyPrefix'>, unknown, string | null]>([
    ['utf8 by default', {}, 'abc', '616263'],
    ['utf8 beyond ASCII', { key: 'utf8' }, 'é🔑', 'c3a9f09f9491'],
    ['utf8 keeps white space', {}, ' a\n', '20610a'],
    ['nothing', {}, '', null],
    ['a number', {}, 5, null],
    ['undefined', {}, undefined, null],
    ['a lone surrogate', {}, 'a\ud800', null],
    ['hex', { key: 'hex' }, HEX, HEX],
    ['hex in upper case', { key: 'hex' }, HEX.toUpperCase(), HEX],
    ['hex of an odd length', { key: 'hex' }, '123', null],
    ['hex with other letters', { key: 'hex' }, '12zz', null],
    ['empty hex', { key: 'hex' }, '', null],
    ['base64', { key: 'base64' }, BASE64, HEX],
    ['base64 with padding', { key: 'base64' }, ODD, `${HEX}fb`],
    ['base64 without its padding', { key: 'base64' }, ODD.replaceAll('=', ''), `${HEX}fb`],
    ['base64 with junk', { key: 'base64' }, `${BASE64}!!!!`, null],
    ['base64 with white space', { key: 'base64' }, `${BASE64}\n`, null],
    ['base64 of one character', { key: 'base64' }, 'A', null],
    ['base64 with spare bits', { key: 'base64' }, 'AB', null],
    ['base64 with padding inside', { key: 'base64' }, `AA==${BASE64}`, null],
    ['base64url under base64', { key: 'base64' }, '-_-_', null],
    ['only padding', { key: 'base64' }, '==', null],
    ['base64 with padding of five', { key: 'base64' }, 'AA=====', null],
    ['base64url with padding of three', { key: 'base64url' }, 'AA===', null],
    ['base64url', { key: 'base64url' }, '-_-_', 'fbffbf'],
    ['base64url with padding', { key: 'base64url' }, 'AA==', '00'],
    ['base64 under base64url', { key: 'base64url' }, '+/+/', null],
    ['a prefix', { keyPrefix: 'whsec_' }, 'whsec_abc', '616263'],
    ['a prefix that is not there', { keyPrefix: 'whsec_' }, 'abc', '616263'],
    ['a prefix, dropped once', { keyPrefix: 'a' }, 'aab', '6162'],
    ['a prefix alone', { keyPrefix: 'whsec_' }, 'whsec_', null],
    ['a prefix in other letters', { keyPrefix: 'whsec_', key: 'hex' }, 'WHSEC_00', null],
    ['a prefix inside', { keyPrefix: 'b' }, 'abc', '616263'],
    ['a prefix before base64', { keyPrefix: 'whsec_', key: 'base64' }, `whsec_${BASE64}`, HEX],
  ])('%s', (_, form, secret, expected) => {
    const read = decodeSecret(secret, form)
    expect(read === null ? null : Buffer.from(read).toString('hex')).toBe(expected)
  })

  it('gives the bytes of a key, however it is written', () => {
    check(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 80 }), fc.constantFrom(...ENCODINGS), (value, key) => {
        expect(decodeSecret(Buffer.from(value).toString(key), { key })).toEqual(new Uint8Array(value))
      }),
    )
  })
})

describe('bytes', () => {
  it('are joined in order', () => {
    expect(concatBytes([])).toEqual(new Uint8Array())
    expect(concatBytes([utf8('a'), new Uint8Array(), utf8('é')])).toEqual(Uint8Array.of(0x61, 0xc3, 0xa9))
  })

  it('are equal exactly when every byte is', () => {
    check(
      fc.property(bytes, bytes, fc.nat(), (a, b, at) => {
        expect(equalBytes(a, b)).toBe(Buffer.compare(a, b) === 0)
        expect(equalBytes(a, Uint8Array.from(a))).toBe(true)
        if (a.length === 0) return
        const changed = Uint8Array.from(a, (byte, index) => (index === at % a.length ? byte ^ (1 << (at % 8)) : byte))
        expect(equalBytes(a, changed)).toBe(false)
      }),
    )
  })
})
