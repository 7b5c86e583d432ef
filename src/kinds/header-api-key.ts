import type { IssueCode } from '../errors.ts'
import { hasControlExceptTab, isFieldValue } from '../http/grammar.ts'
import type { HeaderApiKeyRequirement } from '../types.ts'
import type { KindRow } from './row.ts'

/** @internal */
export const headerApiKey: KindRow<HeaderApiKeyRequirement['headerApiKey']> = {
  carriers: ({ name }) => [{ kind: 'header', name }],
  defect: (_, token) => headerDefect(token),
  write: (_, token) => token,
  lint: () => null,
}

/** Why a header cannot carry this text, or `null` (TOK-2). @internal */
export function headerDefect(text: string): IssueCode | null {
  if (isFieldValue(text)) return null
  return hasControlExceptTab(text) ? 'ERR_TOKEN_CONTROL' : 'ERR_TOKEN_HEADER'
}
