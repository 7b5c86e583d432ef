import { describe, expect, it } from 'vitest'
import { createLocator, type JsonSpan, visitJson } from '../../../src/definition/json-text.ts'
import { pointerTo } from '../../../src/json-pointer.ts'
import { countSteps } from '../../properties/counting.ts'

interface PlacedSpan extends JsonSpan {
  readonly pointer: string
}

function spansOf(text: string): readonly PlacedSpan[] {
  const spans: PlacedSpan[] = []
  visitJson<string>(text, {
    root: '',
    enter: (container, segment) => pointerTo(container, segment),
    visit: (pointer, span) => spans.push({ pointer, ...span }),
  })
  return spans
}

/** Each pointer with the text of its value. */
function valuesOf(text: string): readonly (readonly [string, string])[] {
  return spansOf(text).map(({ pointer, value }) => [pointer, text.slice(value.start, value.end)])
}

describe('visitJson', () => {
  it.each<[string, readonly (readonly [string, string])[]]>([
    ['1', [['', '1']]],
    [' -1.5e+3 ', [['', '-1.5e+3']]],
    ['"a"', [['', '"a"']]],
    ['null', [['', 'null']]],
    ['[]', [['', '[]']]],
    ['{}', [['', '{}']]],
    [
      '[1,[true],{"a":null}]',
      [
        ['/0', '1'],
        ['/1/0', 'true'],
        ['/1', '[true]'],
        ['/2/a', 'null'],
        ['/2', '{"a":null}'],
        ['', '[1,[true],{"a":null}]'],
      ],
    ],
    [
      '{"a" : "b" , "c":{ "":[ ] } }',
      [
        ['/a', '"b"'],
        ['/c/', '[ ]'],
        ['/c', '{ "":[ ] }'],
        ['', '{"a" : "b" , "c":{ "":[ ] } }'],
      ],
    ],
    [
      '{"a":"{\\"b\\":[","c/d~":"]}"}',
      [
        ['/a', '"{\\"b\\":["'],
        ['/c~1d~0', '"]}"'],
        ['', '{"a":"{\\"b\\":[","c/d~":"]}"}'],
      ],
    ],
    [
      '["\\\\","\\\\\\"",""]',
      [
        ['/0', '"\\\\"'],
        ['/1', '"\\\\\\""'],
        ['/2', '""'],
        ['', '["\\\\","\\\\\\"",""]'],
      ],
    ],
  ])('finds the values of %s', (text, expected) => {
    expect(valuesOf(text)).toEqual(expected)
    for (const [, value] of expected) expect(() => JSON.parse(value)).not.toThrow()
  })

  it('finds keys and unescapes them', () => {
    const text = '{"a":1,"\\u0062\\n":2}'
    expect(
      spansOf(text).map(({ pointer, key }) => [pointer, key === null ? null : text.slice(key.start, key.end)]),
    ).toEqual([
      ['/a', '"a"'],
      ['/b\n', '"\\u0062\\n"'],
      ['', null],
    ])
  })

  it('knows a key that stood before, however it is escaped', () => {
    const text = '{"a":1,"\\u0061":2,"b":{"a":3},"__proto__":4,"__proto__":5,"toString":6}'
    expect(
      spansOf(text)
        .filter(({ duplicate }) => duplicate)
        .map(({ value }) => text.slice(value.start, value.end)),
    ).toEqual(['2', '5'])
  })

  it('goes down to 65 levels and stays in step below', () => {
    const deep = (levels: number): string => `{"a":${'['.repeat(levels)}0,"x",{"b":[1]}${']'.repeat(levels)},"z":2}`
    for (const levels of [1, 62, 63, 64, 65, 66, 200, 100_000]) {
      const spans = valuesOf(deep(levels))
      expect(spans.at(-1)?.[1]).toBe(deep(levels))
      expect(spans.at(-2)).toEqual(['/z', '2'])
      expect(Math.max(...spans.map(([pointer]) => pointer.split('/').length))).toBeLessThanOrEqual(66)
    }
  })

  it('reads megabytes in one text, and takes steps linear in it', () => {
    const long = `{"a":"${'\\"x'.repeat(1_000_000)}","b":1}`
    expect(valuesOf(long).map(([pointer]) => pointer)).toEqual(['/a', '/b', ''])
    const steps = ['\\\\', '\\"', 'a', '{', '","'].map((piece) => {
      const text = (size: number): string => JSON.stringify({ a: piece.repeat(size) })
      const walk = (size: number): number => {
        const json = text(size)
        return countSteps(() => visitJson(json, { root: null, enter: () => null, visit: () => {} }))
      }
      return walk(4_000) / walk(2_000)
    })
    expect(Math.max(...steps)).toBeLessThan(2.2)
  })
})

describe('createLocator', () => {
  it('counts lines and columns from 1, in code units', () => {
    const locate = createLocator('a\nbc\n\n𝒳d\r\ne')
    const at = (offset: number): unknown => locate({ start: offset, end: offset }).start
    expect([0, 1, 2, 4, 5, 6, 8, 9, 11, 12].map(at)).toEqual([
      { line: 1, column: 1 },
      { line: 1, column: 2 },
      { line: 2, column: 1 },
      { line: 2, column: 3 },
      { line: 3, column: 1 },
      { line: 4, column: 1 },
      { line: 4, column: 3 },
      { line: 4, column: 4 },
      { line: 5, column: 1 },
      { line: 5, column: 2 },
    ])
  })

  it('knows the only line of a text', () => {
    expect(createLocator('')({ start: 0, end: 0 })).toEqual({
      start: { line: 1, column: 1 },
      end: { line: 1, column: 1 },
    })
  })
})
