import { definitionSchema } from '../definition/validator.generated.ts'
import { pointerSegments } from '../json-pointer.ts'
import { camelCase, nestedFields } from './field-names.ts'
import type { SourceDocument, Span, Stretch } from './source-document.ts'
import { SELECTED_TOOL_FIELDS, TOOL_OVERRIDES_FIELDS, WRAPPER_FIELDS } from './wrapper-fields.ts'

/** The fields whose values are no secrets: all that the schema knows, but for the one that is `writeOnly` there. */
const SHOWN_FIELDS: ReadonlySet<string> = new Set(
  [
    ...nestedFields(definitionSchema.shape),
    ...SELECTED_TOOL_FIELDS,
    ...TOOL_OVERRIDES_FIELDS,
    ...WRAPPER_FIELDS,
  ].filter((name) => name !== 'value'),
)

const SECRET_BRANCHES = new Set(['authTokens', 'templateContext'])

/** A stretch that a code frame does not show, and what it shows instead. @internal */
export interface Mask extends Stretch {
  readonly shown: string
}

/**
 * The stretches of a text that a code frame must not show: comments, where the token of yesterday may stand, tokens, static values, and whatever stands under a name that
 * is no field of ours, since a misspelt `authTokens` holds tokens too.
 * @internal
 */
export function findMasks(document: SourceDocument): readonly Mask[] {
  const values = document
    .spans()
    .filter(({ scalar }) => scalar)
    .flatMap((span) => stretchesOf(span, document.text.slice(span.value.start, span.value.end)))
    .map((stretch) => ({ ...stretch, shown: '[secret]' }))
  const comments = document.comments().map(({ start, end }) => ({ start, end, shown: '# …' }))
  return [...values, ...comments].sort((a, b) => a.start - b.start)
}

function stretchesOf({ pointer, value }: Span, text: string): readonly Stretch[] {
  if (/^(?:true|false|null|~)?$/.test(text)) return []
  const segments = pointerSegments(pointer).map(camelCase)
  if (isSecretPlace(segments)) return [withoutQuotes(value, text)]
  const pattern = PARTLY_SECRET[segments.at(-1) ?? '']
  if (pattern === undefined) return []
  return [...text.matchAll(pattern)].map(({ index, 0: found }) => {
    const start = value.start + index
    return { start, end: start + found.length }
  })
}

function isSecretPlace(segments: readonly string[]): boolean {
  if (segments.some((segment) => SECRET_BRANCHES.has(segment))) return true
  const parameter = segments.findIndex((segment) => /^(?:dynamic|static)Parameters$/.test(segment))
  // A dynamic parameter's schema has keys of its own; a static parameter's value may have any.
  if (parameter >= 0 && segments[parameter + 2] === 'schema') return false
  if (parameter >= 0 && segments[parameter + 2] === 'value') return true
  return !SHOWN_FIELDS.has(segments.findLast((segment) => !/^[0-9]+$/.test(segment)) ?? '')
}

/** A URL shows neither its user info nor the values of its query; an auth-scheme not what was pasted behind it. */
const PARTLY_SECRET: { readonly [field: string]: RegExp } = {
  baseUrlPattern: /(?<=:\/\/)[^/?#@"']*(?=@)|(?<=[?&][^=&#"']*=)[^&#"'{}]+/g,
  scheme: /(?<=[^\s"']\s+)[^"']+/g,
}

function withoutQuotes({ start, end }: Stretch, text: string): Stretch {
  const quoted = text.length > 1 && /^["']/.test(text) && text.endsWith(text[0] ?? '')
  return quoted ? { start: start + 1, end: end - 1 } : { start, end }
}
