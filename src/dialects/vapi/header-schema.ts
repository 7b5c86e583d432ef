import { pointerTo } from '../../json-pointer.ts'
import type { DynamicParameter, JsonValue } from '../../types.ts'
import { entriesOf, isJsonObject, type JsonObject, ownField } from '../json-object.ts'
import { type ObjectPlace, readFields } from '../read-fields.ts'
import { inexpressible } from '../read-tool.ts'
import { parametersOfSchema } from '../schema-parameters.ts'
import type { ServerDraft } from './read-server.ts'
import { isPlainHeader, type ReadHeader, readHeader } from './vapi-headers.ts'
import type { VapiSettings } from './vapi-options.ts'

interface HeaderSchema {
  /** Headers with a value of their own. */
  readonly fixed: readonly ReadHeader[]
  /** Headers whose value the model chooses. */
  readonly dynamic: readonly DynamicParameter[]
}

const SCHEMA_RULES = {
  type: 'any',
  properties: 'object',
  required: 'list',
  title: 'any',
  description: 'any',
  additionalProperties: 'any',
} as const

/** What a header's schema has beside its value; an unknown word may be a misspelt `value`, and the secret in it. */
const HEADER_RULES = {
  value: 'any',
  type: 'any',
  title: 'any',
  description: 'any',
  format: 'any',
  pattern: 'any',
  minLength: 'any',
  maxLength: 'any',
  minimum: 'any',
  maximum: 'any',
  default: 'any',
  enum: 'any',
  const: 'any',
  items: 'any',
  properties: 'any',
  required: 'any',
  additionalProperties: 'any',
} as const

/** Words of a schema that say what a header may be. */
const SHOWN = ['default', 'enum', 'const'] as const

/** Reads the headers of an API request tool: a schema, in which a fixed header has its `value`. @internal */
export function readHeaderSchema(
  schema: JsonObject | undefined,
  pointer: string,
  settings: VapiSettings,
  { issues }: ServerDraft,
): HeaderSchema {
  const fixed: ReadHeader[] = []
  const read = schema && readFields(schema, SCHEMA_RULES, { pointer, what: 'headers', issues })
  const properties = read?.properties
  for (const [name, property] of entriesOf(properties)) {
    const at = pointerTo(pointer, 'properties', name)
    const value = headerValue(property)
    if (value === undefined) checkDynamic(name, property, { pointer: at, what: name, issues }, settings)
    else {
      const header = readHeader(name, value, { pointer: pointerTo(at, 'value'), what: 'headers', issues }, settings)
      if (header !== null) fixed.push(header)
    }
  }
  const dynamic = parametersOfSchema(schema, (name) =>
    headerValue(ownField(properties, name)) === undefined ? 'PARAMETER_LOCATION_HEADER' : null,
  )
  return { fixed, dynamic }
}

/** A definition shows the schema of what the model chooses to everyone, and with it a secret in it. */
function checkDynamic(name: string, schema: JsonValue, place: ObjectPlace, settings: VapiSettings): void {
  const read = readFields(schema, HEADER_RULES, place)
  if (read === null || isPlainHeader(name, settings)) return
  for (const word of SHOWN) {
    if (read[word] === undefined) continue
    const message = `\`${word}\` of the header \`${name}\` would stand in the definition, where everyone reads it`
    const help = 'give a secret as `value`; name the header as a plain one where it holds none'
    place.issues.push(inexpressible(pointerTo(place.pointer, word), message, help))
  }
}

function headerValue(property: JsonValue | undefined): JsonValue | undefined {
  return isJsonObject(property) ? ownField(property, 'value') : undefined
}
