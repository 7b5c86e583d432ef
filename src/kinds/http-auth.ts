import { isRegisteredAuthScheme } from '../http/auth-schemes.ts'
import { isToken68 } from '../http/grammar.ts'
import type { HttpAuthRequirement } from '../types.ts'
import { headerDefect } from './header-api-key.ts'
import type { KindRow } from './row.ts'

/** @internal */
export const httpAuth: KindRow<HttpAuthRequirement['httpAuth']> = {
  carriers: () => [{ kind: 'header', name: 'Authorization' }],
  defect: ({ scheme }, token) => {
    const defect = headerDefect(token)
    if (defect !== null) return defect
    const lowerScheme = scheme.toLowerCase()
    // `Bearer Bearer x`: the caller stored the whole header value, and the server would refuse it.
    if (token.slice(0, scheme.length + 1).toLowerCase() === `${lowerScheme} `) return 'ERR_TOKEN_SCHEME'
    return lowerScheme === 'basic' && !isToken68(token) ? 'ERR_TOKEN_BASIC' : null
  },
  write: ({ scheme }, token) => `${scheme} ${token}`,
  lint: ({ scheme }) => (isRegisteredAuthScheme(scheme) ? null : 'WARN_AUTH_SCHEME_UNREGISTERED'),
}
