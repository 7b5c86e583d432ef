import { SecurityError } from '../errors.ts'
import { foldHeaderName, isToken } from '../http/grammar.ts'
import { appendQueryText, readQuery } from '../http/query.ts'
import { plainKeys } from '../plain-keys.ts'
import { readOptions } from '../read-options.ts'
import { total } from '../total.ts'
import type { HttpRequest, Resolution } from '../types.ts'
import { writeCookies } from './cookies.ts'
import { occupied } from './occupied.ts'
import { lengthBit, type Outgoing, type OutgoingQuery, outgoingOf } from './outgoing.ts'
import { checkTarget, targetOf } from './target.ts'

/** How a resolution is applied. */
export interface ApplyOptions {
  /** `https://host[:port]` that may get the credential; taken only where the definition has no `http`. */
  readonly origin?: string
}

/**
 * Writes the credentials of a resolution into a request.
 *
 * The given request is never changed. The URL stays byte for byte as it was; query parameters are appended before the
 * fragment. Applying twice gives the same request (REQ-1, REQ-2).
 *
 * @param request Method, absolute URL, headers, body.
 * @param resolution What {@link resolve} gave for the tool that this request is of.
 * @param options Where the credential may go, for a definition without `http`.
 * @returns A new request; the given one for an `unauthenticated` resolution.
 * @throws A {@link SecurityError}: `ERR_NOT_RESOLVED`, `ERR_NEED_UNMET`, `ERR_ORIGIN_UNKNOWN`, `ERR_ORIGIN_MISMATCH`,
 * `ERR_PATH_MISMATCH`, `ERR_PATH_DOTS`, `ERR_URL_INVALID`, `ERR_METHOD_FORBIDDEN`, `ERR_HOST_MISMATCH`,
 * `ERR_CONNECTION_HEADER`, `ERR_CARRIER_OCCUPIED`, `ERR_REQUEST_INVALID` or `ERR_ARGUMENT_INVALID`.
 * @example
 * apply({ method: 'GET', url: 'https://api.example.com/price?symbol=NVDA', headers: {} }, resolution)
 * // { method: 'GET', url: 'https://api.example.com/price?symbol=NVDA&apiKey=…', headers: {} }
 */
export function apply(request: HttpRequest, resolution: Resolution, options?: ApplyOptions): HttpRequest {
  return total('ERR_NOT_RESOLVED', () => applyResolution(request, resolution, options))
}

function applyResolution(request: HttpRequest, resolution: Resolution, options: ApplyOptions | undefined): HttpRequest {
  if (resolution?.outcome === 'unauthenticated') return request
  if (resolution?.outcome !== 'authenticated') throw new SecurityError('ERR_NOT_RESOLVED')
  if (resolution.needs.length > 0) {
    const kinds = resolution.needs.map((need) => need.kind).join(', ')
    throw new SecurityError('ERR_NEED_UNMET', { message: `still owed: ${kinds}`, phase: 'need' })
  }
  const { method, url, headers, body } = readRequest(request)
  checkMethod(method)
  const outgoing = outgoingOf(resolution)
  const origin = options === undefined ? undefined : readOptions<ApplyOptions>(options, APPLY_OPTIONS).origin
  const target = outgoing.target ?? targetOf(resolution.binding, origin)
  checkTarget(url, target)
  const written = writeHeaders(headers, outgoing, target.origin)
  const query = outgoing.query.length === 0 ? url : writeQuery(url, outgoing.query)
  return body === undefined ? { method, url: query, headers: written } : { method, url: query, headers: written, body }
}

const APPLY_OPTIONS = { origin: (value: unknown) => typeof value === 'string' }

interface ReadRequest {
  readonly method: string
  readonly url: string
  /** A copy that may be written to. */
  readonly headers: Record<string, string>
  readonly body: Uint8Array | string | undefined
}

