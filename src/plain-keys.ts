/** The own enumerable names of a plain object, of any realm; `null` for anything else. Never throws. @internal */
export function plainKeys(value: unknown): readonly string[] | null {
  if (typeof value !== 'object' || value === null) return null
  try {
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== null && prototype !== Object.prototype && Object.getPrototypeOf(prototype) !== null) return null
    return Array.isArray(value) ? null : Object.keys(value)
  } catch {
    return null
  }
}
