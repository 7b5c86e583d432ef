import { describeAccess } from '../plan/describe-access.ts'
import { fillTemplates } from '../plan/templates.ts'
import type { Issue } from '../result.ts'
import { Secret } from '../secret.ts'
import type { AuthTokens, ToolDefinition } from '../types.ts'
import { isObject, type JsonObject } from './field-names.ts'
import type { FoundTool } from './found-tool.ts'
import type { SuppliedToken, SuppliedTokens } from './supplied-tokens.ts'

/** A tool with its definition, read. @internal */
export interface ReadTool {
  readonly tool: FoundTool
  readonly definition: ToolDefinition | null
}

/** The tokens of one tool. @internal */
export interface AssignedTokens {
  /** As `resolve` takes them, which checks them too. */
  readonly tokens: unknown
  /** Where each came from, for messages. */
  readonly origins: ReadonlyMap<string, string>
  /** Templates that could not be filled. */
  readonly issues: readonly Issue[]
}

/**
 * Picks from names those that are for one tool of several: what it uses, and what no tool uses, so that a misspelt name
 * is noticed. A tool that is alone gets them all.
 * @internal
 */
export function namesFor(tool: ReadTool, tools: readonly ReadTool[]): (name: string) => boolean {
  if (tools.length < 2) return () => true
  const own = usedNames(tool)
  const others = new Set(tools.flatMap((each) => [...usedNames(each)]))
  return (name) => own.has(name) || !others.has(name)
}

/** The requirement names of a tool. @internal */
export function usedNames({ definition }: ReadTool): ReadonlySet<string> {
  return new Set(definition === null ? [] : describeAccess(definition).names)
}

/** The tokens for one tool: from the file, then from `--tokens`, then from `--token`, the later over the earlier. @internal */
export function assignTokens(tool: ReadTool, tools: readonly ReadTool[], supplied: SuppliedTokens): AssignedTokens {
  const isFor = namesFor(tool, tools)
  const outside = new Map<string, SuppliedToken>([
    ...(supplied.byTool.get(tool.tool.name ?? '') ?? []),
    ...[...supplied.byName].filter(([name]) => isFor(name)),
  ])
  const { authTokens, templateContext } = tool.tool
  const inside = authTokens?.value ?? {}
  // What is no object is for the engine to refuse.
  if (!isObject(inside)) return { tokens: inside, origins: new Map(), issues: [] }
  const own = Object.entries(inside).filter(([name]) => !outside.has(name))
  const filled = fill(own, templateContext?.value)
  const tokens = Object.create(null) as Record<string, unknown>
  for (const [name, value] of own) tokens[name] = filled.tokens === null ? value : filled.tokens[name]
  for (const [name, { value }] of outside) tokens[name] = value
  const at = authTokens === null ? '' : `${authTokens.document.path} #${authTokens.pointer}`
  const origins = new Map([
    ...own.map(([name]) => [name, at] as const),
    ...[...outside].map(([name, { from }]) => [name, from] as const),
  ])
  return { tokens, origins, issues: filled.issues }
}

/** Fills `{{name}}` from the call's `templateContext`, as the platform does before it resolves (TOK-5). */
function fill(
  own: readonly (readonly [string, unknown])[],
  context: unknown,
): { readonly tokens: JsonObject | null; readonly issues: readonly Issue[] } {
  if (!isObject(context)) return { tokens: null, issues: [] }
  const copy = Object.assign(Object.create(null), Object.fromEntries(own)) as AuthTokens
  const result = fillTemplates(copy, context)
  return result.ok ? { tokens: result.value, issues: [] } : { tokens: null, issues: result.issues }
}

const MAX_DEPTH = 4

/** Every text that tokens hold, structured ones included, to be kept out of what is printed. @internal */
export function tokenTexts(tokens: unknown, depth = 0): readonly string[] {
  if (typeof tokens === 'string') return [tokens]
  if (tokens instanceof Secret) return [tokens.reveal()]
  if (typeof tokens !== 'object' || tokens === null || depth > MAX_DEPTH) return []
  return Object.values(tokens).flatMap((token) => tokenTexts(token, depth + 1))
}
