import { pointerTo } from '../../json-pointer.ts'
import { type Issue, makeIssue } from '../../result.ts'
import { didYouMean } from '../../suggest.ts'
import { entriesOf, isJsonObject, type JsonObject, ownField } from '../json-object.ts'
import { type UniqueNames, uniqueNames } from '../unique-names.ts'
import { isIssue, type References } from './references.ts'

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const

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
    if (!path.startsWith('/')) return []
    const pointer = pointerTo('/paths', path)
    const found = references.follow(given, pointer)
    if (isIssue(found)) return [broken(path, pointer, found, names)]
    const { value: item, pointer: itemPointer } = found
    if (!isJsonObject(item)) {
      return [broken(path, pointer, makeIssue('ERR_FIELD_TYPE', pointer, 'a path item is an object'), names)]
    }
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
  const issue = isJsonObject(given) ? null : makeIssue('ERR_FIELD_TYPE', pointer, 'an operation is an object')
  const id = ownField(operation, 'operationId')
  const name = names.take(typeof id === 'string' && id !== '' ? id : `${method}_${path}`)
  const label = `${method.toUpperCase()} ${path}`
  const labels = typeof id === 'string' ? [id, name, label] : [name, label]
  return { name, pointer, path, method: method.toUpperCase(), item, itemPointer, operation, issue, labels }
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
