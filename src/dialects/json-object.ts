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

/** No document that can be read holds a longer list; a list of holes may, and walking over it takes minutes. */
const MAX_ITEMS = 1_000_000

/** The items of a list; none of anything else. @internal */
export function itemsOf(value: unknown): readonly JsonValue[] {
  return Array.isArray(value) && value.length <= MAX_ITEMS ? (value as readonly JsonValue[]) : []
}
