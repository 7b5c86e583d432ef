import { pointerSegments } from '../../json-pointer.ts'
import type { JsonValue } from '../../types.ts'
import type { FoundServer } from './find-servers.ts'
import type { InlineSecret } from './inline-secrets.ts'

type Mutable = { [key: string]: MutableValue }
type MutableValue = null | boolean | number | string | MutableValue[] | Mutable

/** A copy of a document that a migration changes step by step. @internal */
export interface MutableDocument {
  readonly root: MutableValue
}

/** @internal */
export function mutableCopy(json: JsonValue): MutableDocument {
  return { root: JSON.parse(JSON.stringify(json)) as MutableValue }
}

function objectAt({ root }: MutableDocument, segments: readonly string[]): Mutable | null {
  let value: MutableValue | undefined = root
  for (const segment of segments) {
    if (Array.isArray(value)) value = value[Number(segment)]
    else value = isObject(value) && Object.hasOwn(value, segment) ? value[segment] : undefined
  }
  return isObject(value) ? value : null
}

function isObject(value: MutableValue | undefined): value is Mutable {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Puts a credential's id in the place of an inline secret, as Vapi's documentation tells it. @internal */
export function moveSecret(document: MutableDocument, found: FoundServer, secret: InlineSecret, id: string): void {
  const segments = pointerSegments(found.pointer)
  const at = objectAt(document, segments)
  // INVARIANT: the pointer was found in the document that this is a copy of.
  if (at === null) return
  if (found.isLegacy) {
    const { serverUrl = null, serverUrlSecret: _, ...rest } = at
    for (const name of Object.keys(at)) delete at[name]
    Object.assign(at, rest, { server: { url: serverUrl, credentialId: id } })
    return
  }
  const server = at['server']
  const sender = at['type'] !== 'apiRequest' && isObject(server) ? server : at
  if (secret.kind === 'secret') {
    if (!Object.hasOwn(sender, 'secret')) delete objectAt(document, segments.slice(0, -1))?.['secret']
    delete sender['secret']
  }
  if (secret.kind === 'header') dropHeader(sender, secret.header)
  sender['credentialId'] = id
}

function dropHeader(sender: Mutable, name: string): void {
  const headers = sender['headers']
  if (!isObject(headers)) return
  const isSchema = sender['type'] === 'apiRequest'
  const values = isSchema ? headers['properties'] : headers
  if (!isObject(values)) return
  delete values[name]
  if (isSchema && Array.isArray(headers['required'])) {
    headers['required'] = headers['required'].filter((each) => each !== name)
  }
  if (Object.keys(values).length === 0) delete sender['headers']
}

/** Takes away a resource's own webhook credential, once no server uses it any more. @internal */
export function dropCredential(document: MutableDocument, pointer: string): void {
  const segments = pointerSegments(pointer)
  const at = segments.lastIndexOf('credentials')
  const owner = objectAt(document, segments.slice(0, at))
  const credentials = owner?.['credentials']
  const key = segments[at + 1] ?? ''
  if (owner === null) return
  if (Array.isArray(credentials)) credentials.splice(Number(key), 1)
  else if (isObject(credentials)) delete credentials[key]
  if (Array.isArray(credentials) ? credentials.length === 0 : Object.keys(credentials ?? {}).length === 0) {
    delete owner['credentials']
  }
}
