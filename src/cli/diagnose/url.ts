import { readQuery } from '../../http/query.ts'
import { type DebugRequest, firstValue, type Hypothesis, type Subject, type Variation, withRequest } from './subject.ts'

const PUBLIC_URL = 'configure the public URL that the sender calls, and verify with it'

/** What a proxy does to a URL. Only where the URL is signed. @internal */
export const URL_HYPOTHESES: readonly Hypothesis[] = [
  row('urlScheme', 'the sender called another scheme', ({ url }) => [
    url.replace(/^https?/, (scheme) => (scheme === 'https' ? 'http' : 'https')),
  ]),
  row('urlPort', 'the sender called it with another port, or without one', (request) => {
    const { scheme, host, rest } = splitRaw(request.url)
    const bare = host.replace(/:[0-9]{0,5}$/, '')
    const ports = [firstValue(request, 'x-forwarded-port'), scheme === 'https' ? '443' : '80']
    return ['', ...ports.flatMap((port) => (port === null ? [] : [`:${port}`]))].map(
      (port) => `${scheme}://${bare}${port}${rest}`,
    )
  }),
  row('urlHost', 'the sender called another host, which a proxy passes on', (request) => {
    const { scheme, rest } = splitRaw(request.url)
    return hostsOf(request).map((host) => `${scheme}://${host}${rest}`)
  }),
  row('urlHostCase', 'the sender wrote the host in other letters', ({ url }) => {
    const { scheme, host, rest } = splitRaw(url)
    return [`${scheme}://${host.toLowerCase()}${rest}`]
  }),
  row('urlPath', 'the sender called another path, which a proxy passes on', (request) => {
    const { scheme, host, rest } = splitRaw(request.url)
    const prefix = firstValue(request, 'x-forwarded-prefix')?.replace(/\/$/, '')
    const targets = TARGET_HEADERS.flatMap((name) => firstValue(request, name) ?? [])
    const paths = [...targets, ...(prefix === undefined ? [] : [prefix + rest])]
    return paths.map((path) => (/^https?:/.test(path) ? path : `${scheme}://${host}${path}`))
  }),
  row('urlSlash', 'a slash at the end of the path came or went', ({ url }) => {
    const [, start = '', slash = '', query = ''] = /^([^?#]*?)(\/?)([?#].*)?$/s.exec(url) ?? []
    return [`${start}${slash === '' ? '/' : ''}${query}`]
  }),
  row('urlQuery', 'the query is another one than was signed', ({ url }) => {
    const [, start = '', query = ''] = /^([^?]*)\??(.*)$/s.exec(url) ?? []
    const pairs = readQuery(query)
    return [
      start,
      `${start}?`,
      `${start}?${query.replaceAll('%20', '+')}`,
      `${start}?${query.replaceAll('+', '%20')}`,
      `${start}?${new URLSearchParams(pairs.map(({ name, value }) => [name, value]))}`,
      `${start}?${query.split('&').sort().join('&')}`,
    ]
  }),
  row('urlProxy', 'a proxy changed several parts of the URL, and says so in its headers', (request) => {
    const { scheme, host, rest } = splitRaw(request.url)
    const proto = firstValue(request, 'x-forwarded-proto') ?? forwarded(request, 'proto') ?? scheme
    const port = firstValue(request, 'x-forwarded-port')
    const prefix = firstValue(request, 'x-forwarded-prefix')?.replace(/\/$/, '') ?? ''
    return [...hostsOf(request), host].flatMap((each) => [
      `${proto}://${each}${prefix}${rest}`,
      ...(port === null ? [] : [`${proto}://${each.replace(/:[0-9]{0,5}$/, '')}:${port}${prefix}${rest}`]),
    ])
  }),
]

const TARGET_HEADERS = ['x-original-uri', 'x-original-url', 'x-rewrite-url', 'x-forwarded-uri']

function row(name: string, text: string, urlsOf: (request: DebugRequest) => readonly string[]): Hypothesis {
  const vary = (subject: Subject): readonly Variation[] => {
    if (!isUrlSigned(subject)) return []
    const urls = new Set(urlsOf(subject.request))
    urls.delete(subject.request.url)
    return [...urls].map((url) => ({ subject: withRequest(subject, { url }), detail: url }))
  }
  return { name, group: name, text, help: PUBLIC_URL, vary }
}

function isUrlSigned({ form: { payload = '{body}', query } }: Subject): boolean {
  return query !== undefined || /\{(?:url|origin|host|path|query|target)\}/.test(payload)
}

function splitRaw(url: string): { readonly scheme: string; readonly host: string; readonly rest: string } {
  const [, scheme = '', host = '', rest = ''] = /^(https?):\/\/([^/?#]*)(.*)$/is.exec(url) ?? []
  return { scheme: scheme.toLowerCase(), host, rest }
}

function hostsOf(request: DebugRequest): readonly string[] {
  const names = ['x-forwarded-host', 'x-original-host', 'host']
  return [...names.map((name) => firstValue(request, name)), forwarded(request, 'host')].flatMap((host) => host ?? [])
}

/** A parameter of the first element of `Forwarded` (RFC 7239, section 4). */
function forwarded(request: DebugRequest, name: string): string | null {
  const element = firstValue(request, 'forwarded') ?? ''
  const pair = element.split(';').find((each) => each.trim().toLowerCase().startsWith(`${name}=`))
  return (
    pair
      ?.trim()
      .slice(name.length + 1)
      .replaceAll('"', '') ?? null
  )
}
