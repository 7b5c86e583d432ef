import { callTokenScopes, OPTIONS_POINTER, optionsOf, requirementsOf } from '../definition/options.ts'
import { parseDefinition } from '../definition/parse.ts'
import { splitUrl } from '../http/url.ts'
import { pointerTo } from '../json-pointer.ts'
import { toIssues } from '../plan/issues.ts'
import { resolve } from '../plan/resolve.ts'
import { type Issue, makeIssue, type Result } from '../result.ts'
import { snapshot } from '../snapshot.ts'
import type { AuthTokens, JsonValue, Requirement, ToolDefinition } from '../types.ts'
import { isJsonObject, type JsonObject, ownField } from './json-object.ts'
import type { ToolWithTokens } from './tool-with-tokens.ts'

/** A tool on its way out: parsed, and its tokens as plain texts, for the other format holds them so. @internal */
export interface OutgoingTool {
  readonly definition: ToolDefinition
  readonly tokens: JsonObject
}

/** Reads a tool whose secrets another format is to hold. @internal */
export function readTool(tool: unknown): Result<OutgoingTool> {
  const { definition, tokens = {} } = (tool ?? {}) as Partial<ToolWithTokens>
  const parsed = parseDefinition(definition)
  if (!parsed.ok) return parsed
  const plain = snapshot(tokens, { reveal: true })
  if (!plain.ok) return { ok: false, issues: plain.issues.map(atTokens) }
  if (!isJsonObject(plain.value)) {
    return { ok: false, issues: [makeIssue('ERR_TOKENS_TYPE', '/authTokens', 'expected tokens by requirement name')] }
  }
  const resolution = resolve(parsed.value, plain.value as unknown as AuthTokens, TRIAL)
  const issues = toIssues(resolution)
  if (issues.length > 0) return { ok: false, issues }
  return { ok: true, value: { definition: parsed.value, tokens: plain.value }, issues: [] }
}

/** A credential for which the definition has no use would be lost on the way. */
const TRIAL = { tenant: 'export', unusedTokens: 'refuse', mintCallToken: () => undefined } as const

function atTokens(issue: Issue): Issue {
  return { ...issue, pointer: `/authTokens${issue.pointer}` }
}

/** Says that a format has no word for a part of a definition. @internal */
export function inexpressible(pointer: string, message: string, help?: string): Issue {
  return makeIssue('ERR_DIALECT_INEXPRESSIBLE', pointer, message, help)
}

/**
 * Finds the fields of a definition that a format cannot hold. A field with nothing in it says nothing.
 * @param known The fields that it can hold.
 * @internal
 */
export function refuseFields(definition: ToolDefinition, known: readonly string[], format: string): readonly Issue[] {
  return Object.entries(definition)
    .filter(([name, value]) => !known.includes(name) && name !== 'requirements' && !isEmpty(value as JsonValue))
    .map(([name]) => {
      const at = pointerTo('', name)
      if (name !== '$schema' && !name.startsWith('x-'))
        return inexpressible(at, `${format} has no word for \`${name}\``)
      return makeIssue('WARN_DIALECT_DROPPED', at, `${format} has no word for \`${name}\``)
    })
    .filter(({ pointer }) => pointer !== '/$schema')
}

function isEmpty(value: JsonValue): boolean {
  return value === false || (Array.isArray(value) && value.length === 0)
}

/** The requirements of a definition for a format that knows one way to authenticate, and where they stand. @internal */
export interface OnlyOption {
  readonly pointer: string
  readonly requirements: readonly (readonly [name: string, requirement: Requirement])[]
}

/**
 * The one option of a definition; without requirements where it asks for nothing.
 * @returns `null` where an issue was added.
 * @internal
 */
export function onlyOption(definition: ToolDefinition, format: string, issues: Issue[]): OnlyOption | null {
  const options = optionsOf(definition)
  const pointer = pointerTo(OPTIONS_POINTER, 0)
  const overrides = ownField(definition.requirements as unknown, 'requiredParameterOverrides')
  if (Array.isArray(overrides) && overrides.length > 0) {
    issues.push(
      inexpressible('/requirements/requiredParameterOverrides', `${format} has no word for required overrides`),
    )
  }
  if (options.length > 1) {
    const message = `${format} has no alternatives, and this definition has ${options.length} options`
    issues.push(inexpressible(OPTIONS_POINTER, message, 'keep the option whose tokens you have'))
  }
  const [option = {}] = options
  if (callTokenScopes(option).length > 0) {
    issues.push(inexpressible(pointerTo(pointer, 'ultravoxCallTokenRequirement'), `${format} mints no call tokens`))
  }
  return issues.length > 0 ? null : { pointer, requirements: requirementsOf(option) }
}

/** The origin of a definition that was read with plain http allowed: it is written as it is. @internal */
export function plainHttpOrigins({ http }: ToolDefinition): readonly string[] {
  const url = splitUrl((http?.baseUrlPattern ?? '').replace(/[{].*/s, ''))
  return url?.scheme === 'http' ? [url.origin] : []
}
