import { issueJson, noticeJson } from '../report/json.ts'
import { findingBlocks, joinBlocks } from '../report/text.ts'
import type { Paint } from '../terminal/paint.ts'
import type { ExplainedTool } from './explain-tool.ts'
import { accessLines } from './report-access.ts'
import { noticeLines, optionLines, verdictLine } from './report-resolution.ts'

/** What names decide for a tool, for people. @internal */
export function explanationLines(tool: ExplainedTool, paint: Paint): readonly string[] {
  return joinBlocks([
    [verdictLine(tool.label, tool.outcome, tool.text, paint)],
    optionLines(tool.options, tool.outcome !== 'unsatisfied', paint),
    tool.access === null ? [] : accessLines(tool.access, paint),
    ...findingBlocks(tool.findings, paint),
    ...tool.notices.map((notice) => noticeLines(notice, paint)),
  ])
}

/** What names decide for a tool, for programs. @internal */
export function explanationJson(tool: ExplainedTool): object {
  const { name, outcome, optionIndex, options, access, findings, notices } = tool
  const issues = findings.map(({ issue }) => issueJson(issue))
  return { name, outcome, optionIndex, options, access, issues, notices: notices.map(noticeJson) }
}
