import { pointerTo } from '../../json-pointer.ts'
import { type Issue, makeIssue } from '../../result.ts'
import { suggest } from '../../suggest.ts'
import { isJsonObject, type JsonObject, ownField } from '../json-object.ts'

/** The fixed fields of an operation (OpenAPI 3.1, section 4.8.10.1). @internal */
export const OPERATION_FIELDS: readonly string[] = [
  'tags',
  'summary',
  'description',
  'externalDocs',
  'operationId',
  'parameters',
  'requestBody',
  'responses',
  'callbacks',
  'deprecated',
  'security',
  'servers',
]

/** The fixed fields of a document (OpenAPI 3.1, section 4.8.1.1). */
const DOCUMENT_FIELDS = [
  'openapi',
  'info',
  'jsonSchemaDialect',
  'servers',
  'paths',
  'webhooks',
  'components',
  'security',
  'tags',
  'externalDocs',
]

/** The fixed fields of `components` (OpenAPI 3.1, section 4.8.7.1). */
const COMPONENT_FIELDS = [
  'schemas',
  'responses',
  'parameters',
  'examples',
  'requestBodies',
  'headers',
  'securitySchemes',
  'links',
  'callbacks',
  'pathItems',
]

/**
 * Unknown fields are nothing to us, but for one that was meant to be `security`, or that stands where there is none:
 * without it everything is public.
 * @internal
 */
export function findMisspelt(owner: JsonObject, known: readonly string[], pointer: string): readonly Issue[] {
  const isMeant = (name: string): boolean => name === 'security' || suggest(name, [...known, 'security']) === 'security'
  return Object.keys(owner)
    .filter((name) => !known.includes(name) && !/^(?:x-|\/)/.test(name) && isMeant(name))
    .map((name) => {
      const isExact = name === 'security'
      const help = isExact ? 'it stands in an operation, or in the document' : 'did you mean `security`?'
      const message = isExact ? '`security` says nothing here' : `unknown field \`${name}\``
      return makeIssue('ERR_FIELD_UNKNOWN', pointerTo(pointer, name), message, help)
    })
}

/** The same for what holds for a whole document. @internal */
export function findMisspeltRoot(document: JsonObject): readonly Issue[] {
  const [paths, components] = [ownField(document, 'paths'), ownField(document, 'components')]
  return [
    ...findMisspelt(document, DOCUMENT_FIELDS, ''),
    ...(isJsonObject(paths) ? findMisspelt(paths, [], '/paths') : []),
    ...(isJsonObject(components) ? findMisspelt(components, COMPONENT_FIELDS, '/components') : []),
  ]
}
