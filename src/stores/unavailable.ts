import { SecurityError } from '../errors.ts'

/** @internal */
export function unavailable(message: string, retryable: boolean): SecurityError {
  return new SecurityError('ERR_STORE_UNAVAILABLE', { message, retryable })
}

/**
 * A text of an error that a driver threw; `''` where there is none. Never shown: drivers quote commands and values.
 * @internal
 */
export function errorText(error: unknown, name: 'code' | 'message'): string {
  try {
    const text: unknown = (error as Partial<Record<typeof name, unknown>> | null)?.[name]
    return typeof text === 'string' ? text : ''
  } catch {
    return ''
  }
}
