import { pointerTo } from '../../json-pointer.ts'
import { type Access, describeAccess } from '../../plan/describe-access.ts'
import { type Explanation, explain, type OptionExplanation } from '../../plan/explain.ts'
import { didYouMean } from '../../suggest.ts'
import type { Notice, ResolveOptions } from '../../types.ts'
import type { Finding } from '../source/source-document.ts'
import { namesFor } from './assign-tokens.ts'
import { findingsOf, type LoadedTool } from './loaded-tool.ts'
import { refusedFile, refusedTool, type ToolOutcome, toolNames } from './resolve-tool.ts'

/** What a set of names decides for one tool. @internal */
export interface ExplainedTool extends Pick<ToolOutcome, 'name' | 'label' | 'optionIndex' | 'text'> {
  readonly outcome: Explanation['outcome'] | 'invalidDefinition' | 'toolNotFound'
  readonly options: readonly OptionExplanation[]
  /** `null` where there is no valid definition. */
  readonly access: Access | null
  readonly findings: readonly Finding[]
  readonly notices: readonly Notice[]
}

/**
 * Says what names decide for a tool.
 * @param used The requirement names of all tools of the file.
 * @internal
 */
export function explainTool(
  tool: LoadedTool,
  used: ReadonlySet<string>,
  have: readonly string[],
  options: ResolveOptions,
): ExplainedTool {
  const { definition } = tool
  if (definition === null) return withoutAccess(refusedTool(tool))
  const names = have.filter(namesFor(tool, used))
  const { outcome, optionIndex, text, options: explained } = explain(definition, names, options)
  const access = describeAccess(definition)
  return {
    ...toolNames(tool),
    outcome,
    optionIndex,
    text,
    options: explained,
    access,
    findings: findingsOf(tool),
    notices: unusedNotices(access, names),
  }
}

/** What is wrong with the file around its tools. @internal */
export function explainFile(path: string, findings: readonly Finding[], hasTools: boolean): ExplainedTool {
  return withoutAccess(refusedFile(path, findings, hasTools))
}

function withoutAccess({ name, label, outcome, text, findings }: ToolOutcome): ExplainedTool {
  const shown = outcome === 'toolNotFound' ? outcome : 'invalidDefinition'
  return { name, label, outcome: shown, optionIndex: null, text, options: [], access: null, findings, notices: [] }
}

/** As a resolution would say it of tokens. */
function unusedNotices({ names: known }: Access, names: readonly string[]): readonly Notice[] {
  return names
    .filter((name) => !known.includes(name))
    .map((name) => {
      const help = didYouMean(name, known)
      const message = `no option uses token \`${name}\``
      const notice: Notice = { code: 'NOTE_TOKEN_UNUSED', pointer: pointerTo('/authTokens', name), message }
      return help === undefined ? notice : { ...notice, help }
    })
}
