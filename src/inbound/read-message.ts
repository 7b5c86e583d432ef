import { concatBytes } from '../bytes.ts'
import type { SignableRequest } from '../hmac/message.ts'

/** A received request with its raw bytes. */
export interface ReceivedMessage extends SignableRequest {
  /** The exact bytes of the body. */
  readonly body: Uint8Array
}

/**
 * Reads a request once, its body at most to a limit; the request itself stays unread.
 * @returns `null` where the body is longer.
 * @internal
 */
export async function readMessage(
  request: Request,
  maxBodyBytes: number,
  origin: string | null,
): Promise<ReceivedMessage | null> {
  const body = await readBody(request.clone().body, maxBodyBytes)
  const { method, headers } = request
  return body === null ? null : { method, url: publicUrl(request.url, origin), headers, body }
}

async function readBody(stream: ReadableStream<Uint8Array> | null, limit: number): Promise<Uint8Array | null> {
  const pieces: Uint8Array[] = []
  let length = 0
  const reader = stream?.getReader()
  for (let read = await reader?.read(); read?.value !== undefined; read = await reader?.read()) {
    length += read.value.length
    if (length > limit) {
      // Not awaited: the other branch of a tee may never be read.
      reader?.cancel().catch(() => undefined)
      return null
    }
    pieces.push(read.value)
  }
  return concatBytes(pieces)
}

/** What the sender called, where a proxy in front of this server changed scheme, host or port. */
function publicUrl(url: string, origin: string | null): string {
  return origin === null ? url : origin + url.slice(new URL(url).origin.length)
}
