import type { JsonValue } from '../../types.ts'
import { entriesOf, isJsonObject, type JsonObject, ownField } from '../json-object.ts'
import type { FoundServer } from './find-servers.ts'
import { isPlainHeader } from './vapi-headers.ts'
import type { VapiSettings } from './vapi-options.ts'

/** A secret that stands beside a URL, and the plan of a credential that sends the same. @internal */
export interface InlineSecret {
  readonly kind: 'secret' | 'header' | 'inherited'
  /** The header that carries it; `''` for one that its plan decides. */
  readonly header: string
  readonly plan: JsonObject
}

/** The object in which a found server says what it sends. @internal */
export function senderOf({ json }: FoundServer): JsonObject {
  const server = ownField(json, 'server')
  return json['type'] !== 'apiRequest' && typeof server === 'object' && server !== null ? (server as JsonObject) : json
}

/** The secrets that a server holds itself, and that of the resource around it where it has no credential. @internal */
export function findInlineSecrets(found: FoundServer, settings: VapiSettings): readonly InlineSecret[] {
  const sender = senderOf(found)
  const secrets: InlineSecret[] = []
  const secret = ownField(sender, 'secret')
  if (typeof secret === 'string') {
    const header = 'X-Vapi-Secret'
    secrets.push({ kind: 'secret', header, plan: bearerPlan(header, secret) })
  }
  const isApiRequest = found.json['type'] === 'apiRequest'
  const headers = ownField(sender, 'headers')
  for (const [header, value] of isApiRequest ? entriesOf(ownField(headers, 'properties')) : entriesOf(headers)) {
    const text: JsonValue | undefined = isApiRequest ? ownField(value, 'value') : value
    if (typeof text !== 'string' || isPlainHeader(header, settings)) continue
    secrets.push({ kind: 'header', header, plan: bearerPlan(header, text) })
  }
  const credentialId = ownField(sender, 'credentialId') ?? null
  if (found.inherited === undefined || credentialId !== null) return secrets
  const { credential } = found.inherited
  return [...secrets, { kind: 'inherited', header: '', plan: isJsonObject(credential) ? credential : {} }]
}

/** Vapi's documentation: a bearer credential with the header's name, and without the prefix where the value has none. */
function bearerPlan(headerName: string, value: string): JsonObject {
  const prefixed = value.startsWith('Bearer ')
  const token = prefixed ? value.slice('Bearer '.length) : value
  return { type: 'bearer', token, headerName, bearerPrefixEnabled: prefixed }
}
