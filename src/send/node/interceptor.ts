import { stringify } from 'node:querystring'
import type { Dispatcher } from 'undici'
import { SecurityError } from '../../errors.ts'
import { splitUrl } from '../../http/url.ts'
import type { HttpRequest } from '../../types.ts'
import type { Capabilities, PrepareOptions } from '../capabilities.ts'
import type { ResolutionOf } from '../create-fetch.ts'
import { ownErrors } from '../failure.ts'
import { prepare } from '../prepare.ts'
import { readCapabilities, readPrepareOptions } from '../read-capabilities.ts'
import { ownBody } from '../wire-request.ts'

/**
 * Makes an interceptor for undici that prepares each request as {@link send.prepare} does.
 *
 * Compose it first, right at the dispatcher: what stands behind it, such as undici's own `redirect` or `retry`, then dispatches
 * through it, and each redirect is prepared anew or refused, because the credential belongs to one origin.
 * It does not ask again after a 401; {@link send.send} does.
 *
 * @param resolutionOf The resolution, or what gives one for a request.
 * @param capabilities What meets the needs.
 * @returns The interceptor. A refused request fails with a {@link core.SecurityError}, or with what `resolutionOf` throws, and
 * nothing is sent.
 * @throws A {@link core.SecurityError} with code `ERR_ARGUMENT_INVALID` for unusable options, at once.
 * @example
 * const dispatcher = new Agent().compose(createInterceptor(tool.resolution, { credentialStore }), interceptors.retry())
 * const { statusCode, body } = await request(url, { dispatcher })
 */
export function createInterceptor(
  resolutionOf: ResolutionOf,
  capabilities: Capabilities = {},
  options: PrepareOptions = {},
): Dispatcher.DispatcherComposeInterceptor {
  const able = readCapabilities(capabilities) as Capabilities
  const policy = readPrepareOptions(options)
  return (dispatch) => (asked, handler) => {
    prepareDispatched(asked, resolutionOf, able, policy)
      .then((prepared) => dispatch(prepared, handler))
      .catch((error: unknown) => failDispatch(handler, error))
    return true
  }
}

async function prepareDispatched(
  asked: Dispatcher.DispatchOptions,
  resolutionOf: ResolutionOf,
  capabilities: Capabilities,
  options: PrepareOptions,
): Promise<Dispatcher.DispatchOptions> {
  const request = await ownErrors(
    () => readDispatched(asked),
    () => invalid('the request could not be read'),
  )
  const resolution = typeof resolutionOf === 'function' ? await resolutionOf(request) : resolutionOf
  const prepared = await prepare(request, resolution, capabilities, options)
  const { method, url, headers } = prepared
  const body = ownBody(prepared) ?? null
  const { query: _query, ...rest } = asked
  // Where it goes is what was checked, not what was asked for.
  return { ...rest, ...placeOf(url), method: method as Dispatcher.HttpMethod, headers: { ...headers }, body }
}

function placeOf(url: string): { readonly origin: string; readonly path: string } {
  const parts = splitUrl(url)
  if (parts === null) throw new SecurityError('ERR_URL_INVALID')
  const { origin, path, query } = parts
  return { origin, path: (path || '/') + (query === null ? '' : `?${query}`) }
}

async function readDispatched(asked: Dispatcher.DispatchOptions): Promise<HttpRequest> {
  const { origin, path, query, method, headers, body } = asked
  if (origin === undefined) throw invalid('a dispatcher of one origin leaves it out: compose an `Agent`')
  // A path that begins with a digit would go on with the port.
  if (!String(path).startsWith('/')) throw invalid('expected a path that begins with `/`')
  const url = new URL(String(origin)).origin + path + (query == null ? '' : `?${stringify(query)}`)
  const request = { method, url, headers: readHeaders(headers) }
  const bytes = await readBody(body)
  return bytes === undefined ? request : { ...request, body: bytes }
}

/** A record, a flat list of names and values, or pairs. */
function readHeaders(headers: Dispatcher.DispatchOptions['headers']): HttpRequest['headers'] {
  const joined = new Map<string, string>()
  for (const [name, value] of pairsOf(headers)) {
    const lower = name.toLowerCase()
    const before = joined.get(lower)
    joined.set(lower, before === undefined ? value : `${before}${lower === 'cookie' ? '; ' : ', '}${value}`)
  }
  return Object.fromEntries(joined)
}

function pairsOf(headers: Dispatcher.DispatchOptions['headers']): readonly (readonly [string, string])[] {
  const given: object = headers ?? []
  const entries: readonly unknown[] =
    Symbol.iterator in given ? [...(given as Iterable<unknown>)] : Object.entries(given)
  const isFlat = entries.length > 0 && !Array.isArray(entries[0])
  const pairs = isFlat
    ? entries.flatMap((name, index) => (index % 2 === 0 ? [[name, entries[index + 1]]] : []))
    : entries
  return (pairs as [unknown, unknown][]).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap((each: unknown) =>
      each === undefined ? [] : [[String(name), String(each)] as const],
    ),
  )
}

/** The bytes of a body; a stream is read, because what is signed must be there as a whole. */
async function readBody(body: unknown): Promise<Uint8Array | string | undefined> {
  if (body === null || body === undefined) return undefined
  if (typeof body === 'string' || body instanceof Uint8Array) return body
  if (typeof body !== 'object' || !(Symbol.asyncIterator in body))
    throw invalid('expected the body as bytes, text or stream')
  const chunks: Uint8Array[] = []
  for await (const chunk of body as AsyncIterable<Uint8Array | string>) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

function invalid(message: string): SecurityError {
  return new SecurityError('ERR_REQUEST_INVALID', { message })
}

/** Version 6 of undici calls it `onError`. */
function failDispatch(handler: Dispatcher.DispatchHandler, error: unknown): void {
  const { onError } = handler as { onError?: (error: unknown) => void }
  if (handler.onResponseError !== undefined) handler.onResponseError(null as never, error as Error)
  else onError?.call(handler, error)
}
