import { type Issue, makeIssue, type Result, sortIssues } from '../../result.ts'
import { snapshot } from '../../snapshot.ts'
import type { Imported, ImportedTool, RefusedTool } from '../tool-with-tokens.ts'
import { uniqueNames } from '../unique-names.ts'
import { type FoundServer, findServers } from './find-servers.ts'
import { readVapi } from './from-vapi.ts'
import { readVapiOptions, type VapiOptions, type VapiSettings } from './vapi-options.ts'

/**
 * Finds and reads every server in a Vapi assistant, phone number, squad, tool, or a list of them.
 *
 * A server with a credential of its own uses that; otherwise it uses the webhook credential of the resource around it, where
 * there is one.
 *
 * @param json The resource as Vapi's API takes or gives it, parsed.
 * @param options As for {@link fromVapi}.
 * @returns Each server as a tool, or why it cannot be told; an error where the document holds no server at all.
 * @throws A {@link core.SecurityError} with code `ERR_ARGUMENT_INVALID` for unknown options.
 * @example
 * const read = fromVapiResource(assistant, { credentials })
 * if (read.ok) for (const { pointer, definition } of read.value.tools) console.log(pointer, definition.http?.baseUrlPattern)
 */
export function fromVapiResource(json: unknown, options?: VapiOptions): Result<Imported> {
  const settings = readVapiOptions(options)
  const copy = snapshot(json)
  if (!copy.ok) return copy
  const { servers } = findServers(copy.value)
  if (servers.length > 0) return { ok: true, value: readServers(servers, settings), issues: [] }
  return { ok: false, issues: [makeIssue('ERR_FIELD_MISSING', '', 'no `server` anywhere in it')] }
}

function readServers(found: readonly FoundServer[], settings: VapiSettings): Imported {
  const names = uniqueNames()
  const tools: ImportedTool[] = []
  const refused: RefusedTool[] = []
  for (const server of found) {
    const name = names.take(server.name)
    const { pointer } = server
    const read = readFound(server, settings)
    if (read.ok) tools.push({ name, pointer, ...read.value, issues: read.issues })
    else refused.push({ name, pointer, issues: read.issues })
  }
  return { tools, refused }
}

/** @internal */
export function readFound(server: FoundServer, settings: VapiSettings): ReturnType<typeof readVapi> {
  const { json, pointer, inherited, places } = server
  const read = readVapi(json, pointer, inherited === undefined ? settings : { ...settings, inherited })
  const toDocument = (issue: Issue): Issue => ({ ...issue, pointer: places.get(issue.pointer) ?? issue.pointer })
  const issues = sortIssues([...read.issues.map(toDocument), ...server.issues])
  return read.ok && server.issues.length === 0 ? { ...read, issues } : { ok: false, issues }
}
