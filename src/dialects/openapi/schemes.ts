import { REGISTERED_AUTH_SCHEMES } from '../../http/auth-schemes.ts'
import { pointerTo } from '../../json-pointer.ts'
import { type Issue, makeIssue } from '../../result.ts'
import { createAdviser, didYouMean } from '../../suggest.ts'
import type { JsonValue, Requirement } from '../../types.ts'
import { isJsonObject, type JsonObject, ownField } from '../json-object.ts'
import { inexpressible } from '../read-tool.ts'
import type { OpenApiSettings } from './openapi-options.ts'

/** A security scheme as a requirement, but for the scopes that each use of it asks for; or why it is none. @internal */
export type ReadScheme = ((scopes: readonly string[]) => Requirement) | readonly Issue[]

const FIELDS = ['type', 'description', 'name', 'in', 'scheme', 'bearerFormat', 'flows', 'openIdConnectUrl']

type ReadRow = (scheme: JsonObject, pointer: string, settings: OpenApiSettings) => ReadScheme

/** One row a type of scheme. */
const TYPES: { readonly [type: string]: ReadRow } = {
  apiKey: (scheme, pointer) => {
    const name = ownField(scheme, 'name')
    const place = ownField(scheme, 'in')
    if (typeof name !== 'string') return [makeIssue('ERR_FIELD_MISSING', pointer, 'an `apiKey` scheme has no `name`')]
    if (place === 'header') return () => ({ headerApiKey: { name } })
    if (place === 'query') return () => ({ queryApiKey: { name } })
    if (place === 'cookie') return () => ({ cookieApiKey: { name } })
    const message = 'an `apiKey` scheme is `in` none of `header`, `query` and `cookie`'
    return [makeIssue('ERR_FIELD_VALUE', pointer, message)]
  },
  http: (scheme, pointer) => {
    const name = ownField(scheme, 'scheme')
    if (typeof name !== 'string') return [makeIssue('ERR_FIELD_MISSING', pointer, 'an `http` scheme has no `scheme`')]
    return () => ({ httpAuth: { scheme: spellScheme(name) } })
  },
  oauth2: (scheme, pointer, { clientAuthentication }) => {
    const flows = ownField(scheme, 'flows')
    const flow = ownField(flows, 'clientCredentials')
    if (flow === undefined) {
      const known = isJsonObject(flows) ? Object.keys(flows).filter((name) => !name.startsWith('x-')) : []
      const given = known.length === 0 ? 'no flow' : `only ${known.map((name) => `\`${name}\``).join(', ')}`
      const help = 'an access token that someone else obtains is an `http` scheme `bearer`'
      return [inexpressible(pointer, `an \`oauth2\` scheme has ${given}, and not \`clientCredentials\``, help)]
    }
    const tokenUrl = ownField(flow, 'tokenUrl')
    if (typeof tokenUrl !== 'string') {
      return [makeIssue('ERR_FIELD_MISSING', pointer, 'the flow `clientCredentials` has no `tokenUrl`')]
    }
    return (scopes) => ({
      oauth2ClientCredentials: {
        tokenUrl,
        ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
        ...(clientAuthentication === undefined ? {} : { clientAuthentication }),
      },
    })
  },
  openIdConnect: (_, pointer) => [
    inexpressible(pointer, '`openIdConnect` says neither where an access token comes from nor with which flow'),
  ],
  mutualTLS: (_, pointer) => [inexpressible(pointer, 'a certificate of the client is no part of a request')],
}

/** Reads a security scheme. @internal */
export function readScheme(scheme: JsonValue | undefined, pointer: string, settings: OpenApiSettings): ReadScheme {
  if (!isJsonObject(scheme)) return [makeIssue('ERR_FIELD_TYPE', pointer, 'a security scheme is an object')]
  const unknown = Object.keys(scheme).filter((name) => !FIELDS.includes(name) && !name.startsWith('x-'))
  const advise = createAdviser()
  const issues = unknown.map((name) => {
    const at = pointerTo(pointer, name)
    return makeIssue('ERR_FIELD_UNKNOWN', at, `unknown field \`${name}\``, advise(name, FIELDS))
  })
  if (issues.length > 0) return issues
  const type = ownField(scheme, 'type')
  const row = typeof type === 'string' && Object.hasOwn(TYPES, type) ? TYPES[type] : undefined
  if (row !== undefined) return row(scheme, pointer, settings)
  const help = typeof type === 'string' ? didYouMean(type, Object.keys(TYPES)) : undefined
  return [makeIssue('ERR_FIELD_VALUE', pointer, 'the `type` of a security scheme is not known', help)]
}

/** OpenAPI compares schemes without regard to case; what is written are the registry's spellings. @internal */
export function spellScheme(scheme: string): string {
  return REGISTERED_AUTH_SCHEMES.find((known) => known.toLowerCase() === scheme.toLowerCase()) ?? scheme
}
