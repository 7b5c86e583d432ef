import type { CredentialResource } from '../credentials/types.ts'
import { optionsOf, requirementsOf } from '../definition/options.ts'
import { pointerTo } from '../json-pointer.ts'
import { readToken } from '../plan/tokens.ts'
import { type Issue, makeIssue, ownHelp } from '../result.ts'
import type { Binding, Requirement, ToolDefinition } from '../types.ts'
import type { KeptTool } from './read-tool.ts'
import type { TokenOutcome } from './resolve-tokens.ts'
import type { ResolveCallOptions } from './types.ts'

/** A tool with what its tokens decided. @internal */
export interface DecidedTool {
  readonly tool: KeptTool
  readonly tokens: TokenOutcome | null
}

type CallStore = NonNullable<ResolveCallOptions['credentialStore']>

/** A reference to a stored credential, and what it shall satisfy. */
interface Reference {
  readonly pointer: string
  readonly tool: KeptTool
  readonly credentialId: string
  readonly requirement: Requirement
  readonly origin: string | null
  readonly tenant: string | null
  readonly environment: string | null
}

/** Asks the store whether each credential that the tools refer to can be used there; the same one only once. @internal */
export async function credentialIssues(
  tools: readonly DecidedTool[],
  store: CallStore | undefined,
): Promise<readonly Issue[]> {
  if (store === undefined) return []
  const answers = new Map<string, Promise<Issue | null>>()
  const references = tools.flatMap((tool) => [...chosenReferences(tool), ...idleReferences(tool)])
  const issues = references.map(async (reference) => {
    const { pointer, credentialId, requirement, origin } = reference
    const key = JSON.stringify([credentialId, requirement, origin])
    const answer = answers.get(key) ?? ask(store, reference)
    answers.set(key, answer)
    const issue = await answer
    return issue === null ? [] : [{ ...issue, pointer }]
  })
  return (await Promise.all(issues)).flat()
}

/** The references that the chosen option needs. */
function chosenReferences({ tool, tokens }: DecidedTool): readonly Reference[] {
  const resolution = tokens?.resolution
  if (resolution?.outcome !== 'authenticated') return []
  return resolution.needs.flatMap((need) =>
    need.kind === 'credential'
      ? [referenceTo(tool, resolution.binding, need.requirement, need.credentialId, need.as)]
      : [],
  )
}

/**
 * The references of a tool that would run anonymously, under every name in use: a credential that is not there never
 * becomes an anonymous call (TOK-1).
 */
function idleReferences({ tool, tokens }: DecidedTool): readonly Reference[] {
  if (tokens === null || tokens.resolution?.outcome !== 'unauthenticated') return []
  const { resolution, filled: supplied } = tokens
  const filled = new Map(Object.entries(supplied ?? {}))
  // INVARIANT: what was resolved has a definition.
  const named = optionsOf(tool.definition as ToolDefinition).flatMap(requirementsOf)
  return named.flatMap(([name, requirement]) => {
    const { reference } = readToken(filled.get(name))
    if (reference === null) return []
    return [referenceTo(tool, resolution.binding, name, reference.credentialId, requirement)]
  })
}

function referenceTo(
  tool: KeptTool,
  { origin, tenant, environment }: Binding,
  name: string,
  credentialId: string,
  requirement: Requirement,
): Reference {
  const pointer = pointerTo(tool.entry.pointer, 'authTokens', name, 'credentialId')
  return { pointer, tool, credentialId, requirement, origin, tenant, environment }
}

async function ask(
  store: CallStore,
  { tenant, environment, credentialId, requirement, origin }: Reference,
): Promise<Issue | null> {
  if (tenant === null) return makeIssue('ERR_TENANT_REQUIRED', '', 'a stored credential needs the `tenant` option')
  try {
    const issue = await store.check({ tenant, environment, credentialId, requirement, origin })
    return issue === null ? null : makeIssue(issue.code, '', issue.message, ownHelp(issue))
  } catch {
    // Another system's error may quote a connection string: it is dropped.
    return lookUpFailed('')
  }
}

function lookUpFailed(pointer: string): Issue {
  const message = 'the stored credential could not be looked up: its store failed'
  return makeIssue('ERR_CREDENTIAL_LOOKUP', pointer, message, 'try again; the payload may be fine')
}

interface Use {
  readonly reference: Reference
  readonly resource: CredentialResource
}

/**
 * Records that the call, and each stored tool, uses the credentials. Where that fails for one of them, nothing is taken
 * back from the others: the call may run already, from an earlier resolution. A use too many ends with the call, one too
 * few would have a credential deleted under it (CRD-6).
 * @internal
 */
export async function recordUses(
  tools: readonly DecidedTool[],
  { credentialStore: store, callId, expiresAt }: Partial<ResolveCallOptions>,
): Promise<readonly Issue[]> {
  if (store === undefined) return []
  const uses = new Map<string, Use>()
  for (const use of tools.flatMap(chosenReferences).flatMap((reference) => usesOf(reference, callId))) {
    uses.set(JSON.stringify([use.reference.credentialId, use.resource]), use)
  }
  const issues = await Promise.all([...uses.values()].map((use) => record(store, use, expiresAt)))
  const failed = new Map(issues.flatMap((issue) => (issue === null ? [] : [[issue.pointer, issue]])))
  return [...failed.values()]
}

function usesOf(reference: Reference, callId: string | undefined): readonly Use[] {
  const { entry, found } = reference.tool
  const toolId = entry.tool.toolId ?? found?.tool?.toolId ?? found?.tool?.name
  return [
    ...(callId === undefined ? [] : [{ reference, resource: { type: CALL, id: callId } }]),
    ...(toolId === undefined ? [] : [{ reference, resource: { type: 'tool', id: toolId } }]),
  ]
}

const CALL = 'call'

async function record(
  store: CallStore,
  { reference, resource }: Use,
  expiresAt: number | undefined,
): Promise<Issue | null> {
  const { tenant, environment, credentialId, pointer } = reference
  const end = resource.type === CALL && expiresAt !== undefined ? { expiresAtMs: expiresAt } : {}
  try {
    // INVARIANT: an outcome that needs a stored credential has a tenant (ERR_TENANT_REQUIRED).
    await store.recordUse({ tenant: String(tenant), environment, credentialId, resource, ...end })
    return null
  } catch {
    // Deleted since it was checked, or the store is away: asking again tells.
    const issue = await ask(store, reference)
    return issue === null ? lookUpFailed(pointer) : { ...issue, pointer }
  }
}
