import { describe, expect, it } from 'vitest'
import { SecurityError } from '../../src/errors.ts'
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
    ['null', null, 'expected the options as an object'],
    ['an array', [], 'expected the options as an object'],
    ['a text', 'mode', 'expected the options as an object'],
    ['a function', () => 1, 'expected the options as an object'],
  ])('refuses %s', (_, options, message) => {
    expect(() => read(options)).toThrow(new SecurityError('ERR_ARGUMENT_INVALID', { message }))
  })

  it('drops what a getter throws', () => {
    const options = {
      get mode(): never {
        throw new Error('quoted')
      },
    }
    expect(() => read(options)).toThrow('the options could not be read')
    expect(() => read(new Proxy({}, { ownKeys: () => 5 as never }))).toThrow('the options could not be read')
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
