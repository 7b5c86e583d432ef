import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createAdviser, didYouMean, MAX_SUGGESTIONS, suggest } from '../../src/suggest.ts'
import { countSteps } from '../properties/counting.ts'
import { check } from '../properties/settings.ts'

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

  it('gives the nearest of all, measured whole (property)', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'B', '-', '_'), maxLength: 12 })
    check(
      fc.property(word, fc.array(word, { maxLength: 6 }), (written, known) => {
        expect(suggest(written, known)).toBe(nearest(written, known))
      }),
      0.5,
    )
  })

  it('P36 takes no steps for what is too long or too short, and few for what begins otherwise', () => {
    const steps = (candidate: string): number =>
      countSteps(() => suggest('a'.repeat(60), new Array(100).fill(candidate)))
    const unmeasured = steps('a'.repeat(65))
    expect(steps('a'.repeat(39))).toBeLessThan(unmeasured + 5_000)
    // A third of the rows tells that no row after them is near.
    const measured = steps('a'.repeat(38) + 'b'.repeat(22)) - unmeasured
    expect(measured).toBeGreaterThan(100_000)
    expect(steps('b'.repeat(60)) - unmeasured).toBeLessThan(measured * 0.4)
  })
})

/** The rule as the specification words it (DEC-19), without a shortcut. */
function nearest(written: string, known: readonly string[]): string | undefined {
  const plain = (word: string): string => word.toLowerCase().replaceAll(/[-_\s]/g, '')
  const distances = known.map((word) => (word === written ? Infinity : distance(plain(written), plain(word))))
  const least = Math.min(...distances)
  return least <= Math.max(1, Math.floor(written.length / 3)) ? known[distances.indexOf(least)] : undefined
}

function distance(a: string, b: string): number {
  const rows: number[][] = []
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Infinity
  for (let row = 0; row <= a.length; row += 1) {
    const current: number[] = []
    rows.push(current)
    for (let column = 0; column <= b.length; column += 1) {
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      const same = a[row - 1] === b[column - 1] ? 0 : 1
      const ways = [at(row - 1, column) + 1, at(row, column - 1) + 1, at(row - 1, column - 1) + same]
      current.push(row + column === 0 ? 0 : Math.min(...ways, isSwap ? at(row - 2, column - 2) + 1 : Infinity))
    }
  }
  return at(a.length, b.length)
}

describe('didYouMean', () => {
  it('asks in words', () => {
    expect(didYouMean('htpp', FIELDS)).toBe('did you mean `http`?')
    expect(didYouMean('zzz', FIELDS)).toBeUndefined()
  })

  it('asks about the first 50 of many', () => {
    const advise = createAdviser()
    const given = Array.from({ length: MAX_SUGGESTIONS + 10 }, () => advise('htpp', FIELDS))
    expect(MAX_SUGGESTIONS).toBe(50)
    expect(given.lastIndexOf('did you mean `http`?')).toBe(49)
    expect(createAdviser()('htpp', FIELDS)).toBe('did you mean `http`?')
  })
})
