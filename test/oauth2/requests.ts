import { Secret, SecurityError } from '../../src/index.ts'
import type { TokenRequest } from '../../src/oauth2/index.ts'

/** A secret that no text of ours contains by accident, in characters that encodings change. */
export const CANARY = 'hQ7%+/ canary&=9fXv2LpR'

/** A token request of a client with a secret. */
export function requestOf(tokenUrl: string, more: Partial<TokenRequest> = {}): TokenRequest {
  return { tokenUrl, client: { clientId: 'orders', clientSecret: new Secret(CANARY) }, ...more }
}

/** What a promise was rejected with; fails where it was not. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('expected a rejection')
}

/** The same, of our own. */
export async function refusalOf(promise: Promise<unknown>): Promise<SecurityError> {
  const error = await rejectionOf(promise)
  if (error instanceof SecurityError) return error
  throw new Error('expected a SecurityError', { cause: error })
}
