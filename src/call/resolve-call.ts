import { SecurityError } from '../errors.ts'
import { isString, readOptions } from '../read-options.ts'
import { hasErrors, type Issue, makeIssue, sortIssues } from '../result.ts'
import { snapshot } from '../snapshot.ts'
import type { JsonValue } from '../types.ts'
import { findTools, nameOf } from './find-tools.ts'
import { publishCall } from './publish-call.ts'
import { readCall, type ToolEntry } from './read-call.ts'
import { removeTools } from './remove-tools.ts'
import { resolveTool, type ToolOutcome, type ToolSettings } from './resolve-tool.ts'
import { settleTool } from './settle-tool.ts'
import { templateVariables } from './template-variables.ts'
import type { CallProblem, ResolveCallOptions, ResolvedCall } from './types.ts'

/**
 * Resolves every selected tool of a call, or reports every problem of all of them at once.
 *
 * Takes a call-creation payload as Ultravox's API does: `selectedTools`, or `callTemplate.selectedTools` of an agent, and
 * `toolOverrides`; field names in camelCase or snake_case. Tokens belong to the tool that they are given with and never
 * reach another one.
 *
 * @param call The payload. Never changed; the resulting call shares what did not change.
 * @returns The resolved tools and the call without its tokens, or the problems, sorted by pointer.
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID` for unusable options; never for a payload.
 * @example
 * const result = await resolveCall(await request.json(), { callId, tenant, findTool: (reference) => store.find(reference) })
 * if (!result.ok) return Response.json(toProblemDetails(result), { status: toProblemDetails(result).status })
 */
export async function resolveCall<Call>(call: Call, options: ResolveCallOptions = {}): Promise<ResolvedCall<Call>> {
  const settings = readSettings(options)
  const { findTool, tenant } = settings.options
  const read = readCall(call)
  const context = settings.templateContext ?? read.templateContext ?? {}
  const found = await findTools(read.entries, findTool, tenant ?? null)
  const { kept, issues: removeIssues } = removeTools(read.entries, read.removed, found)
  const toolSettings = { ...settings.tool, templateContext: context as ToolSettings['templateContext'] }
  const outcomes = kept.map((entry) => ({ entry, outcome: resolveTool(entry, found.get(entry), toolSettings) }))
  const toProblem = (issue: Issue, tool: string | null): CallProblem => ({
    ...issue,
    pointer: read.toInput(issue.pointer),
    tool,
  })
  const toolAt = (pointer: string): string | null => {
    const entry = read.entries.find((one) => pointer === one.pointer || pointer.startsWith(`${one.pointer}/`))
    return entry === undefined ? null : (nameOf(entry, found.get(entry)) ?? null)
  }
  const problems: CallProblem[] = [
    ...read.issues.map((issue) => toProblem(issue, toolAt(issue.pointer))),
    ...removeIssues.map((issue) => toProblem(issue, null)),
  ]
  for (const { entry, outcome } of outcomes) {
    const result = found.get(entry)
    if (result !== undefined && result.issue !== null) problems.push(toProblem(result.issue, outcome.name))
    problems.push(
      ...outcome.issues.map((issue) =>
        toProblem({ ...issue, pointer: `${entry.pointer}${issue.pointer}` }, outcome.name),
      ),
    )
  }
  problems.push(...findTakenNames(outcomes, read.toInput).map(({ issue, name }) => toProblem(issue, name)))
  if (hasErrors(problems)) return { ok: false, problems: sortIssues(problems) as readonly CallProblem[] }
  const minted = await Promise.all(outcomes.map(({ entry, outcome }) => settleTool(entry, outcome, settings.options)))
  const mintProblems = minted.flatMap(({ issue, name }) => (issue === null ? [] : [toProblem(issue, name)]))
  if (mintProblems.length > 0) return { ok: false, problems: sortIssues(mintProblems) as readonly CallProblem[] }
  const tools = new Map(minted.flatMap(({ tool }) => (tool === null ? [] : [[tool.name, tool] as const])))
  const secretVariables = templateVariables(read.entries.map(({ tool }) => tool.authTokens))
  const listed = outcomes.map(({ entry, outcome }) => ({
    entry,
    found: found.get(entry),
    tool: tools.get(outcome.name ?? ''),
  }))
  try {
    return { ok: true, tools, ...publishCall(call, read, listed, secretVariables, settings.options.patches === true) }
  } catch {
    // What a getter or a proxy threw at the second reading may quote a secret.
    const message = 'the call could not be read again: a getter or proxy threw, or it is no plain object'
    return { ok: false, problems: [{ ...makeIssue('ERR_INPUT_UNREADABLE', '', message), tool: null }] }
  }
}

interface Settings {
  readonly options: Partial<ResolveCallOptions>
  readonly templateContext: JsonValue | undefined
  readonly tool: Pick<ToolSettings, 'parse' | 'resolve'>
}

const CALL_OPTIONS = {
  findTool: isFunction,
  mintCallToken: isFunction,
  callId: isName,
  expiresAt: (value: unknown) => Number.isFinite(value),
  templateContext: (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value),
  patches: isBoolean,
  anonymous: ['lastResort', 'never'],
  unusedTokens: ['notice', 'refuse'],
  callTokenCounts: isBoolean,
  tenant: isName,
  environment: isName,
  unknownFields: ['refuse', 'allow'],
  allowInsecureOrigins: Array.isArray,
} as const

function readSettings(given: unknown): Settings {
  const options = readOptions<ResolveCallOptions>(given, CALL_OPTIONS)
  if (options.mintCallToken !== undefined && options.callId === undefined) {
    throw new SecurityError('ERR_ARGUMENT_INVALID', {
      message: '`mintCallToken` needs the `callId` that its tokens are for',
    })
  }
  const context = options.templateContext === undefined ? undefined : snapshot(options.templateContext)
  if (context?.ok === false) {
    throw new SecurityError('ERR_ARGUMENT_INVALID', { message: 'expected `templateContext` as JSON' })
  }
  const {
    anonymous,
    unusedTokens,
    callTokenCounts,
    tenant,
    environment,
    mintCallToken,
    unknownFields,
    allowInsecureOrigins,
  } = options
  return {
    options,
    templateContext: context?.value,
    tool: {
      parse: withoutUndefined({ unknownFields, allowInsecureOrigins }),
      resolve: withoutUndefined({ anonymous, unusedTokens, callTokenCounts, tenant, environment, mintCallToken }),
    },
  }
}

/** Leaves out what is `undefined`. */
function withoutUndefined<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean'
}

function isName(value: unknown): boolean {
  return isString(value) && value !== ''
}

/** Model names are how the model calls a tool: the second of two is a problem. */
function findTakenNames(
  outcomes: readonly { readonly entry: ToolEntry; readonly outcome: ToolOutcome }[],
  toInput: (pointer: string) => string,
): readonly { readonly issue: Issue; readonly name: string }[] {
  const first = new Map<string, string>()
  return outcomes.flatMap(({ entry, outcome: { name } }) => {
    if (name === null || !entry.sound) return []
    const earlier = first.get(name)
    if (earlier === undefined) {
      first.set(name, entry.pointer)
      return []
    }
    const message = `the name \`${name}\` is taken by the tool at \`${toInput(earlier)}\``
    return [
      { issue: makeIssue('ERR_TOOL_NAME_TAKEN', entry.pointer, message, 'give one of them a `nameOverride`'), name },
    ]
  })
}
