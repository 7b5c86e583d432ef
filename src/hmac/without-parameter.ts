import { decodeQueryText } from '../http/query.ts'
import { splitUrl } from '../http/url.ts'

/**
 * The URL that is signed where the signature is a parameter: without it, and without a `?` or `&` that would be left over.
 * @internal
 */
export function withoutParameter(url: string, name: string): string {
  const parts = splitUrl(url)
  if (parts === null || parts.query === null) return url
  const kept = parts.query.split('&').filter((pair) => decodeQueryText(pair.split('=', 1)[0] ?? '') !== name)
  const query = kept.join('&')
  const start = parts.fragmentStart - parts.query.length - 1
  return url.slice(0, start) + (query === '' ? '' : `?${query}`) + url.slice(parts.fragmentStart)
}
