import type { TextRange } from '../result.ts'

/** Where a value stands in a JSON text, by offsets; `end` is exclusive. @internal */
export interface JsonSpan {
  /** The key in its quotes, or `null` for array items and the root. */
  readonly key: { readonly start: number; readonly end: number } | null
  readonly value: { readonly start: number; readonly end: number }
  /** Whether the same key stood earlier in the object, also when escaped otherwise. */
  readonly duplicate: boolean
}

/** What a walk over a JSON text keeps of the way to each value, and does with it. @internal */
export interface JsonVisitor<State> {
  readonly root: State
  /** The state of a value, from that of its container and its key or position. */
  readonly enter: (container: State, segment: string | number) => State
  readonly visit: (state: State, span: JsonSpan) => void
}

interface Open<State> {
  readonly state: State
  readonly key: JsonSpan['key']
  readonly start: number
  readonly duplicate: boolean
  /** Keys seen so far, or `null` for an array. */
  readonly keys: Set<string> | null
  items: number
  /** The key that waits for its value. */
  pending: { readonly name: string; readonly start: number; readonly end: number; readonly duplicate: boolean } | null
}

// A string is found by its opening quote only: a pattern for the whole of it overflows the stack on megabytes.
const LEXEME_START = /["{}[\]]|[^\s{}[\],:"]+/g

// Deeper values are refused before anyone asks where they stand.
const MAX_DEPTH = 65

/**
 * Visits the values of a JSON text with their places, down to 65 levels. Expects text that `JSON.parse` accepts;
 * no recursion, linear time.
 * @internal
 */
export function visitJson<State>(text: string, { root, enter, visit }: JsonVisitor<State>): void {
  const stack: Open<State>[] = []
  LEXEME_START.lastIndex = 0
  for (let match = LEXEME_START.exec(text); match !== null; match = LEXEME_START.exec(text)) {
    const start = match.index
    const end = match[0] === '"' ? stringEnd(text, start) : LEXEME_START.lastIndex
    LEXEME_START.lastIndex = end
    const lexeme = match[0] === '"' ? text.slice(start, end) : match[0]
    const container = stack.at(-1)
    if (lexeme === '}' || lexeme === ']') {
      stack.pop()
      if (container !== undefined && stack.length < MAX_DEPTH) visit(container.state, spanOf(container, end))
    } else if (stack.length >= MAX_DEPTH) {
      if (container !== undefined && (lexeme === '{' || lexeme === '[')) stack.push(container)
    } else if (lexeme.startsWith('"') && container?.keys && container.pending === null) {
      const name = JSON.parse(lexeme) as string
      container.pending = { name, start, end, duplicate: container.keys.has(name) }
      container.keys.add(name)
    } else {
      const open = openValue(container, start, lexeme, root, enter)
      if (lexeme === '{' || lexeme === '[') stack.push(open)
      else visit(open.state, spanOf(open, end))
    }
  }
}

/** The offset behind the closing quote of the string that opens at `start`. */
function stringEnd(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1)
  while (isEscaped(text, quote)) quote = text.indexOf('"', quote + 1)
  return quote + 1
}

function isEscaped(text: string, offset: number): boolean {
  let backslashes = 0
  while (text[offset - backslashes - 1] === '\\') backslashes += 1
  return backslashes % 2 === 1
}

function openValue<State>(
  container: Open<State> | undefined,
  start: number,
  lexeme: string,
  root: State,
  enter: JsonVisitor<State>['enter'],
): Open<State> {
  const pending = container?.pending ?? null
  const state = container === undefined ? root : enter(container.state, pending?.name ?? container.items)
  if (container !== undefined) {
    container.pending = null
    container.items += 1
  }
  return {
    state,
    key: pending === null ? null : { start: pending.start, end: pending.end },
    start,
    duplicate: pending?.duplicate ?? false,
    keys: lexeme === '{' ? new Set() : null,
    items: 0,
    pending: null,
  }
}

function spanOf({ key, start, duplicate }: Open<unknown>, end: number): JsonSpan {
  return { key, value: { start, end }, duplicate }
}

/** Turns offsets of a text into lines and columns, both counted from 1. @internal */
export function createLocator(text: string): (span: { readonly start: number; readonly end: number }) => TextRange {
  const lineStarts = [0]
  for (let index = text.indexOf('\n'); index >= 0; index = text.indexOf('\n', index + 1)) lineStarts.push(index + 1)
  // INVARIANT: 0 <= low <= middle <= high < lineStarts.length
  const startOf = (line: number): number => lineStarts[line] as number
  const position = (offset: number): TextRange['start'] => {
    let low = 0
    let high = lineStarts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (startOf(middle) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - startOf(low) + 1 }
  }
  return ({ start, end }) => ({ start: position(start), end: position(end) })
}
