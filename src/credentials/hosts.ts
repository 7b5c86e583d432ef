import { isLoopback, splitUrl, type UrlParts } from '../http/url.ts'
import { type Issue, makeIssue } from '../result.ts'

const MAX_HOSTS = 32

/** Hosts in their one spelling, or what is wrong with them. @internal */
export type ReadHosts =
  | { readonly hosts: readonly string[] | null; readonly issues: readonly never[] }
  | { readonly hosts: null; readonly issues: readonly Issue[] }

/** Reads the list of hosts that a credential may be sent to. Each element is read once. @internal */
export function readHosts(given: readonly unknown[] | null): ReadHosts {
  if (given === null) return { hosts: null, issues: [] }
  if (given.length === 0 || given.length > MAX_HOSTS) {
    const message = given.length === 0 ? 'the list of hosts is empty' : `more than ${MAX_HOSTS} hosts`
    return { hosts: null, issues: [makeIssue('ERR_CREDENTIAL_HOST', '/hosts', message, 'leave it out to allow any')] }
  }
  const read = given.map(readHost)
  const issues = read.flatMap((host, index) => (host === null ? [hostIssue(index)] : []))
  if (issues.length > 0) return { hosts: null, issues }
  return { hosts: [...new Set(read.filter((host) => host !== null))].sort(), issues: [] }
}

function hostIssue(index: number): Issue {
  const help = 'write `api.example.com`, `api.example.com:8443`, `*.example.com` or `https://api.example.com`'
  return makeIssue('ERR_CREDENTIAL_HOST', `/hosts/${index}`, 'a host is not plainly spelled', help)
}

const WILDCARD = '*.'

function readHost(given: unknown): string | null {
  if (typeof given !== 'string') return null
  if (/^https?:\/\//i.test(given)) return splitOrigin(given)?.origin ?? null
  const isWildcard = given.startsWith(WILDCARD)
  const url = splitOrigin(`https://${isWildcard ? given.slice(WILDCARD.length) : given}`)
  if (url === null) return null
  if (!isWildcard) return entryOf(given, url)
  // `*.com` would be every company's host; an address has no hosts below it.
  const lastDot = url.host.lastIndexOf('.')
  return lastDot > 0 && /[a-z]/.test(url.host.charAt(lastDot + 1)) ? WILDCARD + authorityOf(url) : null
}

function splitOrigin(text: string): UrlParts | null {
  const url = splitUrl(text)
  const isBare = url !== null && url.path === '' && url.query === null && url.fragmentStart === text.length
  return isBare ? url : null
}

/** On loopback, where http will do, the default port is the scheme's: one that is given stays. */
function entryOf(given: string, url: UrlParts): string {
  return isLoopback(url.host) && given.endsWith(':443') ? `${url.host}:443` : authorityOf(url)
}

function authorityOf({ origin, scheme }: UrlParts): string {
  return origin.slice(scheme.length + '://'.length)
}

/**
 * Whether a credential with these hosts may go to an origin or URL.
 *
 * An entry without a scheme stands for https, and for plain http only on loopback; without a port for the default one.
 * @internal
 */
export function mayGoTo(hosts: readonly string[] | null, target: string): boolean {
  if (hosts === null) return true
  const url = splitUrl(target)
  if (url === null) return false
  const authority = authorityOf(url)
  const isSafe = url.scheme === 'https' || isLoopback(url.host)
  return hosts.some((host) => {
    if (host.includes('://')) return host === url.origin
    if (!isSafe) return false
    return host.startsWith(WILDCARD) ? authority.endsWith(host.slice(1)) : host === authority || host === withPort(url)
  })
}

/** Host and port, the default one too. */
function withPort(url: UrlParts): string {
  const authority = authorityOf(url)
  if (authority !== url.host) return authority
  return `${authority}:${url.scheme === 'http' ? 80 : 443}`
}
