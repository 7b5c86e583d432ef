import type { FrameLine } from './frame-line.ts'
import { layOutLine } from './frame-line.ts'
import { secretStretches } from './masks.ts'
import type { Paint } from './paint.ts'
import { PAGE_WIDTH } from './printable.ts'
import type { FileIssue, SourceDocument, Stretch } from './source-document.ts'

const LINES_AROUND = 2
const INDENT = '  '

interface Layout {
  readonly lines: readonly Stretch[]
  /** What must not be shown, by line. */
  readonly secrets: ReadonlyMap<number, readonly Stretch[]>
}

const layouts = new WeakMap<SourceDocument, Layout>()

/**
 * Shows the lines around an issue, its place underlined. Values that may be secrets are masked.
 * @returns Lines of at most 80 columns, or none for an empty text.
 * @internal
 */
export function codeFrame(document: SourceDocument, { range }: FileIssue, paint: Paint): readonly string[] {
  const { lines, secrets } = layoutOf(document)
  const marked = range.start.line - 1
  const first = Math.max(0, marked - LINES_AROUND)
  const last = Math.min(lines.length - 1, marked + LINES_AROUND)
  const digits = String(last + 1).length
  const width = PAGE_WIDTH - INDENT.length - digits - 5
  return lines.slice(first, last + 1).flatMap((line, offset) => {
    const index = first + offset
    const mark = index === marked ? markOn(line, range) : null
    const shown = layOutLine(document.text, line, secrets.get(index) ?? [], mark, width)
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
  const secrets = new Map<number, Stretch[]>()
  let line = 0
  const hidden = [...secretStretches(document), ...document.comments().map(withoutHash)]
  for (const stretch of hidden.sort((a, b) => a.start - b.start)) {
    while ((lines[line]?.end ?? Number.POSITIVE_INFINITY) < stretch.start) line += 1
    for (let at = line; (lines[at]?.start ?? Number.POSITIVE_INFINITY) < stretch.end; at += 1) {
      const onLine = secrets.get(at)
      if (onLine === undefined) secrets.set(at, [stretch])
      else onLine.push(stretch)
    }
  }
  const layout = { lines, secrets }
  layouts.set(document, layout)
  return layout
}

/** A comment keeps its `#`: what it says may be the token of yesterday. */
function withoutHash({ start, end }: Stretch): Stretch {
  return { start: start + 1, end }
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
