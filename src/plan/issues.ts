import { type Issue, makeIssue } from '../result.ts'
import { total } from '../total.ts'
import type { MissingFromOption, Resolution } from '../types.ts'

/**
 * Says in words what keeps a resolution from being used, and what would help.
 *
 * @param resolution What {@link resolve} gave.
 * @returns One issue for each unusable token, or one for all that is missing; none for a usable resolution.
 * @example
 * toIssues(resolve(tool, {}))[0]?.help // 'supply `myServiceApiKey`, or both `user_id` and `auth_token`'
 */
export function toIssues(resolution: Resolution): readonly Issue[] {
  return total('ERR_ARGUMENT_INVALID', () => listIssues(resolution))
}

function listIssues(resolution: Resolution): readonly Issue[] {
  if (resolution.ok) return []
  if (resolution.outcome === 'invalidTokens') return resolution.issues
  const help = describeMissing(resolution.missing)
  if (resolution.reason === 'anonymousRefused') {
    const message = 'the tool would run without authentication, and that was refused'
    return [makeIssue('ERR_ANONYMOUS_REFUSED', '/authTokens', message, help)]
  }
  const onlyCallToken = resolution.missing.every(({ names }) => names.length === 0)
  const code = onlyCallToken ? 'ERR_CALL_TOKEN_UNAVAILABLE' : 'ERR_TOKEN_MISSING'
  return [makeIssue(code, '/authTokens', 'no option has all that it requires', help)]
}

function describeMissing(missing: readonly MissingFromOption[]): string | undefined {
  const ways = [...new Set(missing.map(describeWay))]
  return ways.length === 0 ? undefined : `supply ${ways.join(', or ')}`
}

function describeWay({ names, callToken }: MissingFromOption): string {
  const quoted = names.map((name) => `\`${name}\``)
  const mint = callToken ? 'the ability to mint a call token' : ''
  const listed = [...quoted, ...(mint === '' ? [] : [mint])]
  if (listed.length < 2) return listed.join('')
  if (listed.length === 2) return `both ${listed.join(' and ')}`
  return `${listed.slice(0, -1).join(', ')} and ${listed.at(-1)}`
}
