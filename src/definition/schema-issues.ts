import { pointerSegments, pointerTo } from '../json-pointer.ts'
import { type Issue, makeIssue, ownHelp } from '../result.ts'
import { createAdviser, didYouMean, suggest } from '../suggest.ts'
import type { JsonValue } from '../types.ts'
import type { CompiledSchema, SchemaError } from './compiled-schema.ts'
import { type Shape, shapeAt } from './shape.ts'

/**
 * Validates against the JSON Schema; one issue a mistake, in words of the definition.
 * @param allowUnknown Whether unknown fields and enum values outside `requirements` are warnings (DEF-1).
 * @internal
 */
export function checkSchema(value: JsonValue, schema: CompiledSchema, allowUnknown = false): readonly Issue[] {
  if (schema.validate(value, ROOT)) return []
  const errors = schema.validate.errors ?? []
  const unknown = unknownFieldsByPath(errors)
  const own = errors.filter((error) => !isEcho(error, unknown))
  // Where a near miss decides, each is looked for, not the first ones only.
  if (allowUnknown) return own.map((error) => tolerate(error, toIssue(error, schema, didYouMean)))
  const advise = createAdviser()
  return own.map((error) => toIssue(error, schema, advise))
}

/** A near miss of a known field stays an error, and so does everything that could empty an option. */
function tolerate(error: SchemaError, issue: Issue): Issue {
  if (/^\/requirements(?:\/|$)/.test(issue.pointer)) return issue
  const unknownField = error.keyword === 'additionalProperties' && issue.help?.startsWith('did you mean') !== true
  if (unknownField) return { ...issue, code: 'WARN_FIELD_UNKNOWN', severity: 'warning' }
  return error.keyword === 'enum' ? { ...issue, code: 'WARN_FIELD_VALUE', severity: 'warning' } : issue
}

// Its own properties, all of them: the generated code would read absent ones from a polluted Object.prototype.
const ROOT = Object.freeze({
  instancePath: '',
  parentData: undefined,
  parentDataProperty: undefined,
  rootData: undefined,
  dynamicAnchors: Object.freeze({}),
})

function unknownFieldsByPath(errors: readonly SchemaError[]): ReadonlyMap<string, readonly string[]> {
  const fields = new Map<string, string[]>()
  for (const { keyword, instancePath, params } of errors) {
    if (keyword !== 'additionalProperties') continue
    const known = fields.get(instancePath) ?? []
    known.push(String(params['additionalProperty']))
    fields.set(instancePath, known)
  }
  return fields
}

/** Whether another error says the same thing better. */
function isEcho(error: SchemaError, unknown: ReadonlyMap<string, readonly string[]>): boolean {
  // The pattern that the name failed, and the branch that was taken, are reported themselves.
  if (error.keyword === 'propertyNames' || error.keyword === 'if') return true
  if (error.keyword !== 'required') return false
  // A misspelt field is both unknown and missing.
  const missing = String(error.params['missingProperty'])
  return (unknown.get(error.instancePath) ?? []).some((field) => suggest(field, [missing]) !== undefined)
}

function toIssue(error: SchemaError, schema: CompiledSchema, advise: typeof didYouMean): Issue {
  const own = schema.texts[error.schemaPath]
  if (error.keyword === 'additionalProperties') return unknownField(error, schema, advise)
  const name = Object.hasOwn(error, 'propertyName') ? error.propertyName : undefined
  const pointer = name === undefined ? error.instancePath : pointerTo(error.instancePath, name)
  if (own !== undefined) return makeIssue(own.code, pointer, own.message, ownHelp(own))
  switch (error.keyword) {
    case 'required':
      return makeIssue('ERR_FIELD_MISSING', pointer, `missing field \`${String(error.params['missingProperty'])}\``)
    case 'type':
      return makeIssue('ERR_FIELD_TYPE', pointer, `expected ${typeInWords(error.params['type'])}`)
    case 'enum':
      return makeIssue('ERR_FIELD_VALUE', pointer, `expected one of ${inWords(error.params['allowedValues'])}`)
    default:
      return makeIssue('ERR_FIELD_VALUE', pointer, 'the value is not allowed here')
  }
}

function unknownField(error: SchemaError, schema: CompiledSchema, advise: typeof didYouMean): Issue {
  const field = String(error.params['additionalProperty'])
  const own = schema.texts[error.schemaPath]
  const fields = knownFields(error.instancePath, schema)
  const help =
    advise(field, fields) ?? ownHelp(own) ?? (fields.length > 0 ? `known here: ${inWords(fields)}` : undefined)
  const what = own?.code === 'ERR_KIND_UNKNOWN' ? 'kind' : 'field'
  return makeIssue(
    own?.code ?? 'ERR_FIELD_UNKNOWN',
    pointerTo(error.instancePath, field),
    `unknown ${what} \`${field}\``,
    help,
  )
}

function knownFields(pointer: string, { shape }: CompiledSchema): readonly string[] {
  // Without a prototype: a polluted one would bring fields of its own.
  const { fields = {} }: Shape = Object.assign(Object.create(null), shapeAt(shape, pointerSegments(pointer)))
  return Object.keys(fields)
}

function typeInWords(type: unknown): string {
  return type === 'object' || type === 'array' ? `an ${type}` : `a ${String(type)}`
}

function inWords(names: unknown): string {
  return (names as readonly unknown[]).map((name) => `\`${String(name)}\``).join(', ')
}
