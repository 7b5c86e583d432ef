import { lintDefinition } from '../../definition/lint.ts'
import { parseDefinition } from '../../definition/parse.ts'
import { splitUrl } from '../../http/url.ts'
import type { Issue } from '../../result.ts'
import type { ParseOptions, ToolDefinition } from '../../types.ts'
import { camelCase } from '../source/field-names.ts'
import type { PlacedValue } from '../source/placed-value.ts'
import { byPlace, placeIssue } from '../source/places.ts'
import type { Finding } from '../source/source-document.ts'
import { type Arguments, lastValue, type OptionRules } from '../terminal/arguments.ts'
import { CouldNotRun } from '../terminal/failure.ts'

/** The options of every command that reads definitions. @internal */
export const DEFINITION_OPTIONS: OptionRules = {
  profile: { type: 'string', values: ['latchkey', 'ultravox'] },
  'unknown-fields': { type: 'string', values: ['refuse', 'allow'] },
  'allow-insecure-origin': { type: 'string' },
}

/** @internal */
export function readParseOptions(args: Arguments): ParseOptions {
  const allowInsecureOrigins = args.values.get('allow-insecure-origin') ?? []
  if (allowInsecureOrigins.some((origin) => splitUrl(origin)?.origin !== origin)) {
    throw new CouldNotRun('--allow-insecure-origin takes an exact origin', 'such as `http://10.0.0.5:8080`')
  }
  return {
    profile: lastValue(args, 'profile') === 'ultravox' ? 'ultravox' : 'latchkey',
    unknownFields: lastValue(args, 'unknown-fields') === 'allow' ? 'allow' : 'refuse',
    allowInsecureOrigins,
  }
}

/** A definition that was read, `null` where it is not valid; and what was found in it, by place. @internal */
export interface CheckedDefinition {
  readonly definition: ToolDefinition | null
  readonly findings: readonly Finding[]
}

/** Reads a definition where it stands. @internal */
export function checkDefinition(place: PlacedValue, options: ParseOptions, lints: boolean): CheckedDefinition {
  const result = parseDefinition(place.value, options)
  const issues = result.ok && lints ? [...result.issues, ...lintDefinition(result.value)] : result.issues
  return { definition: result.ok ? result.value : null, findings: placeFindings(place, issues) }
}

/** Gives the issues of a definition their places in its file, in order. @internal */
export function placeFindings({ document, pointer }: PlacedValue, issues: readonly Issue[]): readonly Finding[] {
  return issues
    .map((issue) => ({ issue: placeIssue(document, withOwnHelp(issue), pointer), document }))
    .sort((a, b) => byPlace(a.issue, b.issue))
}

/** Tokens in a definition are a mistake that a list of the known fields does not help with. */
function withOwnHelp(issue: Issue): Issue {
  if (issue.code !== 'ERR_FIELD_UNKNOWN' || camelCase(issue.pointer) !== '/authTokens') return issue
  const help = 'tokens stand beside a definition: `{ "selectedTools": [{ "temporaryTool": …, "authTokens": … }] }`'
  return { ...issue, help }
}
