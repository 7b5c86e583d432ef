import { createLocator } from '../definition/json-text.ts'
import { aboutKey } from '../definition/parse-text.ts'
import { pointerSegments, pointerTo } from '../json-pointer.ts'
import type { Issue, TextRange } from '../result.ts'
import { snakeCase } from './field-names.ts'
import type { FileIssue, SourceDocument, Span, Stretch } from './source-document.ts'

interface Index {
  readonly byPointer: ReadonlyMap<string, Span>
  readonly locate: (stretch: Stretch) => TextRange
}

const indexes = new WeakMap<SourceDocument, Index>()

function indexOf(document: SourceDocument): Index {
  const known = indexes.get(document)
  if (known !== undefined) return known
  // Of a key that stands twice the later one, which is the one that the issue is about.
  const byPointer = new Map(document.spans().map((span) => [span.pointer, span]))
  const index = { byPointer, locate: createLocator(document.text) }
  indexes.set(document, index)
  return index
}

/**
 * Gives an issue its place in the file. Its pointer becomes the one that the author's spelling has.
 * @param prefix Where in the file the value stands that the issue's pointer leads into.
 * @internal
 */
export function placeIssue(document: SourceDocument, issue: Issue, prefix = ''): FileIssue {
  const { byPointer, locate } = indexOf(document)
  const { pointer, nearest } = spellAsWritten(byPointer, prefix + issue.pointer)
  const span = byPointer.get(nearest)
  const stretch = span === undefined ? { start: 0, end: 0 } : stretchFor(issue, span)
  return { ...issue, pointer, file: document.path, range: locate(stretch) }
}

/** The key for what is wrong with a name, or where the value is an object that runs over many lines. */
function stretchFor(issue: Issue, { key, value, scalar }: Span): Stretch {
  return key !== null && (aboutKey(issue) || !scalar) ? key : value
}

/** Lints speak camelCase; the file may not. What the file does not have at all leads to the object it is missing from. */
function spellAsWritten(
  places: ReadonlyMap<string, Span>,
  pointer: string,
): { readonly pointer: string; readonly nearest: string } {
  if (places.has(pointer)) return { pointer, nearest: pointer }
  let nearest = ''
  let written = ''
  for (const segment of pointerSegments(pointer)) {
    const parent = written
    written = [segment, snakeCase(segment)].map((name) => pointerTo(parent, name)).find((at) => places.has(at)) ?? ''
    if (written === '') written = pointerTo(parent, segment)
    else nearest = written
  }
  return { pointer: written, nearest }
}

/** Orders issues by place, then by code; of two files the one that was named first comes first. @internal */
export function byPlace(a: FileIssue, b: FileIssue): number {
  const { start: left } = a.range
  const { start: right } = b.range
  return left.line - right.line || left.column - right.column || (a.code < b.code ? -1 : a.code > b.code ? 1 : 0)
}
