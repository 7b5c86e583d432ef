import type { SignableRequest } from '../hmac/message.ts'
import { readQuery } from '../http/query.ts'
import { splitUrl } from '../http/url.ts'
import type { Carrier } from '../types.ts'

/**
 * The values that a request holds in one carrier; more than one is a request that two readers could read differently.
 * @internal
 */
export function carrierValues({ url, headers }: SignableRequest, { kind, name }: Carrier): readonly string[] {
  if (kind === 'query') {
    const pairs = readQuery(splitUrl(url)?.query ?? '')
    return pairs.filter((pair) => pair.name === name).map(({ value }) => value)
  }
  if (kind === 'header') return headerValues(headers, name)
  return headerValues(headers, 'Cookie').flatMap((header) => cookieValues(header, name))
}

function headerValues(headers: SignableRequest['headers'], name: string): readonly string[] {
  const entries = headers instanceof Headers ? [...headers] : Object.entries(headers)
  const lower = name.toLowerCase()
  const values = entries.flatMap(([key, value]) => (key.toLowerCase() === lower && value !== undefined ? value : []))
  return lower === 'authorization' ? values.flatMap(splitCredentials) : values
}

/** `Headers` joins repeated fields by commas; credentials that begin anew behind one were a field of their own (T36). @internal */
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
