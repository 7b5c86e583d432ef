import { optionsOf, requirementsOf } from '../definition/options.ts'
import { parseDefinition } from '../definition/parse.ts'
import { SecurityError } from '../errors.ts'
import { pointerTo } from '../json-pointer.ts'
import { bindKind } from '../kinds/table.ts'
import { toIssues } from '../plan/issues.ts'
import { resolve } from '../plan/resolve.ts'
import { fillTemplates } from '../plan/templates.ts'
import { checkType, type ParameterValues } from '../request/parameters.ts'
import { type Issue, makeIssue } from '../result.ts'
import { secretText } from '../secret.ts'
import { didYouMean } from '../suggest.ts'
import type {
  Authenticated,
  AuthTokens,
  ParseOptions,
  Resolution,
  ResolveOptions,
  ToolDefinition,
  Unauthenticated,
} from '../types.ts'
import { type FoundTool, nameOf } from './find-tools.ts'
import type { ToolEntry } from './read-call.ts'
import type { SelectedTool } from './types.ts'

/** How each tool of a call is resolved. @internal */
export interface ToolSettings {
  readonly parse: ParseOptions
  readonly resolve: ResolveOptions
  readonly templateContext: { readonly [name: string]: unknown }
}

/** One selected tool after everything that needs no other tool. Pointers are relative to the entry. @internal */
export interface ToolOutcome {
  /** Name that the model sees, as far as it is known. */
  readonly name: string | null
  readonly definition: ToolDefinition | null
  readonly overrides: ParameterValues
  readonly resolution: Resolution | null
  readonly issues: readonly Issue[]
}

const NO_OVERRIDES: ParameterValues = Object.freeze(Object.create(null) as ParameterValues)
const MODEL_NAME = /^[a-zA-Z0-9_-]{1,64}$/

/** @internal */
export function resolveTool(entry: ToolEntry, found: FoundTool | undefined, settings: ToolSettings): ToolOutcome {
  const { tool, sound } = entry
  const name = nameOf(entry, found) ?? null
  const refused = (issues: readonly Issue[]): ToolOutcome => ({
    name,
    definition: null,
    overrides: NO_OVERRIDES,
    resolution: null,
    issues,
  })
  if (!sound || (found !== undefined && found.issue !== null)) return refused([])
  const overrides = tool.parameterOverrides ?? NO_OVERRIDES
  const parsed = parseDefinition(found === undefined ? tool.temporaryTool : found.tool?.definition, settings.parse)
  if (!parsed.ok) return refused(definitionIssues(parsed.issues, tool, found))
  const definition =
    tool.descriptionOverride === undefined
      ? parsed.value
      : describedAs(parsed.value, tool.descriptionOverride, settings.parse)
  const issues = [...checkName(name), ...checkOverrides(definition, overrides)]
  const { resolution, issues: tokenIssues } = resolveTokens(definition, tool.authTokens, settings)
  return { name, definition, overrides, resolution, issues: [...issues, ...tokenIssues] }
}

function describedAs(definition: ToolDefinition, description: string, options: ParseOptions): ToolDefinition {
  const copy = parseDefinition({ ...definition, description }, options)
  return copy.ok ? copy.value : definition
}

/** Issues of a stored definition point to its reference: the definition itself is not in the payload. */
function definitionIssues(
  issues: readonly Issue[],
  tool: SelectedTool,
  found: FoundTool | undefined,
): readonly Issue[] {
  const errors = issues.filter((issue) => issue.severity === 'error')
  if (found === undefined) return errors.map((issue) => ({ ...issue, pointer: `/temporaryTool${issue.pointer}` }))
  const pointer = tool.toolId === undefined ? '/toolName' : '/toolId'
  return errors.map((issue) => ({
    ...issue,
    pointer,
    message: `in the stored definition, at \`${issue.pointer}\`: ${issue.message}`,
  }))
}

function checkName(name: string | null): readonly Issue[] {
  if (name !== null && MODEL_NAME.test(name)) return []
  const message =
    name === null ? 'the tool has no name for the model' : 'the name for the model is not 1 to 64 of `A-Z a-z 0-9 _ -`'
  return [makeIssue('ERR_TOOL_NAME', '', message, 'give `modelToolName` in the definition, or `nameOverride`')]
}

