import { callTokenScopes, optionsOf } from '../definition/options.ts'
import { CALL_TOKEN_CARRIER } from '../kinds/table.ts'
import type { Carrier, DynamicParameter, Resolution, StaticParameter, ToolDefinition } from '../types.ts'
import type { ResolvedTool } from './types.ts'

/** A tool of a call as it may be shown: Ultravox's `CallTool`, which omits the auth details. */
export interface CallTool {
  /** Id of the stored tool; absent for a temporary one. */
  readonly toolId?: string
  /** Name that the model sees. */
  readonly name: string
  /** The definition without its auth details. */
  readonly definition: CallToolDefinition
  /** As the selected tool gave it. */
  readonly transitionId?: string
}

/** A definition with names instead of requirements and values. */
export interface CallToolDefinition extends Omit<ToolDefinition, 'modelToolName' | 'requirements' | 'http'> {
  /** How the tool is reached, with the names of what carries its credentials. */
  readonly http?: {
    /** Absolute URL; `{name}` stands for a path parameter. */
    readonly baseUrlPattern: string
    /** The HTTP method. */
    readonly httpMethod: string
    /** Names of the headers that carry credentials. */
    readonly authHeaders: readonly string[]
    /** Names of the query parameters that carry credentials. */
    readonly authQueryParams: readonly string[]
    /** Scopes of the call token, where one is sent. */
    readonly callTokenScopes: readonly string[]
  }
}

/** The view of a resolved tool: no token, no requirement name, overridden parameters as static ones. @internal */
export function viewTool(
  tool: ResolvedTool,
  given: { readonly toolId?: string | undefined; readonly transitionId?: string | undefined },
): CallTool {
  return {
    ...(given.toolId === undefined ? {} : { toolId: given.toolId }),
    name: tool.name,
    definition: viewDefinition(tool),
    ...(given.transitionId === undefined ? {} : { transitionId: given.transitionId }),
  }
}

function viewDefinition({ definition, overrides, resolution }: ResolvedTool): CallToolDefinition {
  const {
    modelToolName: _name,
    requirements: _requirements,
    http,
    dynamicParameters,
    staticParameters,
    ...rest
  } = definition
  const isOverridden = (name: string): boolean => Object.hasOwn(overrides, name)
  const dynamic = dynamicParameters?.filter(({ name }) => !isOverridden(name))
  const fixed = dynamicParameters
    ?.filter(({ name }) => isOverridden(name))
    .map((parameter) => fix(parameter, overrides))
  const statics = [...(staticParameters ?? []).map((parameter) => fix(parameter, overrides)), ...(fixed ?? [])]
  const writes = carriersOf(resolution)
  return {
    ...rest,
    ...(dynamic === undefined ? {} : { dynamicParameters: dynamic }),
    ...(statics.length === 0 ? {} : { staticParameters: statics }),
    ...(http === undefined
      ? {}
      : {
          http: {
            baseUrlPattern: http.baseUrlPattern,
            httpMethod: http.httpMethod,
            authHeaders: headersOf(writes),
            authQueryParams: writes.filter(({ kind }) => kind === 'query').map(({ name }) => name),
            callTokenScopes: scopesOf(definition, resolution, writes),
          },
        }),
  }
}

function fix(parameter: DynamicParameter | StaticParameter, overrides: ResolvedTool['overrides']): StaticParameter {
  const { name, location } = parameter
  if (Object.hasOwn(overrides, name)) return { name, location, value: overrides[name] ?? null }
  return 'value' in parameter ? { name, location, value: parameter.value ?? null } : { name, location }
}

function carriersOf(resolution: Resolution): readonly Carrier[] {
  if (resolution.outcome !== 'authenticated') return []
  return [...resolution.mutations, ...resolution.needs.flatMap((need) => need.writes)]
}

/** A cookie travels in the one `Cookie` header. */
function headersOf(writes: readonly Carrier[]): readonly string[] {
  const names = writes.flatMap(({ kind, name }) => (kind === 'query' ? [] : [kind === 'cookie' ? 'Cookie' : name]))
  return [...new Set(names)]
}

function scopesOf(definition: ToolDefinition, resolution: Resolution, writes: readonly Carrier[]): readonly string[] {
  const option = resolution.outcome === 'authenticated' ? optionsOf(definition)[resolution.optionIndex] : undefined
  return option !== undefined && writes.some(({ name }) => name === CALL_TOKEN_CARRIER.name)
    ? callTokenScopes(option)
    : []
}
