import { SecurityError } from '../errors.ts'
import { isOwn } from '../total.ts'
import type { CheckedRequest } from './checked-request.ts'

/** What is known of a failed exchange; nothing in it may quote what was sent. @internal */
export interface FailureDetails {
  readonly retryable?: boolean
  readonly retryAfterMs?: number | null
}

/**
 * Tells that a token endpoint gave no token.
 * @param what What it did; follows its host.
 * @internal
 */
export function unavailable(
  { url }: Pick<CheckedRequest, 'url'>,
  what: string,
  { retryable = false, retryAfterMs = null }: FailureDetails = {},
): SecurityError {
  const wait = retryAfterMs === null ? '' : `, and asks to wait ${Math.ceil(retryAfterMs / 1000)} s`
  return new SecurityError('ERR_ACCESS_TOKEN_UNAVAILABLE', {
    message: `the token endpoint at ${hostOf(url.origin)} ${what}${wait}`,
    retryable,
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
  })
}

/** Host and port. @internal */
export function hostOf(origin: string): string {
  return origin.slice(origin.indexOf('//') + 2)
}

const MAX_CAUSES = 4

/** Our own error in what `fetch` threw, such as the refusal of an egress guard; platforms wrap it. @internal */
export function ownErrorIn(error: unknown): SecurityError | null {
  let cause = error
  for (let depth = 0; depth < MAX_CAUSES; depth += 1) {
    if (isOwn(cause)) return cause
    cause = causeOf(cause)
  }
  return null
}

function causeOf(error: unknown): unknown {
  try {
    return error instanceof Error ? error.cause : null
  } catch {
    return null
  }
}

/** RFC 6749 section 5.2, RFC 8707, RFC 8628: codes that say nothing of who sent what. */
const REGISTERED = new Set([
  'access_denied',
  'invalid_client',
  'invalid_grant',
  'invalid_request',
  'invalid_scope',
  'invalid_target',
  'server_error',
  'slow_down',
  'temporarily_unavailable',
  'unauthorized_client',
  'unsupported_grant_type',
])

const PASSING = new Set(['server_error', 'slow_down', 'temporarily_unavailable'])

/** Words in lower case: no encoding of a secret looks so. */
const WORDS = /^[a-z]{2,20}(?:[_-][a-z]{2,20}){0,5}$/

/**
 * The `error` of a reply as it may be shown: a registered code, or plain words that share nothing with the request (T65).
 * @internal
 */
export function shownError(error: string | null, { clientId, proof }: CheckedRequest): string | null {
  if (error === null || REGISTERED.has(error)) return error
  const isShared = [clientId, proof].some(
    (text) => text.toLowerCase().includes(error) || error.includes(text.toLowerCase()),
  )
  return WORDS.test(error) && !isShared ? error : null
}

/** Whether what a token endpoint said may be otherwise later. @internal */
export function isPassing(status: number, error: string | null): boolean {
  return status >= 500 || status === 429 || status === 408 || (error !== null && PASSING.has(error))
}
