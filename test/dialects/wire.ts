import type { ToolWithTokens } from '../../src/dialects/index.ts'
import { apply, buildRequest, type HttpRequest, resolve, type Token } from '../../src/index.ts'
import { createTokenCache } from '../../src/oauth2/index.ts'
import { prepare } from '../../src/send/index.ts'

/** The access token that every token endpoint of these tests gives. */
export const ACCESS_TOKEN = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...'

/** When every signature of these tests is made. */
export const NOW = 1_700_000_000_123

/** The id of every message of these tests. */
export const MESSAGE_ID = 'msg_2cJvkNqrDSz'

export interface Sent {
  readonly method: string
  readonly url: string
  /** Names as they are sent. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Each request to a token endpoint: its address and its form. */
  readonly tokenRequests: readonly { readonly url: string; readonly form: Readonly<Record<string, string>> }[]
}

interface Given {
  readonly parameters?: Record<string, never>
  readonly body?: string
  /** Stored credentials by id. */
  readonly credentials?: Readonly<Record<string, Token>>
}

/** The request as a platform would send it: built, resolved, with every need met, and signed last. */
export async function sendingOf(tool: ToolWithTokens, given: Given = {}): Promise<Sent> {
  const { parameters = {}, body, credentials = {} } = given
  const built = buildRequest(tool.definition, { parameters, ...(body === undefined ? {} : { body }) })
  const resolution = resolve(tool.definition, tool.tokens, { tenant: 'tenant-1' })
  const tokenRequests: { url: string; form: Record<string, string> }[] = []
  const tokenCache = createTokenCache({
    now: () => NOW,
    fetch: async (url, init) => {
      tokenRequests.push({ url, form: Object.fromEntries(new URLSearchParams(String(init.body))) })
      return Response.json({ access_token: ACCESS_TOKEN, token_type: 'Bearer', expires_in: 3600 })
    },
  })
  const use = async ({ credentialId }: { readonly credentialId: string }): Promise<Token> => {
    const token = credentials[credentialId]
    if (token === undefined) throw new Error(`no credential ${credentialId}`)
    return token
  }
  const credentialStore = { use }
  const request = await prepare(built, resolution, {
    tokenCache,
    credentialStore,
    clock: () => NOW,
    newId: () => MESSAGE_ID,
  })
  return { ...plain(request), tokenRequests }
}

/** The request through `resolve` and `apply` alone, for tools without needs. */
export function applied(tool: ToolWithTokens, given: Given = {}): Omit<Sent, 'tokenRequests'> {
  const { parameters = {}, body } = given
  const built = buildRequest(tool.definition, { parameters, ...(body === undefined ? {} : { body }) })
  return plain(apply(built, resolve(tool.definition, tool.tokens)))
}

function plain({ method, url, headers, body = '' }: HttpRequest): Omit<Sent, 'tokenRequests'> {
  return {
    method,
    url,
    headers: { ...headers },
    body: typeof body === 'string' ? body : new TextDecoder().decode(body),
  }
}
