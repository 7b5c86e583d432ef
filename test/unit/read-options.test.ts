import { describe, expect, it } from 'vitest'
import { isString, readOptions } from '../../src/read-options.ts'

const ALLOWED = { mode: ['a', 'b'], text: isString }
const read = (options: unknown): unknown => readOptions(options, ALLOWED)

describe('readOptions', () => {
  it('copies what is allowed, without a prototype', () => {
    const options = { mode: 'a', text: 'x' }
    expect(read(options)).toEqual({ mode: 'a', text: 'x' })
    expect(Object.getPrototypeOf(read(options))).toBeNull()
    expect(read(undefined)).toEqual({})
    expect(read({ mode: undefined })).toEqual({})
    expect(read(Object.create(null))).toEqual({})
    expect(read({ [Symbol('mode')]: 1 })).toEqual({})
  })

  it.each([
    ['an unknown option', { modes: 'a' }, 'unknown option `modes`'],
    ['an inherited name', { toString: 'a' }, 'unknown option `toString`'],
    ['an ill-formed name', { '\ud800': 'a' }, 'unknown option `\ufffd`'],
    ['a value that is not listed', { mode: 'c' }, 'option `mode` has a value that is not allowed'],
    ['a value of another type', { mode: ['a'] }, 'option `mode` has a value that is not allowed'],
    ['null for a value', { mode: null }, 'option `mode` has a value that is not allowed'],
    ['a value that fails its test', { text: 5 }, 'option `text` has a value that is not allowed'],
    ['null', null, expect.stringMatching(/^expected the options as an? (?:plain )?object$/)],
    ['an array', [], expect.stringMatching(/^expected the options as an? (?:plain )?object$/)],
    ['a text', 'mode', expect.stringMatching(/^expected the options as an? (?:plain )?object$/)],
    ['a function', () => 1, expect.stringMatching(/^expected the options as an? (?:plain )?object$/)],
  ])('refuses %s', (_, options, message) => {
    expect(() => read(options)).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID', message }))
  })

  it('drops what a getter throws', () => {
    const options = {
      get mode(): never {
        throw new Error('quoted')
      },
    }
    const proxy = new Proxy({}, { ownKeys: () => 5 as never })
    for (const one of [options, proxy]) {
      expect(() => read(one)).toThrow(
        expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID', message: expect.not.stringContaining('quoted') }),
      )
    }
  })

  it('refuses what holds its options where they are not seen', () => {
    class Options {
      get mode(): string {
        return 'a'
      }
    }
    for (const options of [new Map([['mode', 'a']]), new Options(), Object.create({ mode: 'a' })]) {
      expect(() => read(options)).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' }))
    }
  })
})

it('isString knows texts only', () => {
  expect(['', 'a', new String('a'), 1, null, undefined].map(isString)).toEqual([true, true, false, false, false, false])
})