function checkOverrides(definition: ToolDefinition, overrides: ParameterValues): readonly Issue[] {
  const dynamic = new Map((definition.dynamicParameters ?? []).map((parameter) => [parameter.name, parameter]))
  const known = [...dynamic.keys(), ...(definition.staticParameters ?? []).map(({ name }) => name)]
  const required = definition.requirements?.requiredParameterOverrides ?? []
  const missing = required.filter((name) => !Object.hasOwn(overrides, name))
  const issues = missing.map((name) => {
    const message = `the tool requires an override of parameter \`${name}\``
    return makeIssue(
      'ERR_OVERRIDE_MISSING',
      '/parameterOverrides',
      message,
      `add \`${name}\` to \`parameterOverrides\``,
    )
  })
  for (const [name, value] of Object.entries(overrides)) {
    const pointer = pointerTo('/parameterOverrides', name)
    if (!known.includes(name)) {
      issues.push(
        makeIssue(
          'ERR_OVERRIDE_UNKNOWN',
          pointer,
          `the tool has no parameter \`${name}\` to override`,
          didYouMean(name, known),
        ),
      )
    }
    const wrongType = checkType(value, dynamic.get(name)?.schema, pointer, name)
    if (wrongType !== undefined) issues.push(wrongType)
  }
  return issues
}

function resolveTokens(
  definition: ToolDefinition,
  authTokens: unknown,
  settings: ToolSettings,
): Pick<ToolOutcome, 'resolution' | 'issues'> {
  const filled =
    authTokens === undefined ? undefined : fillTemplates(authTokens as AuthTokens, settings.templateContext)
  if (filled?.ok === false) return { resolution: null, issues: filled.issues }
  try {
    const resolution = resolve(definition, filled?.value, settings.resolve)
    if (resolution.ok) return { resolution, issues: findLeftTemplates(resolution, filled?.value ?? {}) }
    const hints = misfiledHints(definition, authTokens)
    return { resolution, issues: toIssues(resolution).map((issue) => withHints(issue, hints)) }
  } catch (error) {
    if (!(error instanceof SecurityError) || error.code !== 'ERR_TENANT_REQUIRED') throw error
    return { resolution: null, issues: [makeIssue('ERR_TENANT_REQUIRED', '/authTokens', error.message)] }
  }
}

/** A whole call knows all variables, so that a `{{` that is left is a mistake (TOK-5). */
function findLeftTemplates(
  { mutations, needs }: Authenticated | Unauthenticated,
  tokens: AuthTokens,
): readonly Issue[] {
  const used = [...mutations, ...needs].map(({ requirement }) => requirement ?? '')
  return [...new Set(used)]
    .filter((name) => Object.hasOwn(tokens, name) && holdsTemplate(tokens[name]))
    .map((name) => {
      const message = `token \`${name}\` still holds \`{{\` after its templates were filled`
      return makeIssue('ERR_TEMPLATE_SYNTAX', pointerTo('/authTokens', name), message)
    })
}

function holdsTemplate(token: unknown): boolean {
  if (typeof token === 'string') return token.includes('{{')
  if (typeof token !== 'object' || token === null) return false
  const text = secretText(token)
  return text === undefined ? Object.values(token).some(holdsTemplate) : text.includes('{{')
}

/** Tokens filed under the header's or parameter's name instead of the requirement's: the commonest mistake. */
function misfiledHints(definition: ToolDefinition, authTokens: unknown): readonly string[] {
  const supplied = Object.keys(authTokens ?? {})
  const requirements = optionsOf(definition).flatMap(requirementsOf)
  const names = requirements.map(([name]) => name)
  const hints = supplied
    .filter((given) => !names.includes(given))
    .flatMap((given) => {
      const match = requirements.find(([, requirement]) =>
        bindKind(requirement).carriers.some((carrier) => carrier.name.toLowerCase() === given.toLowerCase()),
      )
      if (match !== undefined) return [`\`${given}\` is where it is sent: file the token under \`${match[0]}\``]
      const meant = didYouMean(given, names)
      return meant === undefined ? [] : [`\`${given}\`: ${meant}`]
    })
  return [...new Set(hints)]
}

function withHints(issue: Issue, hints: readonly string[]): Issue {
  if (hints.length === 0) return issue
  return { ...issue, help: [...(issue.help === undefined ? [] : [issue.help]), ...hints].join('; ') }
}
