import { pointerTo } from '../../json-pointer.ts'
import type { JsonValue } from '../../types.ts'
import { isJsonObject, type JsonObject, ownField } from '../json-object.ts'

/** A credential that holds for everything in a resource. @internal */
interface InheritedCredential {
  readonly pointer: string
  /** The plan. */
  readonly credential: JsonObject
}

/** A place in a resource from which requests are sent. @internal */
export interface FoundServer {
  /** JSON Pointer to the server, or to the tool that sends by itself or has the server. */
  readonly pointer: string
  /** What {@link readVapi} reads. */
  readonly json: JsonObject
  /** A name for it, from what stands around. */
  readonly name: string
  readonly inherited: InheritedCredential | undefined
  /** The server as older versions write it: `serverUrl` and `serverUrlSecret` of the object at the pointer. */
  readonly isLegacy: boolean
}

/** What holds data or schemas of users, in which a field `server` is none of Vapi's. */
const FOREIGN = new Set(['parameters', 'properties', 'schema', 'body', 'headers', 'metadata', 'variableValues'])

/**
 * Finds everything in a document that sends requests: each `server`, each API request tool, and the `serverUrl` of older
 * versions. Assistants, phone numbers, squads, tools, and lists of them are all walked over alike.
 * @internal
 */
export function findServers(json: JsonValue): readonly FoundServer[] {
  const found: FoundServer[] = []
  walk(json, '', 'server', undefined, found)
  const isServer = isJsonObject(json) && (Object.hasOwn(json, 'url') || Object.hasOwn(json, 'credentialId'))
  if (found.length > 0 || !isServer) return found
  return [{ pointer: '', json, name: nameOf(json) ?? 'server', inherited: undefined, isLegacy: false }]
}

function walk(
  json: JsonValue,
  pointer: string,
  name: string,
  above: InheritedCredential | undefined,
  found: FoundServer[],
): void {
  if (Array.isArray(json)) {
    json.forEach((item: JsonValue, index) => {
      walk(item, pointerTo(pointer, index), name, above, found)
    })
    return
  }
  if (!isJsonObject(json)) return
  const inherited = ownCredential(json, pointer) ?? above
  const own = nameOf(json) ?? name
  const add = (at: string, server: JsonObject, isLegacy = false): void => {
    found.push({ pointer: at, json: server, name: own, inherited, isLegacy })
  }
  const server = ownField(json, 'server')
  const isTool = isJsonObject(ownField(json, 'function'))
  if (json['type'] === 'apiRequest') add(pointer, json)
  else if (isJsonObject(server))
    add(isTool ? pointer : pointerTo(pointer, 'server'), isTool ? json : withSecret(json, server))
  else if (server !== undefined && server !== null) add(pointer, { server })
  else if (typeof json['serverUrl'] === 'string') add(pointer, legacyServer(json, json['serverUrl']), true)
  for (const [key, child] of Object.entries(json)) {
    if (FOREIGN.has(key) || key === 'server') continue
    walk(child, pointerTo(pointer, key), key === 'assistant' || key === 'model' ? own : singular(key), inherited, found)
  }
}

function nameOf(json: JsonObject): string | undefined {
  const name = ownField(ownField(json, 'function'), 'name') ?? ownField(json, 'name')
  return typeof name === 'string' && name !== '' ? name : undefined
}

function singular(key: string): string {
  return key.endsWith('s') ? key.slice(0, -1) : key
}

/** Custom transcribers and voices once had their secret beside the server. */
function withSecret(owner: JsonObject, server: JsonObject): JsonObject {
  const secret = ownField(owner, 'secret')
  return typeof secret === 'string' && !Object.hasOwn(server, 'secret') ? { ...server, secret } : server
}

function legacyServer(owner: JsonObject, url: string): JsonObject {
  const secret = ownField(owner, 'serverUrlSecret') ?? null
  return { url, ...(secret === null ? {} : { secret }) }
}

/** A credential for webhooks in a resource: an entry of its list, or the `webhook` of older versions. */
function ownCredential(json: JsonObject, pointer: string): InheritedCredential | undefined {
  const credentials = ownField(json, 'credentials')
  if (Array.isArray(credentials)) {
    const index = credentials.findIndex((credential: JsonValue) => ownField(credential, 'provider') === 'webhook')
    const plan = ownField(credentials[index], 'authenticationPlan')
    const at = pointerTo(pointer, 'credentials', index, 'authenticationPlan')
    return isJsonObject(plan) ? { pointer: at, credential: plan } : undefined
  }
  const webhook = ownField(credentials, 'webhook')
  if (!isJsonObject(webhook)) return undefined
  const { tokenUrl, ...rest } = webhook
  const plan = tokenUrl === undefined ? rest : { url: tokenUrl, ...rest }
  return { pointer: pointerTo(pointer, 'credentials', 'webhook'), credential: plan }
}
