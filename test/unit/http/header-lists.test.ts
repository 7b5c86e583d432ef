import { describe, expect, it } from 'vitest'
import { headerLists } from '../../../src/http/header-lists.ts'
import { SecurityError } from '../../../src/index.ts'
import { HOSTILE } from '../../properties/hostile.ts'

const PAIRS: readonly (readonly [string, string])[] = [
  ['X-Key', 'a'],
  ['Set-Cookie', 'b=1'],
  ['set-cookie', 'c=2'],
]

describe('headers of any shape', () => {
  it.each([
    ['Headers', new Headers(PAIRS as [string, string][])],
    ['pairs', PAIRS],
    ['a map', new Map<string, unknown>([...PAIRS.slice(0, 1), ['SET-COOKIE', ['b=1', 'c=2']]])],
    ['a record', { 'x-key': 'a', 'Set-Cookie': ['b=1'], 'set-cookie': 'c=2', gone: undefined }],
    ['an iterator of its own', { [Symbol.iterator]: () => PAIRS[Symbol.iterator]() }],
  ])('%s', (_, headers) => {
    expect(Object.fromEntries(headerLists(headers))).toEqual({ 'x-key': ['a'], 'set-cookie': ['b=1', 'c=2'] })
  })

  it.each([
    ['texts in turn, as `rawHeaders`', ['X-Key', 'a']],
    ['pairs without a name', [[undefined, 'a']]],
    ['an iterator of anything', new Set([1])],
  ])('%s are refused', (_, headers) => {
    expect(() => headerLists(headers)).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' }))
  })

  it.each(Object.keys(HOSTILE))('T92 no foreign exception: %s', (name) => {
    const headers = HOSTILE[name]?.()
    if (typeof headers !== 'object' || headers === null || name.includes('1e9')) return
    try {
      headerLists(headers)
    } catch (error) {
      expect(error).toBeInstanceOf(SecurityError)
    }
  })
})
