import { splitUrl } from '../../http/url.ts'
import { pointerTo } from '../../json-pointer.ts'
import { type Issue, makeIssue } from '../../result.ts'
import type { JsonValue } from '../../types.ts'
import { entriesOf, itemsOf, type JsonObject, ownField } from '../json-object.ts'
import type { OpenApiSettings } from './openapi-options.ts'

/** Where an operation is: an absolute URL without a slash at its end; or why nobody knows. @internal */
type ReadServer =
  | { readonly url: string; readonly pointer: string; readonly issue: null }
  | { readonly url: null; readonly pointer: string; readonly issue: Issue }

/** Finds the server of an operation. @internal */
export interface ServerReader {
  /** The operation's servers go before the path's, and those before the document's. */
  read(owners: readonly (readonly [owner: JsonObject, pointer: string])[]): ReadServer
  /** The names of variables that the options give and no server has, seen so far. */
  unknownVariables(): readonly string[]
}

/** @internal */
export function serverReader(document: JsonObject, settings: OpenApiSettings): ServerReader {
  const known = new Set<string>()
  const readOwner = (owner: JsonObject, pointer: string): ReadServer | null => {
    const servers = itemsOf(ownField(owner, 'servers'))
    if (servers.length === 0) return null
    const at = pointerTo(pointer, 'servers')
    return choose(servers.map((server, index) => fillServer(server, pointerTo(at, index), settings, known)))
  }
  const given = settings.server === null ? null : checkUrl(settings.server, '/servers')
  // OpenAPI 3.1, section 4.8.1.1: without servers the document's own address is meant.
  const none = { url: null, pointer: '/servers', issue: relative('/servers') } as const
  const ofDocument = given ?? readOwner(document, '') ?? none
  return {
    read(owners) {
      if (given !== null) return given
      for (const [owner, pointer] of owners) {
        const found = readOwner(owner, pointer)
        if (found !== null) return found
      }
      return ofDocument
    },
    unknownVariables: () => [...settings.serverVariables.keys()].filter((name) => !known.has(name)),
  }
}

/** The first server that is reached over https; else the first that can be used; else what is wrong with the first. */
function choose(servers: readonly ReadServer[]): ReadServer {
  const usable = servers.filter(({ issue }) => issue === null)
  const chosen = usable.find(({ url }) => url?.startsWith('https:')) ?? usable[0] ?? servers[0]
  return chosen as ReadServer
}

function fillServer(server: JsonValue, pointer: string, settings: OpenApiSettings, known: Set<string>): ReadServer {
  const template = ownField(server, 'url')
  if (typeof template !== 'string') {
    return { url: null, pointer, issue: makeIssue('ERR_FIELD_MISSING', pointer, 'a server has no `url`') }
  }
  const variables = ownField(server, 'variables')
  for (const [name] of entriesOf(variables)) known.add(name)
  const missing: string[] = []
  const url = template.replace(/\{([^{}]*)\}/g, (_, name: string) => {
    known.add(name)
    const value = settings.serverVariables.get(name) ?? ownField(ownField(variables, name), 'default')
    if (typeof value === 'string' && isAllowed(value, ownField(variables, name))) return value
    missing.push(name)
    return ''
  })
  if (missing.length === 0) return checkUrl(url, pointer)
  const [name = ''] = missing
  const message = `server variable${/^[\w.-]{1,64}$/.test(name) ? ` \`${name}\`` : ''} has no value that it may have`
  return {
    url: null,
    pointer,
    issue: makeIssue('ERR_DIALECT_SERVER', pointer, message, 'give it as a server variable'),
  }
}

function isAllowed(value: string, variable: JsonValue | undefined): boolean {
  const allowed = itemsOf(ownField(variable, 'enum'))
  return allowed.length === 0 || allowed.includes(value)
}

function checkUrl(url: string, pointer: string): ReadServer {
  const parts = splitUrl(url)
  if (parts === null) {
    const isRelative = !/^[a-z][a-z0-9+.-]*:/i.test(url)
    const message = 'the server URL is no absolute http or https URL in its plain spelling'
    const help = 'no user info, white space, placeholder or backslash; a host beyond ASCII as `xn--…`'
    const issue = isRelative ? relative(pointer) : makeIssue('ERR_DIALECT_SERVER', pointer, message, help)
    return { url: null, pointer, issue }
  }
  if (parts.query !== null || parts.fragmentStart < url.length) {
    const message = 'the server URL has a query or fragment, behind which no path can stand'
    return { url: null, pointer, issue: makeIssue('ERR_DIALECT_SERVER', pointer, message) }
  }
  return { url: url.endsWith('/') ? url.slice(0, -1) : url, pointer, issue: null }
}

function relative(pointer: string): Issue {
  const message = "the server URL is relative to the document's own address, which is not known"
  return makeIssue('ERR_DIALECT_SERVER', pointer, message, 'give the absolute URL of the server')
}
