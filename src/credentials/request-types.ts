import type { Requirement, Token } from '../types.ts'
import type {
  CredentialAddress,
  CredentialReadOptions,
  CredentialResource,
  CredentialScope,
  CredentialType,
} from './types.ts'

/** A new credential. */
export interface CreateCredential extends CredentialScope {
  /** Unique in its environment: 1 to 40 characters, none invisible, no white space at either end. */
  readonly name: string
  /** What the value is. */
  readonly type: CredentialType
  /** The secret: at most 16 KiB. Only {@link credentials.CredentialStore.use} gives it again. */
  readonly value: Token
  /**
   * The hosts it may be sent to, at most 32: `api.example.com`, with a port where it is not the default one;
   * `*.example.com` for every host below it; an exact origin. Default `null`: any.
   */
  readonly hosts?: readonly string[] | null
  /** Its id: 1 to 128 of `A-Z a-z 0-9 . _ -`. Default: a new one. */
  readonly credentialId?: string
}

/** What changes of a credential beside its value. */
export interface UpdateCredential extends CredentialAddress {
  /** Default: as it is. */
  readonly name?: string
  /** `null`: any. Default: as they are. */
  readonly hosts?: readonly string[] | null
}

/** The next version of a value. */
export interface RotateCredential extends CredentialAddress {
  /** The new secret, of the same type. */
  readonly value: Token
  /**
   * How long the versions before stay valid beside it, in milliseconds; for signing secrets only. Integer, at most 366
   * days. Default 0: every earlier version ends now. At most eight earlier versions, and 16 secrets in all, are valid at once.
   */
  readonly overlapMs?: number
  /**
   * Whether a value that does not open is replaced, too: it is damaged, or its key is lost. Without an overlap only.
   * Default false: a key that does not open the value before may be one that no other process has.
   */
  readonly force?: boolean
}

/** Which credential is deleted. */
export interface DeleteCredential extends CredentialAddress {
  /** Whether one that is in use, or whose record was damaged, is deleted, too. Default false. */
  readonly force?: boolean
}

/** A use that is to be recorded. */
export interface RecordCredentialUse extends CredentialAddress, CredentialReadOptions {
  /** What uses it. */
  readonly resource: CredentialResource
  /** When the use ends by itself, in milliseconds since the epoch, such as the latest end of a call. Default: never. */
  readonly expiresAtMs?: number
}

/** A use that has ended. */
export interface RemoveCredentialUse extends CredentialAddress, CredentialReadOptions {
  /** What used it. */
  readonly resource: CredentialResource
}

/** Where a credential is to be sent. */
export interface CredentialRequest extends CredentialAddress, CredentialReadOptions {
  /** The requirement that it shall satisfy, as the definition declares it. */
  readonly requirement: Requirement
  /** Origin of the tool. `null`: not known; a credential with hosts is then not given. */
  readonly origin: string | null
}
