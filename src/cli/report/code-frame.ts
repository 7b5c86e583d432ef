import { findMasks, type Mask } from '../source/masks.ts'
import type { Stretch } from '../source/place-tree.ts'
import type { FileIssue, SourceDocument } from '../source/source-document.ts'
import type { Paint } from '../terminal/paint.ts'
import { PAGE_WIDTH } from '../terminal/printable.ts'
import type { FrameLine } from './frame-line.ts'
import { layOutLine } from './frame-line.ts'

const LINES_AROUND = 2
const INDENT = '  '

interface Layout {
  readonly lines: readonly Stretch[]
  /** What must not be shown, by line. */
  readonly masks: ReadonlyMap<number, readonly Mask[]>
}

const layouts = new WeakMap<SourceDocument, Layout>()

/**
 * Shows the lines around an issue, its place underlined. Values that may be secrets are masked.
 * @returns Lines of at most 80 columns, or none for an empty text.
 * @internal
 */
export function codeFrame(document: SourceDocument, { range }: FileIssue, paint: Paint): readonly string[] {
  const { lines, masks } = layoutOf(document)
  const marked = range.start.line - 1
  const first = Math.max(0, marked - LINES_AROUND)
  const last = Math.min(lines.length - 1, marked + LINES_AROUND)
  const digits = String(last + 1).length
  const width = PAGE_WIDTH - INDENT.length - digits - 5
  return lines.slice(first, last + 1).flatMap((line, offset) => {
    const index = first + offset
    const mark = index === marked ? markOn(line, range) : null
    const shown = layOutLine(document.text, line, masks.get(index) ?? [], mark, width)
    return frameLines(shown, String(index + 1).padStart(digits), paint)
  })
}

function frameLines({ text, mark }: FrameLine, number: string, paint: Paint): readonly string[] {
  const bar = paint('faint', '|')
  if (mark === null) return [`${INDENT}  ${paint('faint', number)} ${bar} ${text}`.trimEnd()]
  const arrows = `${' '.repeat(mark.start)}${paint('mark', '^'.repeat(mark.end - mark.start))}`
  return [
    `${INDENT}${paint('mark', '>')} ${number} ${bar} ${text}`.trimEnd(),
    `${INDENT}  ${' '.repeat(number.length)} ${bar} ${arrows}`,
  ]
}

/** The part of a range that stands on its first line. */
function markOn(line: Stretch, { start, end }: FileIssue['range']): Stretch {
  const from = line.start + start.column - 1
  return { start: from, end: end.line === start.line ? line.start + end.column - 1 : line.end }
}

function layoutOf(document: SourceDocument): Layout {
  const known = layouts.get(document)
  if (known !== undefined) return known
  const lines = linesOf(document.text)
  const layout = { lines, masks: masksByLine(findMasks(document), lines) }
  layouts.set(document, layout)
  return layout
}

/** A mask that runs over several lines counts on each of them. */
function masksByLine(masks: readonly Mask[], lines: readonly Stretch[]): Layout['masks'] {
  const byLine = new Map<number, Mask[]>()
  let first = 0
  for (const mask of masks) {
    while ((lines[first]?.end ?? Number.POSITIVE_INFINITY) < mask.start) first += 1
    for (let line = first; (lines[line]?.start ?? Number.POSITIVE_INFINITY) < mask.end; line += 1) {
      const onLine = byLine.get(line)
      if (onLine === undefined) byLine.set(line, [mask])
      else onLine.push(mask)
    }
  }
  return byLine
}

function linesOf(text: string): readonly Stretch[] {
  const lines: Stretch[] = []
  let start = 0
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
    lines.push({ start, end: text[end - 1] === '\r' ? end - 1 : end })
    start = end + 1
  }
  if (start < text.length || lines.length === 0) lines.push({ start, end: text.length })
  return lines
}
