import type { IssueCode } from './errors.ts'

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

/** Orders issues by pointer, then by code, so that output is stable. @internal */
export function sortIssues(issues: readonly Issue[]): readonly Issue[] {
  return [...issues].sort((a, b) => compare(a.pointer, b.pointer) || compare(a.code, b.code))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The help of a text that may have none: not one from a polluted Object.prototype. @internal */
export function ownHelp(text: { readonly help?: string } | undefined): string | undefined {
  return text !== undefined && Object.hasOwn(text, 'help') ? text.help : undefined
}
