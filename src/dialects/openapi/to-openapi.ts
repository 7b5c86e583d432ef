import { callTokenScopes, OPTIONS_POINTER, optionsOf, requirementsOf } from '../../definition/options.ts'
import { parseDefinition } from '../../definition/parse.ts'
import { pointerTo } from '../../json-pointer.ts'
import { kindOf } from '../../kinds/table.ts'
import type { Issue, Result } from '../../result.ts'
import type { JsonValue, Kind, Requirement } from '../../types.ts'
import { entriesOf, isJsonObject, type JsonObject, ownField, sortedJson } from '../json-object.ts'
import { inexpressible } from '../read-tool.ts'
import { spellScheme } from './schemes.ts'

/** A definition's options in OpenAPI's words. */
export interface OpenApiSecurity {
  /** For the operation, or the document: one alternative an option; `[]` for a definition without options. */
  readonly security: readonly { readonly [scheme: string]: readonly string[] }[]
  /** For `components.securitySchemes`. */
  readonly securitySchemes: { readonly [scheme: string]: { readonly [field: string]: JsonValue } }
}

/**
 * Writes a definition's options as OpenAPI `security` and `securitySchemes`, under the requirement names.
 *
 * @param definition A definition, parsed or not.
 * @returns What {@link fromOpenApi} reads back as the same options; or what OpenAPI has no word for: signatures, header
 * prefixes, call tokens, and names that stand for two different requirements. Pointers lead into the definition.
 * @example
 * const written = toOpenApi(definition)
 * if (written.ok) console.log(written.value.security) // [{ apiKey: [] }, {}]
 */
export function toOpenApi(definition: unknown): Result<OpenApiSecurity> {
  const parsed = parseDefinition(definition)
  if (!parsed.ok) return parsed
  const issues: Issue[] = []
  const schemes = new Map<string, WrittenScheme>()
  const security = optionsOf(parsed.value).map((option, index) => {
    const at = pointerTo(OPTIONS_POINTER, index)
    if (callTokenScopes(option).length > 0) {
      issues.push(inexpressible(pointerTo(at, 'ultravoxCallTokenRequirement'), 'OpenAPI has no word for call tokens'))
    }
    return Object.fromEntries(
      requirementsOf(option).map(([name, requirement]) => {
        const place = pointerTo(at, 'requirements', name)
        return [name, writeUse(name, requirement, place, schemes, issues)]
      }),
    )
  })
  if (issues.length > 0) return { ok: false, issues }
  const securitySchemes = Object.fromEntries(
    [...schemes].map(([name, { scheme }]) => [name, withScopes(name, scheme, security)]),
  )
  return { ok: true, value: { security, securitySchemes }, issues: [] }
}

interface WrittenScheme {
  readonly scheme: JsonObject
  /** Tells requirements apart that cannot share a name. */
  readonly key: string
}

/** The scopes of one use; declares its scheme. */
function writeUse(
  name: string,
  requirement: Requirement,
  place: string,
  schemes: Map<string, WrittenScheme>,
  issues: Issue[],
): readonly string[] {
  // OpenAPI 3.1, section 4.8.7.1: keys of the components object.
  if (!/^[a-zA-Z0-9._-]+$/.test(name)) {
    issues.push(inexpressible(place, 'the name of a security scheme has letters, digits, `.`, `_` and `-` only'))
    return []
  }
  const kind = kindOf(requirement)
  const fields = (requirement as { readonly [K in Kind]?: JsonObject })[kind] ?? {}
  const written = WRITERS[kind](fields)
  if (typeof written === 'string') {
    issues.push(inexpressible(pointerTo(place, kind), written))
    return []
  }
  const key = sortedJson(written)
  const known = schemes.get(name)
  if (known !== undefined && known.key !== key) {
    const message = `\`${name}\` is one scheme in OpenAPI, and these options require different things of that name`
    issues.push(inexpressible(place, message))
  }
  schemes.set(name, { scheme: written, key })
  const { scope } = fields
  return kind === 'oauth2ClientCredentials' && typeof scope === 'string' ? scope.split(' ') : []
}

type Writer = (fields: JsonObject) => JsonObject | string

/** One row a kind: OpenAPI's scheme, or why there is none. */
const WRITERS: { readonly [K in Kind]: Writer } = {
  headerApiKey: ({ name, prefix }) =>
    prefix === undefined ? { type: 'apiKey', in: 'header', name: name ?? '' } : 'OpenAPI has no prefix before a key',
  queryApiKey: ({ name }) => ({ type: 'apiKey', in: 'query', name: name ?? '' }),
  cookieApiKey: ({ name }) => ({ type: 'apiKey', in: 'cookie', name: name ?? '' }),
  httpAuth: ({ scheme }) => {
    const text = String(scheme)
    if (spellScheme(text) !== text) return `OpenAPI does not tell \`${text}\` from \`${spellScheme(text)}\``
    return {
      type: 'http',
      scheme: text.toLowerCase() === 'bearer' || text.toLowerCase() === 'basic' ? text.toLowerCase() : text,
    }
  },
  oauth2ClientCredentials: ({
    tokenUrl,
    scope: _,
    clientAuthentication = 'client_secret_post',
    parameters,
    ...rest
  }) => {
    const isUsual = clientAuthentication === 'client_secret_post' && entriesOf(parameters).length === 0
    if (!isUsual || Object.keys(rest).length > 0)
      return 'OpenAPI says only where a token comes from, and with which scopes'
    return { type: 'oauth2', flows: { clientCredentials: { tokenUrl: tokenUrl ?? '' } } }
  },
  hmacSignature: () => 'OpenAPI has no word for signatures',
}

/** A flow lists the scopes that exist (OpenAPI 3.1, section 4.8.29.1): here those that some option asks for. */
function withScopes(
  name: string,
  scheme: JsonObject,
  security: readonly { readonly [scheme: string]: readonly string[] }[],
): JsonObject {
  const flow = ownField(ownField(scheme, 'flows'), 'clientCredentials')
  if (!isJsonObject(flow)) return scheme
  const scopes = new Set(
    security.flatMap((alternative) => (Object.hasOwn(alternative, name) ? (alternative[name] ?? []) : [])),
  )
  const described = Object.fromEntries([...scopes].sort().map((scope) => [scope, '']))
  return { ...scheme, flows: { clientCredentials: { ...flow, scopes: described } } }
}
