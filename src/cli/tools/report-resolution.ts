import type { Need, Notice } from '../../types.ts'
import { findingBlocks, helpLines, issueLines, joinBlocks, LABEL_WIDTH, labelled } from '../report/text.ts'
import type { Paint, Style } from '../terminal/paint.ts'
import { printable, wrap } from '../terminal/printable.ts'
import type { ShownRequest, ShownTool } from './shown-tool.ts'
import type { TokenIssue } from './token-issues.ts'

/** What became of a tool, for people. @internal */
export function resolutionLines(tool: ShownTool, paint: Paint): readonly string[] {
  return joinBlocks([
    [verdictLine(tool.label, tool.outcome, tool.text, paint)],
    optionLines(tool.options, tool.outcome === 'authenticated' || tool.outcome === 'unauthenticated', paint),
    ...findingBlocks(tool.findings, paint),
    ...tool.issues.map((each) => issueLines(each.issue, placesOf(each), paint)),
    ...tool.notices.map((notice) => noticeLines(notice, paint)),
    tool.needs.flatMap((need, index) =>
      labelled(index === 0 ? 'needs' : '', describeNeed(need), '  ', paint, LABEL_WIDTH),
    ),
    requestLines(tool, paint),
  ])
}

const OUTCOMES: { readonly [outcome: string]: { readonly words: string; readonly style: Style } } = {
  authenticated: { words: 'authenticated', style: 'good' },
  unauthenticated: { words: 'unauthenticated', style: 'warning' },
  unsatisfied: { words: 'unsatisfied', style: 'error' },
  invalidTokens: { words: 'invalid tokens', style: 'error' },
  invalidDefinition: { words: 'invalid definition', style: 'error' },
  toolNotFound: { words: 'not found', style: 'error' },
}

/** `stock_price: authenticated, option 0 is chosen`. @internal */
export function verdictLine(label: string, outcome: string, text: string, paint: Paint): string {
  const { words, style } = OUTCOMES[outcome] ?? { words: outcome, style: 'error' }
  return `${paint('strong', printable(label))}: ${paint(style, words)}, ${printable(text)}`
}

/** One line an option: why it was taken or passed over. @internal */
export function optionLines(options: ShownTool['options'], usable: boolean, paint: Paint): readonly string[] {
  return options.flatMap(({ verdict, text }) => {
    const chosen = usable && verdict === 'chosen'
    const [first = '', ...rest] = wrap('    ', text, '      ')
    return [chosen ? `  ${paint('good', '>')} ${first.slice(4)}` : first, ...rest]
  })
}

/** The place of an issue, and of the token that it is about. */
function placesOf({ issue, from }: TokenIssue): readonly string[] {
  const { pointer, range } = issue
  if (pointer === '') return []
  if (from !== null) return [`at ${pointer}`, `from ${from}`]
  if (range === undefined || !('file' in issue)) return [`at ${pointer}`]
  return [`at ${pointer}`, `in ${issue.file}:${range.start.line}:${range.start.column}`]
}

/** @internal */
export function noticeLines(notice: Notice, paint: Paint): readonly string[] {
  return [
    `  ${paint('warning', 'note')} ${paint('strong', notice.code)} at ${printable(notice.pointer)}`,
    ...wrap('    ', notice.message, '    '),
    ...helpLines(notice, '    ', paint),
  ]
}

function describeNeed(need: Need): string {
  const writes = need.writes.map(({ kind, name }) => `${kind} ${name}`).join(' and ')
  return `${NEED_TEXTS[need.kind](need as never)}, written to ${writes}`
}

const NEED_TEXTS: { readonly [K in Need['kind']]: (need: Extract<Need, { readonly kind: K }>) => string } = {
  callToken: ({ scopes }) => `a call token with ${listNames(scopes)}`,
  credential: ({ credentialId, requirement }) => `the stored credential \`${credentialId}\` for \`${requirement}\``,
  accessToken: ({ tokenUrl, requirement }) => `an access token from \`${tokenUrl}\` for \`${requirement}\``,
  signature: ({ requirement }) => `a signature with \`${requirement}\` over the final request`,
}

function listNames(scopes: readonly string[]): string {
  return `scope${scopes.length === 1 ? '' : 's'} ${scopes.map((scope) => `\`${scope}\``).join(', ')}`
}

/** The request before and after; what will be written, where there is no request, or not yet. */
function requestLines(tool: ShownTool, paint: Paint): readonly string[] {
  const { before, after } = tool.request
  if (tool.outcome === 'unauthenticated') return before === null ? [] : requestRows('request', before, paint)
  if (tool.outcome !== 'authenticated') return []
  return [
    ...(before === null ? [] : requestRows('before', before, paint)),
    ...(after !== null ? requestRows('after', after, paint) : tool.refused ? [] : mutationRows(tool, paint)),
  ]
}

function mutationRows({ mutations }: ShownTool, paint: Paint): readonly string[] {
  return mutations.flatMap(({ kind, name, text }, index) =>
    rowOf(
      index === 0 ? 'writes' : '',
      kind === 'header' ? `header ${name}: ${text}` : `${kind} ${name}=${text}`,
      paint,
    ),
  )
}

function requestRows(label: string, { method, url, headers }: ShownRequest, paint: Paint): readonly string[] {
  const rows = [`${method} ${url}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)]
  return rows.flatMap((row, index) => rowOf(index === 0 ? label : '', row, paint))
}

/** A row of a request is never broken: it is there to be compared. */
function rowOf(label: string, text: string, paint: Paint): readonly string[] {
  return [`  ${paint('faint', label.padEnd(LABEL_WIDTH))}${printable(text)}`]
}
