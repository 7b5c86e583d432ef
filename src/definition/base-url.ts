import { hasDotSegment, isLoopback, splitUrl, type UrlParts } from '../http/url.ts'
import { type Issue, makeIssue } from '../result.ts'

const POINTER = '/http/baseUrlPattern'

/** Whether plain http may carry a credential to this URL. @internal */
export function isInsecure(url: UrlParts): boolean {
  return url.scheme === 'http' && !isLoopback(url.host)
}

/**
 * Checks the base URL of a definition that can send a credential (DEF-5).
 * @param allowed Origins where plain http is accepted.
 * @internal
 */
export function checkBaseUrl(pattern: string, allowed: readonly string[]): readonly Issue[] {
  if (authorityOf(pattern).includes('{')) {
    const message =
      'a placeholder stands in the scheme, host or port, so a parameter could choose who gets the credential'
    return [
      makeIssue('ERR_BASE_URL_PLACEHOLDER', POINTER, message, 'write the origin out; placeholders belong in the path'),
    ]
  }
  const url = splitUrl(pattern)
  if (url === null || hasDotSegment(url.path)) {
    const message = 'expected an absolute http or https URL in its plain spelling'
    const help = 'no user info, white space, backslash, `.` or `..` segment; a host beyond ASCII as `xn--…`'
    return [makeIssue('ERR_BASE_URL', POINTER, message, help)]
  }
  if (isInsecure(url) && !allowed.includes(url.origin)) {
    const message = 'a credential would travel over plain http, readable on the way'
    return [
      makeIssue(
        'ERR_BASE_URL_INSECURE',
        POINTER,
        message,
        'use https, or list the exact origin in `allowInsecureOrigins`',
      ),
    ]
  }
  return []
}

/** The text up to the end of the authority, also where a placeholder runs into it. */
function authorityOf(pattern: string): string {
  // Both parts may be empty, so that this matches any text.
  const [authority] = /^[^/?#]*(?:\/\/[^/?#]*)?/.exec(pattern) as RegExpExecArray
  return authority
}
