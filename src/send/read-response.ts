import { concatBytes } from '../bytes.ts'
import { SecurityError } from '../errors.ts'
import type { Deadline } from './deadline.ts'
import { sendFailure } from './failure.ts'

/** An answer whose body is not yet read: taken from whatever a platform's `fetch` gives. @internal */
export interface Answer {
  readonly status: number
  readonly statusText: string
  readonly headers: Headers
  /** Whether a browser hides that it redirects, and where. */
  readonly hidden: boolean
  readonly reader: ReadableStreamDefaultReader<Uint8Array> | null
}

/**
 * Takes an answer, so that nothing of it can throw later. A reason phrase that no `Response` may have is left out.
 * @throws A {@link SecurityError} with code `ERR_SEND_FAILED`.
 * @internal
 */
export function takeAnswer(response: Response): Answer {
  try {
    const { status, statusText, type, body } = response
    const isUsable = /^[\t\x20-\x7e\x80-\xff]*$/.test(statusText)
    const headers = new Headers([...response.headers])
    const hidden = type === 'opaqueredirect'
    return { status, statusText: isUsable ? statusText : '', headers, hidden, reader: body?.getReader() ?? null }
  } catch {
    throw new SecurityError('ERR_SEND_FAILED', { message: '`fetch` gave no usable response', phase: 'response' })
  }
}

/** Ends an answer that nobody reads, and its connection. @internal */
export async function discard({ reader }: Answer): Promise<void> {
  try {
    await reader?.cancel()
  } catch {
    // It has ended already, or is not ours to end.
  }
}

/** Statuses whose answer has no body (RFC 9110 section 6.4.1). */
const WITHOUT_BODY = new Set([204, 205, 304])

/** What describes the body as it was sent, not as it was read. */
const TRANSFER_HEADERS = ['content-encoding', 'content-length', 'transfer-encoding']

/**
 * Reads the whole answer, so that nothing of it can hang or fail later.
 * @param limit Bytes that the body may have.
 * @throws A {@link SecurityError} with code `ERR_RESPONSE_TOO_LARGE`, `ERR_SEND_FAILED` or `ERR_SEND_TIMEOUT`.
 * @internal
 */
export async function readAnswer(answer: Answer, limit: number, deadline: Deadline): Promise<Response> {
  const { status, statusText, headers } = answer
  if (status < 200 || status > 599) {
    void discard(answer)
    throw new SecurityError('ERR_SEND_FAILED', { message: 'the answer has no usable status', phase: 'response' })
  }
  const body = await readBody(answer, limit, deadline)
  for (const name of TRANSFER_HEADERS) headers.delete(name)
  return new Response(WITHOUT_BODY.has(status) ? null : body, { status, statusText, headers })
}

async function readBody(answer: Answer, limit: number, deadline: Deadline): Promise<Uint8Array<ArrayBuffer>> {
  const { reader } = answer
  if (reader === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for (;;) {
      const chunk = await deadline.within(nextChunk(reader), 'response')
      if (chunk === null) return concatBytes(chunks)
      size += chunk.length
      if (size > limit) throw tooLarge(limit)
      chunks.push(chunk)
    }
  } finally {
    void discard(answer)
  }
}

/** `null` at the end. */
async function nextChunk(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array | null> {
  try {
    const { done, value } = await reader.read()
    if (done || value instanceof Uint8Array) return value ?? null
  } catch (error) {
    throw sendFailure(error, 'response')
  }
  throw new SecurityError('ERR_SEND_FAILED', { message: 'the body of the answer holds no bytes', phase: 'response' })
}

function tooLarge(limit: number): SecurityError {
  return new SecurityError('ERR_RESPONSE_TOO_LARGE', { message: `the answer has more than ${limit} bytes` })
}
