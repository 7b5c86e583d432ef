import { SecurityError } from '../errors.ts'
import { readOptions } from '../read-options.ts'
import { type NodeRequest, rawValues, targetOf } from './node.ts'
import { isOrigin, isPositive } from './option-checks.ts'
import { type ReceivedMessage, readPieces } from './read-message.ts'
import { unpolluted } from './unpolluted.ts'

/** How {@link readNodeMessage} reads. */
export interface NodeMessageOptions {
  /** `scheme://host[:port]` that callers use: a server does not know it, and signatures may cover the URL. */
  readonly origin: string
  /** As the authenticator has it. Positive integer. Default 1 MiB. */
  readonly maxBodyBytes?: number
}

/** The body of Node's `IncomingMessage`. */
export interface NodeBody extends AsyncIterable<Uint8Array> {
  /** Whether somebody has read of it. Default false. */
  readonly readableDidRead?: boolean
}

/**
 * Reads a request of Node's `http` server, or of Express before any body parser, for an authenticator: headers as they
 * stood on the wire, and the raw bytes of the body.
 *
 * @returns The message. Reading ends once a body is over the limit; an authenticator with the same limit refuses it then.
 * @throws A {@link core.SecurityError} with code `ERR_INPUT_UNREADABLE` for a body that broke off: a server must catch it,
 * since whoever goes away in the middle of a body causes it. `ERR_ARGUMENT_INVALID` for options that are not usable, or a
 * body that somebody else has read before, such as a body parser.
 * @example
 * const message = await readNodeMessage(request, { origin: 'https://tools.example.com' })
 * const authentication = await authenticator.authenticate(message)
 */
export async function readNodeMessage(
  request: NodeRequest & NodeBody,
  options: NodeMessageOptions,
): Promise<ReceivedMessage> {
  const { origin, maxBodyBytes } = readNodeOptions(options)
  if (unpolluted(request, 'readableDidRead') === true) throw refuse('the body of the request was read before')
  const { method = 'GET', rawHeaders } = request
  const headers = Object.create(null) as Record<string, readonly string[]>
  for (const name of rawHeaders.filter((_, index) => index % 2 === 0)) {
    headers[name.toLowerCase()] = rawValues(request, name.toLowerCase())
  }
  const { body } = await readPieces(request, maxBodyBytes)
  return { method, url: origin + targetOf(request), headers, body }
}

function readNodeOptions(options: NodeMessageOptions): Required<NodeMessageOptions> {
  const read = readOptions<NodeMessageOptions>(options, { origin: isOrigin, maxBodyBytes: isPositive })
  const { origin, maxBodyBytes = 1024 * 1024 } = read
  if (origin === undefined) throw refuse('reading a message needs the `origin` that callers use')
  return { origin, maxBodyBytes }
}

function refuse(message: string): SecurityError {
  return new SecurityError('ERR_ARGUMENT_INVALID', { message })
}
