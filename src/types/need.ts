import type { Secret } from '../secret.ts'
import type { HmacForm, Requirement } from './requirement.ts'

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
export type Need = CallTokenNeed | CredentialNeed | SignatureNeed

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
