import { findFiles } from '../files/find-files.ts'
import { VALIDATE_HELP } from '../help/main.ts'
import { issueJson, jsonText } from '../report/json.ts'
import { findingBlocks, joinBlocks, pageText, syntaxLines } from '../report/text.ts'
import type { FileIssue } from '../source/source-document.ts'
import { lastValue } from '../terminal/arguments.ts'
import { type Command, type Context, REPORT_OPTIONS } from '../terminal/command.ts'
import { EXIT, type ExitCode, weightiest } from '../terminal/exit-codes.ts'
import type { Outcome } from '../terminal/io.ts'
import type { Paint } from '../terminal/paint.ts'
import { DEFINITION_OPTIONS, readParseOptions } from '../tools/check-definition.ts'
import { type CheckedFile, checkFile } from '../tools/check-file.ts'

/** Checks the definitions in files. @internal */
export const validateCommand: Command = {
  files: 'some',
  options: {
    ...REPORT_OPTIONS,
    ...DEFINITION_OPTIONS,
    'fail-on': { type: 'string', values: ['error', 'warning'] },
  },
  help: VALIDATE_HELP,
  run: runValidate,
}

async function runValidate({ io, args, paint, json }: Context): Promise<Outcome> {
  const options = readParseOptions(args)
  const files: CheckedFile[] = []
  for (const path of findFiles(io, args.positionals.slice(1)))
    files.push(await checkFile(io, path, options, lastValue(args, 'stdin-filepath')))
  const stderr = files.map((file) => file.stderr).join('')
  const exitCode = weightiest(files.map((file) => exitCodeOf(file, lastValue(args, 'fail-on') === 'warning')))
  // Where nothing could be read there is nothing to report on.
  if (!files.some(({ read }) => read)) return { exitCode, stdout: '', stderr }
  const summary = summarise(files)
  if (json) return { exitCode, stdout: jsonText({ summary, issues: files.flatMap(issuesOf).map(issueJson) }), stderr }
  const stdout = pageText(joinBlocks(files.flatMap((file) => blocksOf(file, paint))))
  return { exitCode, stdout, stderr: `${stderr}${summaryLine(files, summary)}\n` }
}

function blocksOf({ syntax, findings }: CheckedFile, paint: Paint): readonly (readonly string[])[] {
  return [...syntax.map((issue) => syntaxLines(issue, paint)), ...findingBlocks(findings, paint)]
}

function exitCodeOf({ read, syntax, findings }: CheckedFile, failOnWarning: boolean): ExitCode {
  if (!read || syntax.length > 0) return EXIT.couldNotRun
  const counts = findings.some(({ issue }) => failOnWarning || issue.severity === 'error')
  return counts ? EXIT.findings : EXIT.fine
}

interface Summary {
  readonly files: number
  readonly errors: number
  readonly warnings: number
}

function summarise(files: readonly CheckedFile[]): Summary {
  const issues = files.flatMap(issuesOf)
  const errors = issues.filter(({ severity }) => severity === 'error').length
  return { files: files.filter(({ read }) => read).length, errors, warnings: issues.length - errors }
}

function summaryLine(files: readonly CheckedFile[], { errors, warnings, files: read }: Summary): string {
  const definitions = files.reduce((sum, file) => sum + file.definitions, 0)
  const found = errors + warnings === 0 ? 'no findings' : `${count(errors, 'error')}, ${count(warnings, 'warning')}`
  return `latchkey: ${count(definitions, 'definition')} in ${count(read, 'file')}: ${found}`
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

function issuesOf({ syntax, findings }: CheckedFile): readonly FileIssue[] {
  return [...syntax, ...findings.map(({ issue }) => issue)]
}
