import { isParsed, parseOrThrow } from '../definition/parse.ts'
import { SecurityError } from '../errors.ts'
import { isSteeringHeader } from '../http/grammar.ts'
import { hasDotSegment, splitUrl } from '../http/url.ts'
import { readOptions } from '../read-options.ts'
import { hasErrors, type Issue, makeIssue, sortIssues } from '../result.ts'
import { snapshot } from '../snapshot.ts'
import { total } from '../total.ts'
import type { HttpDetails, HttpRequest, ParameterLocation, ToolDefinition } from '../types.ts'
import { type FilledParameter, fillParameters, type ParameterValues } from './parameters.ts'
import { writeBody, writeHeaderParameters, writePath, writeQueryParameters } from './write-parameters.ts'

/** A tool whose definition and overrides are settled, such as a `ResolvedTool` of a call. */
export interface BuildableTool {
  /** The tool's definition, parsed or not. */
  readonly definition: ToolDefinition
  /** Values that the call fixed, by parameter name. */
  readonly overrides?: ParameterValues
}

/** The values of one request. */
export interface BuildInput {
  /** What the model chose, by dynamic parameter. Checked for presence and JSON type only. Default none. */
  readonly parameters?: ParameterValues
  /** What the platform knows, by known name such as `KNOWN_PARAM_CALL_ID`. Default none. */
  readonly automatic?: ParameterValues
  /** A body of a prescribed shape, such as Tavus's callbacks; replaces the one of body parameters. Not checked. */
  readonly body?: Uint8Array | string
}

/**
 * Builds a tool's HTTP request before credentials; {@link apply} then adds those.
 *
 * Values only fill the places that the definition gives them: never the origin, the method, the literal path or the place
 * of a credential. A path placeholder takes one segment.
 *
 * @param tool A resolved tool of a call, or a definition.
 * @returns Method, URL, headers and, with body parameters, a JSON body with its `content-type`.
 * @throws A {@link SecurityError} with code `ERR_PARAMETERS_INVALID` and every issue, `ERR_NOT_HTTP`,
 * `ERR_DEFINITION_INVALID` or `ERR_ARGUMENT_INVALID`.
 * @example
 * const request = buildRequest(tool, { parameters: { symbol: 'NVDA' } })
 * const outgoing = apply(request, resolution)
 */
export function buildRequest(tool: BuildableTool | ToolDefinition, input: BuildInput = {}): HttpRequest {
  const { definition, overrides } = total('ERR_ARGUMENT_INVALID', () => readTool(tool))
  if (definition.http === undefined) throw new SecurityError('ERR_NOT_HTTP')
  const { parameters, automatic, body } = readOptions<BuildInput>(input, BUILD_OPTIONS)
  const issues: Issue[] = []
  const filled = fillParameters(
    definition,
    {
      parameters: readValues(parameters, '/parameters'),
      automatic: readValues(automatic, '/automatic'),
      overrides: readValues(overrides, '/overrides'),
    },
    issues,
  )
  const request = assemble(definition.http, filled, body, issues)
  if (hasErrors(issues)) throw parametersInvalid(issues)
  return request
}

function assemble(
  http: HttpDetails,
  filled: readonly FilledParameter[],
  body: BuildInput['body'],
  issues: Issue[],
): HttpRequest {
  const at = (...locations: ParameterLocation[]) => filled.filter(({ location }) => locations.includes(location))
  const url = writeQueryParameters(
    writePath(http.baseUrlPattern, at('PARAMETER_LOCATION_PATH'), issues),
    at('PARAMETER_LOCATION_QUERY'),
  )
  const headers = writeHeaderParameters(at('PARAMETER_LOCATION_HEADER'), issues)
  checkUrl(http.baseUrlPattern, url, issues)
  for (const { name, pointer } of at('PARAMETER_LOCATION_HEADER')) {
    if (Object.hasOwn(headers, name) && isSteeringHeader(name)) {
      issues.push(makeIssue('ERR_HEADER_FORBIDDEN', pointer, `header \`${name}\` steers the message`))
    }
  }
  const content = body ?? writeBody(at('PARAMETER_LOCATION_BODY', 'PARAMETER_LOCATION_UNSPECIFIED'))
  if (content === undefined) return { method: http.httpMethod, url, headers }
  const hasType = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  if (!hasType) headers['content-type'] = 'application/json'
  return { method: http.httpMethod, url, headers, body: content }
}

/** The origin is the definition's own, also where no credential made {@link parseDefinition} insist on it. */
function checkUrl(pattern: string, url: string, issues: Issue[]): void {
  const literal = splitUrl(pattern)
  const built = splitUrl(url)
  const sound = literal !== null && built !== null && literal.origin === built.origin && !hasDotSegment(built.path)
  if (sound || hasErrors(issues)) return
  const message = 'the base URL needs a literal scheme, host and port, and a path without `.` and `..` segments'
  issues.push(makeIssue('ERR_BASE_URL', '/http/baseUrlPattern', message))
}

function readTool(tool: BuildableTool | ToolDefinition): { definition: ToolDefinition; overrides: unknown } {
  if (isParsed(tool)) return { definition: tool, overrides: undefined }
  if (typeof tool !== 'object' || tool === null || !Object.hasOwn(tool, 'definition')) {
    return { definition: parseOrThrow(tool), overrides: undefined }
  }
  const { definition } = tool as BuildableTool
  const overrides = Object.hasOwn(tool, 'overrides') ? (tool as BuildableTool).overrides : undefined
  return { definition: isParsed(definition) ? definition : parseOrThrow(definition), overrides }
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null
const BUILD_OPTIONS = {
  parameters: isObject,
  automatic: isObject,
  body: (value: unknown) => typeof value === 'string' || value instanceof Uint8Array,
}

function readValues(values: unknown, pointer: string): ParameterValues {
  if (values === undefined) return Object.create(null) as ParameterValues
  const copy = snapshot(values)
  if (!copy.ok)
    throw parametersInvalid(copy.issues.map((issue) => ({ ...issue, pointer: `${pointer}${issue.pointer}` })))
  if (!isObject(copy.value) || Array.isArray(copy.value))
    throw parametersInvalid([makeIssue('ERR_PARAMETER_TYPE', pointer, 'expected values by parameter name')])
  return copy.value as ParameterValues
}

function parametersInvalid(issues: readonly Issue[]): SecurityError {
  // A required path parameter is missing as a parameter and as a segment.
  const distinct = new Map(issues.map((issue) => [`${issue.code} ${issue.pointer}`, issue]))
  const sorted = sortIssues([...distinct.values()])
  const message = `the request cannot be built: ${sorted.map((issue) => issue.message).join('; ')}`
  return new SecurityError('ERR_PARAMETERS_INVALID', { message, issues: sorted })
}
