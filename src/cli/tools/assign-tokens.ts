import { describeAccess } from '../../plan/describe-access.ts'
import { Secret } from '../../secret.ts'
import { isObject } from '../source/field-names.ts'
import type { LoadedTool } from './loaded-tool.ts'
import type { SuppliedToken, SuppliedTokens } from './supplied-tokens.ts'

/** The tokens of one tool. @internal */
export interface AssignedTokens {
  /** As `resolve` takes them, which checks them too. */
  readonly tokens: unknown
  /** Where those came from that are not in the file, for messages. */
  readonly origins: ReadonlyMap<string, string>
}

/**
 * Picks from names those that are for one tool of several: what it uses, and what no tool uses, so that a misspelt name
 * is noticed. A tool that is alone gets them all.
 * @param used The names that all tools use.
 * @internal
 */
export function namesFor(tool: LoadedTool, used: ReadonlySet<string>): (name: string) => boolean {
  const own = usedNames(tool)
  return (name) => own.has(name) || !used.has(name)
}

/** The requirement names of all tools of a file. @internal */
export function namesInUse(tools: readonly LoadedTool[]): ReadonlySet<string> {
  return new Set(tools.flatMap((tool) => [...usedNames(tool)]))
}

function usedNames({ definition }: LoadedTool): ReadonlySet<string> {
  return new Set(definition === null ? [] : describeAccess(definition).names)
}

/** The tokens for one tool: from the file, then from `--tokens`, then from `--token`, the later over the earlier. @internal */
export function assignTokens(tool: LoadedTool, used: ReadonlySet<string>, supplied: SuppliedTokens): AssignedTokens {
  const isFor = namesFor(tool, used)
  const outside = new Map<string, SuppliedToken>([
    ...(supplied.byTool.get(tool.name ?? '') ?? []),
    ...[...supplied.byName].filter(([name]) => isFor(name)),
  ])
  const inside = tool.selection?.authTokens
  // What is no object is for the engine to refuse.
  if (outside.size === 0 || (inside !== undefined && !isObject(inside))) return { tokens: inside, origins: new Map() }
  const tokens = Object.assign(Object.create(null), inside) as Record<string, unknown>
  for (const [name, { value }] of outside) tokens[name] = value
  return { tokens, origins: new Map([...outside].map(([name, { from }]) => [name, from])) }
}

const MAX_DEPTH = 4

/** Every text that tokens hold, structured ones included, to be kept out of what is printed. @internal */
export function tokenTexts(tokens: unknown, depth = 0): readonly string[] {
  if (typeof tokens === 'string') return [tokens]
  if (tokens instanceof Secret) return [tokens.reveal()]
  if (typeof tokens !== 'object' || tokens === null || depth > MAX_DEPTH) return []
  return Object.values(tokens).flatMap((token) => tokenTexts(token, depth + 1))
}
