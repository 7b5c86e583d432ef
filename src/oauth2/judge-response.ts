import { processClientCredentialsResponse } from 'oauth4webapi'
import type { CheckedRequest } from './checked-request.ts'
import type { TokenEndpoint } from './endpoint-options.ts'
import { isPassing, ownErrorIn, shownError, unavailable } from './failures.ts'
import { discard, readBody } from './read-body.ts'
import { type Grant, type Reply, readReply } from './reply.ts'
import { readRetryAfter } from './retry-after.ts'

/**
 * Finds the token in what a token endpoint answered.
 * @throws A {@link SecurityError} with code `ERR_ACCESS_TOKEN_UNAVAILABLE`.
 * @internal
 */
export async function judgeResponse(
  request: CheckedRequest,
  endpoint: TokenEndpoint,
  response: Response,
): Promise<Pick<Grant, 'accessToken' | 'expiresIn'>> {
  const { status, headers } = response
  if (isRedirect(response, status)) {
    discard(response.body)
    throw unavailable(request, 'redirects, which is not followed: another server would learn the secret')
  }
  // A `fetch` of the caller's may give anything; whatever this throws is told without it.
  if (!Number.isInteger(status)) throw new TypeError()
  const retryAfterMs = readRetryAfter(headers.get('retry-after'), endpoint.now)
  const reply = await replyOf(request, response, headers.get('content-type'))
  const { grant, error } = reply
  if (status < 200 || status > 299 || grant === null) {
    throw unavailable(request, describe(request, status, reply), { retryable: isPassing(status, error), retryAfterMs })
  }
  if (endpoint.missingScopes === 'refuse') refuseMissingScopes(request, grant)
  return processGrant(request, grant)
}

/** `redirected`: a `fetch` that pays no attention to `redirect: 'manual'` has told the other server already. */
function isRedirect({ type, redirected }: Response, status: number): boolean {
  return (status >= 300 && status < 400) || type === 'opaqueredirect' || redirected
}

async function replyOf(request: CheckedRequest, response: Response, contentType: string | null): Promise<Reply> {
  try {
    const text = await readBody(response)
    if (text === null) return { error: null, grant: null, why: 'more than 64 KiB, or no UTF-8' }
    return readReply(text, contentType)
  } catch (error) {
    throw ownErrorIn(error) ?? unavailable(request, 'broke off its answer', { retryable: true })
  }
}

function describe(request: CheckedRequest, status: number, { error, why }: Reply): string {
  const shown = shownError(error, request)
  if (shown !== null) return `answered ${status} with the error \`${shown}\``
  return error === null && status < 300 ? `answered ${status} with ${why}` : `answered ${status}`
}

/** RFC 6749 section 5.1: a reply that names no scope grants what was asked for. */
function refuseMissingScopes(request: CheckedRequest, { scopes }: Grant): void {
  const missing = scopes === null ? undefined : request.scopes.find((scope) => !scopes.includes(scope))
  if (missing !== undefined) throw unavailable(request, `did not grant the scope \`${missing}\``)
}

/** Lets the library judge the reply, in the form that the standard gives it. */
async function processGrant(
  { tokenUrl, clientId }: CheckedRequest,
  { accessToken, expiresIn }: Grant,
): Promise<Pick<Grant, 'accessToken' | 'expiresIn'>> {
  const clean = { access_token: accessToken, token_type: 'Bearer', expires_in: expiresIn ?? undefined }
  const response = Response.json(clean)
  const reply = await processClientCredentialsResponse({ issuer: tokenUrl }, { client_id: clientId }, response)
  return { accessToken: reply.access_token, expiresIn: reply.expires_in ?? null }
}
