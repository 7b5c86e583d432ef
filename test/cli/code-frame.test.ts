import fc from 'fast-check'
import { expect, test } from 'vitest'
import { layOutLine } from '../../src/cli/report/frame-line.ts'
import { columnsOf, printable, wrap } from '../../src/cli/terminal/printable.ts'

const WIDTH = 60

function widthOf(text: string): number {
  return [...text].reduce((sum, character) => sum + columnsOf(character), 0)
}

const line = fc.string({ unit: 'grapheme', maxLength: 900 }).map((text) => text.replaceAll('\n', ' '))

test('a line never runs over its width, nor does its underline', () => {
  fc.assert(
    fc.property(line, fc.nat(900), fc.nat(900), (text, from, length) => {
      const start = Math.min(from, text.length)
      const mark = { start, end: Math.min(start + length, text.length) }
      const shown = layOutLine(text, { start: 0, end: text.length }, [], mark, WIDTH)
      expect(widthOf(shown.text)).toBeLessThanOrEqual(WIDTH)
      expect(shown.mark?.end).toBeLessThanOrEqual(WIDTH)
      expect(shown.mark?.start).toBeLessThan(shown.mark?.end ?? 0)
    }),
  )
})

test('a masked stretch shows nowhere, whatever is marked and however the line is cut', () => {
  fc.assert(
    fc.property(fc.nat(300), fc.nat(300), fc.nat(700), (before, after, from) => {
      const text = `${'a'.repeat(before)}SECRET${'b'.repeat(after)}`
      const start = Math.min(from, text.length)
      const mask = { start: before, end: before + 6, shown: '[secret]' }
      for (const mark of [null, { start, end: start + 3 }, { start: before + 2, end: before + 4 }]) {
        const shown = layOutLine(text, { start: 0, end: text.length }, [mask], mark, WIDTH)
        expect(/[SECRT]/.test(shown.text)).toBe(false)
      }
    }),
  )
})

test('what steers a terminal never shows', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/.test(printable(text))).toBe(false)
    }),
  )
})

test('wrapped lines hold every word, none beyond the page unless it is longer itself', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '`'), minLength: 1, maxLength: 90 })), (words) => {
      const lines = wrap('> ', words.join(' '), '  ')
      expect(lines.join(' ').split(/\s+/).slice(1).filter(Boolean)).toEqual(words)
      for (const each of lines) expect(each.length <= 80 || !each.trim().slice(2).includes(' ')).toBe(true)
    }),
  )
})
