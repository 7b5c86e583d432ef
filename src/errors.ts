import { CODES, type ErrorCode, type Phase } from './codes.ts'
import type { Issue } from './result.ts'

export { CODES, type Code, type ErrorCode, type IssueCode, type NoticeCode, type Phase } from './codes.ts'

/** What a {@link SecurityError} is made of. @internal */
export interface SecurityErrorDetails {
  readonly message?: string
  readonly issues?: readonly Issue[]
  readonly retryable?: boolean
  readonly retryAfterMs?: number
  readonly phase?: Phase
}

/**
 * The one exception that Latchkey throws: a promise of the caller's was broken.
 *
 * It holds codes, names and pointers, never a token value, and never a platform's error as `cause` (SEC-1).
 *
 * @example
 * try { apply(request, resolution) } catch (error) {
 *   if (error instanceof SecurityError && error.code === 'ERR_ORIGIN_MISMATCH') console.error(error.message)
 * }
 */
export class SecurityError extends Error {
  /** Always `SecurityError`. */
  override readonly name: string = 'SecurityError'
  /** Stable code; branch on this. Recognise the error by it, too, where two copies of the package may be loaded. */
  readonly code: ErrorCode
  /** Where in the life of a call it arose. */
  readonly phase: Phase
  /** Whether the same call may succeed later without a change. */
  readonly retryable: boolean
  /** Milliseconds to wait before the same call, where the other side said so. */
  readonly retryAfterMs?: number
  /** The single problems, where there are several. */
  readonly issues?: readonly Issue[]

  /** @internal */
  constructor(code: ErrorCode, details: SecurityErrorDetails = {}) {
    // Own properties only: a polluted Object.prototype would speak for us.
    const { message, issues, retryable, retryAfterMs, phase }: SecurityErrorDetails = Object.assign(
      Object.create(null),
      details,
    )
    super(message ?? CODES[code].title)
    this.code = code
    this.phase = phase ?? CODES[code].phase
    this.retryable = retryable ?? false
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs
    if (issues !== undefined) this.issues = issues
  }
}
