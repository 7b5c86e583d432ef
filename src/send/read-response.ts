import { concatBytes } from '../bytes.ts'
import { SecurityError } from '../errors.ts'
import type { Deadline } from './deadline.ts'
import { sendFailure } from './failure.ts'

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
export async function readResponse(response: Response, limit: number, deadline: Deadline): Promise<Response> {
  const { status, statusText } = response
  if (status < 200 || status > 599) {
    throw new SecurityError('ERR_SEND_FAILED', { message: 'the answer has no usable status', phase: 'response' })
  }
  const body = await readBody(response.body, limit, deadline)
  const headers = new Headers([...response.headers])
  for (const name of TRANSFER_HEADERS) headers.delete(name)
  return new Response(WITHOUT_BODY.has(status) ? null : body, { status, statusText, headers })
}

async function readBody(stream: Response['body'], limit: number, deadline: Deadline): Promise<Uint8Array<ArrayBuffer>> {
  if (stream === null) return new Uint8Array()
  const reader = stream.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for (;;) {
      const { done, value } = await deadline.within(nextChunk(reader), 'response')
      if (done) return concatBytes(chunks)
      size += value.length
      if (size > limit) throw tooLarge(limit)
      chunks.push(value)
    }
  } finally {
    reader.cancel().catch(() => undefined)
  }
}

async function nextChunk(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  try {
    return await reader.read()
  } catch (error) {
    throw sendFailure(error, 'response')
  }
}

function tooLarge(limit: number): SecurityError {
  return new SecurityError('ERR_RESPONSE_TOO_LARGE', { message: `the answer has more than ${limit} bytes` })
}
