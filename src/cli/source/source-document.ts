import { type Issue, makeIssue, type TextRange } from '../../result.ts'
import type { Place, Stretch } from './place-tree.ts'

/** The places of a text's values. @internal */
export interface DocumentPlaces {
  readonly root: Place
  /** Every value once, the earlier ones of a key that stands twice included. */
  readonly all: readonly Place[]
}

/** A file that was read, with the way back from a value to its place. @internal */
export interface SourceDocument {
  /** As it is shown: as given, with forward slashes. */
  readonly path: string
  readonly text: string
  readonly value: unknown
  /** Where its values stand. Worked out at the first use. */
  readonly places: () => DocumentPlaces
  /** Comments, which may hold anything. */
  readonly comments: () => readonly Stretch[]
}

/** An issue with the file and the place in it that it is about. @internal */
export interface FileIssue extends Issue {
  readonly file: string
  readonly range: TextRange
}

/** An issue of a file, and the file, for its code frame. @internal */
export interface Finding {
  readonly issue: FileIssue
  readonly document: SourceDocument
}

/** Whether any of them refuses; warnings do not. @internal */
export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some(({ issue }) => issue.severity === 'error')
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
