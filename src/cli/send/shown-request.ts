import { decodeQueryText, readQuery } from '../../http/query.ts'
import { splitUrl } from '../../http/url.ts'
import { scrubText } from '../../send/scrub-text.ts'
import { secretsOf } from '../../send/used-secrets.ts'
import type { HttpRequest } from '../../types.ts'

/** A request as it was sent, or as it may be printed. @internal */
export interface SentRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** A `fetch` that keeps every request it sends. @internal */
export function recordingFetch(record: SentRequest[]): typeof fetch {
  return (url, init) => {
    const { method = 'GET', headers } = init ?? {}
    record.push({ method, url: String(url), headers: Object.fromEntries(headers as [string, string][]) })
    return fetch(url, init)
  }
}

const SHOWN = '[secret]'

/**
 * A request that may be printed. What the credentials added is masked whole, but for an auth-scheme: a short one is found
 * nowhere. What stood there before keeps its text.
 * @param of What knows the credentials: the answer, or why there is none.
 * @internal
 */
export function showRequest(built: HttpRequest, sent: SentRequest, of: object): SentRequest {
  const scrub = (text: string): string => scrubText(text, secretsOf(of))
  const shown = Object.entries(sent.headers).map(([name, value]) => {
    const isOwn = Object.hasOwn(built.headers, name) && built.headers[name] === value
    return [name, isOwn ? scrub(value) : maskCredential(name, value)]
  })
  return { method: sent.method, url: scrub(maskQuery(sent.url, built.url)), headers: Object.fromEntries(shown) }
}

function maskCredential(name: string, value: string): string {
  if (/^cookie$/i.test(name)) return value.replace(/=[^;]*/g, () => `=${SHOWN}`)
  const [, scheme] = /^authorization$/i.test(name) ? (/^(\S+) /.exec(value) ?? []) : []
  return scheme === undefined ? SHOWN : `${scheme} ${SHOWN}`
}

/** Masks the parameters that were not there before. */
function maskQuery(url: string, before: string): string {
  const own = new Set(readQuery(splitUrl(before)?.query ?? '').map(({ name }) => name))
  return url.replace(/(?<=[?&])([^=&#]*)=[^&#]*/g, (pair, name: string) =>
    own.has(decodeQueryText(name)) ? pair : `${name}=${SHOWN}`,
  )
}
