import type { ToolEntry } from '../../call/tool-entry.ts'
import type { StoredTool as FoundTool, ToolReference } from '../../call/types.ts'
import type { Issue } from '../../result.ts'
import { didYouMean } from '../../suggest.ts'
import type { PlacedValue } from '../source/placed-value.ts'
import type { StoredTool } from './stored-tools.ts'

/** The stored tools at hand, as `resolveCall` looks them up. @internal */
export interface Shelves {
  readonly find: (reference: ToolReference) => readonly FoundTool[]
  /** Where a definition that was found stands. */
  readonly placeOf: (definition: unknown) => PlacedValue | null
  /** Says for a tool that was not found which one may have been meant, or where to look. */
  readonly advise: (issue: Issue, entry: ToolEntry | undefined) => Issue
}

/**
 * Puts stored tools where a call finds them.
 * @param stored Those of an earlier list hide those of a later one.
 * @internal
 */
export function stockShelves(stored: readonly (readonly StoredTool[])[]): Shelves {
  const places = new Map(stored.flat().map(({ definition }) => [definition.value, definition]))
  return {
    find: (reference) => {
      const [key, wanted] = wantedBy(reference)
      const shelf = stored.find((tools) => tools.some((tool) => tool[key] === wanted)) ?? []
      return shelf.filter((tool) => tool[key] === wanted).map(toFound)
    },
    placeOf: (definition) => places.get(definition) ?? null,
    advise: (issue, entry) => {
      if (issue.code !== 'ERR_TOOL_NOT_FOUND' || entry === undefined) return issue
      const [key, wanted] = wantedBy(entry.tool as ToolReference)
      const known = stored.flatMap((tools) => tools.flatMap((tool) => tool[key] ?? []))
      return { ...issue, help: didYouMean(wanted, known) ?? 'give the file that holds it with `--tools FILE`' }
    },
  }
}

function wantedBy(reference: ToolReference): readonly ['toolId' | 'name', string] {
  return Object.hasOwn(reference, 'toolId')
    ? ['toolId', (reference as { readonly toolId: string }).toolId]
    : ['name', (reference as { readonly toolName: string }).toolName]
}

function toFound({ name, toolId, ownership, definition }: StoredTool): FoundTool {
  // A stored tool has a name; what has none can be found by its id only, and needs a `nameOverride`.
  const tool = { name: name ?? '', ownership, definition: definition.value }
  return toolId === null ? tool : { ...tool, toolId }
}
