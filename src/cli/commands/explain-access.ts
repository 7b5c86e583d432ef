import { jsonText } from '../report/json.ts'
import { joinBlocks, pageText } from '../report/text.ts'
import { hasErrors } from '../source/source-document.ts'
import { lastValue } from '../terminal/arguments.ts'
import type { Context } from '../terminal/command.ts'
import { EXIT, type ExitCode, weightiest } from '../terminal/exit-codes.ts'
import type { Outcome } from '../terminal/io.ts'
import { type AccessFile, readAccessFiles } from '../tools/access-files.ts'
import { accessJson, accessSummaryText, fileFindingBlocks, toolAccessLines } from '../tools/report-access.ts'
import { describeTools, summariseAccess } from '../tools/tool-access.ts'

/** Says who can run every tool of files and folders: for reviews, where no tokens are at hand. @internal */
export async function runExplainAccess({ io, args, paint, json }: Context): Promise<Outcome> {
  const files = await readAccessFiles(io, args)
  const perFile = files.map((file) => ({ file, tools: describeTools(file) }))
  const tools = perFile.flatMap((each) => each.tools)
  const summary = summariseAccess(files, tools)
  const passedOver = files.flatMap(({ path, state }) => (state === 'passedOver' ? [path] : []))
  const failOnAnonymous = lastValue(args, 'fail-on') === 'anonymous'
  const exitCode = weightiest([
    ...files.map(exitCodeOf),
    ...(failOnAnonymous && summary.anonymous > 0 ? [EXIT.findings] : []),
  ])
  const notes = files.map(({ stderr }) => stderr).join('')
  // Where nothing could be read there is nothing to report on.
  if (summary.files === 0) return { exitCode, stdout: '', stderr: notes }
  const blocks = perFile.flatMap(({ file, tools: own }) => [
    ...fileFindingBlocks(file, paint),
    ...own.map((tool) => toolAccessLines(tool, paint)),
  ])
  const stdout = json ? jsonText(accessJson(files, tools, summary, passedOver)) : pageText(joinBlocks(blocks))
  return { exitCode, stdout, stderr: notes + (json ? '' : accessSummaryText(summary, passedOver)) }
}

function exitCodeOf({ state, syntax, findings, tools }: AccessFile): ExitCode {
  if (state === 'unreadable' || syntax.length > 0) return EXIT.couldNotRun
  const wrong =
    hasErrors(findings) ||
    tools.some(({ definition, selectionFindings }) => definition === null || hasErrors(selectionFindings))
  return wrong ? EXIT.findings : EXIT.fine
}
