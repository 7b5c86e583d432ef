import { pointerTo } from '../../json-pointer.ts'
import { hasErrors, type Issue, makeIssue, type Result } from '../../result.ts'
import { finishTool } from '../finish-tool.ts'
import { isJsonObject, type JsonObject, ownField } from '../json-object.ts'
import { inexpressible } from '../read-tool.ts'
import { tokenTemplate } from '../token-template.ts'
import type { Imported, ImportedTool, RefusedTool } from '../tool-with-tokens.ts'
import { type OpenApiOptions, type OpenApiSettings, readOpenApiOptions } from './openapi-options.ts'
import { listOperations, type Operation, pickOperations } from './operations.ts'
import { type ReadParameter, readParameters } from './parameters.ts'
import { type References, referencesOf } from './references.ts'
import { readBody } from './request-body.ts'
import { schemaWriter } from './schemas.ts'
import { type ReadSecurity, type SecurityReader, securityReader } from './security.ts'
import { findMisspeltRoot } from './security-fields.ts'
import { type ServerReader, serverReader } from './servers.ts'

/**
 * Reads an OpenAPI 3.0 or 3.1 document: one tool an operation, with its `security` exactly as it stands.
 *
 * The operation's `security` goes before the document's; `[]` is public; each alternative is one option, in order; `{}` is
 * an anonymous option where it stands. An operation of which one alternative cannot be told is refused as a whole, for
 * without it the others would mean something else. References are followed inside the document only.
 *
 * @param json The document, parsed.
 * @param options Which operations, and where the servers are.
 * @returns The tools, each with an empty token for every requirement name; and the operations that are refused, with the
 * reasons. An error where the document is no OpenAPI 3.0 or 3.1, or lacks an operation that was asked for.
 * @throws A {@link core.SecurityError} with code `ERR_ARGUMENT_INVALID` for unknown options.
 * @example
 * const read = fromOpenApi(document, { operations: ['listOrders'] })
 * if (read.ok) for (const { name, tokens } of read.value.tools) console.log(name, Object.keys(tokens))
 * @see {@link https://spec.openapis.org/oas/v3.1.1.html#security-requirement-object Security Requirement Object}
 */
export function fromOpenApi(json: unknown, options?: OpenApiOptions): Result<Imported> {
  const settings = readOpenApiOptions(options)
  try {
    return readDocument(json, settings)
  } catch {
    // Whatever a getter or a proxy threw may quote what it holds.
    return {
      ok: false,
      issues: [makeIssue('ERR_INPUT_UNREADABLE', '', 'a property of the document could not be read')],
    }
  }
}

function readDocument(json: unknown, settings: OpenApiSettings): Result<Imported> {
  const wrong = checkVersion(json)
  if (wrong !== null) return { ok: false, issues: [wrong] }
  const document = json as JsonObject
  const misspelt = findMisspeltRoot(document)
  if (misspelt.length > 0) return { ok: false, issues: misspelt }
  const references = referencesOf(document)
  const work = {
    references,
    settings,
    security: securityReader(document, references, settings),
    servers: serverReader(document, settings),
  }
  const { picked, issues } = pickOperations(listOperations(document, references), settings.operations)
  if (issues.length > 0) return { ok: false, issues }
  const tools: ImportedTool[] = []
  const refused: RefusedTool[] = []
  for (const operation of picked) {
    const { name, pointer } = operation
    const read = readOperation(operation, work)
    if (read.ok) tools.push(read.value)
    else refused.push({ name, pointer, issues: read.issues })
  }
  const unknown = work.servers.unknownVariables().map((name) => {
    return makeIssue('ERR_DIALECT_SERVER', '/servers', `no server has a variable \`${name}\``)
  })
  return unknown.length > 0 ? { ok: false, issues: unknown } : { ok: true, value: { tools, refused }, issues: [] }
}

function checkVersion(json: unknown): Issue | null {
  if (!isJsonObject(json)) return makeIssue('ERR_FIELD_TYPE', '', 'an OpenAPI document is an object')
  const version = ownField(json, 'openapi')
  if (typeof version === 'string' && /^3\.[01](?:\.|$)/.test(version)) return null
  if (version === undefined && ownField(json, 'swagger') === undefined) {
    return makeIssue('ERR_FIELD_MISSING', '', 'the document has no `openapi`: it is no OpenAPI document')
  }
  const at = version === undefined ? '/swagger' : '/openapi'
  return makeIssue(
    'ERR_DIALECT_VERSION',
    at,
    'only OpenAPI 3.0 and 3.1 are read',
    'convert the document to one of them',
  )
}

