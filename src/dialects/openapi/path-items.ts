import { pointerTo } from '../../json-pointer.ts'
import { type Issue, makeIssue } from '../../result.ts'
import { suggest } from '../../suggest.ts'
import type { JsonValue } from '../../types.ts'
import { isJsonObject, type JsonObject, ownField } from '../json-object.ts'
import { isIssue, type References } from './references.ts'
import { findMisspelt } from './security-fields.ts'

/** The methods of operations, as a path item spells them. @internal */
export const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const

/** The fixed fields of a path item (OpenAPI 3.1, section 4.8.9.1). */
const FIELDS: readonly string[] = ['$ref', 'summary', 'description', 'servers', 'parameters', ...METHODS]

/** A path item behind its references. @internal */
export interface PathItem {
  readonly item: JsonObject
  readonly pointer: string
}

/** Reads what stands at a path; an issue where none of its operations can be read. @internal */
export function readPathItem(
  path: string,
  given: JsonValue,
  pointer: string,
  references: References,
): PathItem | Issue {
  if (!path.startsWith('/')) {
    return makeIssue('ERR_FIELD_UNKNOWN', pointer, 'a path begins with a slash', 'a field of your own begins with `x-`')
  }
  const beside = isJsonObject(given) && Object.hasOwn(given, '$ref') ? besideReference(given) : undefined
  if (beside !== undefined) {
    const help = 'move it to where the reference leads, or write the path out'
    return makeIssue(
      'ERR_DIALECT_REFERENCE',
      pointerTo(pointer, beside),
      `\`${beside}\` stands beside a \`$ref\``,
      help,
    )
  }
  const found = references.follow(given, pointer)
  if (isIssue(found)) return found
  const { value: item, pointer: at } = found
  if (!isJsonObject(item)) return makeIssue('ERR_FIELD_TYPE', pointer, 'a path item is an object')
  return findMisspelt(item, FIELDS, at)[0] ?? misspeltMethod(item, at) ?? { item, pointer: at }
}

/** OpenAPI leaves open which goes before the other. */
function besideReference(item: JsonObject): string | undefined {
  const plain = ['$ref', 'summary', 'description']
  return Object.keys(item).find((name) => !plain.includes(name) && !name.startsWith('x-'))
}

/** An operation in another spelling would disappear without a word. */
function misspeltMethod(item: JsonObject, pointer: string): Issue | undefined {
  const methods: readonly string[] = METHODS
  for (const name of Object.keys(item)) {
    if (FIELDS.includes(name) || name.startsWith('x-') || !isJsonObject(ownField(item, name))) continue
    const meant = suggest(name, FIELDS)
    if (meant === undefined || !methods.includes(meant)) continue
    return makeIssue(
      'ERR_FIELD_UNKNOWN',
      pointerTo(pointer, name),
      `unknown field \`${name}\``,
      `did you mean \`${meant}\`?`,
    )
  }
  return undefined
}
