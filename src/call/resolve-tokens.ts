import { optionsOf, requirementsOf } from '../definition/options.ts'
import { SecurityError } from '../errors.ts'
import { pointerTo } from '../json-pointer.ts'
import { bindKind } from '../kinds/table.ts'
import { toIssues } from '../plan/issues.ts'
import { resolve } from '../plan/resolve.ts'
import { fillTemplates } from '../plan/templates.ts'
import { type Issue, makeIssue } from '../result.ts'
import { secretText } from '../secret.ts'
import { didYouMean, MAX_SUGGESTIONS } from '../suggest.ts'
import type {
  Authenticated,
  AuthTokens,
  Resolution,
  ResolveOptions,
  ToolDefinition,
  Unauthenticated,
} from '../types.ts'

/** How the tokens of each tool of a call are resolved. @internal */
export interface TokenSettings {
  readonly resolve: ResolveOptions
  readonly templateContext: { readonly [name: string]: unknown }
}

/** What the tokens of one tool decide. Pointers begin with `/authTokens`. @internal */
export interface TokenOutcome {
  /** `null` where the tokens could not be read. */
  readonly resolution: Resolution | null
  readonly issues: readonly Issue[]
  /** The tokens with their templates filled. */
  readonly filled: AuthTokens | undefined
}

/** Fills the templates of a tool's tokens and resolves it. @internal */
export function resolveTokens(definition: ToolDefinition, authTokens: unknown, settings: TokenSettings): TokenOutcome {
  const result =
    authTokens === undefined ? undefined : fillTemplates(authTokens as AuthTokens, settings.templateContext)
  if (result?.ok === false) return { resolution: null, issues: result.issues, filled: undefined }
  const outcome = resolveFilled(definition, result?.value, settings.resolve)
  if (outcome.resolution?.ok !== true) return outcome
  return { ...outcome, issues: findLeftTemplates(outcome.resolution, result?.value ?? {}) }
}

/** Resolves a tool with tokens whose templates are filled. @internal */
export function resolveFilled(
  definition: ToolDefinition,
  filled: AuthTokens | undefined,
  options: ResolveOptions,
): TokenOutcome {
  try {
    const resolution = resolve(definition, filled, options)
    if (resolution.ok) return { resolution, issues: [], filled }
    const hints = misfiledHints(definition, filled)
    return { resolution, issues: toIssues(resolution).map((issue) => withHints(issue, hints)), filled }
  } catch (error) {
    if (!(error instanceof SecurityError) || error.code !== 'ERR_TENANT_REQUIRED') throw error
    return { resolution: null, issues: [makeIssue('ERR_TENANT_REQUIRED', '/authTokens', error.message)], filled }
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
  const requirements = optionsOf(definition).flatMap(requirementsOf)
  const names = new Set(requirements.map(([name]) => name))
  const places = new Map<string, string>()
  for (const [name, requirement] of requirements) {
    for (const carrier of bindKind(requirement).carriers) {
      const place = carrier.name.toLowerCase()
      if (!places.has(place)) places.set(place, name)
    }
  }
  const misfiled = Object.keys(authTokens ?? {}).filter((given) => !names.has(given))
  const hints = misfiled.slice(0, MAX_SUGGESTIONS).flatMap((given) => {
    const match = places.get(given.toLowerCase())
    if (match !== undefined) return [`\`${given}\` is where it is sent: file the token under \`${match}\``]
    const meant = didYouMean(given, names)
    return meant === undefined ? [] : [`\`${given}\`: ${meant}`]
  })
  return [...new Set(hints)]
}

function withHints(issue: Issue, hints: readonly string[]): Issue {
  if (hints.length === 0) return issue
  return { ...issue, help: [...(issue.help === undefined ? [] : [issue.help]), ...hints].join('; ') }
}
