import type { ErrorCode } from '../errors.ts'
import type { ReceivedMessage } from './read-message.ts'

/** Who sent a request, or how to refuse it. */
export type Authentication =
  | {
      /** The request may pass. */
      readonly ok: true
      /** Tells the outcomes apart. */
      readonly outcome: 'authenticated'
      /** Which option the caller satisfied. */
      readonly optionIndex: number
      /** Who it is: the `principal` of the caller, or the holder of an access token; `null` for a call token alone. */
      readonly principal: string | null
      /** The request as it was checked: its raw bytes, and headers by lower-case name, each a list of its values. */
      readonly message: ReceivedMessage
    }
  | {
      /** The request may pass. */
      readonly ok: true
      /** Tells the outcomes apart. */
      readonly outcome: 'unauthenticated'
      /** The anonymous option; `null` where the definition asks for nothing. */
      readonly optionIndex: number | null
      /** Nobody. */
      readonly principal: null
      /** The request with its raw bytes, and headers by lower-case name, each a list of its values. */
      readonly message: ReceivedMessage
    }
  | AuthenticationRefusal

/** How to refuse a request. */
export interface AuthenticationRefusal {
  /** The request must not pass. */
  readonly ok: false
  /** The HTTP status to answer with. */
  readonly status: 400 | 401 | 413
  /** Why, without saying which credential was wrong. */
  readonly code: Extract<ErrorCode, `ERR_CREDENTIALS_${string}` | 'ERR_BODY_TOO_LARGE'>
  /** Values of `WWW-Authenticate`, one a header field; none for 413. */
  readonly challenges: readonly string[]
}
