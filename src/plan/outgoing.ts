import { foldHeaderName } from '../http/grammar.ts'
import { encodeQueryText } from '../http/query.ts'
import type { Authenticated } from '../types.ts'
import { type Target, targetOf } from './target.ts'

/** A header to write, with the form under which another one is the same place. @internal */
interface OutgoingHeader {
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

/** A cookie to write. @internal */
export interface OutgoingCookie {
  readonly name: string
  readonly value: string
}

/** The mutations of a resolution in the form that `apply` writes. @internal */
export interface Outgoing {
  readonly headers: readonly OutgoingHeader[]
  readonly query: readonly OutgoingQuery[]
  readonly cookies: readonly OutgoingCookie[]
  /** Where the binding allows them to go; `null` where it names no origin. */
  readonly target: Target | null
  /** Bit n: a request header of n characters (n < 31) may matter. */
  readonly lengths: number
}

const prepared = new WeakMap<Authenticated, Outgoing>()

/** Worked out at the first use: a call resolves once and sends many times. @internal */
export function outgoingOf(resolution: Authenticated): Outgoing {
  const known = prepared.get(resolution)
  if (known !== undefined) return known
  const headers: OutgoingHeader[] = []
  const query: OutgoingQuery[] = []
  const cookies: OutgoingCookie[] = []
  for (const { kind, name, value } of resolution.mutations) {
    const text = value.reveal()
    if (kind === 'header') headers.push({ name, folded: foldHeaderName(name), value: text })
    else if (kind === 'cookie') cookies.push({ name, value: text })
    else query.push({ name, value: text, text: `${encodeQueryText(name)}=${encodeQueryText(text)}` })
  }
  const { binding } = resolution
  const target = binding.origin === null ? null : targetOf(binding, undefined)
  const outgoing = { headers, query, cookies, target, lengths: lengthsOf(headers) }
  prepared.set(resolution, outgoing)
  return outgoing
}

/** The headers that `apply` looks at, besides those that it writes. */
const CHECKED_LENGTHS = (1 << 'host'.length) | (1 << 'cookie'.length) | (1 << 'connection'.length)

function lengthsOf(headers: readonly OutgoingHeader[]): number {
  return headers.reduce((bits, { name }) => bits | lengthBit(name), CHECKED_LENGTHS)
}

/** Names of 31 characters and more share one bit. @internal */
export function lengthBit(name: string): number {
  return 1 << Math.min(name.length, 31)
}
