import { pointerTo } from '../../json-pointer.ts'
import { kindOf } from '../../kinds/table.ts'
import { makeIssue } from '../../result.ts'
import { Secret } from '../../secret.ts'
import { didYouMean } from '../../suggest.ts'
import type { HmacForm, JsonValue, Kind, Requirement, Token } from '../../types.ts'
import { type JsonObject, ownField } from '../json-object.ts'
import { type ObjectPlace, readFields } from '../read-fields.ts'
import { readHmacPlan } from './hmac-plan.ts'
import type { VapiSettings } from './vapi-options.ts'
import { writeHmacPlan } from './write-hmac-plan.ts'

/** What a plan asks for; the token is `null` where the plan does not show its secret. @internal */
export interface ReadPlan {
  readonly requirement: Requirement
  readonly token: Token | null
}

type ReadRow = (plan: JsonValue, place: ObjectPlace, settings: VapiSettings) => ReadPlan | null

/** One row a type of plan. */
const PLANS: { readonly [type: string]: ReadRow } = {
  bearer: (plan, place) => {
    const rules = { type: 'text!', token: 'text', headerName: 'text', bearerPrefixEnabled: 'boolean' } as const
    const read = readFields(plan, rules, place)
    if (read === null) return null
    const { headerName: name = 'Authorization', bearerPrefixEnabled = true } = read
    const token = secretOrNull(read.token)
    if (!bearerPrefixEnabled) return { requirement: { headerApiKey: { name } }, token }
    if (name === 'Authorization') return { requirement: { httpAuth: { scheme: 'Bearer' } }, token }
    return { requirement: { headerApiKey: { name, prefix: 'Bearer ' } }, token }
  },
  oauth2: (plan, place, { clientAuthentication }) => {
    const rules = { type: 'text!', url: 'text!', clientId: 'text', clientSecret: 'text', scope: 'text' } as const
    const read = readFields(plan, rules, place)
    if (read === null) return null
    const { url: tokenUrl, clientId, scope = '' } = read
    const clientSecret = secretOrNull(read.clientSecret)
    const oauth2ClientCredentials = {
      tokenUrl,
      // A console leaves an empty text where nothing was typed.
      ...(scope === '' ? {} : { scope }),
      ...(clientAuthentication === undefined ? {} : { clientAuthentication }),
    }
    return {
      requirement: { oauth2ClientCredentials },
      token: clientSecret === null || clientId === undefined ? null : { clientId, clientSecret },
    }
  },
  hmac: (plan, place, settings) => {
    const read = readHmacPlan(plan, place, settings)
    return read && { requirement: { hmacSignature: read.form }, token: secretOrNull(read.secret) }
  },
}

function secretOrNull(text: string | null | undefined): Secret | null {
  return text === null || text === undefined ? null : new Secret(text)
}

/** Reads an authentication plan; `null` where an issue was added. @internal */
export function readPlan(plan: JsonValue | undefined, place: ObjectPlace, settings: VapiSettings): ReadPlan | null {
  const type = ownField(plan, 'type')
  const found = typeof type === 'string' && Object.hasOwn(PLANS, type) ? PLANS[type] : undefined
  if (found !== undefined && plan !== undefined) return found(plan, place, settings)
  const known = Object.keys(PLANS)
  const help = typeof type === 'string' ? didYouMean(type, known) : undefined
  const message = 'the plan has no `type` that is `bearer`, `oauth2` or `hmac`'
  place.issues.push(makeIssue('ERR_FIELD_VALUE', pointerTo(place.pointer, 'type'), message, help))
  return null
}

type WriteRow = (fields: never, token: JsonValue | undefined, settings: VapiSettings) => JsonObject | string

/** One row a kind: Vapi's plan, or why there is none. */
const WRITERS: { readonly [K in Kind]: WriteRow } = {
  headerApiKey: ({ name, prefix }: { readonly name: string; readonly prefix?: string }, token) => {
    if (prefix !== undefined && prefix !== 'Bearer ') return 'Vapi knows the prefix `Bearer ` and no other'
    return { type: 'bearer', ...textToken('token', token), headerName: name, bearerPrefixEnabled: prefix !== undefined }
  },
  httpAuth: ({ scheme }: { readonly scheme: string }, token) => {
    if (scheme !== 'Bearer') return 'Vapi knows the auth-scheme `Bearer`, spelled so'
    return { type: 'bearer', ...textToken('token', token), headerName: 'Authorization', bearerPrefixEnabled: true }
  },
  queryApiKey: () => 'Vapi sends no credential in the query',
  cookieApiKey: () => 'Vapi sends no cookies',
  oauth2ClientCredentials: ({ tokenUrl, scope, ...rest }: { readonly [field: string]: string }, token, settings) => {
    const usual = settings.clientAuthentication ?? 'client_secret_post'
    const { clientAuthentication = 'client_secret_post', ...others } = rest
    const other = Object.keys(others)[0] ?? (clientAuthentication === usual ? undefined : 'clientAuthentication')
    if (other !== undefined) return `Vapi has no word for \`${other}\``
    const client = ownField(token, 'clientId') === undefined ? {} : (token as JsonObject)
    return { type: 'oauth2', url: tokenUrl ?? '', ...client, ...(scope === undefined ? {} : { scope }) }
  },
  hmacSignature: (form: HmacForm, token, settings) => writeHmacPlan(form, token, settings),
}

function textToken(field: string, token: JsonValue | undefined): JsonObject {
  return typeof token === 'string' ? { [field]: token } : {}
}

/**
 * Writes an authentication plan; a text says why there is none.
 * @param token The secret in plain text; absent, or a reference, where the plan is not to hold it.
 * @internal
 */
export function writePlan(
  requirement: Requirement,
  token: JsonValue | undefined,
  settings: VapiSettings,
): JsonObject | string {
  const kind = kindOf(requirement)
  return WRITERS[kind]((requirement as unknown as Record<Kind, never>)[kind], token, settings)
}

/** Where the fields of a requirement stand in the plan that it was read from. @internal */
export function planPlaces(
  requirement: Requirement,
  at: string,
  pointer: string,
): readonly (readonly [string, string])[] {
  const kind = kindOf(requirement)
  const fields: { readonly [field: string]: string } = {
    name: 'headerName',
    tokenUrl: 'url',
    scope: 'scope',
    payload: 'payloadFormat',
    headers: 'signatureHeader',
  }
  return Object.entries(fields).map(([ours, theirs]) => [pointerTo(at, kind, ours), pointerTo(pointer, theirs)])
}
