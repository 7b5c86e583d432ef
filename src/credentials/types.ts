import type { SealingKey } from '../envelope.ts'
import type { Issue, Result } from '../result.ts'
import type { Secret } from '../secret.ts'
import type { Store } from '../stores/store.ts'
import type { Token } from '../types.ts'
import type {
  CreateCredential,
  CredentialRequest,
  DeleteCredential,
  RecordCredentialUse,
  RemoveCredentialUse,
  RotateCredential,
  UpdateCredential,
} from './request-types.ts'

/**
 * What a stored credential is: one text, user and password, a client of an OAuth server, or secrets that sign.
 *
 * Carrier, prefix and form are the definition's; a credential knows nothing of them.
 */
export type CredentialType = 'secretText' | 'userPassword' | 'oauthClient' | 'signingSecrets'

/** What a store of credentials is made of. */
export interface CredentialStoreOptions {
  /** Where the records are kept. */
  readonly store: Store
  /** The first seals; all of them open. At least one, each with an id of its own. */
  readonly keys: readonly SealingKey[]
  /**
   * Whether a read for a named environment takes the credential of the default one where the named one has none. Default
   * false. Each read may say otherwise.
   */
  readonly fallbackToDefault?: boolean
  /** Clock in milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number
  /** Makes an id: 1 to 128 of `A-Z a-z 0-9 . _ -`. Default `crypto.randomUUID`. */
  readonly newId?: () => string
}

/** One environment of one tenant. */
export interface CredentialScope {
  /** Whose credentials; not empty. Nothing is ever read or written across tenants. */
  readonly tenant: string
  /** Name of the environment; not empty. Default `null`: the default environment. */
  readonly environment?: string | null
}

/** One credential. Environments may each have one of the same id. */
export interface CredentialAddress extends CredentialScope {
  /** Its id. */
  readonly credentialId: string
}

/** How a credential is read. */
export interface CredentialReadOptions {
  /** Whether the default environment's is taken where the named one has none. Default: as the store was made. */
  readonly fallbackToDefault?: boolean
}

/** What is known of a stored credential; never its value. */
export interface StoredCredential {
  /** Its id. */
  readonly credentialId: string
  /** Whose it is. */
  readonly tenant: string
  /** The environment it stands in; `null` is the default one. */
  readonly environment: string | null
  /** Unique in its environment. */
  readonly name: string
  /** What its value is. */
  readonly type: CredentialType
  /** The hosts it may be sent to; `null`: any. */
  readonly hosts: readonly string[] | null
  /** When it was created, in milliseconds since the epoch. */
  readonly createdAtMs: number
  /** When anything of it changed last. */
  readonly updatedAtMs: number
  /** When its value was replaced last; `null`: never. */
  readonly rotatedAtMs: number | null
  /** Until when an earlier version is valid beside the current one; `null`: only the current one is. */
  readonly overlapUntilMs: number | null
}

/** Something that uses a credential. */
export interface CredentialResource {
  /** What it is, such as `tool`, `assistant`, `phoneNumber` or `call`: a letter, then up to 39 letters and digits. */
  readonly type: string
  /** Its id; not empty. */
  readonly id: string
}

/** One use of a credential. */
export interface CredentialUse extends CredentialResource {
  /** When it was recorded last, in milliseconds since the epoch. */
  readonly recordedAtMs: number
}

/** What {@link CredentialStore.resealAll} did. */
export interface ResealReport {
  /** How many credentials are sealed anew. */
  readonly resealed: number
  /** How many were sealed with the current key already. */
  readonly current: number
  /** Those that no key opens, or that are damaged. */
  readonly failed: readonly CredentialAddress[]
}

/**
 * Credentials by tenant, environment and id.
 *
 * What an administrator may get wrong is a {@link core.Result}; its issues point into the argument, such as `/name`. Every
 * method throws a {@link core.SecurityError} with code `ERR_ARGUMENT_INVALID` for an argument of another shape, and with
 * `ERR_STORE_UNAVAILABLE` where the store does not answer. Another tenant's credential is not found, in every way.
 *
 * A record that was damaged, by a restored backup or an edit, is `ERR_SEAL_INVALID` for every method that reads it: `get`,
 * `list`, `update`, `rotate`, `recordUse`, and `delete` without `force`. The message names the credential; `delete` with
 * `force` removes it.
 */
