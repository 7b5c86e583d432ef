import type { IssueCode } from '../errors.ts'
import { fitsUtf8, hasControl } from '../http/grammar.ts'
import type { Credential } from '../kinds/row.ts'
import { bindKind } from '../kinds/table.ts'
import { credentialDefect } from '../plan/tokens.ts'
import { Secret } from '../secret.ts'
import type { Requirement, Token } from '../types.ts'
import type { CredentialType } from './types.ts'

/** One type of credential: everything that differs from type to type. */
interface ValueType {
  /** Why this can be no value of the type, or `null`. Texts are non-empty, well-formed and at most 16 KiB. */
  defect(value: Credential): IssueCode | null
  /** What a request is given; earlier versions stand behind the current one. */
  token(current: Credential, earlier: readonly Credential[]): Token
  /** Whether versions can be valid at once, all of them; `null` where a request carries one value only. */
  readonly fitTogether: ((current: Credential, earlier: readonly Credential[]) => boolean) | null
}

const secretText: ValueType = {
  fitTogether: null,
  defect: (value) => {
    if (typeof value !== 'string') return 'ERR_TOKEN_TYPE'
    return hasControl(value) ? 'ERR_TOKEN_CONTROL' : null
  },
  token: (value) => new Secret(String(value)),
}

const BASIC: Requirement = { httpAuth: { scheme: 'Basic' } }

const userPassword: ValueType = {
  fitTogether: null,
  defect: (value) => (typeof value === 'string' ? 'ERR_TOKEN_TYPE' : bindKind(BASIC).defect(value)),
  token: (value) => {
    const { username, password } = value as { readonly username: string; readonly password: string }
    return Object.freeze({ username, password: new Secret(password) })
  },
}

const ANY_SERVER = 'https://localhost/'

const oauthClient: ValueType = {
  fitTogether: null,
  defect: (value) => {
    const clientAuthentication = holdsKey(value) ? 'private_key_jwt' : 'client_secret_post'
    return bindKind({ oauth2ClientCredentials: { tokenUrl: ANY_SERVER, clientAuthentication } }).defect(value)
  },
  token: (value) => {
    const { clientId, clientSecret, privateKey } = value as { readonly [name: string]: unknown; clientId: string }
    if (!holdsKey(value)) return Object.freeze({ clientId, clientSecret: new Secret(String(clientSecret)) })
    const key = typeof privateKey === 'string' ? privateKey : JSON.stringify(privateKey)
    return Object.freeze({ clientId, privateKey: new Secret(key) })
  },
}

function holdsKey(value: Credential): boolean {
  return typeof value === 'object' && Object.hasOwn(value, 'privateKey')
}

/** As many as a request is signed with, so that every one that verifies can sign. */
const MAX_SECRETS = 16
const MAX_BYTES = 16 * 1024
const ANY_FORM: Requirement = { hmacSignature: { headers: { signature: '{signature}' }, separator: ',' } }

const signingSecrets: ValueType = {
  fitTogether: (current, earlier) => distinctSecrets(current, earlier).length <= MAX_SECRETS,
  defect: (value) => {
    const defect = bindKind(ANY_FORM).defect(value)
    if (defect !== null) return defect
    return fitsUtf8(secretsOf(value).join(''), MAX_BYTES) ? null : 'ERR_TOKEN_TOO_LONG'
  },
  token: (current, earlier) => {
    const secrets = Object.freeze(distinctSecrets(current, earlier).map((text) => new Secret(text)))
    return Object.freeze(hasKeyId(current) ? { secrets, keyId: current.keyId } : { secrets })
  },
}

function distinctSecrets(current: Credential, earlier: readonly Credential[]): readonly string[] {
  return [...new Set([current, ...earlier].flatMap(secretsOf))]
}

function hasKeyId(value: Credential): value is Credential & { readonly keyId: string } {
  return typeof value === 'object' && Object.hasOwn(value, 'keyId')
}

function secretsOf(value: Credential): readonly string[] {
  if (typeof value === 'string') return [value]
  return (Array.isArray(value) ? value : (value as { readonly secrets: unknown }).secrets) as readonly string[]
}

/** @internal */
export const TYPES: { readonly [T in CredentialType]: ValueType } = {
  secretText,
  userPassword,
  oauthClient,
  signingSecrets,
}

/** Why this can be no value of a type, or `null`. @internal */
export function valueDefect(value: Credential, type: CredentialType): IssueCode | null {
  return credentialDefect(value, TYPES[type])
}
