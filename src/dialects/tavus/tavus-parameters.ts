import { pointerTo } from '../../json-pointer.ts'
import { type Issue, makeIssue } from '../../result.ts'
import type { DynamicParameter, JsonValue, ParameterLocation, StaticParameter } from '../../types.ts'
import { entriesOf, isJsonObject, type JsonObject, ownField } from '../json-object.ts'
import { inexpressible } from '../read-tool.ts'
import { parametersOfSchema } from '../schema-parameters.ts'

/** What Tavus calls, without how it authenticates. @internal */
export interface TavusApi {
  readonly url: string
  readonly method: string
  /** Seconds. */
  readonly timeout: number | undefined
  /** The JSON body with its `{placeholders}`. */
  readonly template: JsonObject | undefined
}

/** @internal */
export interface TavusParameters {
  readonly dynamic: readonly DynamicParameter[]
  readonly fixed: readonly StaticParameter[]
}

const WITHOUT_BODY = ['GET', 'HEAD', 'DELETE']

/**
 * The parameters of a tool: those that its URL names, those that the body template names, and the rest.
 * @param api `null` for a tool that the client runs.
 * @internal
 */
export function tavusParameters(tool: JsonObject, api: TavusApi | null, issues: Issue[]): TavusParameters {
  const schema = ownField(tool, 'parameters') ?? undefined
  if (schema !== undefined && (!isJsonObject(schema) || (schema['type'] ?? 'object') !== 'object')) {
    issues.push(makeIssue('ERR_FIELD_TYPE', '/parameters', '`parameters` is not a JSON Schema of type object'))
    return { dynamic: [], fixed: [] }
  }
  const template = readTemplate(api?.template, issues)
  const dynamic = parametersOfSchema(schema, (name) => {
    if (api === null) return 'PARAMETER_LOCATION_UNSPECIFIED'
    if (api.url.includes(`{${name}}`)) return 'PARAMETER_LOCATION_PATH'
    if (template === null) return defaultLocation(api.method)
    if (template.named.has(name)) return 'PARAMETER_LOCATION_BODY'
    const message = `parameter \`${name}\` stands neither in the URL nor in \`body_template\``
    issues.push(makeIssue('WARN_DIALECT_DROPPED', pointerTo('/parameters/properties', name), message))
    return null
  })
  return { dynamic, fixed: template?.fixed ?? [] }
}

/** Where a parameter goes that nothing places. @internal */
function defaultLocation(method: string): ParameterLocation {
  return WITHOUT_BODY.includes(method.toUpperCase()) ? 'PARAMETER_LOCATION_QUERY' : 'PARAMETER_LOCATION_BODY'
}

interface BodyTemplate {
  readonly named: ReadonlySet<string>
  readonly fixed: readonly StaticParameter[]
}

/** Fields of the body that are a parameter of the same name, and those that are fixed. */
function readTemplate(template: JsonObject | undefined, issues: Issue[]): BodyTemplate | null {
  if (template === undefined) return null
  const named = new Set<string>()
  const fixed: StaticParameter[] = []
  for (const [name, value] of entriesOf(template)) {
    if (value === `{${name}}`) named.add(name)
    else if (!hasPlaceholder(value)) fixed.push({ name, location: 'PARAMETER_LOCATION_BODY', value })
    else {
      const message = `field \`${name}\` of the body is put together from parameters of other names`
      const help = 'give the parameter the name of the field, or build the body yourself'
      issues.push(inexpressible(pointerTo('/delivery/api/body_template', name), message, help))
    }
  }
  return { named, fixed }
}

/** Whether Tavus would fill anything in. */
function hasPlaceholder(value: JsonValue): boolean {
  if (typeof value === 'string') return /\{[^{}]*\}/.test(value)
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).some(hasPlaceholder)
}
