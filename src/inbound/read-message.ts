import { concatBytes } from '../bytes.ts'
import { SecurityError } from '../errors.ts'
import { checkMessage, type SignableRequest } from '../hmac/message.ts'
import { headerLists } from '../http/header-lists.ts'
import { isString } from '../read-options.ts'
import { total } from '../total.ts'

/** A received request with its raw bytes. */
export interface ReceivedMessage extends SignableRequest {
  /** The exact bytes of the body. */
  readonly body: Uint8Array
}

/**
 * Reads a request once, its body at most to a limit; the request itself stays unread.
 * @returns What is checked, and what is handed on; `null` where the body is longer.
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`, or `ERR_INPUT_UNREADABLE` for a body that broke off.
 * @internal
 */
export async function readMessage(
  request: Request | ReceivedMessage,
  maxBodyBytes: number,
  origin: string | null,
): Promise<ReceivedMessage | null> {
  const { source, ...head } = total('ERR_ARGUMENT_INVALID', () => takeParts(request, origin))
  const body = source instanceof Uint8Array ? within(source, maxBodyBytes) : await readBody(source, maxBodyBytes)
  return body === null ? null : { ...head, body }
}

type Parts = Omit<ReceivedMessage, 'body'> & { readonly source: Uint8Array | ReadableStream<Uint8Array> | null }

function takeParts(request: Request | ReceivedMessage, origin: string | null): Parts {
  const { method, url, headers, body } = (request ?? {}) as Partial<Request | ReceivedMessage>
  const head = { method, url, headers } as SignableRequest
  checkMessage(head)
  const read = { method: head.method, headers: readHeaders(head.headers) }
  if (body instanceof Uint8Array) return { ...read, url: head.url, source: body }
  if (!isRequest(request)) throw refuse('expected a `Request`, or a message whose body is its bytes')
  if (request.bodyUsed || body?.locked) throw refuse('the body of the request was read before it could be checked')
  return { ...read, url: publicUrl(head.url, origin), source: request.clone().body }
}

function readHeaders(headers: SignableRequest['headers']): Readonly<Record<string, readonly string[]>> {
  const copy = Object.create(null) as Record<string, readonly string[]>
  for (const [name, values] of headerLists(headers)) {
    if (!values.every(isString)) throw refuse('expected each header as a text, or as a list of texts')
    copy[name] = values
  }
  return Object.freeze(copy)
}

/** Of this platform or of a package's own `fetch`. */
function isRequest(request: Request | ReceivedMessage): request is Request {
  return typeof (request as Partial<Request>).clone === 'function'
}

function within(body: Uint8Array, limit: number): Uint8Array | null {
  return body.length > limit ? null : body
}

async function readBody(stream: ReadableStream<Uint8Array> | null, limit: number): Promise<Uint8Array | null> {
  const { body, isWhole } = await readPieces(stream === null ? [] : piecesOf(stream), limit)
  return isWhole ? body : null
}

async function* piecesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader()
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value
  } finally {
    // Not awaited: the other branch of a tee may never be read.
    reader.cancel().catch(() => undefined)
  }
}

/**
 * Reads until a body is over its limit; it is cut off with the piece that was too much.
 * @throws A {@link SecurityError} with code `ERR_INPUT_UNREADABLE`.
 * @internal
 */
export async function readPieces(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  limit: number,
): Promise<{ readonly body: Uint8Array; readonly isWhole: boolean }> {
  const pieces: Uint8Array[] = []
  let length = 0
  try {
    for await (const piece of source) {
      pieces.push(piece)
      length += piece.length
      if (length > limit) break
    }
  } catch {
    // What the platform says of it may quote the request.
    throw new SecurityError('ERR_INPUT_UNREADABLE', { message: 'the body of the request broke off', phase: 'request' })
  }
  return { body: concatBytes(pieces), isWhole: length <= limit }
}

/** What the sender called, where a proxy in front of this server changed scheme, host or port. */
function publicUrl(url: string, origin: string | null): string {
  return origin === null ? url : origin + url.slice(new URL(url).origin.length)
}

function refuse(message: string): SecurityError {
  return new SecurityError('ERR_ARGUMENT_INVALID', { message })
}
