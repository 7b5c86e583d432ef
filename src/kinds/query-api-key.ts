import { hasControl } from '../http/grammar.ts'
import type { QueryApiKeyRequirement } from '../types.ts'
import type { KindRow } from './row.ts'

/** @internal */
export const queryApiKey: KindRow<QueryApiKeyRequirement['queryApiKey']> = {
  carriers: ({ name }) => [{ kind: 'query', name }],
  defect: (_, token) => (hasControl(token) ? 'ERR_TOKEN_CONTROL' : null),
  write: (_, token) => token,
  lint: () => 'WARN_KEY_IN_QUERY',
}
