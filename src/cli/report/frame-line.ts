import type { Mask } from '../source/masks.ts'
import type { Stretch } from '../source/place-tree.ts'
import { columnsOf, printable } from '../terminal/printable.ts'

const CUT = '…'
// Far more than fits on a page, so that a file of one huge line costs no more than another.
const REACH = 200

/** One line of a text as a code frame shows it. @internal */
export interface FrameLine {
  readonly text: string
  /** The columns of the marked stretch, from 0; `null` where this line has none. */
  readonly mark: { readonly start: number; readonly end: number } | null
}

interface Cell {
  readonly shown: string
  readonly width: number
  /** Offset of what it shows. */
  readonly start: number
  readonly end: number
}

/**
 * Lays out one line: secrets masked, tabs as two spaces, nothing that steers a terminal, cut to fit around the mark.
 * @param line Offsets of the line without its break.
 * @internal
 */
export function layOutLine(
  text: string,
  line: Stretch,
  masks: readonly Mask[],
  mark: Stretch | null,
  width: number,
): FrameLine {
  const from = Math.max(line.start, (mark?.start ?? 0) - REACH)
  const to = Math.min(line.end, Math.max(from, mark?.start ?? 0) + REACH)
  const near = masks.filter((mask) => mask.end > from && mask.start < to)
  const cells = cellsOf(text, { start: from, end: to }, near)
  const marked = mark === null ? null : markedCells(cells, mark)
  return cutToFit(cells, marked, width, { left: from > line.start, right: to < line.end })
}

function cellsOf(text: string, { start, end }: Stretch, masks: readonly Mask[]): readonly Cell[] {
  const cells: Cell[] = []
  let offset = start
  while (offset < end) {
    const at = offset
    const mask = masks.find((each) => each.start <= at && at < each.end)
    if (mask !== undefined) {
      cells.push({ shown: mask.shown, width: mask.shown.length, start: offset, end: Math.min(mask.end, end) })
      offset = mask.end
      continue
    }
    const character = String.fromCodePoint(text.codePointAt(offset) ?? 0)
    const shown = show(character)
    const width = shown === character ? columnsOf(character) : shown.length
    cells.push({ shown, width, start: offset, end: offset + character.length })
    offset += character.length
  }
  return cells
}

function show(character: string): string {
  return character === '\t' ? '  ' : printable(character)
}

/** The cells that a stretch touches, at least one column behind the last where it is empty. */
function markedCells(cells: readonly Cell[], mark: Stretch): { readonly first: number; readonly last: number } {
  const touched = cells.flatMap((cell, index) => (cell.end > mark.start && cell.start < mark.end ? [index] : []))
  const after = cells.findIndex((cell) => cell.start >= mark.start)
  const first = touched[0] ?? (after < 0 ? cells.length : after)
  return { first, last: touched.at(-1) ?? first }
}

function cutToFit(
  cells: readonly Cell[],
  marked: { readonly first: number; readonly last: number } | null,
  width: number,
  beyond: { readonly left: boolean; readonly right: boolean },
): FrameLine {
  const columns = [0]
  for (const cell of cells) columns.push((columns.at(-1) ?? 0) + cell.width)
  const widthOf = (from: number, to: number): number => (columns[to] ?? columns.at(-1) ?? 0) - (columns[from] ?? 0)
  let from = 0
  // Where the mark would fall off the page, the line begins a third of a page before it.
  if (marked !== null && (beyond.left || widthOf(0, marked.last + 1) > width - 1)) {
    from = marked.first
    while (from > 0 && widthOf(from - 1, marked.first) < width / 3) from -= 1
  }
  const lead = from > 0 || beyond.left ? CUT : ''
  const room = width - lead.length
  let to = from
  while (to < cells.length && widthOf(from, to + 1) <= room) to += 1
  const cutRight = to < cells.length || beyond.right
  while (cutRight && to > from && widthOf(from, to) > room - 1) to -= 1
  const shown = cells.slice(from, to).map((cell) => cell.shown)
  const text = `${lead}${shown.join('')}${cutRight ? CUT : ''}`
  if (marked === null) return { text, mark: null }
  const start = lead.length + widthOf(from, marked.first)
  const end = lead.length + Math.min(widthOf(from, marked.last + 1), widthOf(from, to))
  return { text, mark: { start, end: Math.max(end, start + 1) } }
}
