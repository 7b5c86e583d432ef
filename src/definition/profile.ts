import { pointerTo } from '../json-pointer.ts'
import { type Issue, makeIssue } from '../result.ts'
import type { JsonValue } from '../types.ts'

/** Finds what Ultravox's own API refuses although Latchkey takes it: the `*` entries of the kinds, and extra fields. @internal */
export function findExtensions(value: JsonValue): readonly Issue[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.keys(value)
    .filter((key) => key === '$schema' || key.startsWith('x-'))
    .map((key) =>
      makeIssue('ERR_EXTENSION', pointerTo('', key), `Ultravox does not know \`${key}\``, 'remove it before upload'),
    )
}
