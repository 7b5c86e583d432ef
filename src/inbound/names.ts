import { SecurityError } from '../errors.ts'

/** RFC 6749 section 3.3, so that a challenge can name it. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/

/** @internal */
export function isScopeList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((scope) => typeof scope === 'string' && SCOPE.test(scope))
}

/**
 * Tenants and administrators by name: 1 to 128 characters without control characters.
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`.
 * @internal
 */
export function checkName(value: unknown, what: string): string {
  if (typeof value === 'string' && /^[^\x00-\x1f\x7f-\x9f]{1,128}$/.test(value) && value.isWellFormed()) return value
  throw new SecurityError('ERR_ARGUMENT_INVALID', { message: `expected \`${what}\` as a text of 1 to 128 characters` })
}
