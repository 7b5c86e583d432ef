import { SecurityError } from '../errors.ts'
import type { HttpRequest, Resolution } from '../types.ts'
import { scrubText } from './scrub-text.ts'
import { secretsOf } from './used-secrets.ts'

/** What knows which credentials were used: what `send` or `prepare` gave, itself and no copy, or a resolution. */
export type Used = Response | HttpRequest | Resolution

/**
 * Takes the credentials of a request out of the answer to it, for a reader that must not see them, such as a model.
 *
 * Replaced by `[secret]` are the credentials as they are, percent-encoded, escaped for JSON or HTML, in any mix of these, in
 * base64 at every offset, base64url and hex, there also percent-encoded or escaped for JSON before: also the parts of a Basic
 * credential, what stands behind an auth-scheme, access tokens, signing secrets and signatures. Secrets of fewer than four
 * characters stay, and names of users of fewer than eight: they are part of any text. Needs the whole text: a credential that
 * is split over two pieces is found in neither. Takes up to a third of a second for each 1,048,576 characters.
 *
 * @param response The answer; its body is read.
 * @param used Where the credentials are known from. Default: the answer itself, as {@link send} gave it.
 * @returns The text of the body.
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID` where the credentials are not known.
 * @example
 * const response = await send(request, resolution, capabilities)
 * const textForTheModel = await scrubResponse(response)
 */
export function scrubResponse(response: Response, used?: Used): Promise<string>
/**
 * Takes the credentials of a request out of a text.
 *
 * @param text The whole text.
 * @param used Where the credentials are known from.
 * @returns The text with `[secret]` in place of each.
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID` where the credentials are not known.
 * @example
 * const prepared = await prepare(request, resolution, capabilities)
 * const textForTheModel = scrubResponse(await callWithYourOwnClient(prepared), prepared)
 */
export function scrubResponse(text: string, used: Used): string
export function scrubResponse(answer: Response | string, used?: Used): Promise<string> | string {
  if (typeof answer === 'string') return scrubText(answer, secretsOf(checkUsed(used)))
  return scrubBody(answer, used)
}

async function scrubBody(response: Response, used: Used = response): Promise<string> {
  const secrets = secretsOf(checkUsed(used))
  if (response.bodyUsed) throw refuse('the body of the answer was read before')
  return scrubText(await response.text(), secrets)
}

function checkUsed(used: Used | undefined): Used {
  if (typeof used === 'object' && used !== null) return used
  throw refuse('expected what knows the credentials')
}

function refuse(message: string): SecurityError {
  return new SecurityError('ERR_ARGUMENT_INVALID', { message, phase: 'response' })
}
