import { pointerTo } from '../json-pointer.ts'
import { type Issue, makeIssue } from '../result.ts'
import { snapshot } from '../snapshot.ts'
import type { JsonValue } from '../types.ts'
import { isReadable, isReference, type ToolEntry } from './tool-entry.ts'
import type { ResolveCallOptions, StoredTool, ToolReference } from './types.ts'

/** What a look-up gave. @internal */
export type FoundTool =
  | { readonly tool: ReadTool; readonly issue: null }
  | { readonly tool: null; readonly issue: Issue }

/** A stored tool, and the name that its definition declares. @internal */
interface ReadTool extends StoredTool {
  readonly declaredName: string | undefined
  /** The definition as it was given, to tell which one it is; `definition` is a copy. */
  readonly given: unknown
}

/**
 * Looks up every stored tool of a call, each distinct reference once, all at the same time.
 * @returns By entry; entries with a temporary tool are absent.
 * @internal
 */
export async function findTools(
  entries: readonly ToolEntry[],
  findTool: ResolveCallOptions['findTool'],
  tenant: string | null,
): Promise<ReadonlyMap<ToolEntry, FoundTool>> {
  const lookUps = new Map<string, Promise<ReadTool | LookUpFailure>>()
  const found = new Map<ToolEntry, FoundTool>()
  await Promise.all(
    entries.map(async (entry) => {
      const reference = referenceOf(entry)
      if (reference === undefined) return
      const key = JSON.stringify(reference)
      const lookUp = lookUps.get(key) ?? lookUpTool(reference, findTool, tenant)
      lookUps.set(key, lookUp)
      const result = await lookUp
      found.set(
        entry,
        typeof result === 'string'
          ? { tool: null, issue: lookUpIssue(result, reference, entry.pointer) }
          : { tool: result, issue: null },
      )
    }),
  )
  return found
}

function referenceOf(entry: ToolEntry): ToolReference | undefined {
  if (!isReference(entry)) return undefined
  const { tool } = entry
  if (tool.toolId !== undefined) return { toolId: tool.toolId }
  return tool.toolName === undefined ? undefined : { toolName: tool.toolName }
}

type LookUpFailure = 'ERR_TOOL_LOOKUP' | 'ERR_TOOL_NOT_FOUND' | 'ERR_TOOL_AMBIGUOUS'

async function lookUpTool(
  reference: ToolReference,
  findTool: ResolveCallOptions['findTool'],
  tenant: string | null,
): Promise<ReadTool | LookUpFailure> {
  try {
    const given = await findTool?.(reference, { tenant })
    const candidates = given === null || given === undefined ? [] : Array.isArray(given) ? given : [given]
    const copies = candidates.map(readStoredTool)
    const own = copies.filter((tool) => tool.ownership !== 'public')
    const [first, second] = own.length > 0 ? own : copies
    if (first === undefined) return 'ERR_TOOL_NOT_FOUND'
    return second === undefined ? first : 'ERR_TOOL_AMBIGUOUS'
  } catch {
    // Another system's error may quote a connection string: it is dropped.
    return 'ERR_TOOL_LOOKUP'
  }
}

function readStoredTool(given: StoredTool): ReadTool {
  const own = <K extends keyof StoredTool>(key: K): StoredTool[K] | undefined =>
    Object.hasOwn(given, key) ? given[key] : undefined
  const [toolId, name, definition] = [own('toolId'), own('name'), own('definition')]
  if (typeof name !== 'string') throw new TypeError('a stored tool without a name')
  if (toolId !== undefined && typeof toolId !== 'string') throw new TypeError('a stored tool whose id is no text')
  const ownership = own('ownership') === 'public' ? 'public' : 'private'
  const copy = snapshot(definition)
  // What cannot be copied has no name; parsing says what is wrong with it.
  const read = copy.ok
    ? { definition: copy.value, declaredName: declaredName(copy.value) }
    : { definition, declaredName: undefined }
  const tool = { name, ownership, ...read, given: definition } as const
  return toolId === undefined ? tool : { ...tool, toolId }
}

/** The name that a definition declares, whether or not it is valid. */
function declaredName(definition: JsonValue | undefined): string | undefined {
  if (typeof definition !== 'object' || definition === null) return undefined
  const key = Object.hasOwn(definition, 'modelToolName') ? 'modelToolName' : 'model_tool_name'
  const name = Object.hasOwn(definition, key) ? (definition as { readonly [key: string]: JsonValue })[key] : undefined
  return typeof name === 'string' ? name : undefined
}

/** The name by which the model would know a selected tool, as far as it is known. @internal */
export function nameOf({ tool }: ToolEntry, found: FoundTool | undefined): string | undefined {
  const declared = found?.tool?.declaredName ?? declaredName(tool.temporaryTool)
  const names: readonly unknown[] = [tool.nameOverride, declared, found?.tool?.name, tool.toolName]
  return names.find((name): name is string => typeof name === 'string')
}

/** Whether that name stays as it is once everything wrong with the entry is mended. @internal */
export function isNameKnown(entry: ToolEntry, found: FoundTool | undefined): boolean {
  if (!isReadable(entry, 'nameOverride')) return false
  if (entry.tool.nameOverride !== undefined) return true
  return isReference(entry) && (found === undefined || found.issue === null)
}

const LOOK_UP_TEXTS: Record<LookUpFailure, { readonly message: string; readonly help: string }> = {
  ERR_TOOL_LOOKUP: {
    message: 'could not be looked up: the tool store failed',
    help: 'try again; the payload may be fine',
  },
  ERR_TOOL_NOT_FOUND: { message: 'is not a stored tool', help: 'check its spelling and the account it belongs to' },
  ERR_TOOL_AMBIGUOUS: { message: 'is the name of several stored tools', help: 'select it by `toolId`' },
}

function lookUpIssue(code: LookUpFailure, reference: ToolReference, pointer: string): Issue {
  const [field, name] = Object.entries(reference)[0] ?? ['toolName', '']
  const { message, help } = LOOK_UP_TEXTS[code]
  return makeIssue(code, pointerTo(pointer, field), `\`${name}\` ${message}`, help)
}
