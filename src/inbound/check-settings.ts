import { callTokenScopes, requirementsOf } from '../definition/options.ts'
import { SecurityError } from '../errors.ts'
import { kindOf } from '../kinds/table.ts'
import { didYouMean } from '../suggest.ts'
import type { SecurityOption } from '../types.ts'
import type { AuthenticatorSettings, KnownCaller } from './authenticator-options.ts'

/**
 * A requirement that nothing here can check would refuse every request.
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`.
 * @internal
 */
export function checkVerifiers(options: readonly SecurityOption[], settings: AuthenticatorSettings): void {
  const kinds = options.flatMap((option) => requirementsOf(option).map(([, requirement]) => kindOf(requirement)))
  const lacking =
    kinds.includes('oauth2ClientCredentials') && settings.verifyAccessToken === undefined
      ? 'verifyAccessToken'
      : options.some((option) => callTokenScopes(option).length > 0) && settings.verifyCallToken === undefined
        ? 'verifyCallToken'
        : null
  if (lacking === null) return
  throw new SecurityError('ERR_ARGUMENT_INVALID', { message: `the definition needs the option \`${lacking}\`` })
}

/**
 * A caller whose tokens all have other names would be refused with every request. Without any requirement nobody is, and
 * without tokens nothing was misspelt.
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`.
 * @internal
 */
export function checkCallers(options: readonly SecurityOption[], callers: readonly KnownCaller[]): void {
  const names = new Set(options.flatMap((option) => requirementsOf(option).map(([name]) => name)))
  for (const [index, { tokens }] of callers.entries()) {
    const given = [...tokens.keys()]
    if (names.size === 0 || given.length === 0 || given.some((name) => names.has(name))) continue
    const [help] = given.flatMap((name) => didYouMean(name, names) ?? [])
    const message = `no token of \`credentials[${index}]\` has the name of a requirement${help === undefined ? '' : `: ${help}`}`
    throw new SecurityError('ERR_ARGUMENT_INVALID', { message })
  }
}
