import { pointerTo } from '../../json-pointer.ts'
import type { ParameterLocation } from '../../types.ts'
import { entriesOf, type JsonObject, ownField } from '../json-object.ts'
import { type ObjectPlace, readFields, reportDropped } from '../read-fields.ts'
import { inexpressible } from '../read-tool.ts'
import { readBodySchema } from './body-schema.ts'
import { readHeaderSchema } from './header-schema.ts'
import { AUTH_FIELDS } from './lost-fields.ts'
import { addSecrets, dropped, refuseNull, type ServerDraft } from './read-server.ts'
import { assemble, SILENT_FIELDS } from './server-definition.ts'
import { readToolParameters } from './tool-parameters.ts'
import type { VapiSettings } from './vapi-options.ts'

/** The fields that say what is sent; the rest of a tool says nothing about its request. */
const REQUEST_RULES = {
  url: 'text!',
  method: 'text!',
  name: 'text',
  description: 'text',
  timeoutSeconds: 'number',
  credentialId: 'text',
  encryptedPaths: 'list',
  headers: 'object',
  body: 'object',
  backoffPlan: 'object',
} as const

const KNOWN = [...Object.keys(REQUEST_RULES), 'type', 'parameters', 'function']

/** Reads a tool of type `apiRequest`; `null` where an issue was added. @internal */
export function readApiRequest(
  tool: JsonObject,
  pointer: string,
  settings: VapiSettings,
  draft: ServerDraft,
): object | null {
  const place: ObjectPlace = { pointer, what: 'tool', issues: draft.issues }
  reportDropped(tool, KNOWN, SILENT_FIELDS, place, AUTH_FIELDS)
  const own = Object.entries(tool).filter(([name]) => Object.hasOwn(REQUEST_RULES, name))
  const read = readFields(Object.fromEntries(own), REQUEST_RULES, place)
  if (refuseNull(tool, place) || read === null) return null
  if (read.backoffPlan !== undefined) draft.issues.push(dropped(pointerTo(pointer, 'backoffPlan'), 'backoffPlan'))
  const { url, method, name, description, timeoutSeconds } = read
  const names = new Set(entriesOf(ownField(read.body, 'properties')).map(([property]) => property))
  const pattern = readUrl(url, names, pointer, draft)
  if (pattern === null) return null
  const elsewhere = isWithoutBody(method) ? 'PARAMETER_LOCATION_QUERY' : 'PARAMETER_LOCATION_BODY'
  const locate = (property: string): ParameterLocation =>
    pattern.includes(`{${property}}`) ? 'PARAMETER_LOCATION_PATH' : elsewhere
  for (const parameter of readToolParameters(tool, pointer, draft)) draft.fixed.push(parameter)
  const headers = readHeaderSchema(read.headers, pointerTo(pointer, 'headers'), settings, draft)
  addSecrets({ ...read, secret: undefined, headers: headers.fixed }, pointer, settings, draft)
  const body = readBodySchema(read.body, pointerTo(pointer, 'body'), locate, draft)
  for (const [ours, theirs] of PLACES) draft.places.set(ours, pointerTo(pointer, theirs))
  return {
    ...(name === undefined ? {} : { modelToolName: name }),
    ...(description === undefined ? {} : { description }),
    ...assemble({ url: pattern, method, timeoutSeconds }, [...body, ...headers.dynamic], draft),
  }
}

const PLACES = [
  ['/modelToolName', 'name'],
  ['/dynamicParameters', 'body'],
  ['/http', 'url'],
  ['/http/httpMethod', 'method'],
  ['/timeout', 'timeoutSeconds'],
] as const

/** Vapi does not say where the values of a GET go; a GET has no body. @internal */
export function isWithoutBody(method: string): boolean {
  return ['GET', 'HEAD'].includes(method.toUpperCase())
}

/** `{{ orderId }}` in a URL is the value of a property; anything else that Liquid can do is an issue. */
function readUrl(url: string, names: ReadonlySet<string>, pointer: string, { issues }: ServerDraft): string | null {
  // A number or a quoted text would stand for itself.
  const VARIABLE = /\{\{ *([a-zA-Z_][\w-]*) *\}\}/g
  const known = [...url.matchAll(VARIABLE)].every(([, name = '']) => names.has(name))
  const literal = url.replace(VARIABLE, () => '')
  if (known && !/[{}]/.test(literal)) return url.replace(VARIABLE, (_, name: string) => `{${name}}`)
  const message = 'the URL is filled in by more than names of body properties'
  issues.push(inexpressible(pointerTo(pointer, 'url'), message, 'write out what is fixed'))
  return null
}
