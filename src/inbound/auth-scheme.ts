import { kindOf } from '../kinds/table.ts'
import type { Kind, Requirement } from '../types.ts'

/** The fields of one kind. @internal */
export type FieldsOf<K extends Kind> = Extract<Requirement, { readonly [P in K]: unknown }>[K]

const SCHEMES: { readonly [K in Kind]: (fields: FieldsOf<K>) => string | null } = {
  queryApiKey: () => null,
  // Vapi's form of a bearer token: `Authorization` with the prefix `Bearer `.
  headerApiKey: ({ name, prefix = '' }) =>
    name.toLowerCase() === 'authorization' ? (/^([!#$%&'*+.^_`|~0-9A-Za-z-]+) $/.exec(prefix)?.[1] ?? null) : null,
  httpAuth: ({ scheme }) => scheme,
  cookieApiKey: () => null,
  oauth2ClientCredentials: () => 'Bearer',
  hmacSignature: () => null,
}

/** The auth-scheme in which a requirement writes its credential; `null` where it is no such thing. @internal */
export function schemeOf(requirement: Requirement): string | null {
  const kind = kindOf(requirement)
  return SCHEMES[kind](requirement[kind as never] as never)
}

/**
 * Spells credentials as `resolve` does: auth-schemes compare without case, and one or more spaces follow (RFC 9110 section
 * 11.4). Everything behind counts as it is.
 * @internal
 */
export function plainCredentials(value: string, scheme: string | null): string {
  if (scheme === null || value.slice(0, scheme.length).toLowerCase() !== scheme.toLowerCase()) return value
  const spaces = /^ +/.exec(value.slice(scheme.length))?.[0]
  return spaces === undefined ? value : `${scheme} ${value.slice(scheme.length + spaces.length)}`
}