export interface CredentialStore {
  /** Stores a credential. Issues: `ERR_CREDENTIAL_NAME`, `_NAME_TAKEN`, `_ID_TAKEN`, `_VALUE`, `_HOST`. */
  create(request: CreateCredential): Promise<Result<StoredCredential>>
  /** Reads what is known of one; `null`: there is none. */
  get(request: CredentialAddress & CredentialReadOptions): Promise<StoredCredential | null>
  /** Lists those of one environment, by name. */
  list(scope: CredentialScope): Promise<readonly StoredCredential[]>
  /**
   * Renames one, or changes its hosts. Issues: those of `create`, `ERR_CREDENTIAL_NOT_FOUND`.
   * @throws A {@link core.SecurityError} with code `ERR_SEAL_KEY` or `ERR_SEAL_INVALID` where new hosts are given and the
   * value, which is sealed anew for them, does not open.
   */
  update(request: UpdateCredential): Promise<Result<StoredCredential>>
  /**
   * Replaces the value; the next use gives the new one. Issues: `ERR_CREDENTIAL_NOT_FOUND`, `_VALUE`, `_TYPE`.
   * @throws A {@link core.SecurityError} with code `ERR_SEAL_KEY` or `ERR_SEAL_INVALID` where the value before does not open;
   * `force` replaces it all the same.
   */
  rotate(request: RotateCredential): Promise<Result<StoredCredential>>
  /**
   * Deletes one, and gives what it was; `null` for one that was damaged. Issues: `ERR_CREDENTIAL_NOT_FOUND`,
   * `ERR_CREDENTIAL_IN_USE`. With `force` it is gone with the first step: what a crash leaves of it is cleared away by the
   * next `delete` of the id (not found by then), or the next `create` or `update` that takes its id or name.
   */
  delete(request: DeleteCredential): Promise<Result<StoredCredential | null>>
  /** Lists what uses a credential, by type and id; `null`: there is no such credential. */
  usedBy(address: CredentialAddress): Promise<readonly CredentialUse[] | null>
  /**
   * Records that something uses a credential, so that it is not deleted by accident. Recording again renews.
   * @throws A {@link core.SecurityError} with code `ERR_CREDENTIAL_NOT_FOUND` or `ERR_CREDENTIAL_REFUSED`.
   */
  recordUse(request: RecordCredentialUse): Promise<void>
  /** Forgets a use; without one it does nothing. */
  removeUse(request: RemoveCredentialUse): Promise<void>
  /**
   * Says why a credential could not be used for a requirement, or `null`: whether it exists here, has the type, may go to
   * the hosts, and holds what the requirement can carry. Store failures are an issue, too (`ERR_CREDENTIAL_LOOKUP`).
   */
  check(request: CredentialRequest): Promise<Issue | null>
  /**
   * Gives the value that is current now, for {@link core.fulfil}; of signing secrets for a form with a `separator` also the
   * earlier ones that are still valid, behind the current ones.
   * @throws A {@link core.SecurityError} with code `ERR_CREDENTIAL_NOT_FOUND`, `ERR_CREDENTIAL_TYPE`,
   * `ERR_CREDENTIAL_REFUSED`, `ERR_CREDENTIAL_VALUE`, or `ERR_CREDENTIAL_LOOKUP` (`retryable` where the store was away).
   */
  use(request: CredentialRequest): Promise<Token>
  /**
   * Gives every signing secret that is valid now, current ones first, for {@link hmac.verifySignature}.
   * @throws A {@link core.SecurityError} with the codes of `use`.
   */
  verificationSecrets(request: CredentialAddress & CredentialReadOptions): Promise<readonly Secret[]>
  /** Seals everything with the first key that is sealed with another one; afterwards the others can go. All tenants. */
  resealAll(): Promise<ResealReport>
}
