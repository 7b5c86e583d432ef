import {
  type AuthTokens,
  compile,
  type Requirement,
  type Resolution,
  resolve,
  Secret,
  type Token,
  type ToolDefinition,
} from '../../src/index.ts'
import type { Capabilities } from '../../src/send/index.ts'

/** A way to authenticate, with capabilities that meet its needs. */
export interface KindCase {
  readonly name: string
  readonly requirements: Readonly<Record<string, Requirement>>
  readonly tokens: AuthTokens
  /** Texts that must reach nobody but the tool. */
  readonly secrets: readonly string[]
  readonly capabilities: Capabilities
}

export const KEY = 'k3y-S3CRET/+canary='
const PASSWORD = 'p@ss:S3CRET wörd'
export const SIGNING_SECRET = 'signing-S3CRET-of-many-bytes'
export const ACCESS_TOKEN = 'access.S3CRET-t0ken'
export const CALL_TOKEN = 'call.S3CRET-t0ken'
const CLIENT = { clientId: 'client-1', clientSecret: 'client-S3CRET-1' }

const stored = (value: Token): Capabilities => ({ credentialStore: { use: async () => value } })
const reference = { credentialId: 'c1' }

/** A cache that always has the same token. */
export const cacheOf = (token: string): NonNullable<Capabilities['tokenCache']> => ({
  getToken: async () => ({ token: new Secret(token), expiresAtMs: null }),
  dropToken: async () => false,
})

const oauth: Requirement = { oauth2ClientCredentials: { tokenUrl: 'https://auth.example.com/token' } }

/** Every kind, and every way its credential is supplied. */
export const KINDS: readonly KindCase[] = [
  kind('queryApiKey', { k: { queryApiKey: { name: 'api_key' } } }, { k: KEY }, [KEY]),
  kind('headerApiKey', { k: { headerApiKey: { name: 'X-API-Key' } } }, { k: KEY }, [KEY]),
  kind('headerApiKey with a prefix', { k: { headerApiKey: { name: 'X-Auth', prefix: 'Key ' } } }, { k: KEY }, [KEY]),
  kind('httpAuth Bearer', { k: { httpAuth: { scheme: 'Bearer' } } }, { k: KEY }, [KEY]),
  kind(
    'httpAuth Basic',
    { k: { httpAuth: { scheme: 'Basic' } } },
    { k: { username: 'canary-user', password: PASSWORD } },
    [PASSWORD, 'canary-user', Buffer.from(`canary-user:${PASSWORD}`).toString('base64')],
  ),
  kind('cookieApiKey', { k: { cookieApiKey: { name: 'session' } } }, { k: 'cookie-S3CRET+/=' }, ['cookie-S3CRET+/=']),
  kind('oauth2ClientCredentials', { k: oauth }, { k: CLIENT }, [ACCESS_TOKEN, CLIENT.clientSecret], {
    tokenCache: cacheOf(ACCESS_TOKEN),
  }),
  kind(
    'hmacSignature in a header',
    { k: { hmacSignature: { headers: { 'X-Signature': 'v1={signature}' } } } },
    { k: SIGNING_SECRET },
    [SIGNING_SECRET],
  ),
  kind(
    'hmacSignature in the query',
    {
      k: {
        hmacSignature: {
          payload: '{method} {url} {body}',
          headers: {},
          query: { at: '{timestamp}', sig: '{signature}' },
        },
      },
    },
    { k: SIGNING_SECRET },
    [SIGNING_SECRET],
  ),
  kind(
    'two header keys',
    { a: { headerApiKey: { name: 'X-User' } }, b: { headerApiKey: { name: 'X-Key' } } },
    { a: `a${KEY}`, b: `b${KEY}` },
    [`a${KEY}`, `b${KEY}`],
  ),
  kind('a stored key', { k: { headerApiKey: { name: 'X-API-Key' } } }, { k: reference }, [KEY], stored(KEY)),
  kind('a stored client', { k: oauth }, { k: reference }, [ACCESS_TOKEN, CLIENT.clientSecret], {
    ...stored(CLIENT),
    tokenCache: cacheOf(ACCESS_TOKEN),
  }),
  kind(
    'a stored signing secret',
    { k: { hmacSignature: { headers: { 'X-Signature': '{signature}' } } } },
    { k: reference },
    [SIGNING_SECRET],
    stored(SIGNING_SECRET),
  ),
]

function kind(
  name: string,
  requirements: KindCase['requirements'],
  tokens: AuthTokens,
  secrets: readonly string[],
  capabilities: Capabilities = {},
): KindCase {
  return { name, requirements, tokens, secrets, capabilities }
}

/** A tool of one kind at an origin. */
export function definitionAt(
  origin: string,
  requirements: KindCase['requirements'],
  httpMethod = 'POST',
): ToolDefinition {
  return {
    http: { baseUrlPattern: `${origin}/tool`, httpMethod },
    requirements: { httpSecurityOptions: { options: [{ requirements }] } },
  }
}

/** The resolution of one kind for a tool at an origin. */
export function resolutionAt(
  origin: string,
  { requirements, tokens }: Pick<KindCase, 'requirements' | 'tokens'>,
): Resolution {
  return resolve(compile(definitionAt(origin, requirements)), tokens, { tenant: 'tenant-1' })
}

/** A resolution that owes a call token, too, and a stored credential for each requirement. */
export function resolutionWithCallToken(origin: string, requirements: KindCase['requirements']): Resolution {
  const definition = {
    http: { baseUrlPattern: `${origin}/tool`, httpMethod: 'POST' },
    requirements: {
      httpSecurityOptions: {
        options: [{ requirements, ultravoxCallTokenRequirement: { scopes: ['calls.read', 'calls.end'] } }],
      },
    },
  }
  const tokens = Object.fromEntries(Object.keys(requirements).map((name) => [name, reference]))
  return resolve(compile(definition), tokens, { tenant: 'tenant-1', mintCallToken: () => undefined })
}
