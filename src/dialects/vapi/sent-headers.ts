import { optionsOf, requirementsOf } from '../../definition/options.ts'
import { splitUrl } from '../../http/url.ts'
import { kindOf } from '../../kinds/table.ts'
import { resolve } from '../../plan/resolve.ts'
import { snapshot } from '../../snapshot.ts'
import type { JsonValue, Kind, Need, Requirement } from '../../types.ts'
import { type JsonObject, sortedJson } from '../json-object.ts'
import type { ToolWithTokens } from '../tool-with-tokens.ts'

/** One line a header that a tool sends beside the usual ones; secrets are not shown. @internal */
export function describeSent({ definition }: ToolWithTokens): readonly string[] {
  const fixed = (definition.staticParameters ?? [])
    .filter(({ location }) => location === 'PARAMETER_LOCATION_HEADER')
    .map(({ name, value }) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value ?? null)}`)
  const secrets = optionsOf(definition)
    .flatMap(requirementsOf)
    .flatMap(([, requirement]) => LINES[kindOf(requirement)](requirement))
  return [...fixed, ...secrets].sort()
}

type Fields = { readonly [field: string]: string | undefined }

function fieldsOf(requirement: Requirement): Fields {
  return Object.values(requirement)[0] as unknown as Fields
}

/** One row a kind: what it sends, without the secret. */
const LINES: { readonly [K in Kind]: (requirement: Requirement) => readonly string[] } = {
  headerApiKey: (requirement) => {
    const { name, prefix = '' } = fieldsOf(requirement)
    return [`${name}: ${prefix}[secret]`]
  },
  httpAuth: (requirement) => [`Authorization: ${fieldsOf(requirement)['scheme']} [secret]`],
  oauth2ClientCredentials: (requirement) => [
    `Authorization: Bearer [access token of ${shownUrl(fieldsOf(requirement)['tokenUrl'])}]`,
  ],
  hmacSignature: (requirement) =>
    Object.entries(fieldsOf(requirement)['headers'] ?? {}).map(([name, template]) => `${name}: ${String(template)}`),
  queryApiKey: (requirement) => [`?${fieldsOf(requirement)['name']}=[secret]`],
  cookieApiKey: (requirement) => [`Cookie: ${fieldsOf(requirement)['name']}=[secret]`],
}

/** A URL without what may be a secret in it; `null` where that cannot be told. @internal */
export function shownUrl(url: unknown): string | null {
  const parts = typeof url === 'string' ? splitUrl(url) : null
  return parts === null ? null : parts.origin + parts.path
}

/** @internal */
export function hasUserInfo(url: unknown): boolean {
  return typeof url === 'string' && /^[^/?#]*\/\/[^/?#]*@/.test(url)
}

/**
 * Everything that decides which bytes a tool sends, its secrets included, as one text to compare.
 * @returns `null` where the tokens cannot be used.
 * @internal
 */
export function wireText({ definition, tokens }: ToolWithTokens): string | null {
  const resolution = resolve(definition, tokens, { tenant: 'migration' })
  if (!resolution.ok) return null
  const mutations = resolution.mutations.map(({ kind, name, value }) => ({ kind, name, value: value.reveal() }))
  const { http = null, staticParameters = [], dynamicParameters = [], timeout = null } = definition
  const needs = resolution.needs.map(plainNeed)
  const sorted = (items: readonly unknown[]) => items.map((item) => sortedJson(item as JsonValue)).sort()
  return sortedJson([
    http as unknown as JsonValue,
    timeout,
    sorted(mutations),
    sorted(needs),
    sorted(staticParameters),
    sorted(dynamicParameters),
  ])
}

/** A need without its requirement's name, its secrets revealed: only for comparing. */
function plainNeed(need: Need): JsonValue {
  const copy = snapshot(need, { reveal: true })
  const { requirement: _, ...rest } = (copy.ok ? copy.value : {}) as JsonObject
  return rest
}
