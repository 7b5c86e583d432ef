import { bearerChallenge } from './challenges.ts'
import type { Admission } from './key-verifying.ts'
import type { Refusal } from './refusal.ts'

/** Every refusal of a guard; the texts are fixed (T90). @internal */
export const REFUSALS = {
  clear: (): Refusal => refusal(403, 'https_required', 'This API is reached over HTTPS only.'),
  missing: (realm: string): Refusal =>
    refusal(401, 'missing_api_key', 'The request has no API key.', { 'WWW-Authenticate': bearerChallenge({ realm }) }),
  invalid: (realm: string): Refusal =>
    refusal(401, 'invalid_api_key', 'The API key is not valid.', {
      'WWW-Authenticate': bearerChallenge({ realm, error: 'invalid_token' }),
    }),
  invalidRequest: (realm: string): Refusal =>
    refusal(400, 'invalid_request', 'The request has more than one set of credentials.', {
      'WWW-Authenticate': bearerChallenge({ realm, error: 'invalid_request' }),
    }),
  scope: (realm: string, scopes: readonly string[]): Refusal =>
    refusal(403, 'insufficient_scope', 'The API key does not allow this.', {
      'WWW-Authenticate': bearerChallenge({ realm, error: 'insufficient_scope' }, scopes.join(' ')),
    }),
  disabled: (): Refusal => refusal(403, 'feature_disabled', 'This API is not enabled for the tenant.'),
  limit: ({ resetsInMs }: Admission, fields: Readonly<Record<string, string>>): Refusal =>
    refusal(429, 'daily_limit_reached', 'The daily limit of requests is reached.', {
      ...fields,
      'Retry-After': String(Math.max(1, Math.ceil(resetsInMs / 1000))),
    }),
}

/** @internal */
export const UNAVAILABLE: Refusal = refusal(503, 'unavailable', 'The API key could not be checked. Try again.', {
  'Retry-After': '1',
})

function refusal(status: number, code: string, message: string, headers: Refusal['headers'] = {}): Refusal {
  return { status, code, message, headers }
}
