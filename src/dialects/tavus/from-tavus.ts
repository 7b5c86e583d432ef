import { pointerTo } from '../../json-pointer.ts'
import { readOptions } from '../../read-options.ts'
import { type Issue, makeIssue, type Result } from '../../result.ts'
import { snapshot } from '../../snapshot.ts'
import type { JsonValue, Token } from '../../types.ts'
import { finishTool, ONLY_OPTION, oneOption } from '../finish-tool.ts'
import { IMPORT_OPTIONS } from '../import-options.ts'
import { isJsonObject, type JsonObject, ownField } from '../json-object.ts'
import { readFields, reportDropped } from '../read-fields.ts'
import { requirementNameFor } from '../requirement-name.ts'
import type { ImportOptions, ToolWithTokens } from '../tool-with-tokens.ts'
import { type ReadAuth, readAuth } from './auth-types.ts'
import { type TavusApi, type TavusParameters, tavusParameters } from './tavus-parameters.ts'

/** Fields of a tool that say nothing about its request. */
const SILENT = ['tool_id', 'id', 'uuid', 'created_at', 'updated_at', 'owner_id']
const KNOWN = ['name', 'description', 'parameters', 'delivery']

/**
 * Reads a Tavus tool: `delivery.api` with its `auth`. The secret moves from there into the tokens.
 *
 * A tool that is delivered as an app message becomes a client tool. An `hmac` tool's body has Tavus's callback shape and
 * is given by the caller: to `buildRequest`, as `body`. Parameters that neither the URL nor `body_template` names are
 * fields of the JSON body, or query parameters of GET, HEAD and DELETE; Tavus's documentation does not say.
 *
 * @param json A tool as Tavus's API takes or gives it, parsed.
 * @param options How it is read. The suggested requirement name is `credential`.
 * @returns The definition and its tokens, with warnings for what was left out; or every error, with pointers into `json`.
 * @throws A {@link core.SecurityError} with code `ERR_ARGUMENT_INVALID` for unknown options.
 * @example
 * const auth = { type: 'bearer', token: '<YOUR_TOKEN>' }
 * const read = fromTavus({ name: 'orders', delivery: { api: { url: 'https://api.example.com/v1', method: 'GET', auth } } })
 * if (read.ok) resolve(read.value.definition, read.value.tokens).outcome // 'authenticated'
 * @see {@link https://docs.tavus.io/sections/conversational-video-interface/pal/llm-tool-auth Tool authentication}
 */
export function fromTavus(json: unknown, options?: ImportOptions): Result<ToolWithTokens> {
  const settings = readOptions<ImportOptions>(options, IMPORT_OPTIONS)
  const copy = snapshot(json)
  if (!copy.ok) return copy
  if (isJsonObject(copy.value)) return readTool(copy.value, settings)
  return { ok: false, issues: [makeIssue('ERR_FIELD_TYPE', '', 'a Tavus tool is an object')] }
}

function readTool(tool: JsonObject, settings: ImportOptions): Result<ToolWithTokens> {
  const issues: Issue[] = []
  reportDropped(tool, KNOWN, SILENT, { pointer: '', what: 'tool', issues })
  const places = new Map(PLACES)
  const tokens = new Map<string, Token>()
  const definition = readDefinition(tool, settings, { places, tokens, issues })
  const { allowInsecureOrigins } = settings
  return finishTool({ definition: definition ?? {}, tokens, places, issues, allowInsecureOrigins })
}

/** Where the parts of a definition stand in a tool. */
const PLACES = [
  ['', ''],
  ['/modelToolName', '/name'],
  ['/dynamicParameters', '/parameters'],
  ['/staticParameters', '/delivery/api/body_template'],
  ['/timeout', '/delivery/api/timeout'],
  ['/http', '/delivery/api'],
  ['/http/baseUrlPattern', '/delivery/api/url'],
  ['/http/httpMethod', '/delivery/api/method'],
  ['/requirements', '/delivery/api/auth'],
  ['/authTokens', '/delivery/api/auth'],
] as const

