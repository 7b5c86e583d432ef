import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll } from 'vitest'

/** The part of `oidc-provider`, which comes without types, that is used here. */
interface OidcProvider {
  callback(): Parameters<typeof createServer>[1]
  on(event: string, listen: (...values: unknown[]) => void): void
}

/** A client that the provider knows. */
export interface KnownClient {
  readonly client_id: string
  readonly client_secret?: string
  readonly token_endpoint_auth_method: string
  readonly [name: string]: unknown
}

export interface RunningProvider {
  readonly origin: () => string
  readonly tokenUrl: () => string
  /** How many tokens it has issued. */
  readonly issued: () => number
  /** Asks it whether a token is active. */
  readonly isActive: (token: string) => Promise<boolean>
  readonly revoke: (token: string) => Promise<void>
}

/** What introspects and revokes. */
const ADMIN = { id: 'admin', secret: 'admin-secret' }

export const SCOPES = ['orders:read', 'orders:write']

/** A certified OAuth server on loopback, whose tokens live for `seconds`. */
export function useProvider(clients: readonly KnownClient[], seconds: number): RunningProvider {
  let handle: Parameters<typeof createServer>[1]
  let issued = 0
  const server = createServer((request, response) => handle?.(request, response))
  const origin = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  beforeAll(async () => {
    const { Provider } = (await import('oidc-provider' as string)) as {
      Provider: new (issuer: string, configuration: object) => OidcProvider
    }
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const provider = new Provider(origin(), configurationOf(clients, seconds))
    provider.on('client_credentials.saved', () => {
      issued += 1
    })
    handle = provider.callback()
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  const post = (path: string, token: string): Promise<Response> =>
    fetch(`${origin()}${path}`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${ADMIN.id}:${ADMIN.secret}`)}` },
      body: new URLSearchParams({ token }),
    })
  return {
    origin,
    tokenUrl: () => `${origin()}/token`,
    issued: () => issued,
    isActive: async (token) =>
      ((await (await post('/token/introspection', token)).json()) as { active: boolean }).active,
    revoke: async (token) => {
      await post('/token/revocation', token)
    },
  }
}

function configurationOf(clients: readonly KnownClient[], seconds: number): object {
  const machine = { grant_types: ['client_credentials'], response_types: [], redirect_uris: [] }
  const admin = { client_id: ADMIN.id, client_secret: ADMIN.secret, token_endpoint_auth_method: 'client_secret_basic' }
  return {
    clients: [admin, ...clients].map((client) => ({ ...machine, ...client })),
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    scopes: SCOPES,
    ttl: { ClientCredentials: seconds },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      revocation: { enabled: true, allowedPolicy: () => true },
    },
  }
}
