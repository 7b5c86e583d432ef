import type { DynamicParameter, ParameterLocation } from '../types.ts'
import { entriesOf, isJsonObject, itemsOf, type JsonObject, ownField } from './json-object.ts'

/**
 * Tells the properties of a JSON Schema of type object as parameters, in their order.
 * @param locate Says where each is written; `null` leaves it out.
 * @internal
 */
export function parametersOfSchema(
  schema: JsonObject | undefined,
  locate: (name: string) => ParameterLocation | null,
): readonly DynamicParameter[] {
  const names = new Set(itemsOf(ownField(schema, 'required')))
  return entriesOf(ownField(schema, 'properties')).flatMap(([name, property]) => {
    const location = locate(name)
    if (location === null) return []
    return [
      {
        name,
        location,
        ...(isJsonObject(property) && Object.keys(property).length > 0 ? { schema: property } : {}),
        ...(names.has(name) ? { required: true } : {}),
      },
    ]
  })
}

/** The JSON Schema of parameters; `undefined` for none. The inverse of {@link parametersOfSchema}. @internal */
export function schemaOfParameters(parameters: readonly DynamicParameter[]): JsonObject | undefined {
  if (parameters.length === 0) return undefined
  const required = parameters.filter((parameter) => parameter.required === true).map(({ name }) => name)
  return {
    type: 'object',
    properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema ?? {}])),
    ...(required.length === 0 ? {} : { required }),
  }
}