interface Draft {
  readonly places: Map<string, string>
  readonly tokens: Map<string, Token>
  readonly issues: Issue[]
}

/** `null` where an issue was added. */
function readDefinition(tool: JsonObject, settings: ImportOptions, draft: Draft): object | null {
  const { issues } = draft
  const delivery = readDelivery(tool, issues)
  if (delivery === null) return null
  const { name, description } = tool
  const about = {
    ...(name === undefined || name === null ? {} : { modelToolName: name }),
    ...(description === undefined || description === null ? {} : { description }),
  }
  if (delivery === 'appMessage') {
    return { ...about, ...listed(tavusParameters(tool, null, issues)), client: {} }
  }
  const api = readApi(delivery, issues)
  if (api === null) return null
  const auth = readAuth(api.auth, { pointer: '/delivery/api/auth', what: 'auth', issues }, settings)
  if (auth === null) return null
  return {
    ...about,
    ...listed(tavusParameters(tool, api, issues)),
    ...(auth === 'none' ? {} : requirementOf(auth, settings, draft)),
    ...(api.timeout === undefined ? {} : { timeout: `${api.timeout}s` }),
    http: { baseUrlPattern: api.url, httpMethod: api.method },
  }
}

function requirementOf({ requirement, token }: ReadAuth, settings: ImportOptions, { places, tokens }: Draft): object {
  const name = requirementNameFor('credential', settings)
  tokens.set(name, token)
  notePlaces(places, name)
  return oneOption(new Map([[name, requirement]]))
}

/** Where the fields of Tavus's `auth` stand that become fields of a requirement. */
function notePlaces(places: Map<string, string>, requirement: string): void {
  const at = pointerTo(ONLY_OPTION, 'requirements', requirement)
  for (const kind of ['headerApiKey', 'queryApiKey']) places.set(`${at}/${kind}/name`, '/delivery/api/auth/name')
  places.set(`${at}/oauth2ClientCredentials/tokenUrl`, '/delivery/api/auth/token_url')
  places.set(`${at}/oauth2ClientCredentials/scope`, '/delivery/api/auth/scope')
}

function readDelivery(tool: JsonObject, issues: Issue[]): JsonObject | 'appMessage' | null {
  const help = 'wrap what Tavus calls as `{ "name": …, "delivery": { "api": { "url": …, "auth": … } } }`'
  if (!isJsonObject(tool['delivery'])) {
    issues.push(makeIssue('ERR_FIELD_MISSING', '', 'a Tavus tool says under `delivery` how it is called', help))
    return null
  }
  const rules = { app_message: 'boolean', api: 'object' } as const
  const delivery = readFields(tool['delivery'], rules, { pointer: '/delivery', what: 'delivery', issues })
  if (delivery === null) return null
  const { app_message, api } = delivery
  if (app_message === true && api === undefined) return 'appMessage'
  if (app_message !== true && api !== undefined) return api
  const message = 'exactly one of `app_message: true` and `api` says how the tool is called'
  issues.push(makeIssue('ERR_FIELD_VALUE', '/delivery', message))
  return null
}

function readApi(api: JsonObject, issues: Issue[]): (TavusApi & { readonly auth: JsonValue | undefined }) | null {
  const rules = { url: 'text!', method: 'text', timeout: 'number', auth: 'any', body_template: 'object' } as const
  const fields = readFields(api, rules, { pointer: '/delivery/api', what: 'api', issues })
  if (fields === null) return null
  if (ownField(api, 'auth') === undefined) {
    const help = 'write `{ "type": "none" }` where the API is public'
    issues.push(makeIssue('ERR_FIELD_MISSING', '/delivery/api', '`api` has no `auth`', help))
    return null
  }
  const { url, method = 'POST', timeout, auth, body_template } = fields
  return { url, method, timeout, auth, template: body_template }
}

function listed({ dynamic, fixed }: TavusParameters): object {
  return {
    ...(dynamic.length === 0 ? {} : { dynamicParameters: dynamic }),
    ...(fixed.length === 0 ? {} : { staticParameters: fixed }),
  }
}
