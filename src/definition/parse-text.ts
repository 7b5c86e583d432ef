import { type Issue, makeIssue, type Result, sortIssues } from '../result.ts'
import type { ParseOptions, ToolDefinition } from '../types.ts'
import { createLocator, type JsonSpan, visitJson } from './json-text.ts'
import { parseDefinition } from './parse.ts'

/**
 * Reads a tool definition from JSON text; issues say where in the text they stand, and duplicate keys are refused.
 *
 * @param json A JSON text.
 * @param options How the definition is read. Defaults as in {@link ParseOptions}.
 * @returns As {@link parseDefinition}, each issue with its `range`.
 * @example
 * const result = parseDefinitionText('{ "modelToolName": "a b" }')
 * if (!result.ok) console.log(result.issues[0]?.range?.start) // { line: 1, column: 20 }
 */
export function parseDefinitionText(json: string, options?: ParseOptions): Result<ToolDefinition> {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    // The platform's message quotes the text, which may hold a secret.
    return { ok: false, issues: [makeIssue('ERR_JSON_SYNTAX', '', 'the text is not JSON')] }
  }
  const duplicates = findDuplicateKeys(json)
  const result = parseDefinition(value, options)
  if (result.ok && duplicates.length === 0 && result.issues.length === 0) return result
  const issues = locateIssues(json, sortIssues([...duplicates, ...result.issues]))
  return result.ok && duplicates.length === 0 ? { ...result, issues } : { ok: false, issues }
}

/** Every key that stands twice in one object. @internal */
export function findDuplicateKeys(json: string): readonly Issue[] {
  const issues: Issue[] = []
  visitJson(json, ({ pointer, duplicate }) => {
    if (!duplicate) return
    const help = 'readers disagree on which one counts: keep one'
    issues.push(makeIssue('ERR_JSON_DUPLICATE_KEY', pointer, 'this key stands twice in one object', help))
  })
  return issues
}

/** Adds to each issue its place in the text: the key for what is wrong with a name, else the value. @internal */
export function locateIssues(json: string, issues: readonly Issue[]): readonly Issue[] {
  const wanted = new Set(issues.map((issue) => issue.pointer))
  const spans = new Map<string, JsonSpan>()
  visitJson(json, (span) => {
    if (wanted.has(span.pointer)) spans.set(span.pointer, span)
  })
  const locate = createLocator(json)
  return issues.map((issue) => {
    const span = spans.get(issue.pointer)
    if (span === undefined) return issue
    return { ...issue, range: locate(aboutKey(issue) ? (span.key ?? span.value) : span.value) }
  })
}

const ABOUT_KEYS = new Set<string>([
  'ERR_FIELD_UNKNOWN',
  'WARN_FIELD_UNKNOWN',
  'ERR_FIELD_SPELLED_TWICE',
  'ERR_JSON_DUPLICATE_KEY',
  'ERR_KIND_UNKNOWN',
  'ERR_EXTENSION',
  'ERR_REQUIREMENT_NAME',
  'ERR_CARRIER_CONFLICT',
  'ERR_FIELD_MISSING',
  'ERR_KIND_COUNT',
  'WARN_KEY_IN_QUERY',
])

/** Whether an issue is about the key at its pointer rather than the value. @internal */
export function aboutKey(issue: Issue): boolean {
  return ABOUT_KEYS.has(issue.code)
}
