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
