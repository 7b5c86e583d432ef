import { SecurityError } from '../errors.ts'
import { hasDotSegment } from '../http/url.ts'

/**
 * Compiles paths that need no key: `/health` is that path alone, `/api/v1/webhooks/*` everything below it.
 *
 * A path counts only where every server reads it alike: no dot segment, no empty segment, no backslash, no `#`, nothing encoded
 * twice, no slash encoded, and no escape in the part that is written out in a pattern, since some routers decode before
 * they match and some do not. Case matters.
 *
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`.
 * @internal
 */
export function compileExempt(patterns: readonly string[]): (path: string) => boolean {
  for (const pattern of patterns) {
    if (/^\/[^*?#%\\]*$|^\/(?:[^*?#%\\]+\/)?\*$/.test(pattern) && isPlain(pattern) && pattern.isWellFormed()) continue
    const message = 'expected each of `exempt` as a path such as `/health` or `/webhooks/*`'
    throw new SecurityError('ERR_ARGUMENT_INVALID', { message })
  }
  const isBelow = (pattern: string): boolean => pattern.endsWith('*')
  const exact = new Set(patterns.filter((pattern) => !isBelow(pattern)).map(encodeURI))
  const prefixes = patterns.filter(isBelow).map((pattern) => encodeURI(pattern.slice(0, -1)))
  return (path) => {
    if (!isReadAlike(path)) return false
    return exact.has(path) || prefixes.some((prefix) => path.length > prefix.length && path.startsWith(prefix))
  }
}

function isReadAlike(path: string): boolean {
  try {
    const decoded = decodeURIComponent(path)
    // A `#` ends the path for some; an encoded slash would move the segment; what is still encoded would be decoded by somebody else.
    return !/#|%2f/i.test(path) && !decoded.includes('%') && isPlain(decoded)
  } catch {
    return false
  }
}

function isPlain(path: string): boolean {
  return !path.includes('//') && !/[\\\x00-\x1f\x7f]/.test(path) && !hasDotSegment(path)
}