interface Work {
  readonly references: References
  readonly settings: OpenApiSettings
  readonly security: SecurityReader
  readonly servers: ServerReader
}

function readOperation(found: Operation, { references, settings, security, servers }: Work): Result<ImportedTool> {
  const { name, operation, pointer, item, itemPointer } = found
  if (found.issue !== null) return { ok: false, issues: [found.issue] }
  const alternatives = security.read(operation, pointer)
  const server = servers.read([
    [operation, pointer],
    [item, itemPointer],
  ])
  const issues = [...alternatives.issues, ...(server.issue === null ? [] : [server.issue])]
  if (found.path.includes('#')) issues.push(inexpressible(itemPointer, 'what stands behind a `#` is never sent'))
  if (hasErrors(issues)) return { ok: false, issues }
  const schemas = schemaWriter(references)
  const declared = readParameters(found, alternatives.options ?? [], references, schemas, issues)
  const body = readBody(found, references, schemas, issues)
  const parameters = withoutRepeats([...declared, ...body.fields], issues)
  if (schemas.isCut()) {
    issues.push(makeIssue('WARN_DIALECT_DROPPED', pointer, 'schemas are cut: too long, or they refer to themselves'))
  }
  const { options } = alternatives
  const definition = {
    modelToolName: name,
    ...descriptionOf(operation, item),
    ...(parameters.length === 0 ? {} : { dynamicParameters: parameters.map(({ parameter }) => parameter) }),
    ...(body.fixed.length === 0 ? {} : { staticParameters: body.fixed }),
    ...(options === null ? {} : { requirements: { httpSecurityOptions: { options } } }),
    http: { baseUrlPattern: `${server.url}${found.path}`, httpMethod: found.method },
  }
  const places = placesOf(found, alternatives, parameters, server.pointer)
  const { allowInsecureOrigins } = settings
  const finished = finishTool({ definition, tokens: new Map(), places, issues, allowInsecureOrigins })
  if (!finished.ok) return finished
  const tokens = tokenTemplate(finished.value.definition)
  return { ok: true, value: { name, pointer, ...finished.value, tokens, issues: finished.issues }, issues: [] }
}

function descriptionOf(operation: JsonObject, item: JsonObject): { readonly description?: string } {
  const texts = [operation, item].flatMap((owner) => [ownField(owner, 'description'), ownField(owner, 'summary')])
  const description = texts.find((text) => typeof text === 'string' && text !== '')
  return typeof description === 'string' ? { description } : {}
}

/** A model gives one value a name. Of two parameters of one name the later one goes, unless it must be there. */
function withoutRepeats(parameters: readonly ReadParameter[], issues: Issue[]): readonly ReadParameter[] {
  const names = new Set<string>()
  return parameters.filter(({ parameter: { name, required }, pointer }) => {
    const isFirst = !names.has(name)
    names.add(name)
    if (isFirst) return true
    const fate = required === true ? 'both get the one value' : 'the optional one is left out'
    issues.push(makeIssue('WARN_DIALECT_DROPPED', pointer, `two parameters have the name \`${name}\`: ${fate}`))
    return required === true
  })
}

function placesOf(
  { pointer, itemPointer }: Operation,
  { options, pointer: security }: ReadSecurity,
  parameters: readonly ReadParameter[],
  server: string,
): ReadonlyMap<string, string> {
  const places = new Map([
    ['', pointer],
    ['/http', itemPointer],
    ['/http/baseUrlPattern', server],
    ['/http/httpMethod', pointer],
    ['/requirements', security],
  ])
  parameters.forEach((parameter, index) => {
    places.set(pointerTo('/dynamicParameters', index), parameter.pointer)
  })
  options?.forEach(({ requirements = {} }, index) => {
    const at = pointerTo('/requirements/httpSecurityOptions/options', index)
    places.set(at, pointerTo(security, index))
    for (const name of Object.keys(requirements)) {
      places.set(pointerTo(at, 'requirements', name), pointerTo(security, index, name))
    }
  })
  return places
}
