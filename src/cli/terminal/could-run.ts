import { type ErrorCode, SecurityError } from '../../errors.ts'
import { CouldNotRun } from './failure.ts'

/** What to do here about what the library refuses. */
const HELP: Partial<Record<ErrorCode, string>> = {
  ERR_SEAL_INVALID: 'check `--key`; what is lost goes with `rotate --force`, or with `delete --force`',
  ERR_SEAL_KEY: 'give that key, too: `--key ID=env:VARIABLE`; `rotate --force` replaces what is lost',
  ERR_SIGNATURE_INPUT: '`--header` gives headers, `--id` and `--key-id` give `{id}` and `{keyId}`',
  ERR_URL_INVALID: 'give an absolute URL without user info, spaces and odd hosts with `--request URL`',
}

/**
 * Runs a step; what the library refuses of form, secrets and request is a command that could not run: exit status 1 is for
 * signatures alone.
 * @throws A {@link CouldNotRun}.
 * @internal
 */
export async function couldRun<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    if (!(error instanceof SecurityError)) throw error
    throw new CouldNotRun(`${error.code}: ${error.message}`, HELP[error.code] ?? `docs/errors/${error.code}.md`)
  }
}
