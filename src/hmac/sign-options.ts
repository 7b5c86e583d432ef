import { type Allowed, isString } from '../read-options.ts'
import { isNumber } from './verify-options.ts'

/** What varies from one signature to the next. */
export interface SignOptions {
  /** Time of signing in milliseconds since the epoch. Default `Date.now()`. */
  readonly now?: number
  /** Message id for `{id}`; without the text that stands behind it in the payload, such as `.`. Default a random UUID. */
  readonly id?: string
  /** Name of the key for `{keyId}`. Default none; a form that uses it needs one. */
  readonly keyId?: string
}

/** @internal */
export const SIGN_OPTIONS: Allowed = { now: isNumber, id: isText, keyId: isText }

function isText(value: unknown): boolean {
  return isString(value) && value.isWellFormed()
}
