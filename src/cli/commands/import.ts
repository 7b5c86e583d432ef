import { resolve } from 'node:path'
import type { Imported } from '../../dialects/index.ts'
import { hasErrors, type Result } from '../../result.ts'
import { didYouMean } from '../../suggest.ts'
import { IMPORT_HELP } from '../help/import.ts'
import { CLIENT_AUTHENTICATION, FORMATS, type ImportFormat } from '../import/formats.ts'
import { callJson, countSecrets, jsonLines, secretsJson, templateJson } from '../import/output.ts'
import { readSource, writeFile } from '../import/read-source.ts'
import { issuesOf, issuesText, summaryLine } from '../import/report.ts'
import { type Arguments, lastValue, type OptionRules, unknownOption } from '../terminal/arguments.ts'
import { COMMON_OPTIONS, type Command, type Context } from '../terminal/command.ts'
import { couldRun } from '../terminal/could-run.ts'
import { EXIT } from '../terminal/exit-codes.ts'
import { CouldNotRun } from '../terminal/failure.ts'
import type { Io, Outcome } from '../terminal/io.ts'

/** The options of every format. */
const SHARED: OptionRules = {
  ...COMMON_OPTIONS,
  ...CLIENT_AUTHENTICATION,
  out: { type: 'string' },
  'allow-insecure-origin': { type: 'string' },
  'stdin-filepath': { type: 'string' },
}

/** Reads the tools of another format as definitions. @internal */
export const importCommand: Command = {
  files: 'own',
  options: Object.assign({ ...SHARED }, ...Object.values(FORMATS).map(({ options }) => options)),
  help: IMPORT_HELP,
  run: runImport,
}

async function runImport({ io, args, paint }: Context): Promise<Outcome> {
  const [, name = '', path = '', ...rest] = args.positionals
  const format = formatOf(name)
  checkArguments(name, format, args, path, rest.length > 0)
  const document = await readSource(io, args, path)
  const read = await couldRun<Result<Imported>>(() => format.read(document.value, io, args))
  if (!read.ok) return { exitCode: EXIT.findings, stdout: '', stderr: issuesText(document, read.issues, paint) }
  const imported = read.value
  // What a format without secrets has in their place are the empty tokens of a template.
  const secrets = Object.hasOwn(format.options, 'secrets-out') ? countSecrets(imported) : 0
  checkApart(args, imported)
  const isWritten = secrets > 0 && writeSecrets(io, args, imported)
  const stdout = writeDefinitions(io, args, imported)
  const issues = issuesOf(imported)
  const summary = summaryLine(imported, secrets, isWritten)
  const text = issues.length === 0 ? '' : `${issuesText(document, issues, paint)}\n`
  return { exitCode: hasErrors(issues) ? EXIT.findings : EXIT.fine, stdout, stderr: text + summary }
}

function formatOf(name: string): ImportFormat {
  const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined
  if (format !== undefined) return format
  const names = Object.keys(FORMATS)
  const help = didYouMean(name, names) ?? `its formats are ${names.join(', ')}`
  throw new CouldNotRun(name === '' ? 'import takes a format' : 'unknown format of import', help)
}

function checkArguments(name: string, format: ImportFormat, args: Arguments, path: string, tooMany: boolean): void {
  const known = Object.keys({ ...SHARED, ...format.options })
  const foreign = [...args.flags, ...args.values.keys()].find((option) => !known.includes(option))
  if (foreign !== undefined) throw unknownOption(`--${foreign}`, known, `import ${name}`)
  if (path !== '' && !tooMany) return
  throw new CouldNotRun(`import ${name} takes one FILE`, '`latchkey import --help` shows how it is used')
}

/** A definition would take the place of the secrets, and they would be gone. */
function checkApart(args: Arguments, { tools }: Imported): void {
  const [folder, secrets] = [lastValue(args, 'out'), lastValue(args, 'secrets-out')]
  if (folder === undefined || secrets === undefined) return
  // File systems may not tell the case of letters.
  const plain = (path: string): string => resolve(path).toLowerCase()
  const same = tools.find(({ name }) => plain(fileOf(folder, name)) === plain(secrets))
  if (same === undefined) return
  throw new CouldNotRun(`--secrets-out: \`${same.name}\` is written to that file`, 'name a file outside of --out')
}

/** INVARIANT: a tool name has no slash or dot. */
function fileOf(folder: string, name: string): string {
  return `${folder}/${name}.json`
}

/** First of all: where the secrets cannot be written, nothing is. */
function writeSecrets(io: Io, args: Arguments, imported: Imported): boolean {
  const path = lastValue(args, 'secrets-out')
  if (path === undefined) return false
  writeFile(io, path, secretsJson(imported), 'private')
  return true
}

function writeDefinitions(io: Io, args: Arguments, imported: Imported): string {
  const folder = lastValue(args, 'out')
  if (imported.tools.length === 0) return ''
  if (folder === undefined) return callJson(imported)
  for (const { name, definition } of imported.tools) {
    writeFile(io, fileOf(folder, name), jsonLines(definition), 'shared')
  }
  return templateJson(imported)
}
