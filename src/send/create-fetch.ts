import { SecurityError } from '../errors.ts'
import type { HttpRequest, Resolution } from '../types.ts'
import type { Capabilities, SendOptions } from './capabilities.ts'
import { readCapabilities, readSendOptions } from './read-capabilities.ts'
import { send } from './send.ts'

/** The resolution for a request, before its credentials are written. */
export type ResolutionOf = Resolution | ((request: HttpRequest) => Promise<Resolution> | Resolution)

/**
 * Makes a `fetch` that sends each request as {@link send} does, for code that takes a `fetch`, such as an API's client.
 *
 * Redirects are those of the options, whatever a request says: one that asks for `manual` or `error` gets an error. The
 * body of a request is read before it is sent, that of the answer before it is given.
 *
 * @param resolutionOf The resolution, or what gives one for a request.
 * @param capabilities As for `send`.
 * @returns A function with the arguments of `fetch`. It rejects with a {@link SecurityError} as `send` does, and with what
 * `resolutionOf` throws.
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID` for unusable options, at once.
 * @example
 * const client = new SomeApiClient({ fetch: createFetch(tool.resolution, { credentialStore }) })
 */
export function createFetch(
  resolutionOf: ResolutionOf,
  capabilities: Capabilities = {},
  options: SendOptions = {},
): typeof fetch {
  const able = readCapabilities(capabilities)
  const { signal: always, ...policy } = readSendOptions(options)
  return async (input, init) => {
    const asked = await readFetched(input, init)
    const resolution = typeof resolutionOf === 'function' ? await resolutionOf(asked.request) : resolutionOf
    const signal = always === undefined ? asked.signal : AbortSignal.any([always, asked.signal])
    return send(asked.request, resolution, able as Capabilities, { ...(policy as SendOptions), signal })
  }
}

/** What the arguments of `fetch` ask for, as fetch itself reads them. */
async function readFetched(
  input: RequestInfo | URL,
  init: RequestInit | undefined,
): Promise<{ readonly request: HttpRequest; readonly signal: AbortSignal }> {
  try {
    const asked = new Request(input, init)
    const { method, signal } = asked
    // A request without a body has none; an empty text is a body.
    const body = asked.body === null ? undefined : new Uint8Array(await asked.arrayBuffer())
    const headers = Object.fromEntries(asked.headers)
    const url = urlOf(input, asked)
    return { request: body === undefined ? { method, url, headers } : { method, url, headers, body }, signal }
  } catch {
    // The platform's error quotes header values and URLs.
    throw new SecurityError('ERR_REQUEST_INVALID')
  }
}

/** A text stays as it was written: only so can an odd spelling be refused. */
function urlOf(input: RequestInfo | URL, asked: Request): string {
  return typeof input === 'string' ? input : asked.url
}
