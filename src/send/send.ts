import type { HttpRequest, Resolution } from '../types.ts'
import type { Capabilities, SendOptions } from './capabilities.ts'
import { startDeadline } from './deadline.ts'
import { discard, exchange, type Sending } from './exchange.ts'
import { type Meeting, type MetResolution, meetNeeds } from './meet-needs.ts'
import { telling } from './prepare.ts'
import { readCapabilities, readSendOptions } from './read-capabilities.ts'
import { readResponse } from './read-response.ts'
import { renewCredentials } from './renew.ts'
import { collectSecrets, remember } from './used-secrets.ts'
import { takeRequest, type WireRequest } from './wire-request.ts'

const TIMEOUT_MS = 10_000
const MAX_RESPONSE_BYTES = 10 * 1024 * 1024
const UNAUTHORIZED = 401

/**
 * Sends a tool's request with its credentials and reads the whole answer.
 *
 * Meets every need, writes the credentials and signs last. Follows no redirect unless the options allow it, and never takes a
 * credential or a body to another origin (REQ-5). After a 401 the request is sent once more, if there is a newer
 * credential: a stored one with another value, an access token fetched in place of the one that failed. The option
 * that was chosen stays chosen (SEL-7).
 *
 * @param request Method, absolute URL, headers, body.
 * @param resolution What `resolve` or `resolveCall` gave for the tool that this request is of.
 * @param capabilities What meets the needs, and `fetch`.
 * @returns The answer with its body read, whatever its status. {@link scrubResponse} takes the credentials out of it.
 * @throws A {@link core.SecurityError} as {@link prepare} does, and with code `ERR_SEND_FAILED` (the network), `ERR_SEND_TIMEOUT`,
 * `ERR_SEND_ABORTED`, `ERR_REDIRECT_REFUSED`, `ERR_RESPONSE_TOO_LARGE` or `ERR_ADDRESS_REFUSED`. Its `phase` says whether
 * anything was sent (`response`: yes), `retryable` whether the same may succeed later. It never quotes a credential, nor
 * the platform's own error.
 * @example
 * const response = await send(buildRequest(tool, { parameters }), tool.resolution, { credentialStore, tokenCache })
 * const textForTheModel = await scrubResponse(response)
 */
export async function send(
  request: HttpRequest,
  resolution: Resolution,
  capabilities: Capabilities = {},
  options: SendOptions = {},
): Promise<Response> {
  const able = readCapabilities(capabilities)
  return telling(able, () => sendTaken(request, resolution, able, readSendOptions(options)))
}

async function sendTaken(
  request: HttpRequest,
  resolution: Resolution,
  capabilities: Partial<Capabilities>,
  options: Partial<SendOptions>,
): Promise<Response> {
  const { timeoutMs = TIMEOUT_MS, maxResponseBytes = MAX_RESPONSE_BYTES, signal } = options
  const taken = takeRequest(request)
  const deadline = startDeadline(timeoutMs, signal)
  const sending = { capabilities, options, deadline, secrets: collectSecrets() }
  try {
    const met = await meetNeeds(taken, resolution, sending)
    const first = await sendMet(taken, met, sending)
    const newer =
      first.response.status === UNAUTHORIZED && first.authenticated
        ? await renewCredentials(taken, resolution, met, sending)
        : null
    if (newer !== null) discard(first.response)
    const { response } = newer === null ? first : await sendMet(taken, newer, sending)
    return remember(await readResponse(response, maxResponseBytes, deadline), sending.secrets)
  } finally {
    deadline.stop()
  }
}

function sendMet(request: WireRequest, { resolution, met }: MetResolution, sending: Sending & Meeting) {
  sending.secrets.addMet(met)
  return exchange({ request, resolution }, sending)
}
