import { hasControl } from '../http/grammar.ts'
import type { CookieApiKeyRequirement } from '../types.ts'
import { type KindRow, PLAIN } from './row.ts'
import { textMutation } from './text-mutation.ts'

// RFC 6265 section 4.1.1, cookie-octet
const COOKIE_VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/

/** @internal */
export const cookieApiKey: KindRow<CookieApiKeyRequirement['cookieApiKey']> = {
  ...PLAIN,
  carriers: ({ name }) => [{ kind: 'cookie', name }],
  extensions: () => [''],
  defect: (_, credential) => {
    if (typeof credential !== 'string') return 'ERR_TOKEN_TYPE'
    if (COOKIE_VALUE.test(credential)) return null
    return hasControl(credential) ? 'ERR_TOKEN_CONTROL' : 'ERR_TOKEN_COOKIE'
  },
  emit: ({ name }, credential, requirement) => textMutation({ kind: 'cookie', name }, String(credential), requirement),
}
