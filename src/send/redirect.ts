import { SecurityError } from '../errors.ts'
import { withoutParameter } from '../hmac/without-parameter.ts'
import { foldHeaderName } from '../http/grammar.ts'
import { splitUrl } from '../http/url.ts'
import type { HttpRequest } from '../types.ts'
import type { SendOptions } from './capabilities.ts'
import type { Answer } from './read-response.ts'
import { hidesSecret } from './scrub-text.ts'
import { type Sendable, signatureOf, withinOrigin } from './write-credentials.ts'

/** One request of an exchange, before credentials. @internal */
export interface Hop {
  readonly request: HttpRequest
  /** `null` once nothing secret may go along any more, wherever later redirects lead. */
  readonly resolution: Sendable | null
}

const REDIRECTS = new Set([301, 302, 303, 307, 308])

/** Where an answer redirects to; `null` for any other answer. @internal */
export function locationOf({ status, headers, hidden }: Answer): string | null {
  // A browser hides where its manual redirects lead.
  if (hidden) return ''
  return REDIRECTS.has(status) ? headers.get('location') : null
}

/**
 * The request that follows a redirect (REQ-5).
 *
 * Within the origin it is the same one, to be written and signed anew. To another one it takes no credential, no header
 * but the harmless ones and no body, and nothing secret comes back to it later.
 *
 * @param secrets What was sent: a redirect that quotes it to another origin is not followed.
 * @throws A {@link SecurityError} with code `ERR_REDIRECT_REFUSED`; it quotes nothing of the other side.
 * @internal
 */
export function followRedirect(
  hop: Hop,
  status: number,
  location: string,
  policy: SendOptions['redirects'],
  secrets: readonly string[],
): Hop {
  if (policy === undefined || policy === 'refuse') throw refused('the tool redirects')
  const from = splitUrl(hop.request.url)
  const url = resolveLocation(location, hop.request.url)
  const to = url === null ? null : splitUrl(url)
  if (from === null || url === null || to === null) throw refused('the tool redirects to no plain http(s) URL')
  const method = methodAfter(status, hop.request.method)
  if (hop.resolution !== null && to.origin === from.origin) return stay(hop.request, hop.resolution, url, method)
  if (policy !== 'strip') throw refused('the tool redirects to another origin')
  if (from.scheme === 'https' && to.scheme === 'http') throw refused('the tool redirects from https to http')
  if (hidesSecret(url, secrets)) throw refused('the tool redirects to another origin and hands it a credential')
  return { request: { method, url, headers: harmless(hop.request.headers) }, resolution: null }
}

/** A URL without its fragment, which no server sees. */
function resolveLocation(location: string, base: string): string | null {
  try {
    const url = new URL(location, base)
    url.hash = ''
    return url.href
  } catch {
    return null
  }
}

/** As fetch does: POST becomes GET after 301 and 302, every method but GET and HEAD after 303. */
function methodAfter(status: number, method: string): string {
  if (status === 303) return /^(?:get|head)$/i.test(method) ? method : 'GET'
  return (status === 301 || status === 302) && /^post$/i.test(method) ? 'GET' : method
}

/** What describes a body that is no longer there. */
const BODY_HEADER = /^content-|^(?:repr-)?digest$/

function stay(request: HttpRequest, resolution: Sendable, url: string, method: string): Hop {
  // A server that keeps the query when it redirects sends back the signature of the first request.
  const added = signatureOf(resolution)?.writes.filter(({ kind }) => kind === 'query') ?? []
  const target = added.reduce((text, { name }) => withoutParameter(text, name), url)
  const within = withinOrigin(resolution)
  if (method === request.method) return { request: { ...request, url: target }, resolution: within }
  const headers = filterHeaders(request.headers, (name) => !BODY_HEADER.test(name))
  return { request: { method, url: target, headers }, resolution: within }
}

/** What a caller's header may hold nobody knows, but for these. */
const HARMLESS = new Set(['accept', 'accept-language', 'user-agent'])

function harmless(headers: HttpRequest['headers']): HttpRequest['headers'] {
  return filterHeaders(headers, (name) => HARMLESS.has(name))
}

function filterHeaders(headers: HttpRequest['headers'], keeps: (folded: string) => boolean): HttpRequest['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => keeps(foldHeaderName(name))))
}

/** @internal */
export function refused(message: string): SecurityError {
  return new SecurityError('ERR_REDIRECT_REFUSED', { message })
}
