import { allowInsecureRequests, clientCredentialsGrantRequest, customFetch } from 'oauth4webapi'
import { SecurityError } from '../errors.ts'
import { readClock } from '../stores/store-arguments.ts'
import type { CheckedRequest } from './checked-request.ts'
import { authenticateClient } from './client-authentication.ts'
import { withDeadline } from './deadline.ts'
import type { TokenEndpoint } from './endpoint-options.ts'
import { ownErrorIn, unavailable } from './failures.ts'
import { judgeResponse } from './judge-response.ts'

/** A token as it came from the token endpoint. @internal */
export interface Granted {
  readonly text: string
  /** When it was asked for: its life is reckoned from here, so that the journey of the answer shortens it. */
  readonly askedAtMs: number
  /** Seconds; `null`: the server did not say. */
  readonly expiresIn: number | null
}

/**
 * Asks a token endpoint for an access token.
 * @throws A {@link SecurityError} with code `ERR_ACCESS_TOKEN_UNAVAILABLE`, `ERR_TOKEN_URL` or `ERR_TOKEN_CLIENT`; the
 * signal's reason.
 * @internal
 */
export async function exchange(
  request: CheckedRequest,
  endpoint: TokenEndpoint,
  signal?: AbortSignal,
): Promise<Granted> {
  refusePlainHttp(request, endpoint)
  const { timeoutMs } = endpoint
  const late = (): Error => unavailable(request, `did not answer within ${timeoutMs} ms`, { retryable: true })
  return withDeadline({ timeoutMs, signal }, late, async (ended) => {
    const askedAtMs = readClock(endpoint.now)
    let isAnswered = false
    try {
      const response = await ask(request, endpoint, askedAtMs, ended)
      isAnswered = true
      const { accessToken, expiresIn } = await judgeResponse(request, endpoint, response)
      return { text: accessToken, askedAtMs, expiresIn }
    } catch (error) {
      // What a `fetch` throws, or what reading its answer does, may quote the request: only our own errors are passed on.
      throw ownErrorIn(error) ?? unexpected(request, isAnswered)
    }
  })
}

function refusePlainHttp({ url }: CheckedRequest, { allowLoopbackHttp }: TokenEndpoint): void {
  // KND-5: other hosts were refused already.
  if (url.scheme === 'https' || allowLoopbackHttp) return
  throw new SecurityError('ERR_TOKEN_URL', {
    message: 'plain http on loopback is for tests and development: allow it with `allowLoopbackHttp`',
    phase: 'need',
  })
}

async function ask(
  request: CheckedRequest,
  endpoint: TokenEndpoint,
  nowMs: number,
  signal: AbortSignal,
): Promise<Response> {
  const client = await authenticateClient(request, nowMs)
  // The library wants an issuer, and checks nothing against it in this grant.
  const server = { issuer: request.tokenUrl, token_endpoint: request.tokenUrl }
  return clientCredentialsGrantRequest(server, { client_id: request.clientId }, client, bodyOf(request), {
    signal,
    headers: { 'user-agent': 'latchkey' },
    [allowInsecureRequests]: request.url.scheme === 'http',
    // The body as text: not every `fetch` knows the platform's URLSearchParams.
    [customFetch]: (target, init) => endpoint.fetch(target, { ...init, body: String(init.body) }),
  })
}

function unexpected(request: CheckedRequest, isAnswered: boolean): SecurityError {
  return isAnswered
    ? unavailable(request, 'answered with what is no HTTP response')
    : unavailable(request, 'cannot be reached', { retryable: true })
}

/** What is sent beside the grant type and the client's own parameters (RFC 6749 section 4.4.2). */
function bodyOf({ parameters, scopes, audience }: CheckedRequest): URLSearchParams {
  const body = new URLSearchParams(parameters.map(([name, value]) => [name, value]))
  if (scopes.length > 0) body.set('scope', scopes.join(' '))
  if (audience !== null) body.set('audience', audience)
  return body
}
