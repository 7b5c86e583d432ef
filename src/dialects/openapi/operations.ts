import { pointerTo } from '../../json-pointer.ts'
import { type Issue, makeIssue } from '../../result.ts'
import { didYouMean } from '../../suggest.ts'
import type { JsonValue } from '../../types.ts'
import { entriesOf, isJsonObject, type JsonObject, ownField } from '../json-object.ts'
import { type UniqueNames, uniqueNames } from '../unique-names.ts'
import { METHODS, type PathItem, readPathItem } from './path-items.ts'
import type { References } from './references.ts'

/** An operation of a document, or a path whose operations are out of sight. @internal */
export interface Operation {
  /** Its tool's name, unique in the document. */
  readonly name: string
  readonly pointer: string
  readonly path: string
  readonly method: string
  readonly item: JsonObject
  readonly itemPointer: string
  readonly operation: JsonObject
  /** Why the operation cannot be read at all. */
  readonly issue: Issue | null
  /** What it may be picked by. */
  readonly labels: readonly string[]
}

/** Lists the operations of a document, in its order. @internal */
export function listOperations(document: JsonObject, references: References): readonly Operation[] {
  const names = uniqueNames()
  return entriesOf(ownField(document, 'paths')).flatMap(([path, given]) => {
    if (path.startsWith('x-')) return []
    const pointer = pointerTo('/paths', path)
    const found = readPathItem(path, given, pointer, references)
    if (Object.hasOwn(found, 'code')) return [broken(path, pointer, found as Issue, names)]
    const { item, pointer: itemPointer } = found as PathItem
    return METHODS.filter((method) => Object.hasOwn(item, method)).map((method) =>
      readOperation(path, method, item, itemPointer, names),
    )
  })
}

function broken(path: string, pointer: string, issue: Issue, names: UniqueNames): Operation {
  const about = { path, method: '', item: {}, itemPointer: pointer, operation: {}, labels: [path] }
  return { name: names.take(path), pointer, issue, ...about }
}

function readOperation(
  path: string,
  method: string,
  item: JsonObject,
  itemPointer: string,
  names: UniqueNames,
): Operation {
  const given = item[method]
  const pointer = pointerTo(itemPointer, method)
  const operation = isJsonObject(given) ? given : {}
  const issue = whyUnreadable(given, pointer)
  const id = ownField(operation, 'operationId')
  const name = names.take(typeof id === 'string' && id !== '' ? id : `${method}_${path}`)
  const label = `${method.toUpperCase()} ${path}`
  const labels = typeof id === 'string' ? [id, name, label] : [name, label]
  return { name, pointer, path, method: method.toUpperCase(), item, itemPointer, operation, issue, labels }
}

/** What stands behind a reference may have a `security` of its own. */
function whyUnreadable(operation: JsonValue | undefined, pointer: string): Issue | null {
  if (!isJsonObject(operation)) return makeIssue('ERR_FIELD_TYPE', pointer, 'an operation is an object')
  if (!Object.hasOwn(operation, '$ref')) return null
  const message = 'an operation is written out, and not a reference'
  return makeIssue('ERR_DIALECT_REFERENCE', pointerTo(pointer, '$ref'), message, 'let its path be the reference')
}

/** The operations that were asked for, and an issue for each that is not there. @internal */
export function pickOperations(
  operations: readonly Operation[],
  wanted: readonly string[] | null,
): { readonly picked: readonly Operation[]; readonly issues: readonly Issue[] } {
  if (wanted === null) return { picked: operations, issues: [] }
  const asked = new Set(wanted)
  const known = new Set(operations.flatMap(({ labels }) => labels))
  const issues = [...asked]
    .filter((label) => !known.has(label))
    .map((label) => {
      const message = `the document has no operation \`${label}\``
      const help = didYouMean(label, known) ?? 'name it by its `operationId`, or as `GET /path`'
      return makeIssue('ERR_DIALECT_OPERATION', '/paths', message, help)
    })
  return { picked: operations.filter(({ labels }) => labels.some((label) => asked.has(label))), issues }
}
