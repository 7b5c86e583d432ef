import { pointerSegments, pointerTo } from '../json-pointer.ts'
import { type Issue, makeIssue } from '../result.ts'
import type { JsonValue } from '../types.ts'
import type { Shape } from './shape.ts'

type JsonObject = { readonly [key: string]: JsonValue }

/** A definition in camelCase, and the way back to how its author spelled it. @internal */
export interface Normalised {
  readonly value: JsonValue
  readonly issues: readonly Issue[]
  /** Translates a pointer into the normalised value to one into the input. */
  readonly toInput: (pointer: string) => string
}

/**
 * Renames `snake_case` fields as ProtoJSON does, and drops fields that are `null` (DEF-1).
 *
 * Only fields of the schema are renamed: names that users choose, and whatever the schema leaves open, stay as they are.
 * From `requirements` down `null` stays, for the schema to refuse.
 * @internal
 */
export function normalise(input: JsonValue, shape: Shape): Normalised {
  const renames = new Map<string, string>()
  const issues: Issue[] = []
  const value = walk(input, shape, '', true)

  function walk(node: JsonValue, nodeShape: Shape, pointer: string, dropNull: boolean): JsonValue {
    if (node === null || typeof node !== 'object') return node
    if (isArray(node)) {
      const items = own(nodeShape, 'items')
      return items === undefined
        ? node
        : Object.freeze(node.map((item, i) => walk(item, items, `${pointer}/${i}`, dropNull)))
    }
    const fields = own(nodeShape, 'fields')
    const values = own(nodeShape, 'values')
    if (values !== undefined)
      return mapObject(node, (child, key) => walk(child, values, pointerTo(pointer, key), dropNull))
    if (fields === undefined) return node
    return walkFields(node, fields, pointer, dropNull)
  }

  function walkFields(
    node: JsonObject,
    fields: NonNullable<Shape['fields']>,
    pointer: string,
    dropNull: boolean,
  ): JsonValue {
    const copy = Object.create(null) as Record<string, JsonValue>
    for (const [key, child] of Object.entries(node)) {
      const name = Object.hasOwn(fields, key) ? key : camelCase(key)
      const shapeOfField = Object.hasOwn(fields, name) ? fields[name] : undefined
      if (shapeOfField === undefined) {
        copy[key] = child
        continue
      }
      if (name !== key) {
        if (Object.hasOwn(node, name) || Object.hasOwn(copy, name)) {
          issues.push(
            makeIssue('ERR_FIELD_SPELLED_TWICE', pointerTo(pointer, key), `\`${key}\` and \`${name}\` are one field`),
          )
          continue
        }
        renames.set(pointerTo(pointer, name), key)
      }
      const dropHere = dropNull && name !== 'requirements'
      if (child === null && dropHere && own(shapeOfField, 'nullable') !== true) continue
      copy[name] = walk(child, shapeOfField, pointerTo(pointer, name), dropHere)
    }
    return Object.freeze(copy)
  }

  return { value, issues, toInput: (pointer) => spellAsInput(pointer, renames) }
}

function spellAsInput(pointer: string, renames: ReadonlyMap<string, string>): string {
  if (renames.size === 0) return pointer
  let normalised = ''
  let input = ''
  for (const segment of pointerSegments(pointer)) {
    normalised = pointerTo(normalised, segment)
    input = pointerTo(input, renames.get(normalised) ?? segment)
  }
  return input
}

function mapObject(node: JsonObject, change: (child: JsonValue, key: string) => JsonValue): JsonValue {
  const copy = Object.create(null) as Record<string, JsonValue>
  for (const [key, child] of Object.entries(node)) copy[key] = change(child, key)
  return Object.freeze(copy)
}

/** Shapes are plain objects: what they lack must not come from a polluted Object.prototype. */
function own<K extends keyof Shape>(shape: Shape, key: K): Shape[K] | undefined {
  return Object.hasOwn(shape, key) ? shape[key] : undefined
}

function camelCase(key: string): string {
  return key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

function isArray(node: JsonValue): node is readonly JsonValue[] {
  return Array.isArray(node)
}
