import { parseDefinition } from '../definition/parse.ts'
import { pointerSegments, pointerTo } from '../json-pointer.ts'
import { resolve } from '../plan/resolve.ts'
import { hasErrors, type Issue, type Result, sortIssues } from '../result.ts'
import type { AuthTokens, Token } from '../types.ts'
import type { ToolWithTokens } from './tool-with-tokens.ts'

/** A definition in the making, with the way back to what it was made from. @internal */
export interface DraftTool {
  readonly definition: unknown
  readonly tokens: ReadonlyMap<string, Token>
  /** Where parts of the definition come from: pointers into the dialect's document by pointers into the definition. */
  readonly places: ReadonlyMap<string, string>
  /** What was found so far; pointers into the document. */
  readonly issues: readonly Issue[]
  readonly allowInsecureOrigins?: readonly string[] | undefined
}

/**
 * Parses what was drafted, and tries its tokens: whatever leaves a dialect is a valid definition with usable tokens. Each
 * issue leads to the place in the document that its cause comes from.
 * @internal
 */
export function finishTool(draft: DraftTool): Result<ToolWithTokens> {
  const { definition, issues, allowInsecureOrigins = [] } = draft
  const toDocument = (issue: Issue): Issue => ({ ...issue, pointer: placeOf(issue.pointer, draft.places) })
  if (hasErrors(issues)) return { ok: false, issues: sortIssues(issues) }
  const parsed = parseDefinition(definition, { allowInsecureOrigins })
  if (!parsed.ok) return { ok: false, issues: sortIssues([...issues, ...parsed.issues.map(toDocument)]) }
  const tokens = Object.freeze(Object.fromEntries(draft.tokens)) as AuthTokens
  const resolution = resolve(parsed.value, tokens, TRIAL)
  const unusable = resolution.ok || resolution.outcome !== 'invalidTokens' ? [] : resolution.issues.map(toDocument)
  if (unusable.length > 0) return { ok: false, issues: sortIssues([...issues, ...unusable]) }
  return { ok: true, value: Object.freeze({ definition: parsed.value, tokens }), issues: sortIssues(issues) }
}

/** A stored credential needs some tenant, which one does not matter here. */
const TRIAL = { tenant: 'import', mintCallToken: () => undefined } as const

/** The place of the nearest part that is known, going up from the pointer. @internal */
function placeOf(pointer: string, places: ReadonlyMap<string, string>): string {
  const segments = [...pointerSegments(pointer)]
  for (;;) {
    const place = places.get(pointerTo('', ...segments))
    if (place !== undefined) return place
    if (segments.pop() === undefined) return ''
  }
}

/** Where the one option of a drafted definition stands. @internal */
export const ONLY_OPTION = '/requirements/httpSecurityOptions/options/0'

/** The `requirements` of a definition with one option; nothing for none. @internal */
export function oneOption(requirements: ReadonlyMap<string, object>): object {
  if (requirements.size === 0) return {}
  return {
    requirements: { httpSecurityOptions: { options: [{ requirements: Object.fromEntries(requirements) }] } },
  }
}
