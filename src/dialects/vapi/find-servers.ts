import { pointerTo } from '../../json-pointer.ts'
import type { Issue } from '../../result.ts'
import type { JsonValue } from '../../types.ts'
import { isJsonObject, type JsonObject, ownField } from '../json-object.ts'
import { lostBeside } from './lost-fields.ts'
import { inheritedBelow, inheritedIn, refersElsewhere } from './merged-resources.ts'
import type { InheritedCredential } from './resource-credential.ts'

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
  /** Where fields of it really stand. */
  readonly places: ReadonlyMap<string, string>
  /** What is lost beside it. */
  readonly issues: readonly Issue[]
}

/** Everything in a document that sends requests. @internal */
export interface FoundServers {
  readonly servers: readonly FoundServer[]
  /** Places of credentials that something may use which is named by its id and stands elsewhere. */
  readonly usedElsewhere: ReadonlySet<string>
}

interface Finding {
  readonly servers: FoundServer[]
  readonly usedElsewhere: Set<string>
}

/** What holds data or schemas of users, in which a field `server` is none of Vapi's. */
const FOREIGN = new Set(['parameters', 'properties', 'schema', 'body', 'headers', 'metadata', 'variableValues'])

const NOTHING = { isLegacy: false, places: new Map<string, string>(), issues: [] } as const

/**
 * Finds everything in a document that sends requests: each `server`, each API request tool, and the `serverUrl` of older
 * versions. Assistants, phone numbers, squads, tools, and lists of them are all walked over alike.
 * @internal
 */
export function findServers(json: JsonValue): FoundServers {
  const found: Finding = { servers: [], usedElsewhere: new Set() }
  walk(json, '', 'server', undefined, found)
  const isServer = isJsonObject(json) && (Object.hasOwn(json, 'url') || Object.hasOwn(json, 'credentialId'))
  if (found.servers.length > 0 || !isServer) return found
  return {
    ...found,
    servers: [{ ...NOTHING, pointer: '', json, name: nameOf(json) ?? 'server', inherited: undefined }],
  }
}

function walk(
  json: JsonValue,
  pointer: string,
  name: string,
  above: InheritedCredential | undefined,
  found: Finding,
): void {
  if (Array.isArray(json)) {
    json.forEach((item: JsonValue, index) => {
      walk(item, pointerTo(pointer, index), name, above, found)
    })
    return
  }
  if (!isJsonObject(json)) return
  const inherited = inheritedIn(json, pointer, above)
  const own = nameOf(json) ?? name
  const server = serverIn(json, pointer)
  if (server !== null) found.servers.push({ ...NOTHING, pointer, name: own, inherited, ...server })
  for (const place of refersElsewhere(json, pointer, inherited)) found.usedElsewhere.add(place)
  for (const [key, child] of Object.entries(json)) {
    if (FOREIGN.has(key) || key === 'server') continue
    const below = inheritedBelow(json, key, pointer, inherited)
    walk(child, pointerTo(pointer, key), key === 'assistant' || key === 'model' ? own : singular(key), below, found)
  }
}

/** What is known of a server from the object that has it. */
type OwnServer = Pick<FoundServer, 'json'> & Partial<FoundServer>

/** What an object sends requests with; `null` where it sends none. */
function serverIn(json: JsonObject, pointer: string): OwnServer | null {
  const server = ownField(json, 'server')
  if (json['type'] === 'apiRequest') return { json }
  if (isJsonObject(server))
    return isJsonObject(ownField(json, 'function')) ? { json } : serverBeside(json, server, pointer)
  if (server !== undefined && server !== null) return { json: { server } }
  return typeof json['serverUrl'] === 'string' ? legacyServer(json, json['serverUrl'], pointer) : null
}

function nameOf(json: JsonObject): string | undefined {
  const name = ownField(ownField(json, 'function'), 'name') ?? ownField(json, 'name')
  return typeof name === 'string' && name !== '' ? name : undefined
}

function singular(key: string): string {
  return key.endsWith('s') ? key.slice(0, -1) : key
}

/** Custom transcribers and voices once had their secret beside the server. */
function serverBeside(owner: JsonObject, server: JsonObject, pointer: string): OwnServer {
  const at = pointerTo(pointer, 'server')
  const secret = Object.hasOwn(server, 'secret') ? undefined : ownField(owner, 'secret')
  const places = new Map([[pointerTo(at, 'secret'), pointerTo(pointer, 'secret')]])
  const issues = lostBeside(owner, ['secret'], pointer)
  const about = { pointer: at, issues }
  return secret === undefined ? { ...about, json: server } : { ...about, json: { ...server, secret }, places }
}

function legacyServer(owner: JsonObject, url: string, pointer: string): OwnServer {
  const secret = ownField(owner, 'serverUrlSecret')
  const places = new Map([
    [pointerTo(pointer, 'url'), pointerTo(pointer, 'serverUrl')],
    [pointerTo(pointer, 'secret'), pointerTo(pointer, 'serverUrlSecret')],
  ])
  const json = { url, ...(secret === undefined ? {} : { secret }) }
  return { json, isLegacy: true, places, issues: lostBeside(owner, ['serverUrlSecret'], pointer) }
}
