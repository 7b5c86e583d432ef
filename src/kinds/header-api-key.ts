import type { IssueCode } from '../errors.ts'
import { hasControlExceptTab, isFieldValue } from '../http/grammar.ts'
import type { HeaderApiKeyRequirement } from '../types.ts'
import { type Credential, type KindRow, PLAIN } from './row.ts'
import { textMutation } from './text-mutation.ts'

/** @internal */
export const headerApiKey: KindRow<HeaderApiKeyRequirement['headerApiKey']> = {
  ...PLAIN,
  carriers: ({ name }) => [{ kind: 'header', name }],
  extensions: ({ prefix }) => (prefix === undefined ? [] : ['/prefix']),
  defect: ({ prefix = '' }, credential) => headerDefect(credential) ?? repeatsPrefix(prefix, String(credential)),
  emit: ({ name, prefix = '' }, credential, requirement) =>
    textMutation({ kind: 'header', name }, prefix + String(credential), requirement),
}

/** Why a header cannot carry this credential, or `null` (TOK-2). @internal */
export function headerDefect(credential: Credential): IssueCode | null {
  if (typeof credential !== 'string') return 'ERR_TOKEN_TYPE'
  if (isFieldValue(credential)) return null
  return hasControlExceptTab(credential) ? 'ERR_TOKEN_CONTROL' : 'ERR_TOKEN_HEADER'
}

/**
 * `Bearer Bearer x`: the caller stored the whole header value, and the server would refuse it. A prefix without a space
 * behind it could be part of the token.
 * @internal
 */
export function repeatsPrefix(prefix: string, text: string): IssueCode | null {
  const repeated = prefix.endsWith(' ') && text.slice(0, prefix.length).toLowerCase() === prefix.toLowerCase()
  return repeated ? 'ERR_TOKEN_SCHEME' : null
}
