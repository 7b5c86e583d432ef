import { SecurityError } from '../errors.ts'
import { total } from '../total.ts'
import type { HttpRequest, Resolution } from '../types.ts'
import type { Capabilities, SendOptions } from './capabilities.ts'
import { ownErrors } from './failure.ts'
import { telling } from './prepare.ts'
import { readCapabilities, readSendOptions } from './read-capabilities.ts'
import { sendTaken, withinTime } from './send.ts'

/** The resolution for a request, before its credentials are written. */
export type ResolutionOf = Resolution | ((request: HttpRequest) => Promise<Resolution> | Resolution)

/**
 * Makes a `fetch` that sends each request as {@link send} does, for code that takes a `fetch`, such as an API's client.
 *
 * Redirects are those of the options, whatever a request says: one that asks for `manual` or `error` gets an error. The
 * body of a request is read before it is sent, that of the answer before it is given. The limit of time covers both, and
 * `resolutionOf`.
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
  const choose = async (request: HttpRequest): Promise<Resolution> =>
    typeof resolutionOf === 'function' ? resolutionOf(request) : resolutionOf
  return async (input, init) => {
    const outcome = await telling<PromiseSettledResult<Response>>(able, async () => {
      const asked = takeAsked(input, init)
      return withinTime(policy, [always, asked.signal], async (deadline) => {
        const request = await deadline.within(readAsked(input, asked), 'need')
        const [chosen] = await deadline.within(Promise.allSettled([choose(request)]), 'need')
        if (chosen.status === 'rejected') return chosen
        return { status: 'fulfilled', value: await sendTaken(request, chosen.value, able, policy, deadline) }
      })
    })
    // What the platform's own function throws is the platform's.
    if (outcome.status === 'rejected') throw outcome.reason
    return outcome.value
  }
}

/** What the arguments of `fetch` ask for, as fetch itself reads them. */
function takeAsked(input: RequestInfo | URL, init: RequestInit | undefined): Request {
  return total('ERR_REQUEST_INVALID', () => new Request(input, init))
}

/** The request with its whole body. What the platform says of it may quote header values and URLs. */
function readAsked(input: RequestInfo | URL, asked: Request): Promise<HttpRequest> {
  const read = async (): Promise<HttpRequest> => {
    // A request without a body has none; an empty text is a body.
    const body = asked.body === null ? {} : { body: new Uint8Array(await asked.arrayBuffer()) }
    return { method: asked.method, url: urlOf(input, asked), headers: Object.fromEntries(asked.headers), ...body }
  }
  return ownErrors(read, () => new SecurityError('ERR_REQUEST_INVALID'))
}

/** A text stays as it was written: only so can an odd spelling be refused. */
function urlOf(input: RequestInfo | URL, asked: Request): string {
  return typeof input === 'string' ? input : asked.url
}
