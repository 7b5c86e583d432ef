import { bearerChallenge } from './challenges.ts'
import type { Admission } from './key-verifying.ts'
import type { Refusal } from './refusal.ts'

/** A refusal that says of itself what it is, whatever `Object.prototype` says (T91). @internal */
export interface GuardRefusal extends Refusal {
  readonly ok: false
}

/** Every refusal of a guard; the texts are fixed (T90). @internal */
export const REFUSALS = {
  clear: (): GuardRefusal => refusal(403, 'https_required', 'This API is reached over HTTPS only.'),
  missing: (realm: string): GuardRefusal =>
    refusal(401, 'missing_api_key', 'The request has no API key.', { 'WWW-Authenticate': bearerChallenge({ realm }) }),
  invalid: (realm: string): GuardRefusal =>
    refusal(401, 'invalid_api_key', 'The API key is not valid.', {
      'WWW-Authenticate': bearerChallenge({ realm, error: 'invalid_token' }),
    }),
  invalidRequest: (realm: string): GuardRefusal =>
    refusal(400, 'invalid_request', 'The request has more than one set of credentials.', {
      'WWW-Authenticate': bearerChallenge({ realm, error: 'invalid_request' }),
    }),
  scope: (realm: string, scopes: readonly string[]): GuardRefusal =>
    refusal(403, 'insufficient_scope', 'The API key does not allow this.', {
      'WWW-Authenticate': bearerChallenge({ realm, error: 'insufficient_scope' }, scopes.join(' ')),
    }),
  disabled: (): GuardRefusal => refusal(403, 'feature_disabled', 'This API is not enabled for the tenant.'),
  limit: ({ resetsInMs }: Admission, fields: Readonly<Record<string, string>>): GuardRefusal =>
    refusal(429, 'daily_limit_reached', 'The daily limit of requests is reached.', {
      ...fields,
      'Retry-After': String(Math.max(1, Math.ceil(resetsInMs / 1000))),
    }),
}

/** @internal */
export const UNAVAILABLE: GuardRefusal = refusal(503, 'unavailable', 'The API key could not be checked. Try again.', {
  'Retry-After': '1',
})

function refusal(status: number, code: string, message: string, headers: Refusal['headers'] = {}): GuardRefusal {
  return { ok: false, status, code, message, headers }
}
