import { foldHeaderName } from '../http/grammar.ts'
import type { Carrier } from '../types.ts'

/** Where auth-schemes stand (RFC 9110 section 11.6.2). @internal */
export const AUTHORIZATION: Carrier = Object.freeze({ kind: 'header', name: 'Authorization' })

/** Two carriers with one key are one place in a request (DEF-3). */
function carrierKey({ kind, name }: Carrier): string {
  return kind === 'header' ? `header ${foldHeaderName(name)}` : `${kind} ${name}`
}

/** Stands for all cookies together: the header `Cookie` conflicts with each of them (DEF-3). */
const ANY_COOKIE = 'cookies'
const COOKIE_HEADER = 'header cookie'

/** The keys under which a carrier is found by those that conflict with it. @internal */
export function claimedKeys(carrier: Carrier): readonly string[] {
  const key = carrierKey(carrier)
  return carrier.kind === 'cookie' ? [key, ANY_COOKIE] : [key]
}

/** The keys whose owner conflicts with a carrier. @internal */
export function conflictingKeys(carrier: Carrier): readonly string[] {
  const key = carrierKey(carrier)
  if (carrier.kind === 'cookie') return [key, COOKIE_HEADER]
  return key === COOKIE_HEADER ? [key, ANY_COOKIE] : [key]
}

/** A carrier in words, for messages. @internal */
export function describeCarrier({ kind, name }: Carrier): string {
  return kind === 'query' ? `query parameter \`${name}\`` : `${kind} \`${name}\``
}
