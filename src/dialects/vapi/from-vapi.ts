import { pointerTo } from '../../json-pointer.ts'
import { makeIssue, type Result } from '../../result.ts'
import { snapshot } from '../../snapshot.ts'
import type { JsonValue } from '../../types.ts'
import { finishTool } from '../finish-tool.ts'
import { isJsonObject, type JsonObject, ownField } from '../json-object.ts'
import { reportDropped } from '../read-fields.ts'
import { parametersOfSchema } from '../schema-parameters.ts'
import type { ToolWithTokens } from '../tool-with-tokens.ts'
import { readApiRequest } from './api-request.ts'
import { AUTH_FIELDS } from './lost-fields.ts'
import { emptyDraft, readServer, type ServerDraft } from './read-server.ts'
import { assemble, SILENT_FIELDS } from './server-definition.ts'
import { readToolParameters } from './tool-parameters.ts'
import { readVapiOptions, type VapiOptions, type VapiSettings } from './vapi-options.ts'

/**
 * Reads a Vapi server object, a tool with a server, or an API request tool.
 *
 * `credentialId` becomes a requirement of what the credential's plan says, with `{ credentialId }` as its token; an inline
 * `secret` (sent as `X-Vapi-Secret`) and secret `headers` become requirements that are all met together; other headers
 * become static parameters. A function tool's request has Vapi's message as its body, which the caller gives to
 * `buildRequest` as `body`.
 *
 * @param json The object as Vapi's API takes or gives it, parsed.
 * @param options The credentials that it refers to, and what Vapi's documentation leaves open. The suggested requirement
 * names are the credential's id, `X-Vapi-Secret` and the names of the headers.
 * @returns The definition and its tokens, with warnings for what was left out; or every error, with pointers into `json`.
 * @throws A {@link core.SecurityError} with code `ERR_ARGUMENT_INVALID` for unknown options.
 * @example
 * const read = fromVapi({ url: 'https://api.example.com/webhook', secret: '<YOUR_TOKEN>' })
 * if (read.ok) resolve(read.value.definition, read.value.tokens).outcome // 'authenticated'
 * @see {@link https://docs.vapi.ai/server-url/server-authentication Server authentication}
 */
export function fromVapi(json: unknown, options?: VapiOptions): Result<ToolWithTokens> {
  const settings = readVapiOptions(options)
  const copy = snapshot(json)
  return copy.ok ? readVapi(copy.value, '', settings) : copy
}

/** As {@link fromVapi}, for a part of a document. @internal */
export function readVapi(json: JsonValue, pointer: string, settings: VapiSettings): Result<ToolWithTokens> {
  if (!isJsonObject(json)) {
    return { ok: false, issues: [makeIssue('ERR_FIELD_TYPE', pointer, 'expected a server or a tool: an object')] }
  }
  const draft = emptyDraft()
  draft.places.set('', pointer)
  const definition = readDefinition(json, pointer, settings, draft)
  const { allowInsecureOrigins } = settings
  return finishTool({ ...draft, definition: definition ?? {}, allowInsecureOrigins })
}

function readDefinition(json: JsonObject, pointer: string, settings: VapiSettings, draft: ServerDraft): object | null {
  if (json['type'] === 'apiRequest') return readApiRequest(json, pointer, settings, draft)
  if (Object.hasOwn(json, 'server')) return readServerTool(json, pointer, settings, draft)
  const server = readServer(json, pointer, settings, draft)
  return server && assemble(server, [], draft)
}

function readServerTool(tool: JsonObject, pointer: string, settings: VapiSettings, draft: ServerDraft): object | null {
  const { issues } = draft
  const known = ['type', 'function', 'server', 'parameters', 'name']
  reportDropped(tool, known, SILENT_FIELDS, { pointer, what: 'tool', issues }, AUTH_FIELDS)
  const declared = ownField(tool, 'function')
  const { name, description, parameters } = isJsonObject(declared) ? declared : ({} as JsonObject)
  const schema = isJsonObject(parameters) ? parameters : undefined
  const dynamic = parametersOfSchema(schema, () => 'PARAMETER_LOCATION_BODY')
  draft.places.set('/dynamicParameters', pointerTo(pointer, 'function', 'parameters'))
  draft.places.set('/modelToolName', pointerTo(pointer, 'function', 'name'))
  for (const parameter of readToolParameters(tool, pointer, draft)) draft.fixed.push(parameter)
  const server = readServer(tool['server'], pointerTo(pointer, 'server'), settings, draft)
  if (server === null) return null
  return {
    ...(name === undefined || name === null ? {} : { modelToolName: name }),
    ...(description === undefined || description === null ? {} : { description }),
    ...assemble(server, dynamic, draft),
  }
}
