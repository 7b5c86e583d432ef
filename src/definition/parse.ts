import { SecurityError } from '../errors.ts'
import { splitUrl } from '../http/url.ts'
import { type CopiedValue, isString, readOptions } from '../read-options.ts'
import { hasErrors, type Issue, type Result, sortIssues } from '../result.ts'
import { snapshot } from '../snapshot.ts'
import type { ParseOptions, ToolDefinition } from '../types.ts'
import { checkLimits } from './limits.ts'
import { normalise } from './normalise.ts'
import { findExtensions } from './profile.ts'
import { checkRules } from './rules.ts'
import { checkSchema } from './schema-issues.ts'
import { definitionSchema } from './validator.generated.ts'

/** How a definition was read. */
interface Reading {
  readonly profile: NonNullable<ParseOptions['profile']>
  /** Translates a pointer into the definition to one into the input, in the spelling of its author. */
  readonly toInput: (pointer: string) => string
}

const parsed = new WeakMap<object, Reading>()

/** Whether an object is a definition that {@link parseDefinition} returned, so that it needs no reading. @internal */
export function isParsed(value: unknown): value is ToolDefinition {
  return typeof value === 'object' && value !== null && parsed.has(value)
}

/** How a definition that {@link parseDefinition} returned was read. @internal */
export function readingOf(definition: ToolDefinition): Reading {
  return parsed.get(definition) as Reading
}

/**
 * Reads a tool definition: shape, rules, spelling.
 *
 * The input is copied once and never touched again; `snake_case` fields become camelCase. A repeated call with an object
 * that this function returned costs nothing.
 *
 * @param input Anything; best what `JSON.parse` gave.
 * @param options How the definition is read. Defaults as in {@link ParseOptions}.
 * @returns The definition, deeply frozen and without prototypes, with warnings; or every error found.
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID` for unknown options.
 * @example
 * const result = parseDefinition({ modelToolName: 'stock_price' })
 * if (result.ok) console.log(result.value.modelToolName) // stock_price
 */
export function parseDefinition(input: unknown, options?: ParseOptions): Result<ToolDefinition> {
  if (options === undefined && isParsed(input)) return { ok: true, value: input, issues: [] }
  const settings = readParseOptions(options)
  const copy = snapshot(input)
  if (!copy.ok) return copy
  const limits = checkLimits(copy.value)
  if (limits.length > 0) return { ok: false, issues: sortIssues(limits) }
  const normalised = normalise(copy.value, definitionSchema.shape)
  const spelling = normalised.issues
  const shape =
    spelling.length > 0 ? spelling : checkSchema(normalised.value, definitionSchema, settings.unknownFields === 'allow')
  const value = normalised.value as unknown as ToolDefinition
  const issues = hasErrors(shape) ? shape : [...shape, ...checkMeaning(value, settings)]
  const placed = sortIssues(issues.map((issue) => ({ ...issue, pointer: normalised.toInput(issue.pointer) })))
  if (hasErrors(placed)) return { ok: false, issues: placed }
  parsed.set(value, { profile: settings.profile ?? 'latchkey', toInput: normalised.toInput })
  return { ok: true, value, issues: placed }
}

function checkMeaning(value: ToolDefinition, settings: ParseOptions): readonly Issue[] {
  const rules = checkRules(value, settings.allowInsecureOrigins ?? [])
  return settings.profile === 'ultravox' ? [...rules, ...findExtensions(value)] : rules
}

/** @internal */
export function parseOrThrow(input: unknown, options?: ParseOptions): ToolDefinition {
  const result = parseDefinition(input, options)
  if (result.ok) return result.value
  const errors = result.issues.filter((issue) => issue.severity === 'error')
  const message = `the definition is not valid: ${errors[0]?.message} at \`${errors[0]?.pointer}\``
  throw new SecurityError('ERR_DEFINITION_INVALID', { message, issues: result.issues })
}

const PARSE_OPTIONS = {
  profile: ['latchkey', 'ultravox'],
  unknownFields: ['refuse', 'allow'],
  allowInsecureOrigins: isOriginList,
} as const

function readParseOptions(options: unknown): ParseOptions {
  return readOptions<ParseOptions>(options, PARSE_OPTIONS)
}

function isOriginList(value: unknown): false | CopiedValue {
  const copy = snapshot(value)
  if (!copy.ok || !Array.isArray(copy.value)) return false
  const areOrigins = copy.value.every((origin) => isString(origin) && splitUrl(origin)?.origin === origin)
  return areOrigins ? { copy: copy.value } : false
}
