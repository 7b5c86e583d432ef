/** RFC 9110 section 5.6.2. @internal */
const TOKEN: RegExp = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

// RFC 9110 section 5.5: visible ASCII with inner spaces and tabs; obs-text is refused because stacks disagree on it.
const FIELD_VALUE = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/

// RFC 9110 section 11.2
const TOKEN68 = /^[A-Za-z0-9._~+/-]+=*$/

const CONTROL = /[\x00-\x1f\x7f-\x9f]/
const CONTROL_EXCEPT_TAB = /[\x00-\x08\x0a-\x1f\x7f-\x9f]/

const STEERING = new Set([
  'host',
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'expect',
])

/** Whether a text is an RFC 9110 token: a header name, a cookie name, an auth-scheme or a method. @internal */
export function isToken(text: string): boolean {
  return TOKEN.test(text)
}

/** Whether every recipient reads this header value unchanged. @internal */
export function isFieldValue(text: string): boolean {
  return FIELD_VALUE.test(text)
}

/** @internal */
export function isToken68(text: string): boolean {
  return TOKEN68.test(text)
}

/** @internal */
export function hasControl(text: string): boolean {
  return CONTROL.test(text)
}

/** @internal */
export function hasControlExceptTab(text: string): boolean {
  return CONTROL_EXCEPT_TAB.test(text)
}

/**
 * Whether a header steers the message itself, so that neither a credential nor a parameter may write it (DEF-2).
 * @internal
 */
export function isSteeringHeader(name: string): boolean {
  const folded = foldHeaderName(name)
  return STEERING.has(folded) || folded.startsWith('proxy-')
}

/**
 * The form under which two header names are one place: ASCII lower case, and `_` as `-`, since CGI, WSGI and Rack
 * cannot tell these apart (DEF-3). Names beyond ASCII keep their letters: `toLowerCase` would fold the Kelvin sign to `k`.
 * @internal
 */
export function foldHeaderName(name: string): string {
  if (/^[a-z0-9-]*$/.test(name)) return name
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()).replaceAll('_', '-')
}

/** Whether the UTF-8 form of a well-formed text has at most `limit` bytes. @internal */
export function fitsUtf8(text: string, limit: number): boolean {
  if (text.length * 3 <= limit) return true
  if (text.length > limit) return false
  let bytes = 0
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    // Each half of a surrogate pair counts two of the pair's four bytes.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 2 : 3
  }
  return bytes <= limit
}
