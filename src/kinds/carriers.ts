import { foldHeaderName } from '../http/grammar.ts'
import type { Carrier } from '../types.ts'

/** Two carriers with one key are one place in a request (DEF-3). @internal */
export function carrierKey({ kind, name }: Carrier): string {
  return kind === 'header' ? `header ${foldHeaderName(name)}` : `${kind} ${name}`
}

/** A carrier in words, for messages. @internal */
export function describeCarrier({ kind, name }: Carrier): string {
  return kind === 'query' ? `query parameter \`${name}\`` : `${kind} \`${name}\``
}
