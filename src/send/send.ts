import type { HttpRequest, Resolution } from '../types.ts'
import type { Capabilities, SendOptions } from './capabilities.ts'
import { type Deadline, startDeadline } from './deadline.ts'
import { type Exchanged, exchange, type Sending } from './exchange.ts'
import { afterAnswer } from './failure.ts'
import { type Meeting, type MetResolution, meetNeeds } from './meet-needs.ts'
import { telling, toOwn } from './prepare.ts'
import { readCapabilities, readSendOptions } from './read-capabilities.ts'
import { type Answer, discard, readAnswer } from './read-response.ts'
import { renewCredentials } from './renew.ts'
import { collectSecrets, remember } from './used-secrets.ts'
import { takeRequest, type WireRequest } from './wire-request.ts'

const TIMEOUT_MS = 10_000
const MAX_RESPONSE_BYTES = 1024 * 1024
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
 * anything was sent (up to `need`: no; `request`: perhaps; `response`: the tool has answered), `retryable` whether the same
 * may succeed later. It never quotes a credential, nor the platform's own error.
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
  return telling(able, async () => {
    const read = readSendOptions(options)
    return withinTime(read, [read.signal], (deadline) => sendTaken(request, resolution, able, read, deadline))
  })
}

/** Runs under the limit of time of some options. @internal */
export async function withinTime<T>(
  { timeoutMs = TIMEOUT_MS }: Partial<SendOptions>,
  signals: readonly (AbortSignal | undefined)[],
  run: (deadline: Deadline) => Promise<T>,
): Promise<T> {
  const deadline = startDeadline(timeoutMs, signals)
  try {
    return await run(deadline)
  } finally {
    deadline.stop()
  }
}

/** Sends once everything of the caller is read. What fails knows what was used, too, as the answer does. @internal */
export async function sendTaken(
  request: HttpRequest,
  resolution: Resolution,
  capabilities: Partial<Capabilities>,
  options: Partial<SendOptions>,
  deadline: Deadline,
): Promise<Response> {
  const secrets = collectSecrets()
  const sending = { capabilities, options, deadline, secrets }
  try {
    const { maxResponseBytes = MAX_RESPONSE_BYTES } = options
    const answer = await answerTo(takeRequest(request), resolution, sending)
    return remember(await readAnswer(answer, maxResponseBytes, deadline), secrets)
  } catch (error) {
    throw remember(toOwn(error), secrets)
  }
}

/** The answer, to the second request where a 401 brought newer credentials. */
async function answerTo(request: WireRequest, resolution: Resolution, sending: Sending & Meeting): Promise<Answer> {
  const met = await meetNeeds(request, resolution, sending)
  const first = await sendMet(request, met, sending, false)
  if (first.answer.status !== UNAUTHORIZED || !first.authenticated) return first.answer
  const newer = await afterAnswer(() => renewCredentials(request, resolution, met, sending))
  if (newer === null) return first.answer
  void discard(first.answer)
  return (await sendMet(request, newer, sending, true)).answer
}

function sendMet(
  request: WireRequest,
  { resolution, met }: MetResolution,
  sending: Sending & Meeting,
  answered: boolean,
): Promise<Exchanged> {
  sending.secrets.addMet(met)
  return exchange({ request, resolution }, sending, answered)
}
