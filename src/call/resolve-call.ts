import { hasErrors, makeIssue } from '../result.ts'
import type { JsonValue } from '../types.ts'
import { credentialIssues, recordUses } from './call-credentials.ts'
import { definitionProblems, toProblems } from './call-problems.ts'
import { type CallSettings, readCallSettings } from './call-settings.ts'
import { publishCall } from './publish-call.ts'
import type { KeptTool } from './read-tool.ts'
import { resolveTokens, type TokenOutcome, type TokenSettings } from './resolve-tokens.ts'
import { type SelectedTools, selectTools } from './select-tools.ts'
import { settleTool } from './settle-tool.ts'
import { templateVariables } from './template-variables.ts'
import { isReadable } from './tool-entry.ts'
import type { CallProblem, ResolveCallOptions, ResolvedCall, ResolvedTool } from './types.ts'

/**
 * Resolves every selected tool of a call, or reports every problem of all of them at once.
 *
 * Takes a call-creation payload as Ultravox's API does: `selectedTools`, or `callTemplate.selectedTools` of an agent, and
 * `toolOverrides`; field names in camelCase or snake_case. Tokens belong to the tool that they are given with and never
 * reach another one.
 *
 * @param call The payload. Never changed; the resulting call shares what did not change.
 * @returns The resolved tools and the call without its tokens, or the problems, sorted by pointer.
 * @throws A {@link core.SecurityError} with code `ERR_ARGUMENT_INVALID` for unusable options; never for a payload.
 * @example
 * const result = await resolveCall(await request.json(), { callId, tenant, findTool: (reference) => store.find(reference) })
 * if (!result.ok) return Response.json(toProblemDetails(result), { status: toProblemDetails(result).status })
 */
export async function resolveCall<Call>(call: Call, options: ResolveCallOptions = {}): Promise<ResolvedCall<Call>> {
  const settings = readCallSettings(options)
  const { findTool, tenant = null } = settings.options
  const selected = await selectTools(call, { findTool, tenant, parse: settings.parse })
  const tokenSettings = tokenSettingsOf(settings, selected.read.templateContext)
  const tools = selected.tools.map((tool) => ({ tool, tokens: tokensOf(tool, tokenSettings) }))
  const problems = toProblems(selected, [
    ...selected.issues,
    ...tools.flatMap(({ tool }) => definitionProblems(tool)),
    ...tools.flatMap(({ tool, tokens }) => tokenProblems(tool, tokens)),
    ...(await credentialIssues(tools, settings.options.credentialStore)),
  ])
  if (hasErrors(problems)) return { ok: false, problems }
  const settled = await Promise.all(tools.map(({ tool, tokens }) => settleTool(tool, tokens, settings.options)))
  const mintIssues = settled.flatMap(({ issue }) => issue ?? [])
  if (mintIssues.length > 0) return { ok: false, problems: toProblems(selected, mintIssues) }
  const resolved = settled.flatMap(({ tool }) => tool ?? [])
  const result = publish(call, selected, resolved, settings.options.patches === true)
  const useIssues = result.ok ? await recordUses(tools, settings.options) : []
  return useIssues.length > 0 ? { ok: false, problems: toProblems(selected, useIssues) } : result
}

function tokenSettingsOf({ templateContext, resolve }: CallSettings, own: JsonValue | undefined): TokenSettings {
  return { resolve, templateContext: (templateContext ?? own ?? {}) as TokenSettings['templateContext'] }
}

/** `null` where nothing can be said of the tokens before something else is mended. */
function tokensOf({ entry, definition }: KeptTool, settings: TokenSettings): TokenOutcome | null {
  if (definition === null || !isReadable(entry, 'authTokens')) return null
  return resolveTokens(definition, entry.tool.authTokens, settings)
}

function tokenProblems({ entry }: KeptTool, tokens: TokenOutcome | null): TokenOutcome['issues'] {
  return (tokens?.issues ?? []).map((issue) => ({ ...issue, pointer: `${entry.pointer}${issue.pointer}` }))
}

function publish<Call>(
  call: Call,
  { read, tools: kept }: SelectedTools,
  resolved: readonly ResolvedTool[],
  patches: boolean,
): ResolvedCall<Call> {
  const tools = new Map(resolved.map((tool) => [tool.name, tool]))
  const secretVariables = templateVariables(read.entries.map(({ tool }) => tool.authTokens))
  const listed = kept.map(({ entry, found, name }) => ({ entry, found, tool: tools.get(name ?? '') }))
  try {
    return { ok: true, tools, ...publishCall(call, read, listed, secretVariables, patches) }
  } catch {
    // What a getter or a proxy threw at the second reading may quote a secret.
    const message = 'the call could not be read again: a getter or proxy threw, or it is no plain object'
    const problem: CallProblem = { ...makeIssue('ERR_INPUT_UNREADABLE', '', message), tool: null }
    return { ok: false, problems: [problem] }
  }
}
