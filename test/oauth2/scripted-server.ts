import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll } from 'vitest'

/** What reached a server. */
export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** What a server answers. */
export interface Scripted {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** A text, or JSON. */
  readonly body?: string | Uint8Array | object
}

/** Answers by hand, or says what to answer. */
export type Script = (received: Received, response: ServerResponse) => Scripted | Promise<Scripted> | null

export interface ScriptedServer {
  /** `http://127.0.0.1:port`; known once the tests run. */
  readonly origin: () => string
  /** Everything that reached it since the last {@link ScriptedServer.play}. */
  readonly received: readonly Received[]
  /** What it answers from now on. */
  readonly play: (script: Script | Scripted) => void
}

const JSON_TYPE = { 'content-type': 'application/json' }

/** A server on loopback for the tests of a file, or of a `describe`. */
export function useScriptedServer(): ScriptedServer {
  const received: Received[] = []
  let script: Script = () => ({ status: 500 })
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', async () => {
      const { method = '', url: path = '', headers } = request
      const one = { method, path, headers, body: Buffer.concat(pieces).toString() }
      received.push(one)
      const scripted = await script(one, response)
      if (scripted === null) return
      const { status = 200, body = '' } = scripted
      const isJson = typeof body === 'object' && !(body instanceof Uint8Array)
      response.writeHead(status, { ...(isJson ? JSON_TYPE : {}), ...scripted.headers })
      response.end(isJson ? JSON.stringify(body) : body)
    })
  })
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    origin: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    play: (next) => {
      received.length = 0
      script = typeof next === 'function' ? next : () => next
    },
  }
}
