import { pointerTo } from '../../json-pointer.ts'
import type { DynamicParameter, JsonValue, ParameterLocation } from '../../types.ts'
import { entriesOf, isJsonObject, type JsonObject, ownField } from '../json-object.ts'
import { inexpressible } from '../read-tool.ts'
import { parametersOfSchema } from '../schema-parameters.ts'
import type { ServerDraft } from './read-server.ts'
import { hasLiquid } from './vapi-headers.ts'

/**
 * Reads the body of an API request tool: a schema, in which a fixed field has its `value`. What is fixed becomes a static
 * parameter, and the rest is for the model.
 * @internal
 */
export function readBodySchema(
  schema: JsonObject | undefined,
  pointer: string,
  locate: (name: string) => ParameterLocation,
  draft: ServerDraft,
): readonly DynamicParameter[] {
  const properties = ownField(schema, 'properties')
  for (const [name, property] of entriesOf(properties)) {
    const at = pointerTo(pointer, 'properties', name)
    const value = ownField(property, 'value')
    if (value !== undefined) addFixed(name, value, locate(name), pointerTo(at, 'value'), draft)
    else if (hasFixed(property)) draft.issues.push(inexpressible(at, `a field inside of \`${name}\` has a fixed value`))
  }
  return parametersOfSchema(schema, (name) =>
    ownField(ownField(properties, name), 'value') === undefined ? locate(name) : null,
  )
}

function addFixed(
  name: string,
  value: JsonValue,
  location: ParameterLocation,
  pointer: string,
  { issues, places, fixed }: ServerDraft,
): void {
  const isPath = location === 'PARAMETER_LOCATION_PATH'
  if (isPath || hasLiquid(value)) {
    const where = isPath ? 'the URL has its place' : 'it is filled in by a Liquid template'
    issues.push(inexpressible(pointer, `the value of field \`${name}\` is fixed, and ${where}`))
    return
  }
  places.set(pointerTo('', 'staticParameters', fixed.length), pointer)
  fixed.push({ name, location, value })
}

/** Whether a part of a field is fixed: a definition fixes whole fields only. */
function hasFixed(schema: JsonValue | undefined): boolean {
  if (!isJsonObject(schema)) return false
  const parts = [ownField(schema, 'items'), ...entriesOf(ownField(schema, 'properties')).map(([, part]) => part)]
  return parts.some((part) => ownField(part, 'value') !== undefined || hasFixed(part))
}
