import { pointerTo } from '../../json-pointer.ts'
import { makeIssue } from '../../result.ts'
import { Secret } from '../../secret.ts'
import { didYouMean } from '../../suggest.ts'
import type { JsonValue, Requirement, Token } from '../../types.ts'
import { isJsonObject, ownField } from '../json-object.ts'
import { type ObjectPlace, readFields } from '../read-fields.ts'
import type { ImportOptions } from '../tool-with-tokens.ts'

/** What an `auth` object asks for. @internal */
export interface ReadAuth {
  readonly requirement: Requirement
  readonly token: Token
}

/** Tavus's own header; the signature is hex HMAC-SHA256 of the body. @internal */
export const TAVUS_FORM = { headers: { 'X-Tavus-Signature': '{signature}' } } as const

type ReadRow = (auth: JsonValue | undefined, place: ObjectPlace, options: ImportOptions) => ReadAuth | null

/** One row a type of `auth`, `none` apart. */
const AUTH_TYPES: { readonly [type: string]: ReadRow } = {
  bearer: (auth, place) => {
    const read = readFields(auth, { type: 'text!', token: 'text!' }, place)
    return read && { requirement: { httpAuth: { scheme: 'Bearer' } }, token: new Secret(read.token) }
  },
  api_key: (auth, place) => {
    const read = readFields(auth, { type: 'text!', location: 'text', name: 'text!', value: 'text!' }, place)
    if (read === null) return null
    const { location = 'header', name } = read
    const token = new Secret(read.value)
    if (location === 'header') return { requirement: { headerApiKey: { name } }, token }
    if (location === 'query') return { requirement: { queryApiKey: { name } }, token }
    const at = pointerTo(place.pointer, 'location')
    place.issues.push(makeIssue('ERR_FIELD_VALUE', at, '`location` is neither `header` nor `query`'))
    return null
  },
  basic: (auth, place) => {
    const read = readFields(auth, { type: 'text!', username: 'text!', password: 'text!' }, place)
    if (read === null) return null
    const token = { username: read.username, password: new Secret(read.password) }
    return { requirement: { httpAuth: { scheme: 'Basic' } }, token }
  },
  oauth2_client_credentials: (auth, place, { clientAuthentication }) => {
    const rules = {
      type: 'text!',
      token_url: 'text!',
      client_id: 'text!',
      client_secret: 'text!',
      scope: 'text',
    } as const
    const read = readFields(auth, rules, place)
    if (read === null) return null
    const oauth2ClientCredentials = {
      tokenUrl: read.token_url,
      ...(read.scope === undefined ? {} : { scope: read.scope }),
      ...(clientAuthentication === undefined ? {} : { clientAuthentication }),
    }
    const token = { clientId: read.client_id, clientSecret: new Secret(read.client_secret) }
    return { requirement: { oauth2ClientCredentials }, token }
  },
  hmac: (auth, place) => {
    const read = readFields(auth, { type: 'text!', secret: 'text!' }, place)
    return read && { requirement: { hmacSignature: TAVUS_FORM }, token: new Secret(read.secret) }
  },
}

/**
 * Reads Tavus's `auth`: what it asks for, or `none`.
 * @returns `null` where an issue was added.
 * @internal
 */
export function readAuth(
  auth: JsonValue | undefined,
  place: ObjectPlace,
  options: ImportOptions,
): ReadAuth | 'none' | null {
  const type = ownField(auth, 'type')
  const found = typeof type === 'string' && Object.hasOwn(AUTH_TYPES, type) ? AUTH_TYPES[type] : undefined
  if (found !== undefined) return found(auth, place, options)
  if (type === 'none') return readFields(auth, { type: 'text!' }, place) && 'none'
  const known = ['none', ...Object.keys(AUTH_TYPES)]
  if (typeof type !== 'string') {
    const [code, message] = isJsonObject(auth)
      ? (['ERR_FIELD_MISSING', '`auth` has no `type`'] as const)
      : (['ERR_FIELD_TYPE', '`auth` is not an object'] as const)
    place.issues.push(makeIssue(code, place.pointer, message, oneOf(known)))
    return null
  }
  const help = didYouMean(type, known) ?? oneOf(known)
  place.issues.push(makeIssue('ERR_FIELD_VALUE', pointerTo(place.pointer, 'type'), 'unknown `type` of `auth`', help))
  return null
}

function oneOf(known: readonly string[]): string {
  return `one of ${known.map((each) => `\`${each}\``).join(', ')}`
}
