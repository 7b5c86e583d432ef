import type { Code } from '../../errors.ts'
import type { Issue } from '../../result.ts'
import type { FileIssue, Finding } from '../source/source-document.ts'
import type { Paint, Style } from '../terminal/paint.ts'
import { PAGE_WIDTH, printable, wrap } from '../terminal/printable.ts'
import { codeFrame } from './code-frame.ts'
import { helpFor } from './help-for.ts'
import { whyItMatters } from './why.ts'

/** Lines as a text. @internal */
export function pageText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}

/** Blocks of lines with an empty line between them. @internal */
export function joinBlocks(blocks: readonly (readonly string[])[]): readonly string[] {
  return blocks.filter((block) => block.length > 0).flatMap((block, index) => (index === 0 ? block : ['', ...block]))
}

/** Columns of the labels before what is sent. @internal */
export const LABEL_WIDTH = 9

// Whoever has more to mend starts with these; a frame for each of many thousand takes minutes.
const MAX_FRAMES = 100

/** Findings in their order, each a block of its own; the first hundred with a code frame. @internal */
export function findingBlocks(findings: readonly Finding[], paint: Paint): readonly (readonly string[])[] {
  return findings.map((finding, index) => findingLines(finding, index < MAX_FRAMES, paint))
}

/** A finding: where, what, the lines around it, why it matters, what to do. */
function findingLines({ issue, document }: Finding, framed: boolean, paint: Paint): readonly string[] {
  return [
    ...heading(issue, `#${issue.pointer}`, paint),
    '',
    ...wrap('  ', issue.message, '  ').map((line) => paint('strong', line)),
    '',
    ...(framed ? [...codeFrame(document, issue, paint), ''] : []),
    ...adviceLines(issue, '  ', paint),
  ]
}

/** A finding without the lines around it, which may hold secrets of formats that masks do not know. @internal */
export function unframedLines(issue: FileIssue, paint: Paint): readonly string[] {
  return [
    ...heading(issue, `#${issue.pointer}`, paint),
    '',
    ...wrap('  ', issue.message, '  ').map((line) => paint('strong', line)),
    '',
    ...adviceLines(issue, '  ', paint),
  ]
}

/** A text that does not parse: where and what, without its lines, which may hold anything. @internal */
export function syntaxLines(issue: FileIssue, paint: Paint): readonly string[] {
  return [
    ...heading(issue, null, paint),
    '',
    ...wrap('  ', issue.message, '  ').map((line) => paint('strong', line)),
    '',
    ...whatToDo(issue, '  ', paint),
  ]
}

/** An issue that stands in no file. @internal */
export function issueLines(issue: Issue, places: readonly string[], paint: Paint): readonly string[] {
  const start = `  ${paint(styleOf(issue), issue.severity)} ${paint('strong', issue.code)}`
  const [first, ...rest] = places.map(printable)
  return [
    first === undefined ? start : `${start} ${first}`,
    ...rest.map((place) => `    ${place}`),
    ...wrap('    ', issue.message, '    '),
    ...adviceLines(issue, '    ', paint),
  ]
}

function heading(issue: FileIssue, at: string | null, paint: Paint): readonly string[] {
  const { start } = issue.range
  const place = printable(`${issue.file}:${start.line}:${start.column}`)
  const line = `${paint('strong', place)} ${paint(styleOf(issue), issue.severity)} ${paint('strong', issue.code)}`
  if (at === null || at === '#') return [line]
  const pointer = `at ${printable(at)}`
  // A pointer is never broken: it is there to be copied.
  const fits = `${place} ${issue.severity} ${issue.code} ${pointer}`.length <= PAGE_WIDTH
  return fits ? [`${line} ${pointer}`] : [line, `  ${pointer}`]
}

function styleOf({ severity }: Issue): Style {
  return severity === 'error' ? 'error' : 'warning'
}

function adviceLines(issue: Issue, indent: string, paint: Paint): readonly string[] {
  const why = whyItMatters(issue.code)
  return [
    // The title of some codes is all that there is to say, and said already.
    ...(why === issue.message ? [] : labelled('why', why, indent, paint)),
    ...whatToDo(issue, indent, paint),
  ]
}

function whatToDo(issue: Issue, indent: string, paint: Paint): readonly string[] {
  return [...helpLines(issue, indent, paint), ...labelled('docs', `docs/errors/${issue.code}.md`, indent, paint)]
}

/** What to do about a finding or notice, or nothing. @internal */
export function helpLines(
  about: { readonly code: Code; readonly help?: string },
  indent: string,
  paint: Paint,
): readonly string[] {
  const help = helpFor(about)
  return help === undefined ? [] : labelled('help', help, indent, paint)
}

/** `help  what to do`, further lines under the first. @internal */
export function labelled(label: string, text: string, indent: string, paint: Paint, width = 6): readonly string[] {
  const [first = '', ...rest] = wrap(indent + label.padEnd(width), text, ' '.repeat(indent.length + width))
  return [indent + paint('faint', label) + first.slice(indent.length + label.length), ...rest]
}
