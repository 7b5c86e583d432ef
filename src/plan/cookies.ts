import { SecurityError } from '../errors.ts'
import { occupied } from './occupied.ts'
import type { OutgoingCookie } from './outgoing.ts'

/**
 * Adds cookies to a request's `Cookie` header, which it changes; the others stay as they are (RFC 6265 section 4.2).
 * @throws A {@link SecurityError} with code `ERR_CARRIER_OCCUPIED` for another value of the same cookie, and
 * `ERR_REQUEST_INVALID` for several `Cookie` headers.
 * @internal
 */
export function writeCookies(headers: Record<string, string>, cookies: readonly OutgoingCookie[]): void {
  const [name = 'Cookie', ...others] = Object.keys(headers).filter((key) => key.toLowerCase() === 'cookie')
  if (others.length > 0) {
    throw new SecurityError('ERR_REQUEST_INVALID', { message: 'the request has several `Cookie` headers' })
  }
  const given = headers[name] ?? ''
  const present = readCookies(given)
  const missing = cookies.filter((cookie) => !isPresent(present, cookie))
  if (missing.length === 0) return
  const text = missing.map((cookie) => `${cookie.name}=${cookie.value}`).join('; ')
  headers[name] = given.trim() === '' ? text : `${withoutTrailing(given)}; ${text}`
}

/** A pattern for this would try every start in turn. */
function withoutTrailing(header: string): string {
  let end = header.length
  while (end > 0 && '; \t'.includes(header.charAt(end - 1))) end -= 1
  return header.slice(0, end)
}

function readCookies(header: string): readonly OutgoingCookie[] {
  return header.split(';').flatMap((pair) => {
    const equals = pair.indexOf('=')
    return equals < 0 ? [] : [{ name: pair.slice(0, equals).trim(), value: pair.slice(equals + 1).trim() }]
  })
}

function isPresent(present: readonly OutgoingCookie[], { name, value }: OutgoingCookie): boolean {
  const found = present.filter((cookie) => cookie.name === name)
  if (found.length === 0) return false
  if (found.length > 1 || found[0]?.value !== value) throw occupied({ kind: 'cookie', name })
  return true
}
