import { pointerSegments, pointerTo } from '../json-pointer.ts'
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
  if (typeof json !== 'string')
    return { ok: false, issues: [makeIssue('ERR_INPUT_NOT_JSON', '', 'expected a JSON text')] }
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

/** The way to a value, told as a pointer only where one is needed. */
interface Way {
  readonly container: Way | null
  readonly segment: string | number
}

const MAX_DUPLICATES = 100

/** Keys that stand twice in one object, the first 100 of them. @internal */
export function findDuplicateKeys(json: string): readonly Issue[] {
  const issues: Issue[] = []
  visitJson<Way | null>(json, {
    root: null,
    enter: (container, segment) => ({ container, segment }),
    visit: (way, { duplicate }) => {
      if (!duplicate || issues.length >= MAX_DUPLICATES) return
      const help = 'readers disagree on which one counts: keep one'
      issues.push(makeIssue('ERR_JSON_DUPLICATE_KEY', pointerOf(way), 'this key stands twice in one object', help))
    },
  })
  return issues
}

function pointerOf(way: Way | null): string {
  const segments: (string | number)[] = []
  for (let at = way; at !== null; at = at.container) segments.unshift(at.segment)
  return pointerTo('', ...segments)
}

/** The pointers that are looked for, as a tree, so that a walk never spells out the way to anything else. */
interface Wanted {
  readonly pointer: string | null
  readonly children: Map<string, Wanted>
}

/** Where the values at these pointers stand in the text. @internal */
function findSpans(json: string, pointers: Iterable<string>): ReadonlyMap<string, JsonSpan> {
  const spans = new Map<string, JsonSpan>()
  visitJson<Wanted | undefined>(json, {
    root: wantedTree(pointers),
    enter: (wanted, segment) => wanted?.children.get(String(segment)),
    visit: (wanted, span) => {
      if (wanted?.pointer !== undefined && wanted.pointer !== null) spans.set(wanted.pointer, span)
    },
  })
  return spans
}

function wantedTree(pointers: Iterable<string>): Wanted {
  type Node = { pointer: string | null; readonly children: Map<string, Node> }
  const root: Node = { pointer: null, children: new Map() }
  for (const pointer of pointers) {
    let node = root
    for (const segment of pointerSegments(pointer)) {
      const child = node.children.get(segment) ?? { pointer: null, children: new Map<string, Node>() }
      node.children.set(segment, child)
      node = child
    }
    node.pointer = pointer
  }
  return root
}

/** Adds to each issue its place in the text: the key for what is wrong with a name, else the value. */
function locateIssues(json: string, issues: readonly Issue[]): readonly Issue[] {
  const spans = findSpans(json, new Set(issues.map((issue) => issue.pointer)))
  const locate = createLocator(json)
  return issues.map((issue) => {
    // INVARIANT: a pointer names a place of the input, no deeper than the walk goes.
    const span = spans.get(issue.pointer) as JsonSpan
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
