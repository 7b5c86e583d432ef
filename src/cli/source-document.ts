import type { JsonSpan } from '../definition/json-text.ts'
import { type Issue, makeIssue, type TextRange } from '../result.ts'

/** Where a value stands in a text. @internal */
export interface Span extends JsonSpan {
  /** Whether it is a text, number, boolean or null, and not an object or array. */
  readonly scalar: boolean
}

/** A stretch of a text by offsets; `end` is exclusive. @internal */
export interface Stretch {
  readonly start: number
  readonly end: number
}

/** A file that was read, with the way back from a value to its place. @internal */
export interface SourceDocument {
  /** As it is shown: as given, with forward slashes. */
  readonly path: string
  readonly text: string
  readonly value: unknown
  /** Every value with its place, keys that stand twice included. Worked out at the first use. */
  readonly spans: () => readonly Span[]
  /** Comments, which may hold anything. */
  readonly comments: () => readonly Stretch[]
}

/** An issue with the file and the place in it that it is about. @internal */
export interface FileIssue extends Issue {
  readonly file: string
  readonly range: TextRange
}

/** A text as a document, or why and where it does not parse. @internal */
export type ReadDocument =
  | { readonly ok: true; readonly document: SourceDocument }
  | { readonly ok: false; readonly issue: FileIssue }

/** The issue of a text that does not parse; it says where, and never what stands there. @internal */
export function syntaxIssue(file: string, range: TextRange, message: string, help?: string): FileIssue {
  return { ...makeIssue('ERR_JSON_SYNTAX', '', message, help), file, range }
}

/** Keeps what `make` returned the first time. @internal */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
