import type { Shape } from '../../definition/shape.ts'
import { suggest } from '../../suggest.ts'
import { camelCase } from './field-names.ts'
import { type Place, type Stretch, segmentsOf } from './place-tree.ts'
import { OPEN, SHOWN_SHAPES } from './shown-shapes.ts'
import type { SourceDocument } from './source-document.ts'

/** A stretch that a code frame does not show, and what it shows instead. @internal */
export interface Mask extends Stretch {
  readonly shown: string
}

/**
 * The stretches of a text that a code frame must not show, in order: comments, where the token of yesterday may stand,
 * tokens, static values, and whatever stands under a name that is no field of ours, since a misspelt `authTokens` holds
 * tokens too.
 * @internal
 */
export function findMasks(document: SourceDocument): readonly Mask[] {
  const values = document
    .places()
    .all.filter(({ span }) => span.scalar)
    .flatMap((place) => secretsOf(place, document.text))
    .map((stretch) => ({ ...stretch, shown: '[secret]' }))
  const comments = document.comments().map(({ start, end }) => ({ start, end, shown: '# …' }))
  return [...values, ...comments].sort((a, b) => a.start - b.start)
}

/** Whether a value, or a part of it, is not shown: then its length must not be told either. @internal */
export function holdsSecret(place: Place, text: string): boolean {
  return place.span.scalar && secretsOf(place, text).length > 0
}

function secretsOf(place: Place, text: string): readonly Stretch[] {
  const inner = withoutQuotes(place.span.value, text)
  const shown = text.slice(inner.start, inner.end)
  if (/^(?:true|false|null|~)?$/.test(shown)) return []
  const segments = segmentsOf(place).map(String)
  if (!SHOWN_SHAPES.some((shape) => isShown(shape, segments))) return [inner]
  const pattern = PARTLY_SECRET[camelCase((segments.at(-1) ?? '').slice(0, MAX_FIELD))]
  if (pattern === undefined) return []
  return [...shown.matchAll(pattern)].map(({ index, 0: found }) => {
    const start = inner.start + index
    return { start, end: start + found.length }
  })
}

/** Whether a path leads to a value that the shape knows. */
function isShown(root: Shape, segments: readonly string[]): boolean {
  let shape: Shape | undefined = root
  for (const segment of segments) {
    if (shape === OPEN) return true
    shape = shape?.items ?? shape?.values ?? fieldNear(shape?.fields ?? {}, segment)
    if (shape === undefined) return false
  }
  return shape === OPEN || (shape?.fields ?? shape?.values ?? shape?.items) === undefined
}

// No field of ours is nearly as long; a key of megabytes is not looked at once for each value below it.
const MAX_FIELD = 64

const SECRET_FIELDS = ['authTokens', 'templateContext', 'parameterOverrides', 'value', 'token']

/** A field, also one that is misspelt, unless it may be a misspelt secret. */
function fieldNear(fields: NonNullable<Shape['fields']>, segment: string): Shape | undefined {
  if (segment.length > MAX_FIELD) return undefined
  const name = camelCase(segment)
  if (SECRET_FIELDS.includes(name)) return undefined
  if (Object.hasOwn(fields, name)) return fields[name]
  const near = suggest(segment, [...SECRET_FIELDS, ...Object.keys(fields)])
  return near !== undefined && Object.hasOwn(fields, near) ? fields[near] : undefined
}

/** A URL shows neither its user info nor the values of its query; an auth-scheme not what was pasted behind it. */
const PARTLY_SECRET: { readonly [field: string]: RegExp } = {
  baseUrlPattern: /(?<=:\/\/)[^/?#]*(?=@)|(?<=[?&][^=&#]*=)[^&#{}]+/g,
  scheme: /(?<=\S\s+).+/gs,
}

function withoutQuotes({ start, end }: Stretch, text: string): Stretch {
  const quote = text[start] ?? ''
  const quoted = (quote === '"' || quote === "'") && end - start > 1 && text[end - 1] === quote
  return quoted ? { start: start + 1, end: end - 1 } : { start, end }
}
