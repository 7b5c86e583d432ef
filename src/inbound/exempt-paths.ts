import { SecurityError } from '../errors.ts'
import { hasDotSegment } from '../http/url.ts'

/**
 * Compiles paths that need no key: `/health` is that path alone, `/api/v1/webhooks/*` everything below it.
 *
 * A path counts in its decoded form, and only where every server reads it alike: no dot segment, no empty segment, no
 * backslash, nothing encoded twice. Case matters.
 *
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`.
 * @internal
 */
export function compileExempt(patterns: readonly string[]): (path: string) => boolean {
  for (const pattern of patterns) {
    if (typeof pattern === 'string' && /^\/[^*?#%\\]*$|^\/(?:[^*?#%\\]+\/)?\*$/.test(pattern) && isPlain(pattern))
      continue
    const message = 'expected each of `exempt` as a path such as `/health` or `/webhooks/*`'
    throw new SecurityError('ERR_ARGUMENT_INVALID', { message })
  }
  const exact = new Set(patterns.filter((pattern) => !pattern.endsWith('*')))
  const prefixes = patterns.filter((pattern) => pattern.endsWith('*')).map((pattern) => pattern.slice(0, -1))
  return (path) => {
    const decoded = decodePath(path)
    if (decoded === null) return false
    return exact.has(decoded) || prefixes.some((prefix) => decoded.length > prefix.length && decoded.startsWith(prefix))
  }
}

function decodePath(path: string): string | null {
  if (hasDotSegment(path)) return null
  try {
    const decoded = decodeURIComponent(path)
    // An encoded slash would move the segment; what is still encoded would be decoded by somebody else.
    return /%2f/i.test(path) || decoded.includes('%') || !isPlain(decoded) ? null : decoded
  } catch {
    return null
  }
}

function isPlain(path: string): boolean {
  return !path.includes('//') && !/[\\\x00-\x1f\x7f]/.test(path) && !hasDotSegment(path)
}
