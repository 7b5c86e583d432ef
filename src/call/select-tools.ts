import type { Issue } from '../result.ts'
import type { ParseOptions } from '../types.ts'
import { type FoundTool, findTools, nameOf } from './find-tools.ts'
import { type ReadCall, readCall } from './read-call.ts'
import { type KeptTool, readTool } from './read-tool.ts'
import { removeTools } from './remove-tools.ts'
import { findTakenNames } from './taken-names.ts'
import { entryPlaces, type ToolEntry } from './tool-entry.ts'
import type { ResolveCallOptions } from './types.ts'

/** How the tools of a call are looked up and read. @internal */
export interface SelectSettings {
  readonly findTool: ResolveCallOptions['findTool']
  readonly tenant: string | null
  readonly parse: ParseOptions
}

/** The tools of a call, read but for their tokens. @internal */
export interface SelectedTools {
  readonly read: ReadCall
  /** What `toolOverrides` leaves and adds, in order. */
  readonly tools: readonly KeptTool[]
  /** Everything wrong but definitions and tokens; pointers lead into the normalised payload. */
  readonly issues: readonly Issue[]
  /** The selected tool that a pointer leads into. */
  readonly entryAt: (pointer: string) => ToolEntry | undefined
  /** What the look-up of a tool gave; `undefined` for a temporary one. */
  readonly found: ReadonlyMap<ToolEntry, FoundTool>
}

/**
 * Reads the tools of a call: looks stored ones up, takes out and adds what `toolOverrides` says, and parses definitions.
 * This is all that can be said of a call without looking at tokens.
 * @internal
 */
export async function selectTools(call: unknown, { findTool, tenant, parse }: SelectSettings): Promise<SelectedTools> {
  const read = readCall(call)
  const found = await findTools(read.entries, findTool, tenant)
  const { kept, issues } = removeTools(read.entries, read.removed, found)
  const tools = kept.map((entry) => readTool(entry, found.get(entry), parse))
  const places = new Map(read.entries.map((entry) => [entry.pointer, entry]))
  return {
    read,
    tools,
    issues: [
      ...read.issues,
      ...issues,
      ...tools.flatMap((tool) => tool.issues),
      ...findTakenNames(tools, read.toInput),
    ],
    entryAt: (pointer) => places.get(entryPlaces(pointer).find((place) => places.has(place)) ?? ''),
    found,
  }
}

/** The name of the tool that a pointer leads into, as far as it is known. @internal */
export function toolNameAt({ entryAt, found }: SelectedTools, pointer: string): string | null {
  const entry = entryAt(pointer)
  return entry === undefined ? null : (nameOf(entry, found.get(entry)) ?? null)
}
