import { pointerTo } from '../../json-pointer.ts'
import { type Issue, makeIssue } from '../../result.ts'
import { snapshot } from '../../snapshot.ts'
import { didYouMean } from '../../suggest.ts'
import type { JsonValue, Requirement, SecurityOption } from '../../types.ts'
import { entriesOf, isJsonObject, type JsonObject, ownField } from '../json-object.ts'
import type { OpenApiSettings } from './openapi-options.ts'
import { isIssue, type References } from './references.ts'
import { type ReadScheme, readScheme } from './schemes.ts'
import { findMisspelt, OPERATION_FIELDS } from './security-fields.ts'

/** The alternatives of an operation: `null` where it is public, because `security` is empty or stands nowhere. @internal */
export interface ReadSecurity {
  readonly options: readonly SecurityOption[] | null
  /** Where the array stands. */
  readonly pointer: string
  readonly issues: readonly Issue[]
}

/** Reads `security`, of operations and of the document. @internal */
export interface SecurityReader {
  /** The alternatives of an operation: its own where it has them, else the document's. */
  read(operation: JsonObject, pointer: string): ReadSecurity
  /** The requirement of a declared scheme without scopes; `undefined` where it is not declared, or cannot be told. */
  scheme(name: string): Requirement | undefined
}

/** @internal */
export function securityReader(
  document: JsonObject,
  references: References,
  settings: OpenApiSettings,
): SecurityReader {
  const declared = ownField(ownField(document, 'components'), 'securitySchemes')
  const at = pointerTo('/components/securitySchemes')
  const schemes = new Map<string, ReadScheme>()
  const schemeOf = (name: string): ReadScheme | undefined => {
    if (!isJsonObject(declared) || !Object.hasOwn(declared, name)) return undefined
    const known = schemes.get(name)
    if (known !== undefined) return known
    const found = references.follow(declared[name], pointerTo(at, name))
    const read = isIssue(found) ? [found] : readCopy(found.value, found.pointer, settings)
    schemes.set(name, read)
    return read
  }
  const names = (): readonly string[] => entriesOf(declared).map(([name]) => name)
  const ofDocument = readAlternatives(ownField(document, 'security'), '/security', schemeOf, names)
  return {
    read(operation, pointer) {
      const misspelt = findMisspelt(operation, OPERATION_FIELDS, pointer)
      if (misspelt.length > 0) return { options: [], pointer, issues: misspelt }
      if (!Object.hasOwn(operation, 'security')) return ofDocument
      return readAlternatives(operation['security'] ?? null, pointerTo(pointer, 'security'), schemeOf, names)
    },
    scheme(name) {
      const read = schemeOf(name)
      return typeof read === 'function' ? read([]) : undefined
    },
  }
}

/** What is checked is what is used: nothing may change in between. */
function readCopy(scheme: JsonValue | undefined, pointer: string, settings: OpenApiSettings): ReadScheme {
  const copy = snapshot(scheme)
  return copy.ok ? readScheme(copy.value, pointer, settings) : copy.issues.map((issue) => below(issue, pointer))
}

function below(issue: Issue, pointer: string): Issue {
  return { ...issue, pointer: pointer + issue.pointer }
}

function readAlternatives(
  given: JsonValue | undefined,
  pointer: string,
  schemeOf: (name: string) => ReadScheme | undefined,
  names: () => readonly string[],
): ReadSecurity {
  if (given === undefined) return { options: null, pointer, issues: [] }
  const copy = snapshot(given)
  if (!copy.ok) return { options: [], pointer, issues: copy.issues.map((issue) => below(issue, pointer)) }
  if (!Array.isArray(copy.value)) {
    const help = 'write `[]` where the operation is public'
    const issue = makeIssue('ERR_FIELD_TYPE', pointer, '`security` is not an array', help)
    return { options: [], pointer, issues: [issue] }
  }
  const issues: Issue[] = []
  const options = copy.value.map((alternative: JsonValue, index): SecurityOption => {
    const place = pointerTo(pointer, index)
    if (!isJsonObject(alternative)) {
      issues.push(makeIssue('ERR_FIELD_TYPE', place, 'an alternative is an object of scheme names'))
      return {}
    }
    const requirements = Object.entries(alternative).flatMap(([name, scopes]) => {
      const requirement = readUse(name, scopes, pointerTo(place, name), schemeOf(name), names, issues)
      return requirement === null ? [] : [[name, requirement] as const]
    })
    // An anonymous option stays one: `{}`.
    return requirements.length === 0 ? {} : { requirements: Object.fromEntries(requirements) }
  })
  return { options: options.length === 0 ? null : options, pointer, issues }
}

function readUse(
  name: string,
  scopes: JsonValue,
  pointer: string,
  scheme: ReadScheme | undefined,
  names: () => readonly string[],
  issues: Issue[],
): Requirement | null {
  if (scheme === undefined) {
    const message = `the security scheme \`${name}\` is not declared`
    issues.push(makeIssue('ERR_DIALECT_SCHEME', pointer, message, didYouMean(name, names())))
    return null
  }
  if (typeof scheme !== 'function') {
    for (const issue of scheme) issues.push(issue)
    return null
  }
  if (Array.isArray(scopes) && scopes.every((scope) => typeof scope === 'string')) return scheme(scopes as string[])
  issues.push(makeIssue('ERR_FIELD_TYPE', pointer, `the scopes of \`${name}\` are not an array of texts`))
  return null
}
