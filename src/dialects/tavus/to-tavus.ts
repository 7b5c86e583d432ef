import { decodeBytes } from '../../bytes.ts'
import { pointerTo } from '../../json-pointer.ts'
import { kindOf } from '../../kinds/table.ts'
import { hasErrors, type Issue, type Result } from '../../result.ts'
import { total } from '../../total.ts'
import type { HmacForm, JsonValue, Kind, ToolDefinition } from '../../types.ts'
import { type JsonObject, ownField, sortedJson } from '../json-object.ts'
import { inexpressible, onlyOption, plainHttpOrigins, readTool, refuseFields } from '../read-tool.ts'
import { canonicalRequirement, checkReadBack } from '../same-tool.ts'
import { schemaOfParameters } from '../schema-parameters.ts'
import type { ToolWithTokens } from '../tool-with-tokens.ts'
import { TAVUS_FORM } from './auth-types.ts'
import { fromTavus } from './from-tavus.ts'

/**
 * Writes a Tavus tool with its secret in `delivery.api.auth`, as Tavus's API takes it.
 *
 * Tavus knows one requirement of one option: alternatives, several requirements at once, cookies, prefixes and other
 * signature forms are issues, as is everything else that {@link fromTavus} would not read back.
 *
 * @param tool The definition, and the token that its requirement needs.
 * @returns The tool as JSON, which holds the secret in plain text; or what Tavus has no word for, with pointers into the
 * definition, or to `/authTokens/<name>`.
 * @example
 * const written = toTavus({ definition, tokens: { apiKey: '<YOUR_TOKEN>' } })
 * if (written.ok) await fetch(url, { method: 'POST', body: JSON.stringify(written.value) })
 */
export function toTavus(tool: ToolWithTokens): Result<{ readonly [field: string]: JsonValue }> {
  return total('ERR_ARGUMENT_INVALID', () => writeTavus(tool))
}

const KNOWN = [
  'modelToolName',
  'description',
  'dynamicParameters',
  'staticParameters',
  'timeout',
  'http',
  'client',
] as const

function writeTavus(tool: unknown): Result<JsonObject> {
  const read = readTool(tool)
  if (!read.ok) return read
  const { definition, tokens } = read.value
  const issues = [...refuseFields(definition, KNOWN, 'Tavus')]
  const auth = readOnlyAuth(definition, tokens, issues)
  const api = writeApi(definition, auth, issues)
  if (hasErrors(issues) || auth === null || api === null) return { ok: false, issues }
  const { modelToolName, description, dynamicParameters = [] } = definition
  const parameters = schemaOfParameters(dynamicParameters)
  const json = {
    ...(modelToolName === undefined ? {} : { name: modelToolName }),
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined ? {} : { parameters }),
    delivery: api === 'appMessage' ? { app_message: true } : { api },
  }
  const options = { requirementName: () => auth.name, allowInsecureOrigins: plainHttpOrigins(definition) }
  const lost = checkReadBack(read.value, fromTavus(json, options), 'Tavus')
  return lost.length > 0 ? { ok: false, issues: [...issues, ...lost] } : { ok: true, value: json, issues }
}

interface WrittenAuth {
  /** The requirement's name; any text where there is none. */
  readonly name: string
  readonly auth: JsonObject
}

function readOnlyAuth(definition: ToolDefinition, tokens: JsonObject, issues: Issue[]): WrittenAuth | null {
  const option = onlyOption(definition, 'Tavus', issues)
  if (option === null) return null
  const [first, second] = option.requirements
  if (first === undefined) return { name: '', auth: { type: 'none' } }
  const [name, requirement] = first
  const at = pointerTo(option.pointer, 'requirements', name)
  if (second !== undefined) {
    issues.push(inexpressible(option.pointer, 'Tavus sends one credential, and this option has several requirements'))
    return null
  }
  const token = tokens[name] ?? null
  if (ownField(token, 'credentialId') !== undefined) {
    const message = `Tavus holds secrets in the tool, and \`${name}\` is a reference to a stored one`
    issues.push(inexpressible(pointerTo('/authTokens', name), message))
    return null
  }
  const kind = kindOf(requirement)
  const fields = (requirement as { readonly [K in Kind]?: JsonObject })[kind] ?? {}
  const auth = WRITERS[kind](fields, token)
  if (typeof auth === 'object') return { name, auth }
  issues.push(inexpressible(pointerTo(at, kind), auth))
  return null
}

