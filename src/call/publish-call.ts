import { enablePatches, Immer, isDraft, type Patch } from 'immer'
import { viewTool } from './call-tool.ts'
import type { FoundTool } from './find-tools.ts'
import type { ReadCall } from './read-call.ts'
import type { ToolEntry } from './tool-entry.ts'
import type { ResolvedTool } from './types.ts'

// An instance of its own: freezing the caller's objects, or changing immer's settings for the host, is not ours to do.
const immer = new Immer({ autoFreeze: false })

/** A resolved tool and where it came from. @internal */
export interface PublishedTool {
  readonly entry: ToolEntry
  readonly found: FoundTool | undefined
  readonly tool: ResolvedTool | undefined
}

/**
 * Makes the call that may be stored and shown: each tool as its view, no tokens, no overrides left to apply, no variables
 * that filled a token. Everything else is shared with the given call.
 * @throws Where an object that has to change cannot be copied or read.
 * @internal
 */
export function publishCall<Call>(
  call: Call,
  read: Pick<ReadCall, 'listPath' | 'overridesKey' | 'contextKey'>,
  tools: readonly PublishedTool[],
  secretVariables: ReadonlySet<string>,
  patches: boolean,
): { readonly call: Call; readonly patches?: readonly Patch[] } {
  const recipe = (draft: unknown): void => {
    const root = draft as Record<string, unknown>
    if (read.listPath !== null) put(root, read.listPath, tools.map(view))
    delete root[read.overridesKey]
    const context = root[read.contextKey]
    if (typeof context !== 'object' || context === null) return
    for (const variable of secretVariables) delete draftOf(context)[variable]
  }
  if (!patches) return { call: immer.produce(call, recipe) as Call }
  enablePatches()
  const [published, forward] = immer.produceWithPatches(call, recipe) as unknown as [Call, Patch[], Patch[]]
  return { call: published, patches: forward }
}

function view({ entry, found, tool }: PublishedTool): unknown {
  if (tool === undefined) throw new TypeError('a published tool that was not resolved')
  const { toolId, transitionId } = entry.tool
  return viewTool(tool, {
    toolId: toolId ?? found?.tool?.toolId,
    transitionId,
  })
}

function put(root: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const last = path.at(-1) ?? ''
  const parent = path.slice(0, -1).reduce((node, key) => draftOf(node[key]), root)
  parent[last] = value
}

/** INVARIANT: only drafts are changed. What immer would not copy it hands out as it is, and it is the caller's. */
function draftOf(node: unknown): Record<string, unknown> {
  if (!isDraft(node)) throw new TypeError('an object that cannot be copied')
  return node as Record<string, unknown>
}
