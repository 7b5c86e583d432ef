import type { IssueCode } from '../errors.ts'
import { fitsUtf8, hasControl } from '../http/grammar.ts'
import { isLoopback, splitUrl } from '../http/url.ts'
import { pointerTo } from '../json-pointer.ts'
import { type Issue, makeIssue } from '../result.ts'
import { Secret } from '../secret.ts'
import type { AccessTokenNeed, Carrier, ClientCredential, OAuth2ClientCredentialsRequirement } from '../types.ts'
import { AUTHORIZATION } from './carriers.ts'
import { type Credential, type KindRow, PLAIN } from './row.ts'

type Fields = OAuth2ClientCredentialsRequirement['oauth2ClientCredentials']

/** @internal */
export const oauth2ClientCredentials: KindRow<Fields> = {
  ...PLAIN,
  carriers: () => [AUTHORIZATION],
  check: (fields) => [...checkTokenUrl(fields.tokenUrl), ...checkParameters(fields)],
  extensions: () => [''],
  defect: clientDefect,
  emit: accessTokenNeed,
}

/** 169.254.0.0/16, also inside IPv6, and fe80::/10: clouds tell a machine's own secrets there (T59). */
const LINK_LOCAL = /^(?:169\.254\.|\[fe[89ab][0-9a-f]:|\[(?:::ffff:|::|64:ff9b::)a9fe:|\[fd00:ec2::254\]$)/

function checkTokenUrl(tokenUrl: string): readonly Issue[] {
  const message = tokenUrlDefect(tokenUrl)
  if (message === null) return []
  return [makeIssue('ERR_TOKEN_URL', '/tokenUrl', message, 'write out the token endpoint of the authorization server')]
}

function tokenUrlDefect(tokenUrl: string): string | null {
  const url = splitUrl(tokenUrl)
  // RFC 6749 section 3.2: no fragment.
  if (url === null || url.fragmentStart < tokenUrl.length || /[{}]/.test(tokenUrl)) {
    return 'expected an absolute https URL in its plain spelling, without a placeholder or fragment'
  }
  if (LINK_LOCAL.test(url.host)) return 'no authorization server is at a link-local address'
  if (url.scheme === 'https' || isLoopback(url.host)) return null
  return 'the client secret would travel over plain http, readable on the way'
}

/** What the request sets by itself (RFC 6749 section 4.4.2, RFC 7521 section 4.2). */
const OWN_PARAMETERS = new Set([
  'grant_type',
  'scope',
  'audience',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
])

function checkParameters({ audience = 'none', parameters = {} }: Fields): readonly Issue[] {
  const issues: Issue[] = []
  const refuse = (pointer: string, message: string): void => {
    issues.push(makeIssue('ERR_OAUTH_PARAMETER', pointer, message))
  }
  if (!isParameterText(audience)) refuse('/audience', '`audience` is empty or holds a control character')
  for (const [name, value] of Object.entries(parameters)) {
    const at = pointerTo('/parameters', name)
    if (OWN_PARAMETERS.has(name)) refuse(at, `\`${name}\` is set by the token request itself`)
    else if (!isParameterText(name)) refuse(at, 'the name of a parameter is empty or holds a control character')
    else if (hasControl(value)) refuse(at, `parameter \`${name}\` holds a control character`)
  }
  return issues
}

function isParameterText(text: string): boolean {
  return text !== '' && !hasControl(text)
}

interface Client {
  readonly clientId: string
  /** The secret, or the JSON text of the private key. */
  readonly proof: string
}

const MAX_BYTES = 16 * 1024

/** RFC 6749 appendices A.1 and A.2: %x20-7E. */
const PRINTABLE = /^[\x20-\x7e]*$/

function clientDefect(fields: Fields, credential: Credential): IssueCode | null {
  const client = readClient(fields, credential)
  if (client === null) return 'ERR_TOKEN_TYPE'
  if (client.clientId === '' || client.proof === '') return 'ERR_TOKEN_EMPTY'
  if (!fitsUtf8(client.clientId + client.proof, MAX_BYTES)) return 'ERR_TOKEN_TOO_LONG'
  if (!PRINTABLE.test(client.clientId) || endsEarly(fields, client)) return 'ERR_TOKEN_CLIENT'
  const fits = usesKey(fields) ? isPrivateKey(client.proof) : PRINTABLE.test(client.proof)
  return fits ? null : 'ERR_TOKEN_CLIENT'
}

/** RFC 7617 section 2: without the form encoding, the first colon ends the id. */
function endsEarly({ clientAuthentication }: Fields, { clientId }: Client): boolean {
  return clientAuthentication === 'client_secret_basic_raw' && clientId.includes(':')
}

function usesKey({ clientAuthentication }: Fields): boolean {
  return clientAuthentication === 'private_key_jwt'
}

/** `{clientId, clientSecret}`, or `{clientId, privateKey}` for `private_key_jwt`; `null` for anything else. */
function readClient(fields: Fields, credential: Credential): Client | null {
  if (typeof credential !== 'object' || Array.isArray(credential)) return null
  const { clientId, clientSecret, privateKey, ...rest } = credential as { readonly [name: string]: unknown }
  if (typeof clientId !== 'string' || Object.keys(rest).length > 0) return null
  const [proof, other] = usesKey(fields) ? [keyText(privateKey), clientSecret] : [clientSecret, privateKey]
  return typeof proof === 'string' && other === undefined ? { clientId, proof } : null
}

function keyText(privateKey: unknown): unknown {
  const isObject = typeof privateKey === 'object' && privateKey !== null && !Array.isArray(privateKey)
  return isObject ? JSON.stringify(privateKey) : privateKey
}

/** Whether a text is a private JWK of a kind that signs (RFC 7518 section 6, RFC 8037). */
function isPrivateKey(text: string): boolean {
  try {
    const key: unknown = JSON.parse(text)
    if (typeof key !== 'object' || key === null || Array.isArray(key)) return false
    const { kty, d } = key as { readonly kty?: unknown; readonly d?: unknown }
    return (kty === 'RSA' || kty === 'EC' || kty === 'OKP') && typeof d === 'string' && d !== ''
  } catch {
    return false
  }
}

const WRITES: readonly Carrier[] = Object.freeze([AUTHORIZATION])

function accessTokenNeed(fields: Fields, credential: Credential, requirement: string): AccessTokenNeed {
  const { tokenUrl, scope, audience, clientAuthentication = 'client_secret_post', parameters } = fields
  return Object.freeze({
    kind: 'accessToken',
    requirement,
    writes: WRITES,
    tokenUrl,
    ...(scope === undefined ? {} : { scope }),
    ...(audience === undefined ? {} : { audience }),
    clientAuthentication,
    ...(parameters === undefined ? {} : { parameters }),
    client: Object.freeze(clientOf(fields, credential)),
  })
}

function clientOf(fields: Fields, credential: Credential): ClientCredential {
  // INVARIANT: `defect` has refused what cannot be read.
  const { clientId, proof } = readClient(fields, credential) as Client
  const secret = new Secret(proof)
  return usesKey(fields) ? { clientId, privateKey: secret } : { clientId, clientSecret: secret }
}
