import { type ErrorCode, SecurityError } from './errors.ts'

/**
 * Runs code over what a caller brought, so that nothing but a {@link SecurityError} leaves it: a proxy may throw at any
 * step, and its error may quote a secret.
 * @param code What a foreign exception is told as.
 * @internal
 */
export function total<T>(code: ErrorCode, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (isOwn(error)) throw error
    throw new SecurityError(code)
  }
}

/** Whether an error is ours; asking a proxy may throw. @internal */
export function isOwn(error: unknown): error is SecurityError {
  try {
    return error instanceof SecurityError
  } catch {
    return false
  }
}
