import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMask } from '../../src/cli/sign/mask.ts'
import { readHeaderLine, readMessage } from '../../src/cli/sign/message.ts'
import { CouldNotRun } from '../../src/cli/terminal/failure.ts'
import { check } from '../properties/settings.ts'
import { BODY_ONLY } from './messages.ts'

const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,9}$/)
const value = fc.stringMatching(/^(?:[!-~](?:[ -~]{0,20}[!-~])?)?$/)

function write(lineBreak: string, lines: readonly string[], body: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from([...lines, '', ''].join(lineBreak)), body])
}

describe('a request in a file', () => {
  it('is read as it was written, its body to the last byte: parse ∘ write = id', () => {
    const headers = fc.uniqueArray(fc.tuple(token, value), { selector: ([name]) => name.toLowerCase(), maxLength: 5 })
    const lineBreak = fc.constantFrom('\n', '\r\n')
    const message = fc.tuple(token, fc.webPath(), headers, fc.uint8Array({ maxLength: 40 }), lineBreak)
    check(
      fc.property(message, ([method, path, pairs, body, end]) => {
        const lines = [`${method} /${path} HTTP/1.1`, ...pairs.map(([name, text]) => `${name}: ${text}`)]
        const read = readMessage(write(end, lines, body), 'm.http')
        expect({ ...read, headers: { ...read.headers } }).toEqual({
          method,
          target: `/${path}`,
          headers: Object.fromEntries(pairs),
          body,
        })
      }),
    )
  })

  it('of any bytes is read, or is no request: nothing else is thrown, and nothing of it is quoted', () => {
    const start = fc.constantFrom('', 'POST / HTTP/1.1\r\n', 'POST / HTTP/1.1\r\nHost: a\r\n')
    check(
      fc.property(start, fc.uint8Array({ maxLength: 60 }), (text, bytes) => {
        try {
          readMessage(Buffer.concat([Buffer.from(text), bytes]), 'm.http')
        } catch (error) {
          if (!(error instanceof CouldNotRun)) throw error
          expect(error.message).toMatch(
            /^m\.http: (?:line \d+ is no (?:header|request line)|its body is sent in chunks)$/,
          )
        }
      }),
      0.2,
    )
  })

  it.each([
    ['header twice', 'A: 1\r\na: 2\r\n', { A: ['1', '2'] }],
    ['blanks around the value', 'A:\t 1 \t\r\n', { A: '1' }],
    ['no value', 'A:\r\n', { A: '' }],
    ['a name of the prototype', '__proto__: 1\r\n', JSON.parse('{"__proto__": "1"}')],
    ['Latin-1', 'A: \xe9\r\n', { A: 'é' }],
  ])('%s', (_, lines, headers) => {
    const bytes = Buffer.from(`POST / HTTP/1.1\r\n${lines}\r\nx`, 'latin1')
    expect({ ...readMessage(bytes, 'm').headers }).toEqual(headers)
  })

  it.each([
    ['a folded line', 'A: 1\r\n  2\r\n'],
    ['a blank before the colon', 'A : 1\r\n'],
    ['no colon', 'A\r\n'],
    ['a carriage return inside', 'A: 1\r2\r\n'],
    ['a NUL inside', 'A: 1\0\r\n'],
  ])('%s is no header', (_, lines) => {
    expect(() => readMessage(Buffer.from(`POST / HTTP/1.1\r\n${lines}\r\nx`), 'm')).toThrow('m: line')
  })

  it('may end with its head', () => {
    expect(readMessage(Buffer.from('GET /a HTTP/1.1\nHost: a.example\n'), 'm').body).toEqual(new Uint8Array())
    expect(readMessage(Buffer.from('GET /a'), 'm')).toMatchObject({ method: 'GET', target: '/a' })
  })
})

describe('bytes that are shown', () => {
  const mask = createMask(['a-secret-of-16-bytes'], BODY_ONLY)

  it('hold no control but LF, and the very bytes beside it', () => {
    check(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const { text, base64, length } = mask.bytes(bytes)
        expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/)
        expect(new Uint8Array(Buffer.from(base64 ?? '', 'base64'))).toEqual(bytes)
        expect(length).toBe(bytes.length)
      }),
      0.2,
    )
  })

  it('are well-formed UTF-8 as text, and each other byte as an escape', () => {
    check(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'é', '€', '🔑', '\n') }), (text) => {
        expect(mask.text(text)).toBe(text)
        expect(mask.bytes(Buffer.concat([Buffer.from(text), Buffer.of(0xff), Buffer.from(text)])).text).toBe(
          `${text}\\xff${text}`,
        )
      }),
      0.2,
    )
  })

  it.each([
    ['an overlong slash', [0xc0, 0xaf], '\\xc0\\xaf'],
    ['a surrogate', [0xed, 0xa0, 0x80], '\\xed\\xa0\\x80'],
    ['beyond Unicode', [0xf4, 0x90, 0x80, 0x80], '\\xf4\\x90\\x80\\x80'],
    ['half a character', [0xe2, 0x82], '\\xe2\\x82'],
    ['an odd byte after a character', [0xe2, 0x82, 0xac, 0x80], '€\\x80'],
  ])('%s', (_, bytes, text) => {
    expect(mask.bytes(Uint8Array.from(bytes)).text).toBe(text)
  })

  it('lose every copy of the secret, also where two overlap', () => {
    const twice = createMask(['aaaaaaaa'], BODY_ONLY)
    expect(twice.bytes(Buffer.from(`x${'a'.repeat(17)}y`))).toEqual({
      text: 'x[secret][secret]ay',
      base64: null,
      length: 19,
    })
    expect(mask.bytes(Buffer.from('a-secret-of-16-bytes')).base64).toBe(null)
  })
})

describe('a header line', () => {
  it.each([
    ['a: b', ['a', 'b']],
    ['a:b', ['a', 'b']],
    ['a:\t b \t', ['a', 'b']],
    ['a: b  c:d ', ['a', 'b  c:d']],
    ['a:', ['a', '']],
    ['a: \t ', ['a', '']],
    ['a', null],
    ['', null],
    [': b', null],
    ['a b: c', null],
    ['a: b\0c', null],
  ])('%j is %j', (line, expected) => {
    expect(readHeaderLine(line)).toEqual(expected)
  })

  it('with many blanks inside is read in linear steps', () => {
    const timeOf = (length: number): number => {
      const start = performance.now()
      expect(readHeaderLine(`a: ${' b'.repeat(length / 4)}${' '.repeat(length)}c`)?.[1].length).toBeGreaterThan(length)
      return performance.now() - start
    }
    const small = Math.min(timeOf(20_000), timeOf(20_000), timeOf(20_000))
    // Twenty times the input: quadratic work would take 400 times as long.
    expect(timeOf(400_000)).toBeLessThan(100 * small + 50)
  })
})
