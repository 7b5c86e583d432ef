import type { Secret } from '../secret.ts'
import type { JsonValue } from './definition.ts'

/** A name for a credential that a store holds. */
export interface CredentialReference {
  /** Id of the credential in the store; a non-empty string. */
  readonly credentialId: string
}

/** User and password for a Basic `httpAuth` requirement; sent as UTF-8 (RFC 7617). */
export interface UserPassword {
  /** No colon, no control characters. */
  readonly username: string
  /** No control characters. */
  readonly password: string | Secret
}

/** Secrets for an `hmacSignature` requirement. */
export interface SigningSecrets {
  /** One secret, or several while rotating, where the form has a `separator`; at most 16. */
  readonly secrets: readonly (string | Secret)[]
  /** Name of the key, for `{keyId}`: 1 to 128 visible ASCII characters. */
  readonly keyId?: string
}

/** A client of an OAuth server, for an `oauth2ClientCredentials` requirement. */
export type OAuthClient = OAuthSecretClient | OAuthKeyClient

/** A client that proves itself by a shared secret. */
export interface OAuthSecretClient {
  /** Printable ASCII (RFC 6749 appendix A.1). */
  readonly clientId: string
  /** Printable ASCII (RFC 6749 appendix A.2). */
  readonly clientSecret: string | Secret
}

/** A client that proves itself by a signed assertion, for `private_key_jwt`. */
export interface OAuthKeyClient {
  /** Printable ASCII (RFC 6749 appendix A.1). */
  readonly clientId: string
  /** A private key as a JWK (RFC 7517): the object, or its JSON text. */
  readonly privateKey: { readonly [name: string]: JsonValue } | string | Secret
}

/** What is supplied for one requirement name; a list of secrets is for `hmacSignature` only. */
export type Token =
  | string
  | Secret
  | CredentialReference
  | UserPassword
  | OAuthClient
  | SigningSecrets
  | readonly (string | Secret)[]

/** Tokens by requirement name. */
export type AuthTokens<Name extends string = string> = { readonly [N in Name]?: Token | undefined }
