import { concatBytes, encodeBytes, utf8 } from '../bytes.ts'
import { SecurityError } from '../errors.ts'
import { headerLists } from '../http/header-lists.ts'
import { splitUrl } from '../http/url.ts'
import type { Placeholder, TemplatePart } from '../kinds/signature-template.ts'
import { total } from '../total.ts'
import { formText } from './form-text.ts'
import { refuseAmbiguous } from './separators.ts'

/** Headers as a record, of one value or several each, or as Web `Headers`. */
export type SignedHeaders = Headers | { readonly [name: string]: string | readonly string[] | undefined }

/** A message to sign or to verify. */
export interface SignableRequest {
  /** The HTTP method, as it is signed. */
  readonly method: string
  /** Absolute URL, as the other side sees it. */
  readonly url: string
  /** Names in any case. */
  readonly headers: SignedHeaders
  /** The exact bytes; a text stands for its UTF-8 form. Never a parsed object. Default empty. */
  readonly body?: Uint8Array | string | undefined
}

/** What placeholders stand for in one message. @internal */
export interface MessageValues {
  readonly method: string
  readonly url: string
  readonly body: Uint8Array
  readonly timestamp: string | null
  readonly id: string | null
  readonly keyId: string | null
  /** Value of a header, or `null`; throws where there are several. */
  readonly header: (name: string) => string | null
}

/**
 * Reads each part of a message once. Objects of a class are taken, such as Node's, but not what a polluted
 * `Object.prototype` says in place of a part (T91).
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`.
 * @internal
 */
export function checkMessage(request: SignableRequest): SignableRequest {
  const read = (name: keyof SignableRequest): unknown => {
    const isPolluted = Object.hasOwn(Object.prototype, name) && !Object.hasOwn(request, name)
    return isPolluted ? undefined : request?.[name]
  }
  const parts = total('ERR_ARGUMENT_INVALID', () => (['method', 'url', 'headers', 'body'] as const).map(read))
  const [method, url, headers, body] = parts
  if (typeof method === 'string' && typeof url === 'string' && typeof headers === 'object' && headers !== null) {
    return { method, url, headers: headers as SignedHeaders, body: body as SignableRequest['body'] }
  }
  const message = 'expected `{ method, url, headers, body? }`'
  throw new SecurityError('ERR_ARGUMENT_INVALID', { message, phase: 'request' })
}

/** @internal */
export function bodyBytes(body: unknown): Uint8Array {
  if (body === undefined) return new Uint8Array()
  if (typeof body === 'string') return utf8(body)
  if (body instanceof Uint8Array) return body
  const message = 'expected the body as bytes or text: a parsed object cannot be turned back into what was signed'
  throw new SecurityError('ERR_ARGUMENT_INVALID', { message, phase: 'request' })
}

/**
 * The bytes that the template of a payload stands for.
 * @throws A {@link SecurityError} with code `ERR_SIGNATURE_INPUT` or `ERR_URL_INVALID`.
 * @internal
 */
export async function renderBytes(
  parts: readonly TemplatePart[],
  values: MessageValues,
): Promise<Uint8Array<ArrayBuffer>> {
  refuseAmbiguous(parts, values)
  const pieces = await Promise.all(
    parts.map(async (part) => {
      if (part.kind === 'text') return utf8(part.text)
      return part.placeholder.name === 'body' ? values.body : utf8(await renderPlaceholder(part.placeholder, values))
    }),
  )
  return concatBytes(pieces)
}

/** The text that a template without `{body}` stands for. @internal */
export async function renderText(
  parts: readonly TemplatePart[],
  values: MessageValues,
  signature?: string,
): Promise<string> {
  const pieces = await Promise.all(
    parts.map((part) => {
      if (part.kind === 'text') return part.text
      return part.placeholder.name === 'signature' ? (signature ?? '') : renderPlaceholder(part.placeholder, values)
    }),
  )
  return pieces.join('')
}

async function renderPlaceholder(placeholder: Placeholder, values: MessageValues): Promise<string> {
  const text = await textOf(placeholder, values)
  // Lone surrogates would all become one character, and different messages would have one signature (T68).
  if (text.isWellFormed()) return text
  throw new SecurityError('ERR_SIGNATURE_INPUT', { message: `\`${placeholder.name}\` is not well-formed Unicode` })
}

async function textOf(placeholder: Placeholder, values: MessageValues): Promise<string> {
  if (placeholder.name === 'bodyDigest') {
    const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(values.body))
    return encodeBytes(new Uint8Array(digest), placeholder.encoding)
  }
  if (placeholder.name === 'header')
    return present(values.header(placeholder.header), `header \`${placeholder.header}\``)
  const { name } = placeholder
  if (name === 'timestamp' || name === 'id' || name === 'keyId') return present(values[name], `\`${name}\``)
  if (name === 'method') return values.method
  if (name === 'form') return formText(values.body)
  return urlPart(name, values.url)
}

function present(value: string | null, what: string): string {
  if (value === null) throw new SecurityError('ERR_SIGNATURE_INPUT', { message: `the form needs ${what}` })
  return value
}

function urlPart(name: string, url: string): string {
  const parts = splitUrl(url)
  if (parts === null) throw new SecurityError('ERR_URL_INVALID')
  const query = parts.query ?? ''
  const path = parts.path === '' ? '/' : parts.path
  if (name === 'url') return url.slice(0, parts.fragmentStart)
  if (name === 'origin') return parts.origin
  if (name === 'host') return parts.origin.slice(parts.origin.indexOf('//') + 2)
  if (name === 'path') return path
  return name === 'query' ? query : parts.query === null ? path : `${path}?${query}`
}

/** Reads headers without regard to case; several values of one name are refused (T80). @internal */
export function headerReader(headers: SignedHeaders | ReadonlyMap<string, unknown>): (name: string) => string | null {
  const found = headerLists(headers)
  return (name) => {
    const values = found.get(name.toLowerCase()) ?? []
    if (values.length > 1)
      throw new SecurityError('ERR_SIGNATURE_MALFORMED', { message: `header \`${name}\` stands more than once` })
    const [value = null] = values
    if (value === null || typeof value === 'string') return value
    throw new SecurityError('ERR_SIGNATURE_MALFORMED', { message: `header \`${name}\` is no text` })
  }
}
