import { expect, it } from 'vitest'
import { escapePointer, pointerSegments, pointerTo } from '../../src/json-pointer.ts'

// RFC 6901 section 5, and what it does not show.
it.each<[string, readonly string[]]>([
  ['', []],
  ['/foo', ['foo']],
  ['/foo/0', ['foo', '0']],
  ['/', ['']],
  ['/a~1b', ['a/b']],
  ['/c%d', ['c%d']],
  ['/m~0n', ['m~n']],
  ['/~01', ['~1']],
  ['/~0~1', ['~/']],
  ['//', ['', '']],
  ['/ ', [' ']],
  ['/$&', ['$&']],
])('%j has the segments %j', (pointer, segments) => {
  expect(pointerSegments(pointer)).toEqual(segments)
  expect(pointerTo('', ...segments)).toBe(pointer)
})

it('numbers are segments, too', () => {
  expect(pointerTo('/a', 0, 'b', 10)).toBe('/a/0/b/10')
  expect(pointerTo('/a')).toBe('/a')
})

it('texts without ~ and / stay', () => {
  expect(escapePointer('plain')).toBe('plain')
})