/** Reads each property of a request once. */
function readRequest(request: HttpRequest): ReadRequest {
  try {
    const { method, url, headers } = request
    const body = Object.hasOwn(request, 'body') ? request.body : undefined
    const copy = copyHeaders(headers)
    if (typeof method === 'string' && typeof url === 'string' && copy !== null)
      return { method, url, headers: copy, body }
  } catch {
    // What a getter or proxy threw may quote a secret.
  }
  throw new SecurityError('ERR_REQUEST_INVALID', {
    message: 'expected `{ method, url, headers }`, each of them and each header a text',
  })
}

/** `null` for what is no record of texts, such as a list or a `Headers` object, whose entries would be lost. */
function copyHeaders(headers: unknown): Record<string, string> | null {
  const names = plainKeys(headers)
  if (names === null) return null
  const copy: Record<string, string> = {}
  for (const name of names) {
    const value: unknown = (headers as Record<string, unknown>)[name]
    if (typeof value !== 'string') return null
    setHeader(copy, name, value)
  }
  return copy
}

function checkMethod(method: string): void {
  if (method === 'GET' || method === 'POST') return
  if (!isToken(method))
    throw new SecurityError('ERR_REQUEST_INVALID', { message: 'expected the method as an RFC 9110 token' })
  if (/^(?:trace|connect)$/i.test(method)) throw new SecurityError('ERR_METHOD_FORBIDDEN')
}

/** Adds the headers to the copy (REQ-2), and checks the two that steer where it goes (REQ-3). */
function writeHeaders(headers: Record<string, string>, outgoing: Outgoing, origin: string): Record<string, string> {
  for (const name of Object.keys(headers)) {
    if ((outgoing.lengths & lengthBit(name)) === 0) continue
    const value = headers[name] as string
    const folded = foldHeaderName(name)
    if (folded === 'host') checkHost(value, origin)
    else if (folded === 'connection') checkConnection(value)
    for (const header of outgoing.headers) {
      if (folded !== header.folded) continue
      if (value !== header.value) throw occupied({ kind: 'header', name: header.name })
      delete headers[name]
    }
  }
  for (const { name, value } of outgoing.headers) setHeader(headers, name, value)
  if (outgoing.cookies.length > 0) writeCookies(headers, outgoing.cookies)
  return headers
}

/** `__proto__` is a header name like any other; assigned, it would be lost. */
function setHeader(headers: Record<string, string>, name: string, value: string): void {
  if (name !== '__proto__') headers[name] = value
  else Object.defineProperty(headers, name, { value, writable: true, enumerable: true, configurable: true })
}

function checkHost(value: string, origin: string): void {
  const host = /^[\x21-\x7e]*$/.test(value) ? value.toLowerCase() : ''
  if (host !== origin.slice(origin.indexOf('//') + 2)) throw new SecurityError('ERR_HOST_MISMATCH')
}

/** A hop drops the headers that Connection names, the credential's too (T15). */
function checkConnection(value: string): void {
  const harmless = value.split(',').every((option) => /^(?:keep-alive|close)?$/i.test(option.trim()))
  if (!harmless) throw new SecurityError('ERR_CONNECTION_HEADER')
}

/** Appends the parameters that are not there yet. */
function writeQuery(url: string, outgoing: readonly OutgoingQuery[]): string {
  const hash = url.indexOf('#')
  const mark = url.indexOf('?')
  const hasQuery = mark >= 0 && (hash < 0 || mark < hash)
  const query = hasQuery ? url.slice(mark + 1, hash < 0 ? undefined : hash) : ''
  const missing = hasQuery ? outgoing.filter((parameter) => !isPresent(query, parameter)) : outgoing
  return appendQueryText(url, missing.map(({ text }) => text).join('&'))
}

/** Whether the very parameter stands in the query already, once; another value of it is refused, however it is spelled. */
function isPresent(query: string, { name, value }: OutgoingQuery): boolean {
  // Unescaped, a name can only stand there as it is.
  if (!query.includes(name) && !query.includes('%') && !query.includes('+')) return false
  const found = readQuery(query).filter((pair) => pair.name === name)
  if (found.length === 0) return false
  if (found.length > 1 || found[0]?.value !== value) throw occupied({ kind: 'query', name })
  return true
}
