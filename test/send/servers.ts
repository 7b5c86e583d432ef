import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net'
import { afterAll } from 'vitest'
import { type Certificate, makeCertificate } from './certificate.ts'

/** What a server received. */
export interface Received {
  readonly method: string
  readonly url: string
  /** Names in lower case; each value that was sent. */
  readonly headers: Readonly<Record<string, readonly string[]>>
  readonly body: string
  /** All of it as one text. */
  readonly text: string
}

/** A server on loopback that keeps what it received. */
export interface Loopback {
  readonly origin: string
  readonly received: Received[]
}

/** What a server answers. */
export interface Answer {
  readonly status?: number
  readonly headers?: Record<string, string | readonly string[]>
  readonly body?: string | Uint8Array
}

const open: (Server | TcpServer)[] = []

afterAll(() => {
  for (const server of open.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections()
    server.close()
  }
})

/** The certificate of all https servers. */
export const CERTIFICATE: Certificate = makeCertificate()

/** Where a server listens. */
export interface Place {
  readonly host?: string
  readonly tls?: boolean
}

/** Starts a server that answers as it is told. */
export async function serve(answer: (received: Received) => Answer, place: Place = {}): Promise<Loopback> {
  const received: Received[] = []
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const one = readMessage(request.method ?? '', request.url ?? '', request.rawHeaders, Buffer.concat(chunks))
      received.push(one)
      const { status = 200, headers = {}, body = '' } = answer(one)
      response.writeHead(status, headers as Record<string, string>)
      response.end(body)
    })
  }
  const { cert, key } = CERTIFICATE
  const server = place.tls === true ? createHttpsServer({ cert, key }, listener) : createHttpServer(listener)
  open.push(server)
  const port = await listen(server, place.host)
  const scheme = place.tls === true ? 'https' : 'http'
  return { origin: `${scheme}://${place.host ?? '127.0.0.1'}:${port}`, received }
}

function readMessage(method: string, url: string, raw: readonly string[], bytes: Buffer): Received {
  const headers: Record<string, string[]> = {}
  raw.forEach((name, index) => {
    if (index % 2 !== 0) return
    const lower = name.toLowerCase()
    headers[lower] = [...(headers[lower] ?? []), raw[index + 1] ?? '']
  })
  const body = bytes.toString('latin1')
  const lines = raw.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${raw[index + 1]}`] : []))
  return { method, url, headers, body, text: [`${method} ${url}`, ...lines, '', body].join('\n') }
}

/** A server that speaks no HTTP of its own: `run` gets each connection once its request has begun to arrive. */
export async function serveRaw(
  run: (socket: Socket) => void,
): Promise<{ readonly origin: string; readonly sockets: Set<Socket> }> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    socket.once('data', () => run(socket))
  })
  open.push(server)
  const port = await listen(server)
  return { origin: `http://127.0.0.1:${port}`, sockets }
}

/** An origin of this machine where nobody listens. */
export async function deadOrigin(): Promise<string> {
  const server = createTcpServer()
  const port = await listen(server)
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}`
}

function listen(server: Server | TcpServer, host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, host, () => resolve((server.address() as AddressInfo).port))
  })
}
