import { foldHeaderName, isToken68 } from '../../http/grammar.ts'
import { pointerTo } from '../../json-pointer.ts'
import { type Issue, makeIssue } from '../../result.ts'
import { Secret } from '../../secret.ts'
import type { JsonValue, Requirement } from '../../types.ts'
import { entriesOf } from '../json-object.ts'
import type { ObjectPlace } from '../read-fields.ts'
import { inexpressible } from '../read-tool.ts'
import type { VapiSettings } from './vapi-options.ts'

/** Headers that say how a message is written or where it comes from, and never who may send it. */
const PLAIN = new Set([
  'accept',
  'accept-charset',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'content-language',
  'content-type',
  'ngrok-skip-browser-warning',
  'origin',
  'pragma',
  'referer',
  'user-agent',
  'x-correlation-id',
  'x-request-id',
])

/** A header that Vapi sends with each request: a secret with its requirement, or a fixed value. @internal */
export type ReadHeader = { readonly name: string; readonly pointer: string } & (
  | { readonly secret: Secret; readonly requirement: Requirement }
  | { readonly secret: null; readonly value: JsonValue }
)

/** Whether a header's value may be shown to everyone who reads a definition. @internal */
export function isPlainHeader(name: string, { plainHeaders = [] }: VapiSettings): boolean {
  const folded = foldHeaderName(name)
  return PLAIN.has(folded) || plainHeaders.some((plain) => foldHeaderName(plain) === folded)
}

/** Reads the headers of a server: by name, their values. @internal */
export function readHeaders(
  headers: JsonValue | undefined,
  place: ObjectPlace,
  settings: VapiSettings,
): readonly ReadHeader[] {
  return entriesOf(headers).flatMap(([name, value]) => {
    return readHeader(name, value, { ...place, pointer: pointerTo(place.pointer, name) }, settings) ?? []
  })
}

/** @internal */
export function readHeader(
  name: string,
  value: JsonValue,
  { pointer, issues }: ObjectPlace,
  settings: VapiSettings,
): ReadHeader | null {
  if (hasLiquid(value)) {
    issues.push(liquidIssue(name, pointer))
    return null
  }
  if (isPlainHeader(name, settings)) return { name, pointer, secret: null, value }
  if (typeof value === 'string') return { name, pointer, ...readSecretHeader(name, value) }
  issues.push(makeIssue('ERR_FIELD_TYPE', pointer, `header \`${name}\` is not a text`))
  return null
}

/** `Authorization: Bearer x` is an auth-scheme with its credentials (RFC 9110 section 11.6.2); anything else is a key. */
function readSecretHeader(name: string, value: string): { readonly secret: Secret; readonly requirement: Requirement } {
  const match = name === 'Authorization' ? /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([^ ].*)$/.exec(value) : null
  const [, scheme = '', credentials = ''] = match ?? []
  const isBasicText = scheme.toLowerCase() === 'basic' && !isToken68(credentials)
  if (match === null || isBasicText) {
    return { secret: new Secret(value), requirement: { headerApiKey: { name } } }
  }
  return { secret: new Secret(credentials), requirement: { httpAuth: { scheme } } }
}

/** Says that nobody knows what a header will be: what would be sent as a secret is a template of one. @internal */
export function liquidIssue(name: string, pointer: string): Issue {
  const message = `header \`${name}\` is filled in by a Liquid template`
  return inexpressible(pointer, message, 'a definition has fixed values, and parameters that the model fills in')
}

/** Whether Vapi would fill in a text before it sends it. @internal */
export function hasLiquid(value: JsonValue): boolean {
  return typeof value === 'string' && /\{\{|\{%/.test(value)
}
