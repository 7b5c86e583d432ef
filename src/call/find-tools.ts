import { pointerTo } from '../json-pointer.ts'
import { type Issue, makeIssue } from '../result.ts'
import type { ToolEntry } from './read-call.ts'
import type { ResolveCallOptions, StoredTool, ToolReference } from './types.ts'

/** What a look-up gave. @internal */
export type FoundTool = { readonly tool: StoredTool } | { readonly issue: Issue }

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
  const lookUps = new Map<string, Promise<StoredTool | LookUpFailure>>()
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
        typeof result === 'string' ? { issue: lookUpIssue(result, reference, entry.pointer) } : { tool: result },
      )
    }),
  )
  return found
}

function referenceOf({ tool }: ToolEntry): ToolReference | undefined {
  if (tool.toolId !== undefined) return { toolId: tool.toolId }
  return tool.toolName === undefined ? undefined : { toolName: tool.toolName }
}

type LookUpFailure = 'ERR_TOOL_LOOKUP' | 'ERR_TOOL_NOT_FOUND' | 'ERR_TOOL_AMBIGUOUS'

async function lookUpTool(
  reference: ToolReference,
  findTool: ResolveCallOptions['findTool'],
  tenant: string | null,
): Promise<StoredTool | LookUpFailure> {
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

function readStoredTool({ toolId, name, definition, ownership }: StoredTool): StoredTool {
  if (typeof name !== 'string') throw new TypeError('a stored tool without a name')
  const tool = { name, definition, ownership: ownership === 'public' ? 'public' : 'private' } as const
  return toolId === undefined ? tool : { ...tool, toolId }
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
