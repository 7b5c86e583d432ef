import { pointerTo } from '../../json-pointer.ts'
import { type Issue, makeIssue } from '../../result.ts'
import type { JsonValue, StaticParameter } from '../../types.ts'
import { entriesOf, isJsonObject, itemsOf, type JsonObject, ownField } from '../json-object.ts'
import { parametersOfSchema } from '../schema-parameters.ts'
import type { Operation } from './operations.ts'
import type { ReadParameter } from './parameters.ts'
import { isIssue, type References } from './references.ts'
import type { SchemaWriter } from './schemas.ts'

/** The body of an operation as parameters. @internal */
export interface ReadBody {
  readonly fields: readonly ReadParameter[]
  readonly fixed: readonly StaticParameter[]
}

const NOTHING: ReadBody = { fields: [], fixed: [] }

/** The properties of a JSON body; any other body is for the caller to give. @internal */
export function readBody(
  { operation, pointer }: Operation,
  references: References,
  schemas: SchemaWriter,
  issues: Issue[],
): ReadBody {
  const found = references.follow(ownField(operation, 'requestBody'), pointerTo(pointer, 'requestBody'))
  if (isIssue(found)) {
    issues.push(found)
    return NOTHING
  }
  const content = entriesOf(ownField(found.value, 'content'))
  if (content.length === 0) return NOTHING
  const at = pointerTo(found.pointer, 'content')
  const json = content.find(([type]) => isJson(type))
  const [type, media] = json ?? content[0] ?? ['', null]
  const place = pointerTo(at, type)
  const object = json === undefined ? null : objectSchema(ownField(media, 'schema'), place, references)
  if (object === null) return given(type, place, issues)
  const schema = schemas.write(object, place)
  const isRequired = ownField(found.value, 'required') === true
  const fields = parametersOfSchema(schema, () => 'PARAMETER_LOCATION_BODY').map((parameter) => {
    const { required: _, ...optional } = parameter
    return { parameter: isRequired ? parameter : optional, pointer: place }
  })
  if (fields.length === 0) return given(type, place, issues)
  return { fields, fixed: isPlainJson(type) ? [] : [contentType(type)] }
}

/** Whether a media type is JSON, of which every object is (RFC 6838 section 4.2.8). */
function isJson(type: string): boolean {
  return /^(?:application\/(?:[\w.+-]+\+)?json|\*\/\*)(?:;|$)/i.test(type.trim()) && !/patch\+json/i.test(type)
}

function isPlainJson(type: string): boolean {
  return /^application\/json$|^\*\/\*$/i.test(type.trim())
}

function contentType(type: string): StaticParameter {
  return { name: 'Content-Type', location: 'PARAMETER_LOCATION_HEADER', value: type }
}

function given(type: string, pointer: string, issues: Issue[]): ReadBody {
  const message = `the body, \`${type}\`, is not put together from parameters: it is given to each request`
  issues.push(makeIssue('WARN_DIALECT_DROPPED', pointer, message))
  const isConcrete = /^[\w.+-]+\/[\w.+-]+(?: *;[ \x21-\x7e]*)?$/.test(type) && !isPlainJson(type)
  return { fields: [], fixed: isConcrete ? [contentType(type)] : [] }
}

/** A schema of an object with its properties in one place; `null` for anything else. */
function objectSchema(schema: JsonValue | undefined, pointer: string, references: References): JsonObject | null {
  const properties = new Map<string, JsonValue>()
  const required = new Set<JsonValue>()
  const isObject = collect(schema, pointer, references, { properties, required, seen: new Set() }, 0)
  if (!isObject || properties.size === 0) return null
  return { type: 'object', properties: Object.fromEntries(properties), required: [...required] }
}

const MAX_NESTING = 16

interface Collected {
  readonly properties: Map<string, JsonValue>
  readonly required: Set<JsonValue>
  /** What has been gathered: a schema that consists of another many times says no more than one that does once. */
  readonly seen: Set<JsonObject>
}

/** Gathers the properties of a schema and of all that it consists of. */
function collect(
  schema: JsonValue | undefined,
  pointer: string,
  references: References,
  into: Collected,
  depth: number,
): boolean {
  const found = references.follow(schema, pointer)
  if (isIssue(found) || !isJsonObject(found.value) || depth > MAX_NESTING) return false
  const { value } = found
  if (into.seen.has(value)) return true
  into.seen.add(value)
  const type = ownField(value, 'type') ?? 'object'
  const isObject = type === 'object' || itemsOf(type).includes('object')
  if (!isObject || ownField(value, 'oneOf') !== undefined || ownField(value, 'anyOf') !== undefined) return false
  for (const [name, property] of entriesOf(ownField(value, 'properties'))) into.properties.set(name, property)
  for (const name of itemsOf(ownField(value, 'required'))) into.required.add(name)
  return itemsOf(ownField(value, 'allOf')).every((part) => collect(part, found.pointer, references, into, depth + 1))
}
