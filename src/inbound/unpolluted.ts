/**
 * Reads what an object, or its class, says; what a polluted `Object.prototype` says counts as absent (T91). For objects of
 * servers, many of whose properties are not their own.
 * @internal
 */
export function unpolluted<T extends object, K extends keyof T>(object: T, name: K): T[K] | undefined {
  return Object.hasOwn(object, name) || !Object.hasOwn(Object.prototype, name) ? object[name] : undefined
}
