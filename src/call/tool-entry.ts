import { pointerSegments } from '../json-pointer.ts'
import type { Issue } from '../result.ts'
import type { SelectedTool } from './types.ts'
import { callSchema } from './validator.generated.ts'

/** One selected tool and where it stands. @internal */
export interface ToolEntry {
  readonly tool: SelectedTool
  /** JSON Pointer into the normalised payload. */
  readonly pointer: string
  /** Its fields that are not what they should be; `''` where it does not say which tool it selects. */
  readonly broken: ReadonlySet<string>
}

/** The fields of a selected tool. @internal */
export const SELECTED_TOOL_FIELDS: readonly string[] = Object.keys(
  callSchema.shape.fields?.['selectedTools']?.items?.fields ?? {},
)

/** Whether it says, in one way, which tool it selects. @internal */
export function isReference({ broken }: ToolEntry): boolean {
  return !['', 'toolId', 'toolName', 'temporaryTool'].some((field) => broken.has(field))
}

/** Whether a field holds what was meant: it is not broken, and no unknown field may have been meant for it. @internal */
export function isReadable({ broken }: ToolEntry, field: keyof SelectedTool): boolean {
  return [...broken].every((each) => each !== field && (each === '' || SELECTED_TOOL_FIELDS.includes(each)))
}

/**
 * The places that an entry around a pointer could have: entries stand in `/selectedTools`, `/callTemplate/selectedTools`
 * and `/toolOverrides/add`.
 * @internal
 */
export function entryPlaces(pointer: string): readonly string[] {
  const segments = pointer.split('/', 4)
  return [segments.slice(0, 3).join('/'), segments.join('/')]
}

/** The broken fields of each entry, by its place. @internal */
export function brokenFields(issues: readonly Issue[]): ReadonlyMap<string, ReadonlySet<string>> {
  const places = new Map<string, Set<string>>()
  for (const { severity, pointer } of issues) {
    if (severity !== 'error') continue
    for (const place of entryPlaces(pointer)) {
      const fields = places.get(place) ?? new Set()
      places.set(place, fields.add(pointerSegments(pointer.slice(place.length))[0] ?? ''))
    }
  }
  return places
}
