import { SecurityError } from '../errors.ts'
import { pointerTo } from '../json-pointer.ts'
import { decodeSecret } from '../kinds/signature-secret.ts'
import { bindKind } from '../kinds/table.ts'
import { credentialDefect, tokenIssue } from '../plan/tokens.ts'
import type { Requirement } from '../types.ts'
import type { KnownCaller } from './authenticator-options.ts'
import type { Effect } from './provers.ts'

/**
 * What each caller would write for a requirement: by the same rows that `resolve` uses, so that both sides agree.
 * @throws A {@link SecurityError} with code `ERR_TOKENS_INVALID` for a secret that no caller could send (TOK-2), and
 * `ERR_ARGUMENT_INVALID` for a reference, which says nothing of the secret; `ERR_SIGNATURE_SECRET` for a short secret.
 * @internal
 */
export function expectedEffects(
  name: string,
  requirement: Requirement,
  callers: readonly KnownCaller[],
  allowShortSecret: boolean,
): readonly Effect[] {
  const kind = bindKind(requirement)
  return callers.map(({ tokens }, index) => {
    const token = tokens.get(name)
    if (token === undefined) return null
    const { credential, reference, defect } = token
    if (reference !== null) {
      const message = `the token \`${name}\` of a caller is a reference: read the credential first`
      throw new SecurityError('ERR_ARGUMENT_INVALID', { message })
    }
    const unusable = credential === null ? (defect ?? 'ERR_TOKEN_TYPE') : credentialDefect(credential, kind)
    if (credential !== null && unusable === null) {
      const effect = kind.emit(credential, name)
      if (!allowShortSecret) refuseShort(effect, name)
      return effect
    }
    const issue = tokenIssue(unusable ?? 'ERR_TOKEN_TYPE', name)
    const pointer = pointerTo('', 'credentials', index) + issue.pointer
    throw new SecurityError('ERR_TOKENS_INVALID', { message: issue.message, issues: [{ ...issue, pointer }] })
  })
}

const SHORT_BYTES = 16

/** Every request would fail by it: better now than then. */
function refuseShort(effect: Effect, name: string): void {
  if (effect?.kind !== 'signature') return
  const isShort = effect.secrets.some(
    (secret) => (decodeSecret(secret.reveal(), effect.form)?.length ?? 0) < SHORT_BYTES,
  )
  if (!isShort) return
  const message = `a secret of \`${name}\` has fewer than 16 bytes; \`allowShortSecret\` takes it`
  throw new SecurityError('ERR_SIGNATURE_SECRET', { message })
}
