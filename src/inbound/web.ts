import type { AuthenticationRefusal } from './authentication.ts'
import type { Guard } from './guard.ts'
import type { KeyPrincipal } from './key-verifying.ts'
import { type RefusalStyle, renderRefusal } from './refusal.ts'
import { unpolluted } from './unpolluted.ts'

/** What a server knows of a connection besides the request. */
export interface Connection {
  /** Address of the other end; only with it does `trustedProxies` count. Default not known. */
  readonly remoteAddress?: string | undefined
  /**
   * Whether the connection itself was encrypted. Default: what the request's URL says, which is the sender's word where a
   * server takes it from the request, as `@hono/node-server` does.
   */
  readonly isSecure?: boolean
}

/**
 * Guards a handler of Web-standard requests, as Hono, Deno, Bun and Workers call it.
 *
 * Whether the connection was encrypted is read from the request's URL, unless `connectionOf` says it. Servers on Node
 * (Hono's among them) must say it: their URL begins as the sender likes.
 *
 * @param handler Called only with requests that may pass; the principal is `null` on an exempt path.
 * @param connectionOf Tells the address of the other end, and whether the connection is encrypted, from whatever the
 * server passes besides the request. Default: neither is known, and no proxy is trusted.
 * @example
 * export default { fetch: guardFetch(keyGuard, (request, principal) => Response.json({ tenant: principal?.tenant })) }
 */
export function guardFetch<Rest extends readonly unknown[]>(
  guard: Guard,
  handler: (request: Request, principal: KeyPrincipal | null, ...rest: Rest) => Response | Promise<Response>,
  connectionOf: (...rest: Rest) => Connection = () => ({}),
): (request: Request, ...rest: Rest) => Promise<Response> {
  return async (request, ...rest) => {
    const { protocol, pathname, search } = new URL(request.url)
    const connection = connectionOf(...rest)
    const verdict = await guard.check({
      method: request.method,
      target: pathname + search,
      authorization: valuesOf(request.headers, 'Authorization'),
      forwardedProto: valuesOf(request.headers, 'X-Forwarded-Proto'),
      isSecure: unpolluted(connection, 'isSecure') ?? protocol === 'https:',
      remoteAddress: unpolluted(connection, 'remoteAddress') ?? null,
    })
    if (!verdict.ok) return new Response(verdict.refusal.body, verdict.refusal)
    const response = await handler(request, verdict.principal, ...rest)
    return withHeaders(response, verdict.headers)
  }
}

function valuesOf(headers: Headers, name: string): readonly string[] {
  const value = headers.get(name)
  return value === null ? [] : [value]
}

function withHeaders(response: Response, headers: Readonly<Record<string, string>>): Response {
  try {
    setHeaders(response, headers)
    return response
  } catch {
    // The headers of a response that `fetch` gave cannot be changed.
    const copy = new Response(response.body, response)
    setHeaders(copy, headers)
    return copy
  }
}

function setHeaders(response: Response, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value)
}

const MESSAGES: { readonly [C in AuthenticationRefusal['code']]: string } = {
  ERR_CREDENTIALS_MISSING: 'The request has no credentials.',
  ERR_CREDENTIALS_INVALID: 'The credentials of the request are not valid.',
  ERR_CREDENTIALS_REPEATED: 'The request has more than one set of credentials.',
  ERR_BODY_TOO_LARGE: 'The body of the request is too long.',
}

/**
 * Turns the refusal of an authenticator into an answer: its status, one `WWW-Authenticate` field a challenge, fixed texts.
 *
 * @param style Default `problem`.
 * @example
 * if (!authentication.ok) return toResponse(authentication)
 */
export function toResponse(refusal: AuthenticationRefusal, style: RefusalStyle = 'problem'): Response {
  const { status, code, challenges } = refusal
  const rendered = renderRefusal({ status, code, message: MESSAGES[code], headers: {} }, style, crypto.randomUUID())
  const response = new Response(rendered.body, rendered)
  for (const challenge of challenges) response.headers.append('WWW-Authenticate', challenge)
  return response
}
