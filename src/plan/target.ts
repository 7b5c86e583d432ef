import { SecurityError } from '../errors.ts'
import { hasDotSegment, isLoopback, splitUrl } from '../http/url.ts'
import type { Binding } from '../types.ts'

/** Where a credential may go. @internal */
export interface Target {
  readonly origin: string
  readonly pathPrefix: string
  /** Origin and path prefix as one text. */
  readonly prefix: string
  /** Whether any text may continue the prefix, or only what starts with `/`. */
  readonly pathOpen: boolean
}

/**
 * The target of a binding.
 * @param origin Taken only where the binding has none (REQ-3).
 * @internal
 */
export function targetOf(binding: Binding, origin: string | undefined): Target {
  if (binding.origin !== null) {
    const pathPrefix = binding.pathPrefix ?? ''
    return {
      origin: binding.origin,
      pathPrefix,
      prefix: binding.origin + pathPrefix,
      pathOpen: binding.pathOpen || pathPrefix.endsWith('/'),
    }
  }
  if (origin === undefined) throw new SecurityError('ERR_ORIGIN_UNKNOWN')
  const url = splitUrl(origin)
  if (url === null || url.path !== '' || url.query !== null || url.fragmentStart !== origin.length) {
    throw new SecurityError('ERR_ARGUMENT_INVALID', {
      message: 'expected `origin` as `https://host[:port]`',
      phase: 'request',
    })
  }
  if (url.scheme === 'http' && !isLoopback(url.host))
    throw new SecurityError('ERR_BASE_URL_INSECURE', { phase: 'request' })
  return { origin: url.origin, pathPrefix: '', prefix: url.origin, pathOpen: true }
}

// After the exact origin, nothing that needs a closer look: no backslash, white space or control, no dot that could start
// a segment, no escape that could spell a dot, a slash or another escape.
const PLAIN_REST = /^(?:(?=[/?#])(?:[!$&-\-:;=@A-Z_a-z~0-9?#]|[./](?![./%])|%(?!2[5ef]|5c)[0-9a-f]{2})*)?$/i

// A longer one would be too much for a regular expression, and no server takes it.
const MAX_URL = 1024 * 1024

/**
 * Checks that a URL goes where the credential belongs, and says why not.
 * @throws A {@link SecurityError} with code `ERR_URL_INVALID`, `ERR_ORIGIN_MISMATCH`, `ERR_PATH_DOTS` or `ERR_PATH_MISMATCH`.
 * @internal
 */
export function checkTarget(url: string, target: Target): void {
  if (url.length > MAX_URL) throw new SecurityError('ERR_URL_INVALID', { message: 'the URL is longer than 1 MiB' })
  if (isPlainlyWithin(url, target)) return
  const parts = splitUrl(url)
  if (parts === null) throw new SecurityError('ERR_URL_INVALID')
  if (parts.origin !== target.origin) {
    throw new SecurityError('ERR_ORIGIN_MISMATCH', {
      message: `the credential belongs to \`${target.origin}\`, not to \`${parts.origin}\``,
    })
  }
  if (hasDotSegment(parts.path)) throw new SecurityError('ERR_PATH_DOTS')
  if (!isWithin(parts.path, target)) {
    throw new SecurityError('ERR_PATH_MISMATCH', {
      message: `the path does not start with the tool's own, \`${target.pathPrefix}\``,
    })
  }
}

/** The common case, decided by comparing text: the origin as the definition spells it and an unremarkable rest. */
function isPlainlyWithin(url: string, { origin, prefix, pathOpen }: Target): boolean {
  // `slice` and `===` are half the price of `startsWith` on Node 20.
  if (url.slice(0, prefix.length) !== prefix) return false
  if (!pathOpen && prefix.length < url.length && !'/?#'.includes(url.charAt(prefix.length))) return false
  return PLAIN_REST.test(url.slice(origin.length))
}

function isWithin(path: string, { pathPrefix, pathOpen }: Target): boolean {
  if (!path.startsWith(pathPrefix)) return false
  return pathOpen || path.length === pathPrefix.length || path[pathPrefix.length] === '/'
}
