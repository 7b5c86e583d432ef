import { pointerTo } from '../json-pointer.ts'
import { type Issue, makeIssue } from '../result.ts'
import { createAdviser } from '../suggest.ts'
import type { JsonValue, ParameterLocation, ToolDefinition } from '../types.ts'

/** Values by parameter name. */
export type ParameterValues = { readonly [name: string]: JsonValue }

/** A parameter with the value it is sent with. @internal */
export interface FilledParameter {
  readonly name: string
  readonly location: ParameterLocation
  readonly value: JsonValue
  /** Where the value was given, for issues. */
  readonly pointer: string
}

/** The values of one request, by who gave them. @internal */
export interface GivenValues {
  /** Chosen by the model. */
  readonly parameters: ParameterValues
  /** Given by the platform, by known name such as `KNOWN_PARAM_CALL_ID`. */
  readonly automatic: ParameterValues
  /** Fixed by the call. */
  readonly overrides: ParameterValues
}

/**
 * Decides each parameter's value. In one place (location and name) a later one of these wins: the model's value, the
 * definition's static one, the call's override, the platform's automatic value.
 * @internal
 */
export function fillParameters(
  definition: ToolDefinition,
  given: GivenValues,
  issues: Issue[],
): readonly FilledParameter[] {
  const places = new Map<string, FilledParameter>()
  const put = (filled: FilledParameter): void => {
    places.set(`${filled.location} ${filled.name}`, filled)
  }
  refuseUnknown(definition, given.parameters, issues)
  for (const { name, location, required, schema } of definition.dynamicParameters ?? []) {
    const pointer = pointerTo('/parameters', name)
    const overridden = Object.hasOwn(given.overrides, name)
    const value = overridden ? given.overrides[name] : own(given.parameters, name)
    if (value === undefined) {
      if (required === true)
        issues.push(makeIssue('ERR_PARAMETER_MISSING', pointer, `parameter \`${name}\` is required`))
      continue
    }
    const issue = overridden ? undefined : checkType(value, schema, pointer, name)
    if (issue !== undefined) issues.push(issue)
    put({ name, location, value, pointer: overridden ? pointerTo('/overrides', name) : pointer })
  }
  definition.staticParameters?.forEach(({ name, location, value = null }, index) => {
    const override = own(given.overrides, name)
    if (override !== undefined) put({ name, location, value: override, pointer: pointerTo('/overrides', name) })
    else put({ name, location, value, pointer: pointerTo('/staticParameters', index, 'value') })
  })
  for (const { name, location, knownValue } of definition.automaticParameters ?? []) {
    const pointer = pointerTo('/automatic', knownValue)
    const value = own(given.automatic, knownValue)
    if (value !== undefined) put({ name, location, value, pointer })
    else
      issues.push(
        makeIssue('ERR_PARAMETER_MISSING', pointer, `\`${name}\` needs the automatic value \`${knownValue}\``),
      )
  }
  return [...places.values()]
}

function refuseUnknown(definition: ToolDefinition, parameters: ParameterValues, issues: Issue[]): void {
  const known = new Set((definition.dynamicParameters ?? []).map(({ name }) => name))
  const didYouMean = createAdviser()
  for (const name of Object.keys(parameters)) {
    if (known.has(name)) continue
    const help = didYouMean(name, known)
    issues.push(
      makeIssue(
        'ERR_PARAMETER_UNKNOWN',
        pointerTo('/parameters', name),
        `the tool has no dynamic parameter \`${name}\``,
        help,
      ),
    )
  }
}

function own(values: ParameterValues, name: string): JsonValue | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined
}

/**
 * Compares a value with the `type` of its JSON Schema. Nothing else of the schema is executed: a pattern of a stranger
 * could be made to run for ever (T22).
 * @internal
 */
export function checkType(
  value: JsonValue,
  schema: { readonly [key: string]: JsonValue } | undefined,
  pointer: string,
  name: string,
): Issue | undefined {
  const declared = schema !== undefined && Object.hasOwn(schema, 'type') ? schema['type'] : undefined
  const types = Array.isArray(declared) ? declared : [declared]
  if (types.some((type) => typeof type !== 'string' || !Object.hasOwn(TYPE_TESTS, type) || TYPE_TESTS[type]?.(value)))
    return undefined
  return makeIssue(
    'ERR_PARAMETER_TYPE',
    pointer,
    `parameter \`${name}\` is not of type ${types.map((type) => `\`${type}\``).join(' or ')}`,
  )
}

const TYPE_TESTS: { readonly [type: string]: (value: JsonValue) => boolean } = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  array: (value) => Array.isArray(value),
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
}
