import { foldHeaderName } from '../http/grammar.ts'
import type { Carrier } from '../types.ts'

/** Two carriers with one key are one place in a request (DEF-3). @internal */
export function carrierKey({ kind, name }: Carrier): string {
  return kind === 'header' ? `header ${foldHeaderName(name)}` : `${kind} ${name}`
}

/** Whether two carriers are one place; the header `Cookie` is also that of every cookie (DEF-3). @internal */
export function areOnePlace(a: Carrier, b: Carrier): boolean {
  if (a.kind === 'cookie' && b.kind === 'header') return foldHeaderName(b.name) === 'cookie'
  if (b.kind === 'cookie' && a.kind === 'header') return foldHeaderName(a.name) === 'cookie'
  return carrierKey(a) === carrierKey(b)
}

/** A carrier in words, for messages. @internal */
export function describeCarrier({ kind, name }: Carrier): string {
  return kind === 'query' ? `query parameter \`${name}\`` : `${kind} \`${name}\``
}
