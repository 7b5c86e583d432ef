import { utf8 } from '../bytes.ts'
import { SecurityError } from '../errors.ts'
import { foldHeaderName, isSteeringHeader, isToken } from '../http/grammar.ts'
import { splitUrl } from '../http/url.ts'
import { plainKeys } from '../plain-keys.ts'
import type { HttpRequest } from '../types.ts'

/** A request in a private copy, its body as bytes: nobody can change it between signing and sending. @internal */
export interface WireRequest extends HttpRequest {
  readonly body?: Uint8Array<ArrayBuffer>
}

/**
 * Takes a request: each property is read once, and it is one that can be sent.
 * @throws A {@link SecurityError} with code `ERR_REQUEST_INVALID`, `ERR_URL_INVALID` or `ERR_METHOD_FORBIDDEN`.
 * @internal
 */
export function takeRequest(request: HttpRequest): WireRequest {
  const taken = readRequest(request)
  const { method, url, headers } = taken
  if (!isToken(method)) throw invalid('expected the method as an RFC 9110 token')
  // Fetch sends none of them.
  if (/^(?:trace|connect|track)$/i.test(method)) throw new SecurityError('ERR_METHOD_FORBIDDEN')
  if (splitUrl(url) === null) throw new SecurityError('ERR_URL_INVALID')
  const length = String(ownBody(taken)?.length ?? 0)
  for (const [name, value] of Object.entries(headers)) checkHeader(name, value, length)
  if (ownBody(taken) === undefined || !/^(?:get|head)$/i.test(method)) return taken
  throw invalid('a GET or HEAD request has no body')
}

function readRequest(request: HttpRequest): WireRequest {
  try {
    const { method, url, headers } = request
    const given: unknown = ownBody(request)
    const names = plainKeys(headers)
    if (typeof method === 'string' && typeof url === 'string' && names !== null) {
      const copy = Object.fromEntries(names.map((name) => [name, headers[name] as string]))
      const body = bodyOf(given)
      return body === undefined ? { method, url, headers: copy } : { method, url, headers: copy, body }
    }
  } catch (error) {
    if (error instanceof SecurityError) throw error
    // What a getter or proxy threw may quote a secret.
  }
  throw invalid('expected `{ method, url, headers, body? }`')
}

/** Not one from a polluted prototype. @internal */
export function ownBody(request: HttpRequest): HttpRequest['body'] {
  return Object.hasOwn(request, 'body') ? request.body : undefined
}

/** The bytes of a body: what is signed is what is sent, whatever becomes of the caller's. */
function bodyOf(body: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (body === undefined) return undefined
  if (body instanceof Uint8Array) return new Uint8Array(body)
  if (typeof body === 'string' && body.isWellFormed()) return utf8(body)
  throw invalid('expected the body as bytes, or as a text of well-formed Unicode')
}

function checkHeader(name: string, value: unknown, length: string): void {
  if (!isToken(name)) throw invalid('the name of a header is not an RFC 9110 token')
  if (typeof value !== 'string' || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
    throw invalid(`header \`${name}\` holds what no header can carry`)
  const folded = foldHeaderName(name)
  if (isSteeringHeader(name) && !JUDGED.has(folded) && !(folded === 'content-length' && value.trim() === length))
    throw invalid(`header \`${name}\` is for fetch to write`)
}

/** What `apply` looks at itself (REQ-3). */
const JUDGED = new Set(['host', 'connection'])

function invalid(message: string): SecurityError {
  return new SecurityError('ERR_REQUEST_INVALID', { message })
}

/** The methods that fetch writes in upper case. */
const UPPER_CASE = /^(?:delete|get|head|options|post|put)$/i

/**
 * A request as fetch writes it: what is signed must be what the other side sees.
 * @throws A {@link SecurityError} with code `ERR_URL_INVALID`.
 * @internal
 */
export function asFetched(request: HttpRequest): HttpRequest {
  const headers = Object.entries(request.headers).map(([name, value]) => [name, trimmed(value)])
  const method = UPPER_CASE.test(request.method) ? request.method.toUpperCase() : request.method
  return { ...request, method, url: hrefOf(request.url), headers: Object.fromEntries(headers) }
}

/** Without blanks at both ends, as fetch leaves them out. */
function trimmed(value: string): string {
  return new Headers([['x', value]]).get('x') ?? ''
}

/** Without a fragment, and without a `?` that nothing follows: some platforms send it, others do not. */
function hrefOf(url: string): string {
  try {
    const { origin, pathname, search } = new URL(url)
    return origin + pathname + search
  } catch {
    throw new SecurityError('ERR_URL_INVALID')
  }
}
