import fc from 'fast-check'
import type { HttpRequest } from '../../src/types.ts'
import { BASES, type JsonObject } from './arbitraries.ts'

/** Query texts that no carrier of a sample occurs in, odd spellings included. */
const queryPart = fc.constantFrom(
  'p=1',
  'p',
  'p=',
  '=p',
  "p='(a)*",
  'p=%E9',
  'p=%e9%zz',
  'p=a+b',
  'p=~;r',
  'p=/..?',
  'p[]=1',
  'P=%C3%A9',
  '%70=1',
  '',
)

const fragment = fc.constantFrom('', '#', '#frag?k=1&q-0=x')

const harmlessHeaders: fc.Arbitrary<Record<string, string>> = fc
  .subarray([
    ['Accept', '*/*'],
    ['content-type', 'application/json'],
    ['X-Trace_Id', 'a, b'],
    ['Connection', 'keep-alive, Close'],
    ['User-Agent', ''],
    ['toString', 'own'],
    ['constructor', 'own'],
  ] as const)
  .map((entries) => Object.fromEntries(entries))

/** Makes a request that fits a sample's base URL. */
export type MakeRequest = (definition: JsonObject) => HttpRequest

/** Requests for whatever base URL the definition has. */
export const fittingRequest: fc.Arbitrary<MakeRequest> = fc
  .record({
    method: fc.constantFrom('GET', 'POST', 'delete', 'PROPFIND', 'M-SEARCH'),
    query: fc.option(fc.array(queryPart, { maxLength: 4 }), { nil: null }),
    fragment,
    headers: harmlessHeaders,
    body: fc.constantFrom<() => string | Uint8Array | undefined>(
      () => undefined,
      () => '',
      () => '{"a":1}',
      () => new Uint8Array([0, 255]),
    ),
    which: fc.nat(10),
  })
  .map(({ method, query, fragment: hash, headers, body, which }) => (definition) => {
    const pattern = (definition['http'] as JsonObject | undefined)?.['baseUrlPattern']
    const fitting = BASES.filter((base) => base.pattern === pattern)
    const base = fitting[which % fitting.length]?.url ?? 'https://unbound.example/x'
    const content = body()
    return {
      method,
      url: `${base}${query === null ? '' : `?${query.join('&')}`}${hash}`,
      headers: { ...headers },
      ...(content === undefined ? {} : { body: content }),
    }
  })

/** The query of a URL as a list of raw pairs, read without the engine; `null` without a `?`. */
export function rawPairs(url: string): readonly string[] | null {
  const [beforeHash = ''] = url.split('#')
  const mark = beforeHash.indexOf('?')
  return mark < 0 ? null : beforeHash.slice(mark + 1).split('&')
}

/** Percent-decoding as RFC 3986 has it, byte by byte, independent of the engine and of `decodeURIComponent`. */
export function percentDecoded(text: string): string {
  const bytes: number[] = []
  for (let index = 0; index < text.length; index += 1) {
    const hex = /^%([0-9A-F]{2})/.exec(text.slice(index, index + 3))?.[1]
    if (hex === undefined) bytes.push(...new TextEncoder().encode(text[index]))
    else {
      bytes.push(Number.parseInt(hex, 16))
      index += 2
    }
  }
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(new Uint8Array(bytes))
}
