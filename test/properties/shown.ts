import { Secret } from '../../src/secret.ts'

/** A deep, plain copy with every `Secret` revealed, since matchers see all secrets as equal. Undefined stays. */
export function shown(value: unknown): unknown {
  if (value instanceof Secret) return { secret: value.reveal() }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(shown)
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, shown(child)]))
}

/** The same without the notices, which may say more without anything else having changed. */
export function withoutNotices(resolution: object): unknown {
  const { notices: _, ...rest } = shown(resolution) as { notices?: unknown }
  return rest
}

/** Every own property of every object that can be reached, functions included, each with its path. */
export function reachable(root: unknown): Map<object, string> {
  const found = new Map<object, string>()
  const waiting: [unknown, string][] = [[root, '']]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [value, path] = next
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || found.has(value)) continue
    found.set(value, path)
    for (const key of Reflect.ownKeys(value)) waiting.push([Reflect.get(value, key), `${path}/${String(key)}`])
  }
  return found
}

/** Paths of reachable objects and arrays that are not frozen; functions and secrets hold nothing that is read later. */
export function unfrozen(root: unknown): readonly string[] {
  return [...reachable(root)]
    .filter(([value]) => typeof value === 'object' && !(value instanceof Secret) && !Object.isFrozen(value))
    .map(([, path]) => path)
}
