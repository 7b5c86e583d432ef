/**
 * An independent, naive reading of what the `security` of an OpenAPI operation means. It imports nothing of Latchkey.
 *
 * `public`: the operation asks for nothing. `refused`: some alternative cannot be told, so none may be. Otherwise the
 * alternatives in order, each as its scheme names with the place that the credential is written to.
 */
export type Reading = 'public' | 'refused' | readonly Readonly<Record<string, string>>[]

type Json = { readonly [field: string]: unknown }

export function readSecurity(security: unknown, schemes: Json): Reading {
  if (security === undefined || (Array.isArray(security) && security.length === 0)) return 'public'
  if (!Array.isArray(security)) return 'refused'
  const alternatives = security.map((alternative: Json) =>
    Object.entries(alternative).map(
      ([name, scopes]) => [name, placeOf(schemes[name] as Json | undefined, scopes)] as const,
    ),
  )
  const places = alternatives.map((entries) =>
    entries.map(([, place]) => (place ?? '').split(' ').slice(0, 2).join(' ')),
  )
  const isTold = alternatives.every((entries) => entries.every(([, place]) => place !== null))
  const isApart = places.every((each) => new Set(each.map((place) => place.toLowerCase())).size === each.length)
  return isTold && isApart
    ? alternatives.map((entries) => Object.fromEntries(entries) as Record<string, string>)
    : 'refused'
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

function placeOf(scheme: Json | undefined, scopes: unknown): string | null {
  const { type, in: place, name, scheme: auth, flows } = scheme ?? {}
  if (type === 'apiKey' && place === 'query') return `query ${name}`
  if (type === 'apiKey' && (place === 'header' || place === 'cookie'))
    return TOKEN.test(String(name)) ? `${place} ${name}` : null
  if (type === 'http') return TOKEN.test(String(auth)) ? `header Authorization ${String(auth).toLowerCase()}` : null
  const { tokenUrl } = (((flows ?? {}) as Json)['clientCredentials'] ?? {}) as Json
  if (type !== 'oauth2' || !/^https:\/\/[^/?#{}]+(?:[/?][^#{}]*)?$/.test(String(tokenUrl))) return null
  return ['header Authorization client', tokenUrl, ...(scopes as readonly string[])].join(' ')
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']

/** Each operation of a document with the `security` that holds for it. */
export function operationsOf(
  document: Json,
): readonly { readonly label: string; readonly pointer: string; readonly security: unknown }[] {
  const paths = (document['paths'] ?? {}) as Json
  return Object.entries(paths).flatMap(([path, given]) => {
    const reference = String((given as Json)['$ref'] ?? '')
    const target = reference.replace('#/paths/', '').replaceAll('~1', '/').replaceAll('~0', '~')
    const item = (reference === '' ? given : paths[target]) as Json
    return METHODS.filter((method) => item[method] !== undefined).map((method) => {
      const operation = item[method] as Json
      const security = Object.hasOwn(operation, 'security') ? operation['security'] : document['security']
      const place = reference === '' ? path : target
      const pointer = `/paths/${place.replaceAll('~', '~0').replaceAll('/', '~1')}/${method}`
      return { label: `${method.toUpperCase()} ${path}`, pointer, security }
    })
  })
}
