import type { Guard, GuardVerdict } from './guard.ts'
import type { KeyPrincipal } from './key-verifying.ts'
import { type ReceivedMessage, readPieces } from './read-message.ts'

/** The part of Node's `IncomingMessage` that a guard reads. */
export interface NodeRequest {
  /** The HTTP method. */
  readonly method?: string | undefined
  /** Path with its query. */
  readonly url?: string | undefined
  /** The same before a router took its part away; Express sets it. */
  readonly originalUrl?: string
  /** Names and values in turn: `headers` drops a second `Authorization`. */
  readonly rawHeaders: readonly string[]
  /** The connection. */
  readonly socket: NodeSocket
}

/** The part of a connection that a guard reads. */
export interface NodeSocket {
  /** Address of the other end. */
  readonly remoteAddress?: string | undefined
  /** Whether it is a TLS connection. */
  readonly encrypted?: boolean
}

/** The part of Node's `ServerResponse` that a guard writes. */
export interface NodeResponse {
  /** Sets one header field. */
  setHeader(name: string, value: string): unknown
  /** Begins the answer. */
  writeHead(status: number, headers: Readonly<Record<string, string>>): unknown
  /** Ends the answer. */
  end(body: string): unknown
}

const principals = new WeakMap<object, KeyPrincipal | null>()

/**
 * Tells on whose behalf a request is made that a guard let pass; `null` on an exempt path, and for any other request.
 *
 * @param request Node's request; for Fastify its `raw`.
 * @example
 * app.get('/calls', (request, response) => response.json(principalOf(request)?.tenant))
 */
export function principalOf(request: object): KeyPrincipal | null {
  return principals.get(request) ?? null
}

/**
 * Guards a Node `http` server, Express or Connect.
 *
 * @returns Middleware; a plain `http` server calls it with its own continuation.
 * @example
 * app.use(guardNode(keyGuard))
 */
export function guardNode(
  guard: Guard,
): (request: NodeRequest, response: NodeResponse, next: () => void) => Promise<void> {
  return async (request, response, next) => {
    const verdict = await checkNode(guard, request)
    if (!verdict.ok) {
      response.writeHead(verdict.refusal.status, verdict.refusal.headers)
      response.end(verdict.refusal.body)
      return
    }
    for (const [name, value] of Object.entries(verdict.headers)) response.setHeader(name, value)
    next()
  }
}

/** The part of Fastify's reply that a guard writes. */
export interface FastifyReply {
  /** Sets the status. */
  code(status: number): unknown
  /** Sets header fields. */
  headers(values: Readonly<Record<string, string>>): unknown
  /** Sends the answer. */
  send(body: string): unknown
}

/**
 * Guards a Fastify server, as an `onRequest` hook.
 *
 * @example
 * app.addHook('onRequest', guardFastify(keyGuard))
 */
export function guardFastify(
  guard: Guard,
): (request: { readonly raw: NodeRequest }, reply: FastifyReply) => Promise<unknown> {
  return async ({ raw }, reply) => {
    const verdict = await checkNode(guard, raw)
    reply.headers(verdict.ok ? verdict.headers : verdict.refusal.headers)
    if (verdict.ok) return undefined
    reply.code(verdict.refusal.status)
    return reply.send(verdict.refusal.body)
  }
}

async function checkNode(guard: Guard, request: NodeRequest): Promise<GuardVerdict> {
  const { method = 'GET', url = '/', originalUrl = url, socket } = request
  const verdict = await guard.check({
    method,
    target: originalUrl,
    authorization: rawValues(request, 'authorization'),
    forwardedProto: rawValues(request, 'x-forwarded-proto'),
    isSecure: socket.encrypted === true,
    remoteAddress: socket.remoteAddress ?? null,
  })
  if (verdict.ok) principals.set(request, verdict.principal)
  return verdict
}

/** How {@link readNodeMessage} reads. */
export interface NodeMessageOptions {
  /** `scheme://host[:port]` that callers use: a server does not know it, and signatures may cover the URL. */
  readonly origin: string
  /** As the authenticator has it. Positive integer. Default 1 MiB. */
  readonly maxBodyBytes?: number
}

/**
 * Reads a request of Node's `http` server, or of Express before any body parser, for an authenticator: headers as they
 * stood on the wire, and the raw bytes of the body.
 *
 * @returns The message. Reading ends once a body is over the limit; an authenticator with the same limit refuses it then.
 * @throws A {@link core.SecurityError} with code `ERR_INPUT_UNREADABLE` for a body that broke off.
 * @example
 * const message = await readNodeMessage(request, { origin: 'https://tools.example.com' })
 * const authentication = await authenticator.authenticate(message)
 */
export async function readNodeMessage(
  request: NodeRequest & AsyncIterable<Uint8Array>,
  options: NodeMessageOptions,
): Promise<ReceivedMessage> {
  const { origin, maxBodyBytes = 1024 * 1024 } = options
  const { method = 'GET', url = '/', originalUrl = url, rawHeaders } = request
  const headers = Object.create(null) as Record<string, readonly string[]>
  for (const name of rawHeaders.filter((_, index) => index % 2 === 0)) {
    headers[name.toLowerCase()] = rawValues(request, name.toLowerCase())
  }
  const { body } = await readPieces(request, maxBodyBytes)
  return { method, url: origin + originalUrl, headers, body }
}

function rawValues({ rawHeaders }: NodeRequest, name: string): readonly string[] {
  return rawHeaders.flatMap((value, index) =>
    index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name ? [value] : [],
  )
}
