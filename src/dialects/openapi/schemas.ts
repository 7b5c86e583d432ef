import type { JsonValue } from '../../types.ts'
import { isJsonObject, type JsonObject, ownField } from '../json-object.ts'
import { isIssue, type References } from './references.ts'

/** How much of the schemas of one tool is written out. */
const MAX_VALUES = 2000
const MAX_DEPTH = 24

/** Writes out the schemas of one tool, without references, so that each stands alone. @internal */
export interface SchemaWriter {
  /** A self-contained copy. What is too deep, too long or refers to itself becomes an empty schema, that takes anything. */
  write(schema: JsonValue | undefined, pointer: string): JsonObject | undefined
  /** Whether anything was left out so far. */
  isCut(): boolean
}

/** @internal */
export function schemaWriter(references: References): SchemaWriter {
  let left = MAX_VALUES
  let cut = false
  return {
    write(schema, pointer) {
      const written = schema === undefined ? undefined : copy(schema, pointer, 0, [], false)
      return isJsonObject(written) && Object.keys(written).length > 0 ? written : undefined
    },
    isCut: () => cut,
  }

  /** `undefined` for what is left out. */
  function copy(
    value: JsonValue,
    pointer: string,
    depth: number,
    open: readonly string[],
    isMap: boolean,
  ): JsonValue | undefined {
    left -= 1
    if (typeof value !== 'object' || value === null) return value
    if (left < 0 || depth > MAX_DEPTH) return omit()
    if (Array.isArray(value)) {
      if (value.length > left) return omit()
      return value.map((item: JsonValue) => copy(item, pointer, depth + 1, open, false) ?? {})
    }
    if (!isMap && typeof ownField(value, '$ref') === 'string') {
      const found = references.follow(value, pointer)
      if (isIssue(found) || found.value === undefined || open.includes(found.pointer)) return omit()
      return copy(found.value, found.pointer, depth + 1, [...open, found.pointer], false)
    }
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, child]): readonly (readonly [string, JsonValue])[] => {
        if (!isMap && (DROPPED.has(name) || name.startsWith('x-'))) return []
        const written = copy(child, pointer, depth + 1, open, !isMap && MAPS.has(name))
        // A schema without one of its keywords takes more; one among named ones keeps its name.
        return written !== undefined ? [[name, written]] : isMap ? [[name, {}]] : []
      }),
    )
  }

  function omit(): undefined {
    cut = true
    return undefined
  }
}

/** Says something to readers of the document, and nothing to a model that makes up a value. */
const DROPPED = new Set(['xml', 'externalDocs', 'discriminator', 'example', 'examples'])

/** Keywords under which users choose the names. */
const MAPS = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'])
