import { fulfil } from '../plan/fulfil.ts'
import { type Issue, makeIssue } from '../result.ts'
import type { Authenticated, CallTokenNeed, Need, Resolution } from '../types.ts'
import type { KeptTool } from './read-tool.ts'
import type { TokenOutcome } from './resolve-tokens.ts'
import type { ResolveCallOptions, ResolvedTool } from './types.ts'

/** A tool with its call token, or why it has none. @internal */
export type SettledTool =
  | { readonly tool: ResolvedTool; readonly issue: null }
  | { readonly tool: null; readonly issue: Issue }

/** Mints the call token where one is needed. @internal */
export async function settleTool(
  { entry, name, definition, overrides }: KeptTool,
  tokens: TokenOutcome | null,
  options: Partial<ResolveCallOptions>,
): Promise<SettledTool> {
  const resolution = tokens?.resolution ?? null
  if (name === null || definition === null || resolution === null || !resolution.ok) {
    throw new TypeError('a tool without a problem and without a resolution')
  }
  const need = findCallTokenNeed(resolution.needs)
  const settled = (tool: ResolvedTool): SettledTool => ({ tool: Object.freeze(tool), issue: null })
  if (need === undefined) return settled({ name, definition, overrides, resolution })
  const minted = await mint(resolution, need, options)
  if (minted !== null) return settled({ name, definition, overrides, resolution: minted })
  const message = 'minting its call token failed'
  return {
    issue: makeIssue('ERR_CALL_TOKEN_MINT', entry.pointer, message, 'try again; the payload may be fine'),
    tool: null,
  }
}

function findCallTokenNeed(needs: readonly Need[]): CallTokenNeed | undefined {
  return needs.find((need) => need.kind === 'callToken')
}

async function mint(
  resolution: Resolution,
  need: CallTokenNeed,
  options: Partial<ResolveCallOptions>,
): Promise<Authenticated | null> {
  const { callId = '', expiresAt, mintCallToken } = options
  const { scopes } = need
  try {
    const token = await mintCallToken?.(expiresAt === undefined ? { callId, scopes } : { callId, scopes, expiresAt })
    return fulfil(resolution, need, token ?? '')
  } catch {
    // The platform's error may quote its signing key, and an unusable token is no better than none.
    return null
  }
}
