import type { CallProblem, ResolveCallOptions, ResolvedCall, ResolvedTool } from '../../src/call/index.ts'
import { Secret } from '../../src/index.ts'
import { pointerSegments } from '../../src/json-pointer.ts'
import type { Json, JsonObject } from '../properties/arbitraries.ts'

export const HELP_EITHER = 'supply `myServiceApiKey`, or both `auth_token` and `user_id`'

/** A tool that takes one key, or two tokens together. */
export function definitionOf(name: string, more: JsonObject = {}): JsonObject {
  return {
    modelToolName: name,
    description: `Tells what ${name} tells.`,
    dynamicParameters: [
      { name: 'symbol', location: 'PARAMETER_LOCATION_PATH', schema: { type: 'string' }, required: true },
      { name: 'limit', location: 'PARAMETER_LOCATION_QUERY', schema: { type: 'integer' } },
    ],
    staticParameters: [{ name: 'currency', location: 'PARAMETER_LOCATION_QUERY', value: 'USD' }],
    http: { baseUrlPattern: `https://api.example.com/${name}/{symbol}`, httpMethod: 'GET' },
    requirements: requirementsOf(
      { requirements: { myServiceApiKey: { headerApiKey: { name: 'X-My-Key' } } } },
      {
        requirements: {
          user_id: { queryApiKey: { name: 'uid' } },
          auth_token: { httpAuth: { scheme: 'Bearer' } },
        },
      },
    ),
    ...more,
  }
}

export function requirementsOf(...options: Json[]): JsonObject {
  return { httpSecurityOptions: { options } }
}

/** A selected tool that nothing is wrong with. */
export function selectedTool(name: string, more: JsonObject = {}): JsonObject {
  return { temporaryTool: definitionOf(name), authTokens: { myServiceApiKey: `key-of-${name}` }, ...more }
}

/** A tool store whose answer depends on the name alone. */
export const findTool: NonNullable<ResolveCallOptions['findTool']> = (reference) => {
  const wanted = 'toolName' in reference ? reference.toolName : reference.toolId
  const [kind = '', name = ''] = wanted.split(':')
  if (kind === 'stored') return { toolId: `id-of-${name}`, name, definition: definitionOf(name) }
  if (kind === 'unnamed') {
    const { modelToolName: _, ...definition } = definitionOf(name)
    return { name: `two words ${name}`, definition }
  }
  if (kind === 'twins') return [1, 2].map(() => ({ name, definition: definitionOf(name) }))
  if (kind === 'broken') return { name, definition: definitionOf(name, { requirements: { options: [] } }) }
  if (kind === 'down') throw new Error('postgres://user:store-password@db.internal/tools')
  return null
}

/** One way to break a selected tool. */
export interface Breakage {
  readonly title: string
  /** The broken entry; the healthy one is `selectedTool(name)`. */
  readonly broken: (name: string) => JsonObject
  readonly code: string
  /** Pointer inside the entry. */
  readonly at: string
  /** Name that the problem gives the tool; default the entry's own. */
  readonly tool?: (name: string) => string | null
  /** A part of the help text. */
  readonly help?: string
}

const withTokens = (authTokens: Json) => (name: string) => selectedTool(name, { authTokens })
const withDefinition = (more: JsonObject) => (name: string) =>
  selectedTool(name, { temporaryTool: definitionOf(name, more) })
const stored = (kind: string) => (name: string) => ({
  toolName: `${kind}:${name}`,
  nameOverride: name,
  authTokens: { myServiceApiKey: `key-of-${name}` },
})
const KEY = '/authTokens/myServiceApiKey'

