import { describe, expect, it } from 'vitest'
import { didYouMean, suggest } from '../../src/suggest.ts'

const FIELDS = ['requirements', 'httpSecurityOptions', 'options', 'http', 'name']

describe('suggest', () => {
  it.each([
    ['requirments', 'requirements'],
    ['requierments', 'requirements'],
    ['requirementss', 'requirements'],
    ['Requirements', 'requirements'],
    ['http_security_options', 'httpSecurityOptions'],
    ['http-Security Options', 'httpSecurityOptions'],
    ['htpp', 'http'],
    ['htt', 'http'],
    ['nam', 'name'],
    ['nmae', 'name'],
    ['opt', undefined],
    ['x', undefined],
    ['', undefined],
    ['somethingElse', undefined],
    ['http', undefined],
  ])('of %s is %s', (written, expected) => {
    expect(suggest(written, FIELDS)).toBe(expected)
  })

  it('takes the nearest, and the first of equals', () => {
    expect(suggest('optoins', ['options', 'optoin'])).toBe('options')
    expect(suggest('abcx', ['abcd', 'abcy'])).toBe('abcd')
    expect(suggest('abcd', ['abxx', 'abcx'])).toBe('abcx')
  })

  it('counts a swap of neighbours once', () => {
    expect(suggest('abc', ['acb'])).toBe('acb')
    expect(suggest('abc', ['cba'])).toBeUndefined()
    expect(suggest('ab', ['ba'])).toBe('ba')
  })

  it('gives up on long words and long lists', () => {
    const long = 'a'.repeat(65)
    expect(suggest(long, [`${long}b`])).toBeUndefined()
    expect(suggest('a'.repeat(64), [long])).toBeUndefined()
    expect(suggest('a'.repeat(63), ['a'.repeat(64)])).toBe('a'.repeat(64))
    const many = Array.from({ length: 199 }, (_, index) => `#${index}######`)
    expect(suggest('nam', [...many, 'name'])).toBe('name')
    expect(suggest('nam', [...many, '########', 'name'])).toBeUndefined()
  })
})

describe('didYouMean', () => {
  it('asks in words', () => {
    expect(didYouMean('htpp', FIELDS)).toBe('did you mean `http`?')
    expect(didYouMean('zzz', FIELDS)).toBeUndefined()
  })
})
