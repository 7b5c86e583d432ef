import type { Access } from '../plan/describe-access.ts'
import type { ExplainedTool } from './explain-tool.ts'
import type { Paint } from './paint.ts'
import { issueJson, noticeJson } from './report-json.ts'
import { joinBlocks, LABEL_WIDTH, noticeLines, optionLines, verdictLine } from './report-resolution.ts'
import { findingBlocks, labelled } from './report-text.ts'

/** What names decide for a tool, for people. @internal */
export function explanationLines(tool: ExplainedTool, paint: Paint): readonly string[] {
  return joinBlocks([
    [verdictLine(tool.label, tool.outcome, tool.text, paint)],
    optionLines(tool.options, tool.outcome !== 'unsatisfied', paint),
    accessLines(tool.access, paint),
    ...findingBlocks(tool.findings, paint),
    ...tool.notices.map((notice) => noticeLines(notice, paint)),
  ])
}

function accessLines(access: Access | null, paint: Paint): readonly string[] {
  if (access === null) return []
  return waysOf(access).flatMap((way, index) => labelled(index === 0 ? 'runs' : '', way, '  ', paint, LABEL_WIDTH))
}

/** Who can run a tool, one way a line. */
function waysOf({ ways, anonymousBecause }: Access): readonly string[] {
  const last = {
    noOptions: 'for everyone: it asks for no authentication',
    lastResort: 'for everyone, as a last resort',
  }
  return [
    ...ways.map(({ optionIndex, names, callTokenScopes }) => {
      const parts = [...names.map((name) => `\`${name}\``), ...(callTokenScopes.length > 0 ? ['a call token'] : [])]
      return `with ${parts.join(' and ')} (option ${optionIndex})`
    }),
    ...(anonymousBecause === null ? [] : [last[anonymousBecause]]),
  ]
}

/** What names decide for a tool, for programs. @internal */
export function explanationJson(tool: ExplainedTool): object {
  const { name, outcome, optionIndex, options, access, findings, notices } = tool
  const issues = findings.map(({ issue }) => issueJson(issue))
  return { name, outcome, optionIndex, options, access, issues, notices: notices.map(noticeJson) }
}
