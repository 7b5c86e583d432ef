import { SecurityError } from '../errors.ts'
import { total } from '../total.ts'

/**
 * Reads headers once: every value by the name in lower case. `Headers` of any package's `fetch`, lists of pairs and maps
 * give their pairs; a record its own properties.
 *
 * No class is asked for, because each copy of `fetch` has a `Headers` of its own, and one that is not recognised would
 * look empty.
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`; what an iterator throws is dropped.
 * @internal
 */
export function headerLists(headers: object): ReadonlyMap<string, readonly unknown[]> {
  return total('ERR_ARGUMENT_INVALID', () => {
    const lists = new Map<string, readonly unknown[]>()
    for (const [name, value] of pairsOf(headers)) {
      if (value === undefined) continue
      const lower = name.toLowerCase()
      lists.set(lower, [...(lists.get(lower) ?? []), ...(Array.isArray(value) ? value : [value])])
    }
    return lists
  })
}

function pairsOf(headers: object): readonly (readonly [string, unknown])[] {
  const isIterable = typeof (headers as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function'
  return isIterable ? Array.from(headers as Iterable<unknown>, readPair) : Object.entries(headers)
}

function readPair(pair: unknown): readonly [string, unknown] {
  const [name, value]: unknown[] = Array.isArray(pair) ? pair : []
  if (typeof name === 'string') return [name, value]
  const message = 'expected headers as a record, or as pairs of name and value'
  throw new SecurityError('ERR_ARGUMENT_INVALID', { message, phase: 'request' })
}
