import type { Issue } from '../../result.ts'
import type { Notice } from '../../types.ts'
import type { FileIssue } from '../source/source-document.ts'
import { helpFor } from './help-for.ts'

/** A document for programs: version 1, one value, a line break at the end. @internal */
export function jsonText(report: object): string {
  return `${JSON.stringify({ version: 1, ...report }, null, 2)}\n`
}

/** An issue as every report has it. @internal */
export function issueJson(issue: Issue | FileIssue): object {
  const { code, severity, message, pointer, range } = issue
  const help = helpFor(issue)
  return {
    code,
    severity,
    message,
    ...(help === undefined ? {} : { help }),
    ...('file' in issue ? { file: issue.file } : {}),
    pointer,
    ...(range === undefined ? {} : { range }),
  }
}

/** @internal */
export function noticeJson(notice: Notice): object {
  const { code, pointer, message } = notice
  const help = helpFor(notice)
  return { code, pointer, message, ...(help === undefined ? {} : { help }) }
}
