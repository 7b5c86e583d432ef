import { pointerTo } from '../../json-pointer.ts'
import type { Issue } from '../../result.ts'
import type { DynamicParameter, JsonValue, ToolDefinition } from '../../types.ts'
import type { JsonObject } from '../json-object.ts'
import { inexpressible } from '../read-tool.ts'
import { schemaOfParameters } from '../schema-parameters.ts'
import { isWithoutBody } from './api-request.ts'

/** What a tool sends to authenticate, in Vapi's words. @internal */
export interface SentSecrets {
  /** Secret headers by name. */
  readonly headers: JsonObject
  readonly credentialId: string | undefined
}

/** Whether a definition says no more than a server object can. @internal */
export function isServer(definition: ToolDefinition): boolean {
  const { modelToolName, description, dynamicParameters = [], staticParameters = [], http } = definition
  const isPlain = modelToolName === undefined && description === undefined && dynamicParameters.length === 0
  return (
    isPlain && http?.httpMethod === 'POST' && staticParameters.every(({ location }) => location.endsWith('_HEADER'))
  )
}

/** @internal */
export function writeServer(definition: ToolDefinition, { headers, credentialId }: SentSecrets): JsonObject {
  const fixed = fixedAt(definition, '_HEADER').map(({ name, value }) => [name, value ?? null] as const)
  const all = { ...Object.fromEntries(fixed), ...headers }
  return {
    url: definition.http?.baseUrlPattern ?? '',
    ...timeoutOf(definition),
    ...(credentialId === undefined ? {} : { credentialId }),
    ...(Object.keys(all).length === 0 ? {} : { headers: all }),
  }
}

/** @internal */
export function writeApiRequest(definition: ToolDefinition, { headers, credentialId }: SentSecrets): JsonObject {
  const { modelToolName, description, dynamicParameters = [], http } = definition
  const inHeader = dynamicParameters.filter(isHeader)
  const fixed = [...fixedAt(definition, '_HEADER').map(({ name, value }) => [name, value ?? null] as const)]
  const values = [...fixed, ...Object.entries(headers)].map(
    ([name, value]) => [name, { type: 'string', value }] as const,
  )
  const schema = schemaOfParameters(inHeader) ?? { type: 'object', properties: {} }
  const properties = { ...(schema['properties'] as JsonObject), ...Object.fromEntries(values) }
  const body = schemaOfParameters(dynamicParameters.filter((parameter) => !isHeader(parameter)))
  const parameters = fixedAt(definition, '_BODY').map(({ name, value }) => ({ key: name, value: value ?? null }))
  return {
    type: 'apiRequest',
    ...(modelToolName === undefined ? {} : { name: modelToolName }),
    ...(description === undefined ? {} : { description }),
    method: http?.httpMethod ?? '',
    url: withVariables(http?.baseUrlPattern ?? '', dynamicParameters),
    ...timeoutOf(definition),
    ...(credentialId === undefined ? {} : { credentialId }),
    ...(Object.keys(properties).length === 0 ? {} : { headers: { ...schema, properties } }),
    ...(body === undefined ? {} : { body }),
    ...(parameters.length === 0 ? {} : { parameters }),
  }
}

function isHeader({ location }: DynamicParameter): boolean {
  return location.endsWith('_HEADER')
}

function fixedAt(
  { staticParameters = [] }: ToolDefinition,
  end: string,
): NonNullable<ToolDefinition['staticParameters']> {
  return staticParameters.filter(({ location }) => location.endsWith(end))
}

function timeoutOf({ timeout }: ToolDefinition): { readonly [field: string]: JsonValue } {
  return timeout === undefined ? {} : { timeoutSeconds: Number(timeout.slice(0, -1)) }
}

/** A path parameter is a Liquid variable in the URL. */
function withVariables(url: string, parameters: readonly DynamicParameter[]): string {
  const names = new Set(parameters.map(({ name }) => name))
  return url.replace(/\{([^{}]*)\}/g, (whole, name: string) => (names.has(name) ? `{${whole}}` : whole))
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Finds parameters at places that Vapi does not write to. @internal */
export function checkLocations(definition: ToolDefinition): readonly Issue[] {
  const method = definition.http?.httpMethod ?? 'POST'
  const [here, word] = isWithoutBody(method) ? (['_QUERY', 'query'] as const) : (['_BODY', 'body'] as const)
  const issues: Issue[] = []
  if (!METHODS.includes(method)) {
    issues.push(inexpressible('/http/httpMethod', `Vapi knows the methods ${METHODS.join(', ')}`))
  }
  definition.dynamicParameters?.forEach(({ name, location }, index) => {
    const isVariable = /^[a-zA-Z_][\w-]*$/.test(name)
    if ([here, '_HEADER'].some((end) => location.endsWith(end)) || (location.endsWith('_PATH') && isVariable)) return
    if (location.endsWith('_PATH')) {
      const at = pointerTo('/dynamicParameters', index, 'name')
      issues.push(inexpressible(at, `Vapi writes variables into a URL, and \`${name}\` is no name of one`))
      return
    }
    const message = `Vapi takes parameters of ${method} from path, headers and ${word}, which \`${name}\` is not in`
    issues.push(inexpressible(pointerTo('/dynamicParameters', index, 'location'), message))
  })
  definition.staticParameters?.forEach(({ name, location }, index) => {
    if (location.endsWith('_HEADER') || (location.endsWith('_BODY') && here === '_BODY')) return
    const message = `Vapi fixes values in headers and body, and \`${name}\` is in neither`
    issues.push(inexpressible(pointerTo('/staticParameters', index, 'location'), message))
  })
  return issues
}
