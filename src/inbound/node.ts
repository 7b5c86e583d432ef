import type { Guard, GuardVerdict } from './guard.ts'
import type { KeyPrincipal } from './key-verifying.ts'
import { unpolluted } from './unpolluted.ts'

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
  /** Whether the answer has begun. Default false. */
  readonly headersSent?: boolean
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
 * @returns Middleware; a plain `http` server calls it with its own continuation. It never rejects but by what the
 * continuation throws, which is not called where somebody else has answered meanwhile.
 * @example
 * app.use(guardNode(keyGuard))
 */
export function guardNode(
  guard: Guard,
): (request: NodeRequest, response: NodeResponse, next: () => void) => Promise<void> {
  return async (request, response, next) => {
    const verdict = await checkNode(guard, request)
    // Somebody else has answered meanwhile, such as one who limits the time.
    if (unpolluted(response, 'headersSent') === true) return
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
  const { socket } = request
  const verdict = await guard.check({
    method: request.method ?? 'GET',
    target: targetOf(request),
    authorization: rawValues(request, 'authorization'),
    forwardedProto: rawValues(request, 'x-forwarded-proto'),
    isSecure: unpolluted(socket, 'encrypted') === true,
    remoteAddress: unpolluted(socket, 'remoteAddress') ?? null,
  })
  if (verdict.ok) principals.set(request, verdict.principal)
  return verdict
}

/** What stood in the request line, whatever a router has made of it. @internal */
export function targetOf(request: NodeRequest): string {
  return unpolluted(request, 'originalUrl') ?? request.url ?? '/'
}

/** Every value of a header, in order. @internal */
export function rawValues({ rawHeaders }: NodeRequest, name: string): readonly string[] {
  return rawHeaders.flatMap((value, index) =>
    index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name ? [value] : [],
  )
}
