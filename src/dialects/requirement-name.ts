import { SecurityError } from '../errors.ts'
import type { ImportOptions } from './tool-with-tokens.ts'

/**
 * The name of a requirement that the dialect leaves nameless.
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID` where the caller's function gives no text.
 * @internal
 */
export function requirementNameFor(suggestion: string, { requirementName }: ImportOptions): string {
  if (requirementName === undefined) return suggestion
  const name: unknown = requirementName(suggestion)
  if (typeof name === 'string') return name
  throw new SecurityError('ERR_ARGUMENT_INVALID', { message: '`requirementName` gave no text' })
}
