import { type Issue, sortIssues } from '../result.ts'
import type { KeptTool } from './read-tool.ts'
import { type SelectedTools, toolNameAt } from './select-tools.ts'
import type { CallProblem } from './types.ts'

/** Issues as the problems of a call: in its author's spelling, with the name of the tool, sorted. @internal */
export function toProblems(selected: SelectedTools, issues: readonly Issue[]): readonly CallProblem[] {
  const problems = issues.map((issue) => ({
    ...issue,
    pointer: selected.read.toInput(issue.pointer),
    tool: toolNameAt(selected, issue.pointer),
  }))
  return sortIssues(problems) as readonly CallProblem[]
}

/** Why the definition of a tool cannot be used. One that is stored is not in the payload: its reference is the place. @internal */
export function definitionProblems({ entry, found, definitionIssues }: KeptTool): readonly Issue[] {
  const errors = definitionIssues.filter(({ severity }) => severity === 'error')
  if (found === undefined) {
    return errors.map((issue) => ({ ...issue, pointer: `${entry.pointer}/temporaryTool${issue.pointer}` }))
  }
  const pointer = `${entry.pointer}/${entry.tool.toolId === undefined ? 'toolName' : 'toolId'}`
  return errors.map((issue) => ({
    ...issue,
    pointer,
    message: `in the stored definition, at \`${issue.pointer}\`: ${issue.message}`,
  }))
}
