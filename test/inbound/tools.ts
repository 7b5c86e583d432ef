import type { Caller } from '../../src/inbound/index.ts'
import type { ToolDefinition } from '../../src/index.ts'

/** Where the tool of a test is reached. */
export const URL_TEXT: string = 'https://tools.example.com/hook'

/** A tool with these options. */
export function toolWith(...options: object[]): ToolDefinition {
  return {
    http: { baseUrlPattern: URL_TEXT, httpMethod: 'POST' },
    requirements: { httpSecurityOptions: { options } },
  } as ToolDefinition
}

/** An option of one requirement, `key`. */
export const one = (requirement: object): { requirements: { key: object } } => ({ requirements: { key: requirement } })
export const HEADER: ReturnType<typeof one> = one({ headerApiKey: { name: 'X-Key' } })
export const QUERY: ReturnType<typeof one> = one({ queryApiKey: { name: 'api_key' } })
export const COOKIE: ReturnType<typeof one> = one({ cookieApiKey: { name: 'sid' } })
export const BEARER: ReturnType<typeof one> = one({ httpAuth: { scheme: 'Bearer' } })
export const BASIC: ReturnType<typeof one> = one({ httpAuth: { scheme: 'Basic' } })
export const OAUTH: ReturnType<typeof one> = one({
  oauth2ClientCredentials: { tokenUrl: 'https://auth.example.com/token', scope: 'orders:read orders:write' },
})
export const HMAC: ReturnType<typeof one> = one({
  hmacSignature: { payload: '{timestamp}.{body}', headers: { 'X-Time': '{timestamp}', 'X-Signature': '{signature}' } },
})

export const CALLERS: readonly Caller[] = [{ principal: 'platform', authTokens: { key: 'right-0123456789' } }]

/** A request to the tool. */
export function request(headers: HeadersInit = {}, url: string = URL_TEXT, body: string | null = null): Request {
  return new Request(url, { method: 'POST', headers, body })
}
