import { SecurityError } from '../errors.ts'
import { foldHeaderName, isFieldValue } from '../http/grammar.ts'
import { headerLists } from '../http/header-lists.ts'
import { appendQueryText, encodeQueryText, readQuery } from '../http/query.ts'
import { splitUrl } from '../http/url.ts'
import type { SignatureCarrier } from '../kinds/signature-carriers.ts'
import type { CompiledForm } from '../kinds/signature-form.ts'
import { occupied } from '../plan/occupied.ts'
import { bodyBytes, checkMessage, headerReader, type MessageValues, type SignableRequest } from './message.ts'
import { renderCarrier } from './render-carrier.ts'
import type { SignOptions } from './sign-options.ts'
import { withoutParameter } from './without-parameter.ts'

/** A message with all that signing adds before the signature. @internal */
export interface PreparedMessage {
  readonly headers: Readonly<Record<string, string>>
  readonly url: string
  readonly values: MessageValues
}

/**
 * Adds everything before the signature: query parameters first, then headers, which the payload may name.
 * @throws A {@link SecurityError} with code `ERR_CARRIER_OCCUPIED`, `ERR_SIGNATURE_INPUT`, `ERR_URL_INVALID` or
 * `ERR_ARGUMENT_INVALID`.
 * @internal
 */
export async function prepareMessage(
  form: CompiledForm,
  request: SignableRequest,
  options: SignOptions,
): Promise<PreparedMessage> {
  const { now = Date.now(), id = crypto.randomUUID(), keyId = null } = options
  const message = checkMessage(request)
  const lists = headerLists(message.headers)
  refuseOccupied(form, message.url, lists)
  const given = headerReader(lists)
  const added = new Map<string, string>()
  const base = {
    method: message.method,
    body: bodyBytes(message.body),
    timestamp: formatTimestamp(now, form.timestamp),
    id,
    keyId,
    header: (name: string) => added.get(name.toLowerCase()) ?? given(name),
  }
  let { url } = message
  const plain = form.carriers.filter((carrier) => !carrier.signed)
  for (const carrier of plain.filter(({ kind }) => kind === 'query')) {
    url = appendQuery(url, carrier.name, await renderCarrier(carrier, { ...base, url }, [], ''))
  }
  const values = { ...base, url: signedUrl(form, url) }
  const headers: [name: string, value: string][] = []
  for (const carrier of plain.filter(({ kind }) => kind === 'header')) {
    const value = checkHeader(carrier, await renderCarrier(carrier, values, [], ''))
    headers.push([carrier.name, value])
    added.set(carrier.name.toLowerCase(), value)
  }
  return { headers: Object.fromEntries(headers), url, values }
}

/** As the receiver restores it: `p?` and `a=1&` lose what a signature in the query is appended behind. */
function signedUrl({ signature: { kind, name } }: CompiledForm, url: string): string {
  return kind === 'query' ? withoutParameter(appendQuery(url, name, ''), name) : url
}

/** What stood twice could not be read back. */
function refuseOccupied({ carriers }: CompiledForm, url: string, headers: ReadonlyMap<string, unknown>): void {
  const names = {
    header: new Set([...headers.keys()].map(foldHeaderName)),
    query: new Set(readQuery(splitUrl(url)?.query ?? '').map(({ name }) => name)),
  }
  const taken = carriers.find(({ kind, name }) =>
    kind === 'query' ? names.query.has(name) : names.header.has(foldHeaderName(name)),
  )
  if (taken !== undefined) throw occupied(taken)
}

/** @throws A {@link SecurityError} with code `ERR_SIGNATURE_INPUT`. @internal */
export function checkHeader({ name }: SignatureCarrier, value: string): string {
  if (isFieldValue(value)) return value
  throw new SecurityError('ERR_SIGNATURE_INPUT', {
    message: `header \`${name}\` cannot carry what the form puts into it`,
  })
}

/** @internal */
export function appendQuery(url: string, name: string, value: string): string {
  return appendQueryText(url, `${encodeQueryText(name)}=${encodeQueryText(value)}`)
}

function formatTimestamp(now: number, unit: CompiledForm['timestamp']): string {
  if (!Number.isFinite(now) || now < 0 || now > 8.64e15) {
    throw new SecurityError('ERR_ARGUMENT_INVALID', {
      message: 'expected `now` in milliseconds since the epoch',
      phase: 'request',
    })
  }
  if (unit === 'iso') return new Date(now).toISOString()
  return String(Math.floor(unit === 's' ? now / 1000 : now))
}