/** Ways to break a selected tool, each with the one problem that it must give. */
export const BREAKAGES: readonly Breakage[] = [
  {
    title: 'no tokens at all',
    broken: (name) => ({ temporaryTool: definitionOf(name) }),
    code: 'ERR_TOKEN_MISSING',
    at: '/authTokens',
    help: HELP_EITHER,
  },
  {
    title: 'half of an option',
    broken: withTokens({ user_id: 'u-1234567' }),
    code: 'ERR_TOKEN_MISSING',
    at: '/authTokens',
    help: 'supply `myServiceApiKey`, or `auth_token`',
  },
  {
    title: 'a token under the name of its header',
    broken: withTokens({ 'x-my-key': 'k-1234567' }),
    code: 'ERR_TOKEN_MISSING',
    at: '/authTokens',
    help: '`x-my-key` is where it is sent: file the token under `myServiceApiKey`',
  },
  {
    title: 'a misspelt name',
    broken: withTokens({ myServiceApikey: 'k-1234567' }),
    code: 'ERR_TOKEN_MISSING',
    at: '/authTokens',
    help: 'did you mean `myServiceApiKey`?',
  },
  {
    title: 'a secret that did not expand',
    broken: withTokens({ myServiceApiKey: '' }),
    code: 'ERR_TOKEN_EMPTY',
    at: KEY,
    help: 'a variable that holds it was probably not set',
  },
  {
    title: 'the line break at the end of a file',
    broken: withTokens({ myServiceApiKey: 'k-1234567\n' }),
    code: 'ERR_TOKEN_CONTROL',
    at: KEY,
    help: 'trim it',
  },
  {
    title: 'a token with its auth-scheme',
    broken: withTokens({ user_id: 'u-1234567', auth_token: 'Bearer t-1234567' }),
    code: 'ERR_TOKEN_SCHEME',
    at: '/authTokens/auth_token',
    help: 'give the token alone',
  },
  {
    title: 'a token that is a number',
    broken: withTokens({ myServiceApiKey: 1234567 }),
    code: 'ERR_TOKEN_TYPE',
    at: KEY,
    help: 'give the token as a string',
  },
  {
    title: 'a template variable that nobody set',
    broken: withTokens({ myServiceApiKey: '{{nobodySetThis}}' }),
    code: 'ERR_TEMPLATE_VARIABLE',
    at: KEY,
  },
  {
    title: 'a template that never ends',
    broken: withTokens({ myServiceApiKey: 'k-{{tenantKey' }),
    code: 'ERR_TEMPLATE_SYNTAX',
    at: KEY,
  },
  {
    title: 'a stored credential without a tenant',
    broken: withTokens({ myServiceApiKey: { credentialId: 'stock-key' } }),
    code: 'ERR_TENANT_REQUIRED',
    at: '/authTokens',
  },
  {
    title: 'tokens that are no object',
    broken: withTokens('k-1234567'),
    code: 'ERR_TOKENS_TYPE',
    at: '/authTokens',
  },
  {
    title: 'a tool that is not stored',
    broken: stored('missing'),
    code: 'ERR_TOOL_NOT_FOUND',
    at: '/toolName',
    help: 'check its spelling',
  },
  {
    title: 'a tool store that is down',
    broken: stored('down'),
    code: 'ERR_TOOL_LOOKUP',
    at: '/toolName',
    help: 'try again',
  },
  {
    title: 'a name that two stored tools have',
    broken: stored('twins'),
    code: 'ERR_TOOL_AMBIGUOUS',
    at: '/toolName',
    help: 'select it by `toolId`',
  },
  {
    title: 'a stored definition that is not valid',
    broken: stored('broken'),
    code: 'ERR_FIELD_UNKNOWN',
    at: '/toolName',
  },
  {
    title: 'a stored name that no model can use',
    broken: (name) => ({ toolName: `unnamed:${name}`, authTokens: { myServiceApiKey: 'k-1234567' } }),
    code: 'ERR_TOOL_NAME',
    at: '',
    tool: (name) => `two words ${name}`,
    help: 'give `modelToolName` in the definition, or `nameOverride`',
  },
  {
    title: 'an unknown kind of requirement',
    broken: withDefinition({ requirements: requirementsOf({ requirements: { myServiceApiKey: { headerKey: {} } } }) }),
    code: 'ERR_KIND_UNKNOWN',
    at: '/temporaryTool/requirements/httpSecurityOptions/options/0/requirements/myServiceApiKey/headerKey',
    help: 'did you mean `headerApiKey`?',
  },
  {
    title: 'a credential over plain http',
    broken: withDefinition({ http: { baseUrlPattern: 'http://api.example.com/{symbol}', httpMethod: 'GET' } }),
    code: 'ERR_BASE_URL_INSECURE',
    at: '/temporaryTool/http/baseUrlPattern',
    help: 'use https',
  },
  {
    title: 'a required override that is missing',
    broken: withDefinition({
      requirements: {
        ...requirementsOf({ requirements: { myServiceApiKey: { headerApiKey: { name: 'X-My-Key' } } } }),
        requiredParameterOverrides: ['limit'],
      },
    }),
    code: 'ERR_OVERRIDE_MISSING',
    at: '/parameterOverrides',
    help: 'add `limit` to `parameterOverrides`',
  },
  {
    title: 'an override of a parameter that is not there',
    broken: (name) => selectedTool(name, { parameterOverrides: { limits: 3 } }),
    code: 'ERR_OVERRIDE_UNKNOWN',
    at: '/parameterOverrides/limits',
    help: 'did you mean `limit`?',
  },
  {
    title: 'an override of the wrong type',
    broken: (name) => selectedTool(name, { parameterOverrides: { limit: 'three' } }),
    code: 'ERR_PARAMETER_TYPE',
    at: '/parameterOverrides/limit',
  },
  {
    title: 'a call token that nobody can mint',
    broken: withDefinition({
      requirements: requirementsOf({ ultravoxCallTokenRequirement: { scopes: ['calls:read'] } }),
    }),
    code: 'ERR_CALL_TOKEN_UNAVAILABLE',
    at: '/authTokens',
    help: 'the ability to mint a call token',
  },
  {
    title: 'a name that another tool has',
    broken: (name) => selectedTool(name, { nameOverride: 'first' }),
    code: 'ERR_TOOL_NAME_TAKEN',
    at: '',
    tool: () => 'first',
    help: 'give one of them a `nameOverride`',
  },
  {
    title: 'two ways to name the tool',
    broken: (name) => selectedTool(name, { toolName: `stored:${name}`, nameOverride: name }),
    code: 'ERR_FIELD_VALUE',
    at: '/temporaryTool',
    help: 'keep exactly one of them',
  },
  {
    title: 'no way to name the tool',
    broken: (name) => ({ nameOverride: name, authTokens: { myServiceApiKey: 'k-1234567' } }),
    code: 'ERR_FIELD_MISSING',
    at: '',
    help: 'give it exactly one of them',
  },
  {
    title: 'a misspelt field',
    broken: (name) => ({ temporaryTool: definitionOf(name), authToken: { myServiceApiKey: 'k-1234567' } }),
    code: 'ERR_FIELD_UNKNOWN',
    at: '/authToken',
    help: 'did you mean `authTokens`?',
  },
]

