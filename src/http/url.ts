/** A plainly spelled absolute URL in its parts; joined they give the URL, but for the origin's spelling. @internal */
export interface UrlParts {
  /** `scheme://host[:port]` in lower case, without the default port. */
  readonly origin: string
  readonly scheme: 'http' | 'https'
  /** Host in lower case; IPv6 in brackets. */
  readonly host: string
  /** `''` or starts with `/`. */
  readonly path: string
  /** Raw query without `?`, or `null` without one. */
  readonly query: string | null
  /** Where the fragment, or the end, begins in the URL. */
  readonly fragmentStart: number
}

const AUTHORITY = /^(https?):\/\/(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::([0-9]{1,5}))?(?=[/?#]|$)/i

// White space, controls and backslashes are dropped or rewritten by URL parsers, each in its own way (T44).
const ODD = /[\x00-\x20\x7f-\xa0\\]/

/**
 * Splits an absolute http or https URL that every parser reads alike; anything odd gives `null`.
 *
 * Odd are: user info, backslashes, white space, controls, ill-formed Unicode, hosts beyond ASCII, empty labels,
 * a trailing dot, and numbers that some parsers read as IPv4 addresses.
 * @internal
 */
export function splitUrl(url: string): UrlParts | null {
  const match = AUTHORITY.exec(url)
  if (match === null || ODD.test(url) || !url.isWellFormed()) return null
  // The groups of scheme and host take part in every match.
  const [start, protocol, name, digits] = match as readonly string[] as [string, string, string, string?]
  const scheme = protocol.toLowerCase() === 'http' ? 'http' : 'https'
  const host = name.toLowerCase()
  if (!isPlainHost(host)) return null
  const port = plainPort(digits, scheme)
  if (port === null) return null
  const hash = url.indexOf('#')
  const fragmentStart = hash < 0 ? url.length : hash
  const mark = url.indexOf('?')
  const queryStart = mark < 0 || mark > fragmentStart ? fragmentStart : mark
  return {
    origin: `${scheme}://${host}${port}`,
    scheme,
    host,
    path: url.slice(start.length, queryStart),
    query: queryStart < fragmentStart ? url.slice(queryStart + 1, fragmentStart) : null,
    fragmentStart,
  }
}

function plainPort(digits: string | undefined, scheme: 'http' | 'https'): string | null {
  if (digits === undefined) return ''
  const port = Number(digits)
  if (digits.startsWith('0') || port > 65_535) return null
  return port === (scheme === 'http' ? 80 : 443) ? '' : `:${port}`
}

function isPlainHost(host: string): boolean {
  if (host.startsWith('[')) return isCanonicalIpv6(host.slice(1, -1))
  if (host.length > 253) return false
  const labels = host.split('.')
  if (labels.includes('')) return false
  // The WHATWG parser reads a host whose last label is a number as an IPv4 address, `2130706433` and `127.1` too.
  const last = host.slice(host.lastIndexOf('.') + 1)
  return !/^(?:[0-9]+|0x[0-9a-f]*)$/.test(last) || isDottedQuad(labels)
}

function isDottedQuad(labels: readonly string[]): boolean {
  return labels.length === 4 && labels.every((label) => /^(?:0|[1-9][0-9]{0,2})$/.test(label) && Number(label) < 256)
}

/** RFC 5952: lower case, no leading zeros, the longest run of zero groups as `::`, no embedded IPv4 address. */
function isCanonicalIpv6(address: string): boolean {
  const halves = address.split('::')
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  if (!groups.every((group) => /^(?:0|[1-9a-f][0-9a-f]{0,3})$/.test(group))) return false
  if (halves.length > 2 || groups.length > (halves.length === 2 ? 6 : 8)) return false
  const head = halves[0] === '' ? [] : (halves[0] as string).split(':')
  const whole = [...head, ...Array<string>(8 - groups.length).fill('0'), ...groups.slice(head.length)]
  return writeIpv6(whole) === address
}

/** Eight groups as RFC 5952 section 4.2 writes them: the first longest run of at least two zeros is `::`. */
function writeIpv6(groups: readonly string[]): string {
  const runs = groups.map((_, start) => groups.slice(start).findIndex((group) => group !== '0'))
  const lengths = runs.map((length, start) => (length < 0 ? 8 - start : length))
  const longest = Math.max(...lengths)
  if (longest < 2) return groups.join(':')
  const start = lengths.indexOf(longest)
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + longest).join(':')}`
}

/** Whether a host is this machine: `localhost`, 127.0.0.0/8 or `[::1]`. @internal */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || (host.startsWith('127.') && isDottedQuad(host.split('.')))
}

// A segment `.` or `..`, also percent-encoded (repeatedly), behind an encoded slash or backslash, or before `;parameters`.
const DOT_SEGMENT = /(?:^|\/|%(?:25)*(?:2f|5c))(?:\.|%(?:25)*2e){1,2}(?=$|\/|;|%(?:25)*(?:2f|5c|3b))/i

/** Whether a path has a `.` or `..` segment in any spelling that some server resolves (T45). @internal */
export function hasDotSegment(path: string): boolean {
  return DOT_SEGMENT.test(path)
}
