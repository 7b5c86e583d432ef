import { createLocator } from '../../definition/json-text.ts'
import { aboutKey } from '../../definition/parse-text.ts'
import { pointerSegments, pointerTo } from '../../json-pointer.ts'
import type { Issue, TextRange } from '../../result.ts'
import { snakeCase } from './field-names.ts'
import { holdsSecret } from './masks.ts'
import type { Place, Stretch } from './place-tree.ts'
import type { FileIssue, SourceDocument } from './source-document.ts'

type Locate = (stretch: Stretch) => TextRange

const locators = new WeakMap<SourceDocument, Locate>()

function locatorOf(document: SourceDocument): Locate {
  const locate = locators.get(document) ?? createLocator(document.text)
  locators.set(document, locate)
  return locate
}

/**
 * Gives an issue its place in the file. Its pointer becomes the one that the author's spelling has.
 * @param prefix Where in the file the value stands that the issue's pointer leads into.
 * @internal
 */
export function placeIssue(document: SourceDocument, issue: Issue, prefix = ''): FileIssue {
  const { pointer, nearest } = spellAsWritten(document.places().root, prefix + issue.pointer)
  const range = locatorOf(document)(stretchFor(issue, nearest, document.text))
  return { ...issue, pointer, file: document.path, range }
}

/**
 * The key for what is wrong with a name, and where the value runs over many lines; without a key the bracket that opens
 * it. Where a value is a secret, or holds one, its end would tell how long the secret is.
 */
function stretchFor(issue: Issue, place: Place, text: string): Stretch {
  const { key, value, scalar } = place.span
  const secret = holdsSecret(place, text)
  if (key !== null && (aboutKey(issue) || !scalar || secret)) return key
  if (!scalar) return { start: value.start, end: value.start + 1 }
  return secret ? { start: value.start, end: value.start } : value
}

/** Lints speak camelCase; the file may not. What the file does not have at all leads to the object it is missing from. */
function spellAsWritten(root: Place, pointer: string): { readonly pointer: string; readonly nearest: Place } {
  let nearest = root
  let found: Place | undefined = root
  let written = ''
  for (const segment of pointerSegments(pointer)) {
    found = found?.children?.get(segment) ?? found?.children?.get(snakeCase(segment))
    written = pointerTo(written, found?.segment ?? segment)
    nearest = found ?? nearest
  }
  return { pointer: written, nearest }
}

/** Orders issues by place, then by code; of two files the one that was named first comes first. @internal */
export function byPlace(a: FileIssue, b: FileIssue): number {
  const { start: left } = a.range
  const { start: right } = b.range
  return left.line - right.line || left.column - right.column || (a.code < b.code ? -1 : a.code > b.code ? 1 : 0)
}