type Writer = (fields: JsonObject, token: JsonValue) => JsonObject | string

/** One row a kind: Tavus's `auth`, or why there is none. */
const WRITERS: { readonly [K in Kind]: Writer } = {
  headerApiKey: ({ name, prefix }, token) =>
    prefix === undefined
      ? { type: 'api_key', location: 'header', name: name ?? null, value: token }
      : 'Tavus writes no prefix before a key: make it a part of the token',
  queryApiKey: ({ name }, token) => ({ type: 'api_key', location: 'query', name: name ?? null, value: token }),
  cookieApiKey: () => 'Tavus sends no cookies',
  httpAuth: ({ scheme }, token) => {
    if (scheme === 'Bearer') return { type: 'bearer', token }
    if (scheme === 'Basic') return basicAuth(token)
    return 'Tavus knows the auth-schemes `Bearer` and `Basic`, spelled so'
  },
  oauth2ClientCredentials: ({ tokenUrl, scope, ...rest }, token) => {
    const [other] = Object.keys(rest).filter((name) => rest[name] !== 'client_secret_post')
    if (other !== undefined) return `Tavus has no word for \`${other}\``
    return {
      type: 'oauth2_client_credentials',
      token_url: tokenUrl ?? null,
      client_id: ownField(token, 'clientId') ?? null,
      client_secret: ownField(token, 'clientSecret') ?? null,
      ...(scope === undefined ? {} : { scope }),
    }
  },
  hmacSignature: (form, token) => {
    const own = canonicalRequirement({ hmacSignature: form as unknown as HmacForm })
    const isTavus = sortedJson(own) === sortedJson({ hmacSignature: TAVUS_FORM })
    if (!isTavus) return 'Tavus signs the body with SHA-256, written in hex to `X-Tavus-Signature`'
    return typeof token === 'string' ? { type: 'hmac', secret: token } : 'Tavus signs with one secret, given as a text'
  },
}

/** A Basic token may be a text: base64 of user name, colon and password (RFC 7617 section 2). */
function basicAuth(token: JsonValue): JsonObject | string {
  if (typeof token !== 'string') return { type: 'basic', ...(token as JsonObject) }
  try {
    const bytes = decodeBytes(token, 'base64') ?? new Uint8Array([0xff])
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    const colon = text.indexOf(':')
    if (colon >= 0) return { type: 'basic', username: text.slice(0, colon), password: text.slice(colon + 1) }
  } catch {
    // Not UTF-8; what it holds is a secret.
  }
  return 'the token is not base64 of a user name and password: give `{ username, password }`'
}

function writeApi(
  definition: ToolDefinition,
  written: WrittenAuth | null,
  issues: Issue[],
): JsonObject | 'appMessage' | null {
  const { http, client, timeout, dynamicParameters = [], staticParameters = [] } = definition
  if (http === undefined) {
    if (client !== undefined) return 'appMessage'
    issues.push(inexpressible('', 'Tavus calls a URL or sends an app message, and this definition has neither'))
    return null
  }
  const seconds = timeout === undefined ? undefined : Number(timeout.slice(0, -1))
  const body = [...dynamicParameters, ...staticParameters].filter(({ location }) => location.endsWith('_BODY'))
  const template = staticParameters.length === 0 ? undefined : bodyTemplate(definition)
  return {
    url: http.baseUrlPattern,
    method: http.httpMethod,
    ...(seconds === undefined ? {} : { timeout: seconds }),
    auth: written?.auth ?? { type: 'none' },
    ...(template === undefined || body.length === 0 ? {} : { body_template: template }),
  }
}

function bodyTemplate({ dynamicParameters = [], staticParameters = [] }: ToolDefinition): JsonObject {
  const dynamic = dynamicParameters.filter(({ location }) => location.endsWith('_BODY'))
  return Object.fromEntries([
    ...dynamic.map(({ name }) => [name, `{${name}}`]),
    ...staticParameters.map(({ name, value }) => [name, value ?? null]),
  ])
}
