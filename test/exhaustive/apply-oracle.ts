import type { HttpRequest } from '../../src/index.ts'

/** A piece of a query between two `&`, and what it means to a server that decodes it as a form. */
export interface Piece {
  readonly text: string
  readonly name: string
  readonly value: string
}

/** A request in its parts, so that its answer is known without reading a URL. */
export interface Parts {
  readonly base: string
  /** `null`: no question mark. */
  readonly query: readonly Piece[] | null
  /** With its `#`, or empty. */
  readonly fragment: string
  readonly headers: Readonly<Record<string, unknown>>
}

/** One credential of the option that is applied. */
export interface Write {
  readonly kind: 'header' | 'query'
  readonly name: string
  readonly value: string
}

export function requestOf({ base, query, fragment, headers }: Parts): HttpRequest {
  const text = query === null ? '' : `?${query.map((piece) => piece.text).join('&')}`
  return { method: 'GET', url: `${base}${text}${fragment}`, headers: headers as HttpRequest['headers'] }
}

/**
 * What an applied request looks like (REQ-1, REQ-2), or `null` where the place of a credential is taken.
 * @param encode RFC 3986 percent-encoding.
 */
export function applied(parts: Parts, writes: readonly Write[], encode: (text: string) => string): HttpRequest | null {
  const added: string[] = []
  const headers: Record<string, string> = {}
  for (const write of writes) {
    if (write.kind === 'header') continue
    const found = (parts.query ?? []).filter(({ name }) => name === write.name)
    if (found.length > 1 || found.some(({ value }) => value !== write.value)) return null
    if (found.length === 0) added.push(`${encode(write.name)}=${encode(write.value)}`)
  }
  for (const [name, value] of Object.entries(parts.headers)) {
    const write = writes.find((one) => one.kind === 'header' && fold(one.name) === fold(name))
    if (typeof value !== 'string' || (write !== undefined && write.value !== value)) return null
    if (write === undefined) headers[name] = value
  }
  for (const write of writes) if (write.kind === 'header') headers[write.name] = write.value
  return { method: 'GET', url: `${parts.base}${queryText(parts.query, added)}${parts.fragment}`, headers }
}

function queryText(query: readonly Piece[] | null, added: readonly string[]): string {
  const before = query === null ? '' : `?${query.map((piece) => piece.text).join('&')}`
  if (added.length === 0) return before
  const separator = before === '' ? '?' : before.endsWith('&') || before.endsWith('?') ? '' : '&'
  return `${before}${separator}${added.join('&')}`
}

function fold(name: string): string {
  return [...name].map((c) => (c === '_' ? '-' : c >= 'A' && c <= 'Z' ? c.toLowerCase() : c)).join('')
}
