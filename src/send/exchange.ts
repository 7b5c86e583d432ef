import { SecurityError } from '../errors.ts'
import { splitUrl } from '../http/url.ts'
import type { ApplyOptions } from '../plan/apply.ts'
import type { HttpRequest } from '../types.ts'
import type { Capabilities, SendOptions } from './capabilities.ts'
import type { Deadline } from './deadline.ts'
import { tell } from './events.ts'
import { afterAnswer, sendFailure } from './failure.ts'
import { type Answer, discard, takeAnswer } from './read-response.ts'
import { followRedirect, type Hop, locationOf, refused } from './redirect.ts'
import type { UsedSecrets } from './used-secrets.ts'
import { ownBody } from './wire-request.ts'
import { writeCredentials } from './write-credentials.ts'

/** With what requests are sent. @internal */
export interface Sending {
  readonly capabilities: Partial<Capabilities>
  readonly options: Partial<SendOptions>
  readonly deadline: Deadline
  /** Everything secret that was sent, for the scrubber. */
  readonly secrets: UsedSecrets
}

/** An answer, and what got it. @internal */
export interface Exchanged {
  readonly answer: Answer
  /** Whether the request that got it carried the credentials. */
  readonly authenticated: boolean
}

const MAX_REDIRECTS = 5

/**
 * Sends a request and follows the redirects that the policy allows.
 * @param answered Whether the tool has answered a request before.
 * @internal
 */
export async function exchange(first: Hop, sending: Sending, answered: boolean): Promise<Exchanged> {
  const { maxRedirects = MAX_REDIRECTS, redirects } = sending.options
  let hop = first
  for (let count = 0; ; count += 1) {
    const written = (): Promise<HttpRequest> => write(hop, sending)
    const outgoing = await (answered || count > 0 ? afterAnswer(written) : written())
    const answer = await fetchOnce(outgoing, sending)
    const location = locationOf(answer)
    if (location === null) return { answer, authenticated: hop.resolution !== null }
    void discard(answer)
    const next = followRedirect(hop, answer.status, location, redirects, sending.secrets.list())
    if (count >= maxRedirects) throw refused(`more than ${maxRedirects} redirects`)
    const sameOrigin = splitUrl(next.request.url)?.origin === splitUrl(hop.request.url)?.origin
    tell(sending.capabilities.observe, { type: 'redirect', status: answer.status, sameOrigin })
    hop = next
  }
}

async function write({ request, resolution }: Hop, { capabilities, options, secrets }: Sending): Promise<HttpRequest> {
  if (resolution === null) return request
  const outgoing = await writeCredentials(request, resolution, applyOptions(options), capabilities)
  secrets.addWritten(outgoing, resolution)
  return outgoing
}

/** @internal */
export function applyOptions({ origin }: Partial<SendOptions>): ApplyOptions {
  return origin === undefined ? {} : { origin }
}

async function fetchOnce(outgoing: HttpRequest, { capabilities, deadline }: Sending): Promise<Answer> {
  const { method, url, headers } = outgoing
  const body = (ownBody(outgoing) ?? null) as Uint8Array<ArrayBuffer> | null
  const init = { method, headers: Object.entries(headers), body, redirect: 'manual', signal: deadline.signal } as const
  // A local of its own, so that the function is called without a `this`; and no option from a polluted prototype.
  const send = capabilities.fetch ?? fetch
  const answer = deliver(() => send(url, Object.assign(Object.create(null), init)))
  try {
    return await deadline.within(answer, 'request')
  } catch (error) {
    answer.then(discard, () => undefined)
    throw error
  }
}

/** What fetch throws may quote a header or URL. */
async function deliver(run: () => Promise<Response>): Promise<Answer> {
  let response: Response
  try {
    response = await run()
  } catch (error) {
    throw sendFailure(error, 'request')
  }
  if (typeof response?.status === 'number') return takeAnswer(response)
  throw new SecurityError('ERR_SEND_FAILED', { message: '`fetch` gave no response' })
}
