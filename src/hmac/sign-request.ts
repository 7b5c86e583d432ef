import { encodeBytes } from '../bytes.ts'
import { SecurityError } from '../errors.ts'
import { isFieldValue } from '../http/grammar.ts'
import { appendQueryText, encodeQueryText, readQuery } from '../http/query.ts'
import { splitUrl } from '../http/url.ts'
import type { CompiledForm, SignatureCarrier } from '../kinds/signature-form.ts'
import { isString, readOptions } from '../read-options.ts'
import type { Secret } from '../secret.ts'
import type { HmacForm } from '../types.ts'
import { computeSignature, importSecrets } from './keys.ts'
import {
  bodyBytes,
  checkMessage,
  headerReader,
  type MessageValues,
  renderBytes,
  type SignableRequest,
} from './message.ts'
import { readForm } from './read-form.ts'
import { renderCarrier } from './render-carrier.ts'
import { isNumber } from './verify-options.ts'
import { withoutParameter } from './without-parameter.ts'

/** What varies from one signature to the next. */
export interface SignOptions {
  /** Time of signing in milliseconds since the epoch. Default `Date.now()`. */
  readonly now?: number
  /** Message id for `{id}`; without the text that stands behind it in the payload, such as `.`. Default a random UUID. */
  readonly id?: string
  /** Name of the key for `{keyId}`. Default none; a form that uses it needs one. */
  readonly keyId?: string
}

const SIGN_OPTIONS = { now: isNumber, id: isString, keyId: isString } as const

/** What signing adds to a request. */
export interface SignedParts {
  /** Headers to set; none where the signature travels in the query. */
  readonly headers: Readonly<Record<string, string>>
  /** The URL with the form's query parameters appended; the given one where there are none. */
  readonly url: string
}

/**
 * Signs a request with HMAC as a form describes.
 *
 * @param form The form: Tavus's is `{ headers: { 'X-Tavus-Signature': '{signature}' } }`; see {@link signaturePresets}.
 * @param secrets The secret; several while rotating, where the form has a `separator`.
 * @param request The final request: every byte of its body and URL as it will be sent.
 * @returns Only what is added.
 * @throws A {@link SecurityError} with code `ERR_SIGNATURE_FORM`, `ERR_SIGNATURE_SECRET`, `ERR_SIGNATURE_INPUT` (the form
 * needs a header, id or key id that is not there or that holds its separator in the payload, or a header cannot carry what
 * it would hold), `ERR_URL_INVALID` or `ERR_ARGUMENT_INVALID`.
 * @example
 * const { headers } = await signRequest({ headers: { 'X-Tavus-Signature': '{signature}' } }, [secret], request)
 * await fetch(request.url, { ...request, headers: { ...request.headers, ...headers } })
 */
export async function signRequest(
  form: HmacForm,
  secrets: readonly (string | Secret)[],
  request: SignableRequest,
  options: SignOptions = {},
): Promise<SignedParts> {
  const compiled = readForm(form)
  const keys = await importSecrets(compiled, secrets, true)
  if (keys.length > 1 && compiled.separator === null) {
    throw new SecurityError('ERR_SIGNATURE_SECRET', {
      message: 'the form has no `separator` to join several signatures',
    })
  }
  const { headers, url, values } = await prepareMessage(compiled, request, options)
  const payload = await renderBytes(compiled.payload.unit, values)
  const signatures = await Promise.all(
    keys.map(async (key) => encodeBytes(await computeSignature(key, payload), compiled.encoding)),
  )
  const { signature } = compiled
  const value = await renderCarrier(signature, values, signatures, compiled.separator ?? '')
  if (signature.kind === 'header')
    return { headers: { ...headers, [signature.name]: checkHeader(signature, value) }, url }
  return { headers, url: appendQuery(url, signature.name, value) }
}

/** The payload that a form signs, for debugging: everything but the secret goes into it. @internal */
export async function renderPayload(
  form: HmacForm,
  request: SignableRequest,
  options: SignOptions,
): Promise<Uint8Array> {
  const compiled = readForm(form)
  const { values } = await prepareMessage(compiled, request, options)
  return renderBytes(compiled.payload.unit, values)
}

interface PreparedMessage {
  readonly headers: Record<string, string>
  readonly url: string
  readonly values: MessageValues
}

/** Everything before the signature: query parameters first, then headers, which the payload may name. */
async function prepareMessage(
  form: CompiledForm,
  request: SignableRequest,
  options: SignOptions,
): Promise<PreparedMessage> {
  checkMessage(request)
  refuseSigned(form, request.url)
  const { now = Date.now(), id = crypto.randomUUID(), keyId = null } = readOptions<SignOptions>(options, SIGN_OPTIONS)
  const given = headerReader(request.headers)
  const headers: Record<string, string> = {}
  const added = new Map<string, string>()
  const base = {
    method: request.method,
    body: bodyBytes(request.body),
    timestamp: formatTimestamp(now, form.timestamp),
    id,
    keyId,
    header: (name: string) => added.get(name.toLowerCase()) ?? given(name),
  }
  let { url } = request
  const plain = form.carriers.filter((carrier) => !carrier.signed)
  for (const carrier of plain.filter(({ kind }) => kind === 'query')) {
    url = appendQuery(url, carrier.name, await renderCarrier(carrier, { ...base, url }, [], ''))
  }
  const { signature } = form
  // As the receiver restores it: `p?` and `a=1&` lose what the signature is appended behind.
  const signedUrl =
    signature.kind === 'query' ? withoutParameter(appendQuery(url, signature.name, ''), signature.name) : url
  const values = { ...base, url: signedUrl }
  for (const carrier of plain.filter(({ kind }) => kind === 'header')) {
    const value = checkHeader(carrier, await renderCarrier(carrier, values, [], ''))
    headers[carrier.name] = value
    added.set(carrier.name.toLowerCase(), value)
  }
  return { headers, url, values }
}

/** A parameter that stood twice could not be read back. */
function refuseSigned(form: CompiledForm, url: string): void {
  const names = new Set(form.carriers.filter(({ kind }) => kind === 'query').map(({ name }) => name))
  const taken = readQuery(splitUrl(url)?.query ?? '').find(({ name }) => names.has(name))
  if (taken === undefined) return
  throw new SecurityError('ERR_SIGNATURE_INPUT', {
    message: `the URL already holds the parameter \`${taken.name}\`, which signing adds`,
  })
}

function checkHeader({ name }: SignatureCarrier, value: string): string {
  if (isFieldValue(value)) return value
  throw new SecurityError('ERR_SIGNATURE_INPUT', {
    message: `header \`${name}\` cannot carry what the form puts into it`,
  })
}

function appendQuery(url: string, name: string, value: string): string {
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
