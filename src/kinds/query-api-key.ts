import { hasControl } from '../http/grammar.ts'
import type { QueryApiKeyRequirement } from '../types.ts'
import { type KindRow, PLAIN } from './row.ts'
import { textMutation } from './text-mutation.ts'

/** @internal */
export const queryApiKey: KindRow<QueryApiKeyRequirement['queryApiKey']> = {
  ...PLAIN,
  carriers: ({ name }) => [{ kind: 'query', name }],
  lint: () => ['WARN_KEY_IN_QUERY'],
  defect: (_, credential) => {
    if (typeof credential !== 'string') return 'ERR_TOKEN_TYPE'
    return hasControl(credential) ? 'ERR_TOKEN_CONTROL' : null
  },
  emit: ({ name }, credential, requirement) => textMutation({ kind: 'query', name }, String(credential), requirement),
}
