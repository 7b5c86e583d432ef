import type { IssueCode } from './errors.ts'
import { pointerSegments } from './json-pointer.ts'

/** One problem, or one warning, with the place it stands at. */
export interface Issue {
  /** Stable code; branch on this, never on the message. */
  readonly code: IssueCode
  /** JSON Pointer (RFC 6901) into the definition, or `/authTokens/<name>` for a token. `''` is the whole input. */
  readonly pointer: string
  /** An error refuses; a warning does not. */
  readonly severity: 'error' | 'warning'
  /** What is wrong: one line, lower case, names in backticks, never a value. */
  readonly message: string
  /** What to do about it. */
  readonly help?: string
  /** Where it stands in the text; only from `parseDefinitionText`. */
  readonly range?: TextRange
}

/** A place in a text. Lines and columns count from 1, columns in UTF-16 code units; `end` is exclusive. */
export interface TextRange {
  /** The first character. */
  readonly start: TextPosition
  /** The point behind the last character. */
  readonly end: TextPosition
}

/** One point in a text. */
export interface TextPosition {
  /** Line, counted from 1. */
  readonly line: number
  /** Column in UTF-16 code units, counted from 1. */
  readonly column: number
}

/** An expected outcome as a value. A successful one may carry warnings. */
export type Result<T> =
  | {
      /** It succeeded. */
      readonly ok: true
      /** What was asked for. */
      readonly value: T
      /** Warnings only. */
      readonly issues: readonly Issue[]
    }
  | {
      /** It was refused. */
      readonly ok: false
      /** At least one error, and any warnings. */
      readonly issues: readonly Issue[]
    }

/** @internal */
export function makeIssue(code: IssueCode, pointer: string, message: string, help?: string): Issue {
  const severity = code.startsWith('WARN_') ? 'warning' : 'error'
  return help === undefined ? { code, pointer, severity, message } : { code, pointer, severity, message, help }
}

/** @internal */
export function hasErrors(issues: readonly Issue[]): boolean {
  return issues.some((issue) => issue.severity === 'error')
}

/**
 * Orders issues by pointer, then by code, so that output is stable. Pointers compare segment by segment: whole numbers
 * come first and by value, so that `/10` stands behind `/2`, everything else by code unit.
 * @internal
 */
export function sortIssues(issues: readonly Issue[]): readonly Issue[] {
  return issues
    .map((issue) => ({ issue, segments: pointerSegments(issue.pointer) }))
    .sort((a, b) => compareWays(a.segments, b.segments) || compare(a.issue.code, b.issue.code))
    .map(({ issue }) => issue)
}

function compareWays(a: readonly string[], b: readonly string[]): number {
  const shared = Math.min(a.length, b.length)
  for (let index = 0; index < shared; index += 1) {
    const order = compareSegments(a[index] as string, b[index] as string)
    if (order !== 0) return order
  }
  return a.length - b.length
}

const INDEX = /^(?:0|[1-9][0-9]*)$/

function compareSegments(a: string, b: string): number {
  if (INDEX.test(a) !== INDEX.test(b)) return INDEX.test(a) ? -1 : 1
  // Without leading zeros, the longer number is the greater one.
  return INDEX.test(a) ? a.length - b.length || compare(a, b) : compare(a, b)
}

/** Orders issues of tokens by the name of the token, by code unit (TOK-1). @internal */
export function sortByName(issues: readonly Issue[]): readonly Issue[] {
  const nameOf = ({ pointer }: Issue): string => pointerSegments(pointer).join('/')
  return [...issues].sort((a, b) => compare(nameOf(a), nameOf(b)))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The help of a text that may have none: not one from a polluted Object.prototype. @internal */
export function ownHelp(text: { readonly help?: string } | undefined): string | undefined {
  return text !== undefined && Object.hasOwn(text, 'help') ? text.help : undefined
}
