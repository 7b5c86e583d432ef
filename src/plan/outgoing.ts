import { foldHeaderName } from '../http/grammar.ts'
import { encodeQueryText } from '../http/query.ts'
import type { Authenticated } from '../types.ts'

/** A header to write, with the form under which another one is the same place. @internal */
export interface OutgoingHeader {
  readonly name: string
  readonly folded: string
  readonly value: string
}

/** A query parameter to write, and its text as it stands in a URL. @internal */
export interface OutgoingQuery {
  readonly name: string
  readonly value: string
  readonly text: string
}

/** The mutations of a resolution in the form that `apply` writes. @internal */
export interface Outgoing {
  readonly headers: readonly OutgoingHeader[]
  readonly query: readonly OutgoingQuery[]
}

const prepared = new WeakMap<Authenticated, Outgoing>()

/** Worked out at the first use: a call resolves once and sends many times. @internal */
export function outgoingOf(resolution: Authenticated): Outgoing {
  const known = prepared.get(resolution)
  if (known !== undefined) return known
  const headers: OutgoingHeader[] = []
  const query: OutgoingQuery[] = []
  for (const { kind, name, value } of resolution.mutations) {
    const text = value.reveal()
    if (kind === 'header') headers.push({ name, folded: foldHeaderName(name), value: text })
    else query.push({ name, value: text, text: `${encodeQueryText(name)}=${encodeQueryText(text)}` })
  }
  const outgoing = { headers, query }
  prepared.set(resolution, outgoing)
  return outgoing
}
