import { encodeBytes, utf8 } from '../bytes.ts'
import type { IssueCode } from '../errors.ts'
import { isRegisteredAuthScheme } from '../http/auth-schemes.ts'
import { fitsUtf8, hasControl, isToken68 } from '../http/grammar.ts'
import type { HttpAuthRequirement } from '../types.ts'
import { AUTHORIZATION } from './carriers.ts'
import { headerDefect, repeatsPrefix } from './header-api-key.ts'
import { type Credential, type KindRow, PLAIN } from './row.ts'
import { textMutation } from './text-mutation.ts'

/** What base64 makes of it must fit the limit of a token. */
const MAX_USER_PASS_BYTES = 12 * 1024

/** @internal */
export const httpAuth: KindRow<HttpAuthRequirement['httpAuth']> = {
  ...PLAIN,
  carriers: () => [AUTHORIZATION],
  lint: ({ scheme }) => (isRegisteredAuthScheme(scheme) ? [] : ['WARN_AUTH_SCHEME_UNREGISTERED']),
  defect: ({ scheme }, credential) => {
    const isBasic = scheme.toLowerCase() === 'basic'
    if (isBasic && typeof credential !== 'string') return userPassDefect(credential)
    const defect = headerDefect(credential) ?? repeatsPrefix(`${scheme} `, String(credential))
    return defect ?? (isBasic && !isToken68(String(credential)) ? 'ERR_TOKEN_BASIC' : null)
  },
  emit: ({ scheme }, credential, requirement) => {
    const token = typeof credential === 'string' ? credential : encodeUserPass(credential)
    return textMutation(AUTHORIZATION, `${scheme} ${token}`, requirement)
  },
}

interface UserPass {
  readonly username: string
  readonly password: string
}

/** RFC 7617 section 2: no control characters, and no colon in the user id. */
function userPassDefect(credential: Credential): IssueCode | null {
  if (!isUserPass(credential)) return 'ERR_TOKEN_TYPE'
  const { username, password } = credential
  if (username === '' && password === '') return 'ERR_TOKEN_EMPTY'
  if (hasControl(username) || hasControl(password)) return 'ERR_TOKEN_CONTROL'
  if (username.includes(':')) return 'ERR_TOKEN_USERNAME'
  return fitsUtf8(`${username}:${password}`, MAX_USER_PASS_BYTES) ? null : 'ERR_TOKEN_TOO_LONG'
}

function isUserPass(credential: unknown): credential is UserPass {
  if (typeof credential !== 'object' || credential === null || Array.isArray(credential)) return false
  const { username, password } = credential as Partial<UserPass>
  return typeof username === 'string' && typeof password === 'string' && Object.keys(credential).length === 2
}

/** RFC 7617 section 2.1: UTF-8, as servers with `charset="UTF-8"` read it. */
function encodeUserPass(credential: Credential): string {
  const { username, password } = credential as unknown as UserPass
  return encodeBytes(utf8(`${username}:${password}`), 'base64')
}
