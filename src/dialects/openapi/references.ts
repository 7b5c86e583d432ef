import { pointerSegments, pointerTo } from '../../json-pointer.ts'
import { type Issue, makeIssue } from '../../result.ts'
import type { JsonValue } from '../../types.ts'
import { isJsonObject, type JsonObject, ownField } from '../json-object.ts'

/** What stands at a place, behind its references, and where it really stands. @internal */
export interface Referenced {
  readonly value: JsonValue | undefined
  readonly pointer: string
}

/** Follows references inside one document. @internal */
export interface References {
  /**
   * The value behind any chain of `$ref`.
   * @returns An issue for a reference that leads out of the document, in a circle or to nothing.
   */
  follow(value: JsonValue | undefined, pointer: string): Referenced | Issue
}

/** @internal */
export function isIssue(found: Referenced | Issue): found is Issue {
  return Object.hasOwn(found, 'code')
}

/** @internal */
export function referencesOf(document: JsonObject): References {
  const targets = new Map<string, JsonValue | undefined>()
  const lookUp = (reference: string): JsonValue | undefined => {
    if (!targets.has(reference)) targets.set(reference, valueAt(document, reference))
    return targets.get(reference)
  }
  return {
    follow(value, pointer) {
      const seen = new Set<string>()
      let [at, current] = [pointer, value]
      for (;;) {
        const reference = isJsonObject(current) ? ownField(current, '$ref') : undefined
        if (typeof reference !== 'string') return { value: current, pointer: at }
        const fault = !reference.startsWith('#') ? 'out of the document' : seen.has(reference) ? 'in a circle' : null
        const next = fault === null ? lookUp(reference) : undefined
        if (next === undefined) {
          const message = `the reference leads ${fault ?? 'to nothing'}`
          const help = fault === null ? undefined : 'bundle the documents into one, with all references inside it'
          return makeIssue('ERR_DIALECT_REFERENCE', pointerTo(at, '$ref'), message, help)
        }
        seen.add(reference)
        at = decodeFragment(reference) ?? ''
        current = next
      }
    },
  }
}

function valueAt(document: JsonObject, reference: string): JsonValue | undefined {
  const pointer = decodeFragment(reference)
  if (pointer === null) return undefined
  let value: JsonValue | undefined = document
  for (const segment of pointerSegments(pointer)) {
    if (Array.isArray(value)) value = /^(?:0|[1-9][0-9]*)$/.test(segment) ? value[Number(segment)] : undefined
    else value = ownField(value, segment)
  }
  return value
}

/** The JSON Pointer in a fragment (RFC 6901 section 6). */
function decodeFragment(reference: string): string | null {
  const fragment = reference.slice(1)
  try {
    const pointer = decodeURIComponent(fragment)
    return pointer === '' || pointer.startsWith('/') ? pointer : null
  } catch {
    return fragment.startsWith('/') ? fragment : null
  }
}
