import { type IssueCode, SecurityError } from '../errors.ts'
import { type Issue, makeIssue } from '../result.ts'

/** Why a credential is not given. @internal */
export interface Refusal {
  readonly code: Extract<IssueCode, `ERR_CREDENTIAL_${string}`>
  readonly message: string
  readonly help?: string | undefined
  readonly retryable?: boolean
}

/** The refusal of a look-up that led to nothing. @internal */
export function refusalOf(found: 'elsewhere' | null): Refusal {
  // What was asked for is not quoted: a secret may have been pasted in the place of the id, and the name of an environment
  // may be any text.
  if (found === null) {
    const message = 'no stored credential has this id'
    return { code: 'ERR_CREDENTIAL_NOT_FOUND', message, help: 'check its spelling, and whose it is' }
  }
  const message = 'the credential belongs to the default environment, not to the one that was asked for'
  const help = 'store one for this environment, or ask for the fallback to the default one'
  return { code: 'ERR_CREDENTIAL_REFUSED', message, help }
}

/** @internal */
export function toError({ code, message, retryable = false }: Refusal): SecurityError {
  return new SecurityError(code, { message, retryable })
}

/** @internal */
export function toIssue({ code, message, help }: Refusal, pointer = ''): Issue {
  return makeIssue(code, pointer, message, help)
}
