import { concatBytes } from '../bytes.ts'
import { SecurityError } from '../errors.ts'
import type { SignableRequest } from '../hmac/message.ts'

/** A received request with its raw bytes. */
export interface ReceivedMessage extends SignableRequest {
  /** The exact bytes of the body. */
  readonly body: Uint8Array
}

/**
 * Reads a request once, its body at most to a limit; the request itself stays unread. A message is taken as it is.
 * @returns `null` where the body is longer.
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`, or `ERR_INPUT_UNREADABLE` for a body that broke off.
 * @internal
 */
export async function readMessage(
  request: Request | ReceivedMessage,
  maxBodyBytes: number,
  origin: string | null,
): Promise<ReceivedMessage | null> {
  if (request.body instanceof Uint8Array)
    return request.body.length > maxBodyBytes ? null : (request as ReceivedMessage)
  if (!isRequest(request)) throw refuse('expected a `Request`, or a message whose body is its bytes')
  if (request.bodyUsed) throw refuse('the body of the request was read before it could be checked')
  const body = await readBody(request.clone().body, maxBodyBytes)
  const { method, headers } = request
  return body === null ? null : { method, url: publicUrl(request.url, origin), headers, body }
}

/** Of this platform or of a package's own `fetch`. */
function isRequest(request: Request | ReceivedMessage): request is Request {
  return typeof (request as Partial<Request>).clone === 'function'
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
