import { SecurityError } from '../errors.ts'
import type { StoreChange } from '../stores/store.ts'
import type { KeyringCore } from './keyring.ts'

/** What to write, and what to answer once it is written; without changes it is answered at once. @internal */
export interface Attempt<T> {
  readonly changes: readonly StoreChange[]
  readonly answer: T
}

const ATTEMPTS = 50

/**
 * Reads and commits until nobody came between.
 * @throws A {@link SecurityError} with code `ERR_STORE_UNAVAILABLE` where somebody always does.
 * @internal
 */
export async function commitAgain<T>(
  { store }: Pick<KeyringCore, 'store'>,
  attempt: () => Promise<Attempt<T>>,
): Promise<T> {
  for (let left = ATTEMPTS; left > 0; left -= 1) {
    const { changes, answer } = await attempt()
    if (changes.length === 0 || (await store.commit(changes))) return answer
  }
  const message = 'others kept changing the same records'
  throw new SecurityError('ERR_STORE_UNAVAILABLE', { message, retryable: true })
}
