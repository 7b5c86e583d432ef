import { pointerTo } from '../../json-pointer.ts'
import { isObject, readField, readText } from '../source/field-names.ts'
import type { PlacedValue } from '../source/placed-value.ts'

/** A tool that a platform keeps under a name or id. @internal */
export interface StoredTool {
  readonly name: string | null
  readonly toolId: string | null
  readonly ownership: 'public' | 'private'
  readonly definition: PlacedValue
}

/** Whether a value is a stored tool, as `{ name, definition }`. */
function isStoredTool(value: unknown): boolean {
  return isObject(readField(value, 'definition')?.value)
}

function readStoredTool({ document, pointer, value }: PlacedValue): StoredTool {
  const field = readField(value, 'definition')
  const definition = { document, pointer: pointerTo(pointer, field?.key ?? 'definition'), value: field?.value }
  const name = readText(value, 'name') ?? readText(definition.value, 'modelToolName')
  const ownership = readText(value, 'ownership') === 'public' ? 'public' : 'private'
  return { name, toolId: readText(value, 'toolId') ?? readText(value, 'id'), ownership, definition }
}

/** A stored tool, or a definition that goes by its own name. @internal */
export function readToolOrDefinition(place: PlacedValue): StoredTool {
  if (isStoredTool(place.value)) return readStoredTool(place)
  return { name: readText(place.value, 'modelToolName'), toolId: null, ownership: 'private', definition: place }
}

/**
 * The stored tools of a file: an array of them, what a platform's list of tools answers (`{ results }`), one alone, or a
 * map from name to tool.
 * @returns `null` for anything else.
 * @internal
 */
export function readStoredTools(place: PlacedValue): readonly StoredTool[] | null {
  const { document, pointer, value } = place
  if (Array.isArray(value)) {
    const items = value.map((item: unknown, index) => ({ document, pointer: pointerTo(pointer, index), value: item }))
    return items.length > 0 && items.every((item) => isStoredTool(item.value)) ? items.map(readStoredTool) : null
  }
  if (isStoredTool(value)) return [readStoredTool(place)]
  if (!isObject(value)) return null
  if (Array.isArray(value['results'])) {
    return readStoredTools({ document, pointer: pointerTo(pointer, 'results'), value: value['results'] })
  }
  const entries = Object.entries(value)
  if (entries.length === 0 || !entries.every(([, tool]) => isStoredTool(tool))) return null
  return entries.map(([name, tool]) => {
    const stored = readStoredTool({ document, pointer: pointerTo(pointer, name), value: tool })
    return { ...stored, name: readText(tool, 'name') ?? name }
  })
}

/** As {@link readStoredTools}, and tools may be definitions without a wrapper, as `--tools` takes them. @internal */
export function readToolLibrary(place: PlacedValue): readonly StoredTool[] | null {
  const stored = readStoredTools(place)
  if (stored !== null) return stored
  const { document, pointer, value } = place
  if (Array.isArray(value)) {
    if (!value.every(isObject)) return null
    return value.map((item, index) =>
      readToolOrDefinition({ document, pointer: pointerTo(pointer, index), value: item }),
    )
  }
  if (!isObject(value)) return null
  const entries = Object.entries(value)
  if (readText(value, 'modelToolName') !== null) return [readToolOrDefinition(place)]
  if (!entries.every(([, tool]) => isObject(tool))) return null
  return entries.map(([name, tool]) => ({
    ...readToolOrDefinition({ document, pointer: pointerTo(pointer, name), value: tool }),
    name,
  }))
}