/** The options that make every breakage a breakage and nothing else. */
export const OPTIONS: ResolveCallOptions = { findTool }

/** The problems of a result, or none. */
export function problemsOf(result: ResolvedCall<unknown>): readonly CallProblem[] {
  return result.ok ? [] : result.problems
}

/** The tools of a result; fails the test where there are none. */
export function toolsOf(result: ResolvedCall<unknown>): ReadonlyMap<string, ResolvedTool> {
  if (result.ok) return result.tools
  throw new Error(`not resolved: ${JSON.stringify(result.problems)}`)
}

/** One tool of a result. */
export function toolOf(result: ResolvedCall<unknown>, name: string): ResolvedTool {
  const tool = toolsOf(result).get(name)
  if (tool === undefined) throw new Error(`no tool ${name}`)
  return tool
}

/** A tool as plain data, secrets revealed: two of them are the same if these are equal. */
export function plainTool(tool: ResolvedTool): unknown {
  return plain(tool)
}

function plain(value: unknown): unknown {
  if (value instanceof Secret) return { secret: value.reveal() }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(plain)
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, plain(child)]))
}

/** Code and pointer of each problem. */
export function judged(problems: readonly CallProblem[]): readonly string[] {
  return problems.map(({ code, pointer }) => `${code} ${pointer}`)
}

/** A text that sorts as a pointer does: segment by segment, whole numbers first and by value, others by code unit. */
function sortable(pointer: string): string {
  const segments = pointerSegments(pointer)
  return segments.map((text) => (/^(?:0|[1-9]\d*)$/.test(text) ? `\0${text.padStart(20, '0')}` : text)).join('\0')
}

/** The order in which problems are reported: by pointer, then by code. */
export function inReportedOrder<P extends { readonly pointer: string; readonly code: string }>(
  problems: readonly P[],
): readonly P[] {
  const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
  return [...problems].sort((a, b) => compare(sortable(a.pointer), sortable(b.pointer)) || compare(a.code, b.code))
}
