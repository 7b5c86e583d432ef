import { crc32 as nodeCrc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32, makeKey, parseKey, publicKeyId } from '../../src/inbound/key-format.ts'
import { check } from '../properties/settings.ts'

const SPELLING = /^acme_[0-9A-Za-z]{12}_[0-9A-Za-z]{36}$/

/** The rule of GitHub's tokens, written once more: CRC-32 in base 62, padded with zeros. */
function checksumOf(text: string): string {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  let rest = BigInt(nodeCrc32(text))
  let shown = ''
  for (; rest > 0n; rest /= 62n) shown = `${digits[Number(rest % 62n)]}${shown}`
  return shown.padStart(6, '0')
}

describe('T81 the checksum refuses typos', () => {
  it('the CRC-32 has its check value', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926)
  })

  it('the CRC-32 is that of zlib', () => {
    check(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => crc32(bytes) === nodeCrc32(bytes)))
  })

  it('the token that GitHub published follows the same rule', () => {
    // It was revoked; its CRC covers the 30 characters behind the prefix.
    const [, body = '', checksum] = /^ghp_(.{30})(.{6})$/.exec('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') ?? []
    expect(checksumOf(body)).toBe(checksum)
  })

  it('keys have the documented form, their own checksum and never the same text', () => {
    const keys = Array.from({ length: 500 }, () => makeKey('acme'))
    for (const { id, text } of keys) {
      expect(text).toMatch(SPELLING)
      expect(text.split('_')[1]).toBe(id)
      expect(text.slice(-6)).toBe(checksumOf(text.slice(0, -6)))
      expect(parseKey(text, 'acme')).toEqual({ id, text })
    }
    expect(new Set(keys.map(({ text }) => text)).size).toBe(keys.length)
    expect(new Set(keys.map(({ id }) => id)).size).toBe(keys.length)
  })

  it('every one of the 62 digits is used about as often as any other', () => {
    const counts = new Map<string, number>()
    const texts = Array.from({ length: 3000 }, () => makeKey('acme').text.slice(18, 48))
    for (const digit of texts.join('')) counts.set(digit, (counts.get(digit) ?? 0) + 1)
    expect(counts.size).toBe(62)
    // 90,000 digits, 1,452 of each, deviate by 38. With `byte % 62` of every byte, eight digits would have 1,758.
    for (const count of counts.values()) expect(Math.abs(count - 90_000 / 62)).toBeLessThan(250)
  })

  it('any one character changed, left out or added is no key', () => {
    const { text } = makeKey('acme')
    const character = fc.constantFrom(...'09AZaz_-. é')
    check(
      fc.property(fc.nat(text.length - 1), character, (at, other) => {
        fc.pre(text[at] !== other)
        expect(parseKey(text.slice(0, at) + other + text.slice(at + 1), 'acme')).toBeNull()
        expect(parseKey(text.slice(0, at) + text.slice(at + 1), 'acme')).toBeNull()
        expect(parseKey(text.slice(0, at) + other + text.slice(at), 'acme')).toBeNull()
      }),
    )
  })

  it('any text is read without an exception', () => {
    check(fc.property(fc.string({ unit: 'binary' }), (text) => parseKey(`acme_${text}`, 'acme') === null))
  })

  it.each([
    ['acme_0123456789ab_secret', '0123456789ab'],
    ['acme_0123456789ab_', '0123456789ab'],
    ['acme_0123456789ab', null],
    ['acme_0123456789a_secret', null],
    ['acme_0123456789ab_se_cret', null],
    ['acmf_0123456789ab_secret', null],
    ['acme_0123456789a\n_secret', null],
    ['acme_0123456789ab_secret\n', null],
    ['', null],
  ])('the public id of %j is %j', (text, id) => {
    expect(publicKeyId(text, 'acme')).toBe(id)
  })
})
