import { parseDefinition } from '../definition/parse.ts'
import { pointerTo } from '../json-pointer.ts'
import { checkType, type ParameterValues } from '../request/parameters.ts'
import { type Issue, makeIssue } from '../result.ts'
import { createAdviser } from '../suggest.ts'
import type { ParseOptions, ToolDefinition } from '../types.ts'
import { type FoundTool, nameOf } from './find-tools.ts'
import { isReadable, isReference, type ToolEntry } from './tool-entry.ts'

/** A tool of a call, read but for its tokens. @internal */
export interface KeptTool {
  readonly entry: ToolEntry
  /** What its look-up gave; `undefined` for a temporary tool. */
  readonly found: FoundTool | undefined
  /** Name that the model sees, as far as it is known. */
  readonly name: string | null
  /** `null` where there is none that can be used. */
  readonly definition: ToolDefinition | null
  /** Errors and warnings of the definition; their pointers lead into it. */
  readonly definitionIssues: readonly Issue[]
  readonly overrides: ParameterValues
  /** What else is wrong, but for tokens and names that two tools have; pointers lead into the normalised payload. */
  readonly issues: readonly Issue[]
}

const NO_OVERRIDES: ParameterValues = Object.freeze(Object.create(null) as ParameterValues)
const MODEL_NAME = /^[a-zA-Z0-9_-]{1,64}$/

/** Reads what a selected tool says besides its tokens. @internal */
export function readTool(entry: ToolEntry, found: FoundTool | undefined, options: ParseOptions): KeptTool {
  const { tool, pointer } = entry
  const name = nameOf(entry, found) ?? null
  const overrides = tool.parameterOverrides ?? NO_OVERRIDES
  const read = { entry, found, name, overrides }
  const lookUp = found?.issue ?? null
  if (lookUp !== null || !isReference(entry)) {
    return { ...read, definition: null, definitionIssues: [], issues: lookUp === null ? [] : [lookUp] }
  }
  const parsed = parseDefinition(found?.tool === undefined ? tool.temporaryTool : found.tool?.definition, options)
  if (!parsed.ok) return { ...read, definition: null, definitionIssues: parsed.issues, issues: [] }
  const definition =
    isReadable(entry, 'descriptionOverride') && tool.descriptionOverride !== undefined
      ? describedAs(parsed.value, tool.descriptionOverride, options)
      : parsed.value
  const issues = [
    ...(isReadable(entry, 'nameOverride') ? checkName(name, pointer) : []),
    ...(isReadable(entry, 'parameterOverrides') ? checkOverrides(definition, overrides, pointer) : []),
  ]
  return { ...read, definition, definitionIssues: parsed.issues, issues }
}

function describedAs(definition: ToolDefinition, description: string, options: ParseOptions): ToolDefinition {
  const copy = parseDefinition({ ...definition, description }, options)
  return copy.ok ? copy.value : definition
}

function checkName(name: string | null, pointer: string): readonly Issue[] {
  if (name !== null && MODEL_NAME.test(name)) return []
  const message =
    name === null ? 'the tool has no name for the model' : 'the name for the model is not 1 to 64 of `A-Z a-z 0-9 _ -`'
  return [makeIssue('ERR_TOOL_NAME', pointer, message, 'give `modelToolName` in the definition, or `nameOverride`')]
}

function checkOverrides(definition: ToolDefinition, overrides: ParameterValues, entry: string): readonly Issue[] {
  const base = `${entry}/parameterOverrides`
  const dynamic = new Map((definition.dynamicParameters ?? []).map((parameter) => [parameter.name, parameter]))
  const known = new Set([...dynamic.keys(), ...(definition.staticParameters ?? []).map(({ name }) => name)])
  const required = definition.requirements?.requiredParameterOverrides ?? []
  const missing = required.filter((name) => !Object.hasOwn(overrides, name))
  const unknown = Object.keys(overrides).filter((name) => !known.has(name))
  const didYouMean = createAdviser()
  return [
    ...missing.map((name) => {
      const message = `the tool requires an override of parameter \`${name}\``
      return makeIssue('ERR_OVERRIDE_MISSING', base, message, `add \`${name}\` to \`parameterOverrides\``)
    }),
    ...unknown.map((name) => {
      const message = `the tool has no parameter \`${name}\` to override`
      return makeIssue('ERR_OVERRIDE_UNKNOWN', pointerTo(base, name), message, didYouMean(name, known))
    }),
    ...Object.entries(overrides).flatMap(
      ([name, value]) => checkType(value, dynamic.get(name)?.schema, pointerTo(base, name), name) ?? [],
    ),
  ]
}
