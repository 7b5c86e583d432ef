import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Guard, guard, guardNode, type Keyring, principalOf } from '../../inbound/index.ts'

/** @internal */
export const EXAMPLE_SCOPES: readonly string[] = ['calls:read', 'calls:write']

/** A small API on this machine alone, protected by the keys of a keyring. @internal */
export async function startExample(
  keyring: Keyring,
  port: number,
): Promise<{ readonly server: Server; readonly url: string }> {
  const protect = guardNode(createGuard(keyring))
  const server = createServer((request, response) => void protect(request, response, () => answer(request, response)))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve)
  })
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

function createGuard(keyring: Keyring): Guard {
  return guard({
    keyring,
    exempt: ['/health'],
    scopes: ({ method }) => [method === 'GET' || method === 'HEAD' ? 'calls:read' : 'calls:write'],
    // Requests come from this machine, as from a proxy on it.
    trustedProxies: ['127.0.0.1'],
  })
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const principal = principalOf(request)
  const body = principal === null ? { status: 'ok' } : { tenant: principal.tenant, keyId: principal.keyId, calls: [] }
  response.writeHead(200, { 'Content-Type': 'application/json' })
  response.end(`${JSON.stringify(body)}\n`)
}

/** Requests to try. @internal */
export function exampleLines(url: string, key: string): readonly string[] {
  const https = "-H 'X-Forwarded-Proto: https'"
  const bearer = `-H 'Authorization: Bearer ${key}'`
  return [
    '# no key is needed',
    `curl ${url}/health`,
    '# 401: no key',
    `curl ${https} ${url}/calls`,
    '# 200',
    `curl ${https} \\\n  ${bearer} \\\n  ${url}/calls`,
    '# 403: the key may not write, unless it was issued with calls:write',
    `curl ${https} -X POST \\\n  ${bearer} \\\n  ${url}/calls`,
    '# 403: plain HTTP',
    `curl ${bearer} \\\n  ${url}/calls`,
  ].flatMap((line) => line.split('\n'))
}
