/** A JSON object whose keys anyone may have chosen. @internal */
export type JsonObject = { readonly [key: string]: unknown }

/** @internal */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A field as its author spelled it. @internal */
export interface Field {
  readonly key: string
  readonly value: unknown
}

/** An own field, in camelCase or in the `snake_case` that ProtoJSON accepts; `null` means absent (DEF-1). @internal */
export function readField(object: unknown, name: string): Field | null {
  if (!isObject(object)) return null
  for (const key of [name, snakeCase(name)]) {
    if (Object.hasOwn(object, key) && object[key] !== null) return { key, value: object[key] }
  }
  return null
}

/** A field that holds a text, or `null`. @internal */
export function readText(object: unknown, name: string): string | null {
  const value = readField(object, name)?.value
  return typeof value === 'string' ? value : null
}

/** `httpMethod` as `http_method`. @internal */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** `http_method` as `httpMethod`. @internal */
export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}
