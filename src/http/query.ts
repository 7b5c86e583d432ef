/**
 * Percent-encodes a query name or value: RFC 3986 unreserved characters stay, a space is `%20`.
 * @param text Well-formed Unicode.
 * @internal
 */
export function encodeQueryText(text: string): string {
  // encodeURIComponent leaves !'()* as they are; RFC 3986 reserves them.
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** Decodes a query text as forms do, with `+` as a space. Malformed escapes stay as they are. @internal */
export function decodeQueryText(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    // One malformed escape must not hide the name that the rest spells.
    return spaced.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
      try {
        return decodeURIComponent(escapes)
      } catch {
        return escapes
      }
    })
  }
}

/** A query parameter as it stands in a URL. @internal */
export interface QueryPair {
  readonly name: string
  readonly value: string
}

/** The parameters of a raw query text (without `?`), decoded, in order. Empty pairs are skipped. @internal */
export function readQuery(query: string): readonly QueryPair[] {
  const pairs: QueryPair[] = []
  for (const pair of query.split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = equals < 0 ? pair : pair.slice(0, equals)
    const value = equals < 0 ? '' : pair.slice(equals + 1)
    pairs.push({ name: decodeQueryText(name), value: decodeQueryText(value) })
  }
  return pairs
}

/**
 * Appends encoded pairs to a URL, before its fragment; the rest stays byte for byte (REQ-1).
 * @param pairs Such as `a=1&b=2`; nothing is appended for `''`.
 * @internal
 */
export function appendQueryText(url: string, pairs: string): string {
  if (pairs === '') return url
  const hash = url.indexOf('#')
  const end = hash < 0 ? url.length : hash
  const mark = url.indexOf('?')
  const hasQuery = mark >= 0 && mark < end
  const separator = !hasQuery ? '?' : mark === end - 1 || url[end - 1] === '&' ? '' : '&'
  return `${url.slice(0, end)}${separator}${pairs}${url.slice(end)}`
}
