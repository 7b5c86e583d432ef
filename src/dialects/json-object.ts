import type { JsonValue } from '../types.ts'

/** An object as JSON holds it. @internal */
export type JsonObject = { readonly [key: string]: JsonValue }

/** Whether a value is a JSON object: no array, not `null`. @internal */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A property of its own; `undefined` for what is inherited, and for what is no object at all. @internal */
export function ownField(value: unknown, key: string): JsonValue | undefined {
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

/** The own fields of an object, none of anything else. @internal */
export function entriesOf(value: unknown): readonly (readonly [name: string, value: JsonValue])[] {
  return isJsonObject(value) ? Object.entries(value) : []
}

/** JSON text with sorted keys: equal for equal values, whatever the order of their fields. @internal */
export function sortedJson(value: JsonValue): string {
  return JSON.stringify(value, (_, inner: JsonValue) =>
    isJsonObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  )
}
