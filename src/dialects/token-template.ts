import { optionsOf, requirementsOf } from '../definition/options.ts'
import { kindOf } from '../kinds/table.ts'
import type { AuthTokens, Kind, Requirement, ToolDefinition } from '../types.ts'

/** The shape of a credential with nothing in it. */
export type EmptyToken = '' | { readonly [field: string]: '' }

const KEY_TEXT = (): EmptyToken => ''

/** One row a kind: what its credential looks like. */
const EMPTY_TOKENS: { readonly [K in Kind]: (requirement: Requirement) => EmptyToken } = {
  queryApiKey: KEY_TEXT,
  headerApiKey: KEY_TEXT,
  cookieApiKey: KEY_TEXT,
  httpAuth: (requirement) => {
    const { scheme } = (requirement as Extract<Requirement, { readonly httpAuth: unknown }>).httpAuth
    return scheme.toLowerCase() === 'basic' ? { username: '', password: '' } : ''
  },
  oauth2ClientCredentials: (requirement) => {
    const { clientAuthentication } = (
      requirement as Extract<Requirement, { readonly oauth2ClientCredentials: unknown }>
    ).oauth2ClientCredentials
    return clientAuthentication === 'private_key_jwt'
      ? { clientId: '', privateKey: '' }
      : { clientId: '', clientSecret: '' }
  },
  hmacSignature: KEY_TEXT,
}

/**
 * Lists the names that a definition asks for, each with an empty credential of the shape that it takes, to be filled in.
 *
 * An empty credential is refused wherever it is used, so that a template that nobody filled in fails instead of being
 * sent, or counting as no token at all.
 *
 * @param definition A parsed definition.
 * @param tokens What is known already: references to stored credentials are kept, secrets are not. Default none.
 * @returns Credentials by requirement name, sorted.
 * @example
 * tokenTemplate(definition) // { apiKey: '', login: { username: '', password: '' } }
 */
export function tokenTemplate(definition: ToolDefinition, tokens: AuthTokens = {}): AuthTokens {
  const template = new Map<string, EmptyToken | { readonly credentialId: string }>()
  for (const [name, requirement] of optionsOf(definition).flatMap(requirementsOf)) {
    if (template.has(name)) continue
    template.set(name, referenceOf(tokens, name) ?? EMPTY_TOKENS[kindOf(requirement)](requirement))
  }
  return Object.freeze(Object.fromEntries([...template].sort(([a], [b]) => (a < b ? -1 : 1)))) as AuthTokens
}

function referenceOf(tokens: AuthTokens, name: string): { readonly credentialId: string } | undefined {
  const token: unknown = Object.hasOwn(tokens, name) ? tokens[name] : undefined
  const isReference = typeof token === 'object' && token !== null && Object.hasOwn(token, 'credentialId')
  return isReference ? (token as { readonly credentialId: string }) : undefined
}
