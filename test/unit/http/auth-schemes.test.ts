import { expect, it } from 'vitest'
import { isRegisteredAuthScheme, REGISTERED_AUTH_SCHEMES } from '../../../src/http/auth-schemes.ts'

it('schemes compare without regard to case', () => {
  for (const scheme of REGISTERED_AUTH_SCHEMES) {
    expect([scheme, scheme.toUpperCase(), scheme.toLowerCase()].map(isRegisteredAuthScheme)).toEqual([true, true, true])
  }
})

it.each(['', 'Token', 'ApiKey', 'Bearer ', 'JWT', 'AWS4-HMAC-SHA256', 'constructor'])(
  '%j is not registered',
  (scheme) => {
    expect(isRegisteredAuthScheme(scheme)).toBe(false)
  },
)
