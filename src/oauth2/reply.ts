import { visitJson } from '../definition/json-text.ts'

/** What a token endpoint replied, as far as it is understood. @internal */
export interface Reply {
  /** The `error` of the reply, before anyone checked whether it may be shown. */
  readonly error: string | null
  /** `null`: there is none, or none that can be used; `why` says what is wrong. */
  readonly grant: Grant | null
  readonly why: string
}

/** A granted token. @internal */
export interface Grant {
  readonly accessToken: string
  /** Seconds, finite and not negative; `null`: the server did not say. */
  readonly expiresIn: number | null
  /** `null`: as asked for (RFC 6749 section 5.1). */
  readonly scopes: readonly string[] | null
}

type Fields = ReadonlyMap<string, unknown>

/** What cannot stand in a header cannot be sent; neither can a text that no carrier takes (TOK-2). */
const ACCESS_TOKEN = /^[\x21-\x7e]{1,16384}$/

/** Ours and what other servers call it: Apigee says `BearerToken`, Naver `N_A`. */
const BEARER = new Set(['', 'bearer', 'bearertoken', 'n_a'])

/**
 * Reads the body of a reply to a token request, more leniently than RFC 6749 section 5.1 where servers differ from it without
 * harm, and more strictly where a token could not be used or is not what was asked for.
 * @internal
 */
export function readReply(text: string, contentType: string | null): Reply {
  const fields = readJson(text) ?? readForm(text, contentType)
  if (fields === null) return { error: null, grant: null, why: 'neither JSON nor a form' }
  if (fields === 'twice') return { error: null, grant: null, why: 'a field that stands twice' }
  const error = fields.get('error')
  const grant = readGrant(fields)
  const told = typeof error === 'string' && error !== '' ? error : null
  return typeof grant === 'string' ? { error: told, grant: null, why: grant } : { error: told, grant, why: '' }
}

function readGrant(fields: Fields): Grant | string {
  const accessToken = fields.get('access_token')
  if (typeof accessToken !== 'string' || !ACCESS_TOKEN.test(accessToken)) return 'no access token that can be sent'
  const type = fields.get('token_type') ?? ''
  if (typeof type !== 'string' || !BEARER.has(type.trim().toLowerCase())) return 'a token that is no bearer token'
  const scopes = readScopes(fields.get('scope'))
  if (scopes === undefined) return 'a scope that is no text'
  return { accessToken, expiresIn: readSeconds(fields.get('expires_in')), scopes }
}

/** `undefined` for what is neither a text nor a list of texts. */
function readScopes(scope: unknown): readonly string[] | null | undefined {
  if (scope === undefined || scope === null) return null
  const list: readonly unknown[] = Array.isArray(scope) ? scope : [scope]
  if (!list.every((part) => typeof part === 'string')) return undefined
  const scopes = list.flatMap((part) => String(part).split(/\s/)).filter((part) => part !== '')
  return scopes.length === 0 ? null : scopes
}

/** Numbers, also as texts; everything else counts as not said. What is over already lives for no time at all. */
function readSeconds(value: unknown): number | null {
  const isGiven = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '')
  const seconds = isGiven ? Number(value) : Number.NaN
  return Number.isFinite(seconds) ? Math.max(0, seconds) : null
}

/** `null` for what is no JSON object. */
function readJson(text: string): Fields | 'twice' | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
    return saysTwice(text) ? 'twice' : new Map(Object.entries(value))
  } catch {
    return null
  }
}

function saysTwice(text: string): boolean {
  let found = false
  visitJson(text, {
    root: 0,
    enter: (depth) => depth + 1,
    visit: (depth, { duplicate }) => {
      found ||= duplicate && depth === 1
    },
  })
  return found
}

const FORM_TYPES = new Set(['', 'application/x-www-form-urlencoded', 'text/plain'])

/** Facebook and GitHub have replied so. */
function readForm(text: string, contentType: string | null): Fields | 'twice' | null {
  const [type = ''] = (contentType ?? '').toLowerCase().split(';')
  if (!FORM_TYPES.has(type.trim())) return null
  const entries = [...new URLSearchParams(text.trim())]
  const fields = new Map<string, unknown>(entries)
  if (!fields.has('access_token') && !fields.has('error')) return null
  return fields.size < entries.length ? 'twice' : fields
}
