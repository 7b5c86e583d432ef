import type { SignableRequest } from '../hmac/message.ts'
import { headerLists } from '../http/header-lists.ts'
import { readQuery } from '../http/query.ts'
import type { Carrier } from '../types.ts'

/** The values that a request holds in one carrier, as far as it still tells them apart. @internal */
export function carrierValues({ url, headers }: SignableRequest, { kind, name }: Carrier): readonly string[] {
  if (kind === 'query') {
    return readQuery(queryOf(url)).flatMap((pair) => (pair.name === name ? [pair.value] : []))
  }
  if (kind === 'header') return headerValues(headers, name)
  return headerValues(headers, 'Cookie').flatMap((header) => cookieValues(header, name))
}

/** Of any URL, however oddly its host is spelled: a key must not be overlooked. */
function queryOf(url: string): string {
  return /^[^?#]*\?([^#]*)/.exec(url)?.[1] ?? ''
}

/**
 * Whether one value may have been several: `Headers`, and some servers, join repeated fields by `, `. A credential may
 * hold the same, so this says nothing of one that is right.
 * @internal
 */
export function looksJoined(request: SignableRequest, carrier: Carrier): boolean {
  if (carrier.kind !== 'header') return false
  const isAuthorization = carrier.name.toLowerCase() === 'authorization'
  return carrierValues(request, carrier).some((value) =>
    isAuthorization ? splitCredentials(value).length > 1 : value.includes(', '),
  )
}

/** INVARIANT: `readMessage` has refused values that are no text. */
function headerValues(headers: SignableRequest['headers'], name: string): readonly string[] {
  return (headerLists(headers).get(name.toLowerCase()) ?? []) as readonly string[]
}

/** Credentials that begin anew behind a comma were a header field of their own (T36). @internal */
export function splitCredentials(value: string): readonly string[] {
  return value.split(/,[ \t]*(?=[!#$%&'*+.^_`|~0-9A-Za-z-]+[ \t]+\S)/)
}

/** RFC 6265 section 5.4. */
function cookieValues(header: string, name: string): readonly string[] {
  return header.split(';').flatMap((pair) => {
    const equals = pair.indexOf('=')
    return equals >= 0 && pair.slice(0, equals).trim() === name ? [pair.slice(equals + 1).trim()] : []
  })
}
