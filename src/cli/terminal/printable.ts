// Controls, bidirectional marks and line separators of a file must not steer the terminal that shows them.
const STEERING = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu

const PLAIN = /^[ -~]*$/

// East Asian wide and full-width forms and emoji take two columns; marks and joiners take none.
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/
const WIDE_ASTRAL = /^(?:\p{Extended_Pictographic}|[\u{20000}-\u{3fffd}])/u
const WIDTHLESS = /^[\p{M}\u200b-\u200d]/u

/** A text that a terminal shows as it is: what would steer it is spelled as an escape. @internal */
export function printable(text: string): string {
  if (PLAIN.test(text)) return text
  return text.replace(STEERING, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}

/** How many columns one code point takes in a terminal. @internal */
export function columnsOf(character: string): number {
  if (character <= '~') return 1
  if (WIDTHLESS.test(character)) return 0
  if (WIDE.test(character)) return 2
  return character.length > 1 && WIDE_ASTRAL.test(character) ? 2 : 1
}

/** The width to which reports are laid out. @internal */
export const PAGE_WIDTH = 80

/** Breaks a text at spaces so that it fits the page; each further line is indented. A longer word stays whole. @internal */
export function wrap(first: string, text: string, indent: string): readonly string[] {
  const lines: string[] = []
  let line = first
  let empty = true
  for (const word of printable(text).split(' ')) {
    if (!empty && line.length + 1 + word.length > PAGE_WIDTH) {
      lines.push(line)
      line = indent
      empty = true
    }
    line += empty ? word : ` ${word}`
    empty = false
  }
  return [...lines, line]
}
