import { foldHeaderName, isSteeringHeader } from '../../http/grammar.ts'
import { pointerTo } from '../../json-pointer.ts'
import { claimedKeys } from '../../kinds/carriers.ts'
import { bindKind } from '../../kinds/table.ts'
import { type Issue, makeIssue } from '../../result.ts'
import type { DynamicParameter, JsonValue, ParameterLocation, SecurityOption } from '../../types.ts'
import { isJsonObject, itemsOf, ownField } from '../json-object.ts'
import { inexpressible } from '../read-tool.ts'
import type { Operation } from './operations.ts'
import { isIssue, type References } from './references.ts'
import type { SchemaWriter } from './schemas.ts'

/** A parameter of an operation, and where it is declared. @internal */
export interface ReadParameter {
  readonly parameter: DynamicParameter
  readonly pointer: string
}

const LOCATIONS: { readonly [place: string]: ParameterLocation } = {
  path: 'PARAMETER_LOCATION_PATH',
  query: 'PARAMETER_LOCATION_QUERY',
  header: 'PARAMETER_LOCATION_HEADER',
}

/** OpenAPI 3.1, section 4.8.12.2.1: these are told by the media types and by `security`. */
const IGNORED = new Set(['accept', 'content-type', 'authorization'])

/** The parameters of an operation: its own, and those of its path that it does not declare anew. @internal */
export function readParameters(
  { operation, pointer, item, itemPointer, path }: Operation,
  options: readonly SecurityOption[],
  references: References,
  schemas: SchemaWriter,
  issues: Issue[],
): readonly ReadParameter[] {
  const found = new Map<string, ReadParameter>()
  const secret = carriersOf(options)
  const lists = [
    [ownField(item, 'parameters'), pointerTo(itemPointer, 'parameters')],
    [ownField(operation, 'parameters'), pointerTo(pointer, 'parameters')],
  ] as const
  for (const [list, at] of lists) {
    itemsOf(list).forEach((given, index) => {
      const referenced = references.follow(given, pointerTo(at, index))
      if (isIssue(referenced)) issues.push(referenced)
      else readParameter(referenced.value, referenced.pointer, secret, schemas, issues, found)
    })
  }
  return [...found.values(), ...undeclared(path, found, pointerTo(itemPointer), issues)]
}

function carriersOf(options: readonly SecurityOption[]): ReadonlySet<string> {
  const requirements = options.flatMap(({ requirements = {} }) => Object.values(requirements))
  return new Set(requirements.flatMap((requirement) => bindKind(requirement).carriers.flatMap(claimedKeys)))
}

function readParameter(
  given: JsonValue | undefined,
  pointer: string,
  secret: ReadonlySet<string>,
  schemas: SchemaWriter,
  issues: Issue[],
  found: Map<string, ReadParameter>,
): void {
  const name = ownField(given, 'name')
  const place = ownField(given, 'in')
  if (!isJsonObject(given) || typeof name !== 'string' || typeof place !== 'string') {
    issues.push(makeIssue('ERR_FIELD_TYPE', pointer, 'a parameter is an object with `name` and `in`'))
    return
  }
  const required = place === 'path' || ownField(given, 'required') === true
  const ignored = whyIgnored(name, place, secret)
  if (ignored !== null) {
    if (required && secret.size === 0 && place === 'header' && foldHeaderName(name) === 'authorization') {
      const help = 'say in `security` how it is authenticated, with a scheme for that header'
      issues.push(inexpressible(pointer, 'the operation has no `security`, and yet asks for `Authorization`', help))
      return
    }
    issues.push(makeIssue('WARN_DIALECT_DROPPED', pointer, `${place} parameter \`${name}\` is left out: ${ignored}`))
    return
  }
  const location = Object.hasOwn(LOCATIONS, place) ? LOCATIONS[place] : undefined
  if (location === undefined) {
    const message = `${place === 'cookie' ? 'cookie' : 'such a'} parameter \`${name}\` has no place in a definition`
    issues.push(required ? inexpressible(pointer, message) : makeIssue('WARN_DIALECT_DROPPED', pointer, message))
    return
  }
  const schema = schemas.write(schemaOf(given), pointer)
  const described = describe(schema, ownField(given, 'description'))
  const parameter = { name, location, ...(described === undefined ? {} : { schema: described }) }
  found.set(`${place} ${name}`, { parameter: required ? { ...parameter, required } : parameter, pointer })
}

function whyIgnored(name: string, place: string, secret: ReadonlySet<string>): string | null {
  if (place === 'header') {
    const folded = foldHeaderName(name)
    if (IGNORED.has(folded)) return 'OpenAPI tells it elsewhere'
    if (isSteeringHeader(name)) return 'the HTTP library writes it'
  }
  if (place === 'path') return null
  const kind = place as 'header' | 'query' | 'cookie'
  return claimedKeys({ kind, name }).some((key) => secret.has(key)) ? 'a security scheme writes it' : null
}

/** A parameter has a `schema`, or a `content` with one. */
function schemaOf(parameter: JsonValue): JsonValue | undefined {
  const content = ownField(parameter, 'content')
  const [first] = isJsonObject(content) ? Object.values(content) : []
  return ownField(parameter, 'schema') ?? ownField(first, 'schema')
}

function describe(
  schema: DynamicParameter['schema'],
  description: JsonValue | undefined,
): DynamicParameter['schema'] | undefined {
  if (typeof description !== 'string' || description === '' || ownField(schema, 'description') !== undefined)
    return schema
  return { ...schema, description }
}

/** Placeholders that the document uses and nowhere declares: a path without them is no path. */
function undeclared(
  path: string,
  found: ReadonlyMap<string, ReadParameter>,
  pointer: string,
  issues: Issue[],
): readonly ReadParameter[] {
  const names = new Set([...path.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name))
  return [...names]
    .filter((name) => name !== '' && !found.has(`path ${name}`))
    .map((name) => {
      issues.push(
        makeIssue('WARN_DIALECT_DROPPED', pointer, `path parameter \`${name}\` is not declared: taken as a text`),
      )
      const parameter = {
        name,
        location: 'PARAMETER_LOCATION_PATH',
        schema: { type: 'string' },
        required: true,
      } as const
      return { parameter, pointer }
    })
}
