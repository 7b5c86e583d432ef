import { callTokenScopes } from '../definition/options.ts'
import { kindOf } from '../kinds/table.ts'
import type { Kind, SecurityOption } from '../types.ts'
import { type FieldsOf, schemeOf } from './auth-scheme.ts'

/** What a challenge says besides its scheme. @internal */
export interface ChallengeContext {
  /** The protection space (RFC 9110 section 11.5). */
  readonly realm: string
  /** RFC 6750 section 3.1; only where a credential was presented. */
  readonly error?: 'invalid_request' | 'invalid_token' | 'insufficient_scope'
}

/**
 * The `WWW-Authenticate` challenges of a definition: one for each way to prove a requirement, in the order of its options,
 * none twice (RFC 9110 section 11.6.1, RFC 6750 section 3, RFC 7617 section 2).
 * @internal
 */
export function challengesOf(options: readonly SecurityOption[], context: ChallengeContext): readonly string[] {
  const challenges = options.flatMap((option) => [
    ...Object.values(option.requirements ?? {}).map((requirement) => {
      const kind = kindOf(requirement)
      return CHALLENGES[kind](requirement[kind as never] as never, context)
    }),
    ...(callTokenScopes(option).length === 0 ? [] : [keyChallenge('header', 'X-Ultravox-Call-Token', context)]),
  ])
  return [...new Set(challenges)]
}

const CHALLENGES: { readonly [K in Kind]: (fields: FieldsOf<K>, context: ChallengeContext) => string } = {
  queryApiKey: ({ name }, context) => keyChallenge('query', name, context),
  headerApiKey: (fields, context) => {
    const scheme = schemeOf({ headerApiKey: fields })
    return scheme === null ? keyChallenge('header', fields.name, context) : schemeChallenge(scheme, context)
  },
  httpAuth: ({ scheme }, context) => schemeChallenge(scheme, context),
  cookieApiKey: ({ name }, context) => keyChallenge('cookie', name, context),
  oauth2ClientCredentials: ({ scope }, context) => bearerChallenge(context, scope),
  hmacSignature: ({ headers, query = {} }, context) =>
    challenge('HMAC', context.realm, [
      ...[['headers', Object.keys(headers).join(' ').toLowerCase()] as const],
      ...[['query', Object.keys(query).join(' ')] as const].filter(([, names]) => names !== ''),
    ]),
}

function schemeChallenge(scheme: string, context: ChallengeContext): string {
  if (scheme.toLowerCase() === 'bearer') return bearerChallenge(context)
  return challenge(scheme, context.realm, scheme.toLowerCase() === 'basic' ? [['charset', 'UTF-8']] : [])
}

/** @internal */
export function bearerChallenge({ realm, error }: ChallengeContext, scope?: string): string {
  return challenge('Bearer', realm, [
    ...(error === undefined ? [] : [['error', error] as const]),
    ...(scope === undefined ? [] : [['scope', scope] as const]),
  ])
}

/** No registered auth-scheme speaks of keys in places of their own; this one names the place as OpenAPI does. */
function keyChallenge(place: string, name: string, { realm }: ChallengeContext): string {
  return challenge('ApiKey', realm, [
    ['in', place],
    ['name', name],
  ])
}

function challenge(scheme: string, realm: string, parameters: readonly (readonly [string, string])[]): string {
  const pairs = [['realm', realm] as const, ...parameters].map(([name, value]) => `${name}="${quote(value)}"`)
  return `${scheme} ${pairs.join(', ')}`
}

/** RFC 9110 section 5.6.4; what a header cannot carry is left out. */
function quote(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '').replace(/["\\]/g, '\\$&')
}
