import type { ErrorCode, SecurityError } from '../../errors.ts'
import { makeIssue } from '../../result.ts'
import { issueLines, joinBlocks, LABEL_WIDTH } from '../report/text.ts'
import type { Paint } from '../terminal/paint.ts'
import { printable } from '../terminal/printable.ts'
import { resolutionLines } from '../tools/report-resolution.ts'
import { type ShownTool, toolJson } from '../tools/shown-tool.ts'
import type { SentRequest } from './shown-request.ts'
import type { Answer, Sent } from './tool.ts'

/** What came of sending, for people. @internal */
export function sentLines(tool: ShownTool, sent: Sent | null, paint: Paint): readonly string[] {
  if (sent === null) return resolutionLines(tool, paint)
  const { request, answer, error } = sent
  // What would be written is shown as it was sent.
  const chosen = { ...tool, needs: [], mutations: [], request: { before: null, after: null } }
  return joinBlocks([
    resolutionLines(chosen, paint),
    ...(request === null ? [] : [requestLines(request, paint)]),
    ...(error === null ? [] : [errorLines(error, paint)]),
    ...(answer === null ? [] : [answerLines(answer, paint), bodyLines(answer)]),
  ])
}

function requestLines({ method, url, headers }: SentRequest, paint: Paint): readonly string[] {
  const rows = [`${method} ${url}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)]
  return rows.map((row, index) => labelledRow(index === 0 ? 'request' : '', row, paint))
}

function errorLines(error: SecurityError, paint: Paint): readonly string[] {
  const { code, message, phase, retryable } = error
  const place = `in the phase ${phase}${retryable ? ', may succeed later' : ''}`
  return issueLines(error.issues?.[0] ?? makeIssue(code, '', message, HELP[code]), [place], paint)
}

/** What to do here about what the library refuses. */
const HELP: Partial<Record<ErrorCode, string>> = {
  ERR_NEED_UNMET: 'name the store with `--store` and `--key`, a call token with `--call-token`',
  ERR_REDIRECT_REFUSED: 'write the final URL into the definition, or allow some with `--redirects`',
  ERR_SEND_TIMEOUT: '`--timeout SECONDS` gives it more time',
}

function answerLines({ status, statusText, contentType, bytes }: Answer, paint: Paint): readonly string[] {
  const verdict = paint(status < 400 ? 'good' : 'error', printable(`${status} ${statusText}`.trim()))
  const about = [contentType, `${bytes} byte${bytes === 1 ? '' : 's'}`].filter((text) => text !== null).join(', ')
  return [`  ${paint('faint', 'answer'.padEnd(LABEL_WIDTH))}${verdict}, ${printable(about)}`]
}

/** The body as it is, but for what would steer a terminal. */
function bodyLines({ body }: Answer): readonly string[] {
  if (body === '') return []
  return body
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .map(printable)
}

/** A row of a request is never broken: it is there to be compared. */
function labelledRow(label: string, text: string, paint: Paint): string {
  return `  ${paint('faint', label.padEnd(LABEL_WIDTH))}${printable(text)}`
}

/** What came of sending, as `--format json` prints it. @internal */
export function sentJson(tool: ShownTool, sent: Sent | null): object {
  const { request = null, answer = null, error = null } = sent ?? {}
  return { tool: toolJson(tool), request, answer, error: error === null ? null : errorJson(error) }
}

function errorJson({ code, phase, retryable, message, issues }: SecurityError): object {
  return {
    code,
    phase,
    retryable,
    message,
    issues: (issues ?? []).map(({ code: each, pointer }) => ({ code: each, pointer })),
  }
}
