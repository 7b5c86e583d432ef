const MAX_REPLY_BYTES = 64 * 1024

/**
 * Reads the body of a response to its end, or to its limit; what comes behind is not waited for.
 * @returns `null` where it is longer, or no UTF-8.
 * @internal
 */
export async function readBody(response: Response): Promise<string | null> {
  const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = response.body?.getReader()
  if (reader === undefined) return ''
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  let bytes = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return text + decode(decoder)
      bytes += value.length
      if (bytes > MAX_REPLY_BYTES) return null
      text += decode(decoder, value)
    }
  } catch (error) {
    if (error instanceof IllFormed) return null
    throw error
  } finally {
    discard(reader)
  }
}

class IllFormed extends Error {}

function decode(decoder: TextDecoder, piece?: Uint8Array): string {
  try {
    return piece === undefined ? decoder.decode() : decoder.decode(piece, { stream: true })
  } catch {
    throw new IllFormed()
  }
}

/** Lets go of a body that nobody reads. Not awaited: a stream may never answer. @internal */
export function discard(body: Pick<ReadableStream, 'cancel'> | null): void {
  const cancel = async (): Promise<void> => body?.cancel()
  cancel().catch(() => {})
}
