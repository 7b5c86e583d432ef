import type { Secret } from '../secret.ts'
import type { ClientAuthentication, HmacForm, Requirement } from './requirement.ts'

/** The place that a credential is written to. */
export interface Carrier {
  /** The part of the request. */
  readonly kind: 'header' | 'query' | 'cookie'
  /** Name of the header, query parameter or cookie, as the definition spells it. */
  readonly name: string
}

/** One change to a request. */
export interface Mutation extends Carrier {
  /** The whole text that is written, an auth-scheme included. */
  readonly value: Secret
  /** The requirement it satisfies; `''` for the call token. */
  readonly requirement: string
}

/** An effect still owed before a resolution can be applied. Meet it with {@link fulfil}. */
export type Need = CallTokenNeed | CredentialNeed | AccessTokenNeed | SignatureNeed

/** A call token is to be minted at call set-up. */
export interface CallTokenNeed {
  /** Tells the needs apart. */
  readonly kind: 'callToken'
  /** A call token has no requirement name. */
  readonly requirement: null
  /** Where the token will be written. */
  readonly writes: readonly Carrier[]
  /** What the token must allow; at least one. */
  readonly scopes: readonly string[]
}

/** A stored credential is to be read when the request is sent. */
export interface CredentialNeed {
  /** Tells the needs apart. */
  readonly kind: 'credential'
  /** The requirement it satisfies. */
  readonly requirement: string
  /** Where the credential will be written. */
  readonly writes: readonly Carrier[]
  /** Id of the credential in the store. */
  readonly credentialId: string
  /** The requirement as the definition declares it: how the credential will be written. */
  readonly as: Requirement
}

/** An access token is to be fetched from a token endpoint, or taken from a cache, when the request is sent. */
export interface AccessTokenNeed {
  /** Tells the needs apart. */
  readonly kind: 'accessToken'
  /** The requirement it satisfies. */
  readonly requirement: string
  /** Where the access token will be written. */
  readonly writes: readonly Carrier[]
  /** The token endpoint. */
  readonly tokenUrl: string
  /** Scopes asked for, separated by one space. */
  readonly scope?: string
  /** Sent as `audience`. */
  readonly audience?: string
  /** How the client proves itself. */
  readonly clientAuthentication: ClientAuthentication
  /** Further parameters of the token request. */
  readonly parameters?: { readonly [name: string]: string }
  /** The client whose token it is. */
  readonly client: ClientCredential
}

/** A client of an OAuth server with its proof. */
export type ClientCredential =
  | {
      /** Id of the client; no secret. */
      readonly clientId: string
      /** The shared secret. */
      readonly clientSecret: Secret
    }
  | {
      /** Id of the client; no secret. */
      readonly clientId: string
      /** JSON text of the private key, a JWK (RFC 7517). */
      readonly privateKey: Secret
    }

/** The final request is to be signed, last of all. */
export interface SignatureNeed {
  /** Tells the needs apart. */
  readonly kind: 'signature'
  /** The requirement it belongs to. */
  readonly requirement: string
  /** Every header and query parameter that signing adds. */
  readonly writes: readonly Carrier[]
  /** The form, as the definition declares it. */
  readonly form: HmacForm
  /** One secret, or several while rotating. */
  readonly secrets: readonly Secret[]
  /** Name of the key, where one was supplied. */
  readonly keyId?: string
}
