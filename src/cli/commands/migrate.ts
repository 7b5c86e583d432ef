import { migrateVapi, type VapiMigration } from '../../dialects/index.ts'
import type { Result } from '../../result.ts'
import { snapshot } from '../../snapshot.ts'
import { didYouMean } from '../../suggest.ts'
import { MIGRATE_HELP } from '../help/import.ts'
import { readOrigins, VAPI_OPTIONS } from '../import/formats.ts'
import { migrationJson, migrationLines } from '../import/migrate-report.ts'
import { jsonLines } from '../import/output.ts'
import { readCredentials, readPairs, readSource, writeFile } from '../import/read-source.ts'
import { issuesText } from '../import/report.ts'
import { jsonText } from '../report/json.ts'
import { pageText } from '../report/text.ts'
import { placeIssue } from '../source/places.ts'
import { type Arguments, lastValue } from '../terminal/arguments.ts'
import { type Command, type Context, REPORT_OPTIONS } from '../terminal/command.ts'
import { couldRun } from '../terminal/could-run.ts'
import { EXIT } from '../terminal/exit-codes.ts'
import { CouldNotRun } from '../terminal/failure.ts'
import type { Io, Outcome } from '../terminal/io.ts'

/** Moves inline secrets into credentials. @internal */
export const migrateCommand: Command = {
  files: 'own',
  options: {
    ...REPORT_OPTIONS,
    ...VAPI_OPTIONS,
    out: { type: 'string' },
    'secrets-out': { type: 'string' },
    credential: { type: 'string' },
    'allow-insecure-origin': { type: 'string' },
  },
  help: MIGRATE_HELP,
  run: runMigrate,
}

async function runMigrate({ io, args, paint, json }: Context): Promise<Outcome> {
  const path = readWords(args.positionals)
  const document = await readSource(io, args, path)
  const migrated = await couldRun(() => migrate(document.value, io, args))
  const { issues } = migrated
  if (!migrated.ok) return { exitCode: EXIT.findings, stdout: '', stderr: issuesText(document, issues, paint) }
  const { value } = migrated
  checkNames(args, value)
  writeResults(io, args, value)
  const placed = issues.map((issue) => placeIssue(document, issue))
  return {
    exitCode: issues.length > 0 ? EXIT.findings : EXIT.fine,
    stdout: json ? jsonText(migrationJson(value, placed)) : pageText(migrationLines(value, paint)),
    stderr: json || issues.length === 0 ? '' : issuesText(document, issues, paint),
  }
}

function readWords([, format = '', path = '', ...rest]: readonly string[]): string {
  if (format !== 'vapi') {
    const message = format === '' ? 'migrate takes a format' : 'unknown format of migrate'
    throw new CouldNotRun(message, didYouMean(format, ['vapi']) ?? 'its format is vapi')
  }
  if (path !== '' && rest.length === 0) return path
  throw new CouldNotRun('migrate vapi takes one FILE', '`latchkey migrate --help` shows how it is used')
}

async function migrate(value: unknown, io: Io, args: Arguments): Promise<Result<VapiMigration>> {
  const credentialIds = readPairs(args, 'credential')
  const ids = Object.values(credentialIds)
  if (new Set(ids).size < ids.length) {
    throw new CouldNotRun('--credential gives two credentials one id', 'each secret has a credential of its own')
  }
  return migrateVapi(value, {
    credentials: await readCredentials(io, args),
    plainHeaders: args.values.get('plain-header') ?? [],
    allowInsecureOrigins: readOrigins(args),
    credentialIds,
  })
}

/** A misspelt name would leave a placeholder in the resource. */
function checkNames(args: Arguments, { credentials }: VapiMigration): void {
  const names = credentials.map(({ name }) => name)
  const unknown = Object.keys(readPairs(args, 'credential')).find((name) => !names.includes(name))
  if (unknown === undefined) return
  const help = didYouMean(unknown, names) ?? 'the report without `--credential` lists their names'
  throw new CouldNotRun(`--credential: no server needs a credential \`${unknown}\``, help)
}

function writeResults(io: Io, args: Arguments, { resource, credentials }: VapiMigration): void {
  const secrets = lastValue(args, 'secrets-out')
  if (secrets !== undefined && credentials.length > 0) {
    const plain = snapshot(
      credentials.map(({ credential }) => credential),
      { reveal: true },
    )
    writeFile(io, secrets, jsonLines(plain.ok ? plain.value : []), 'private')
  }
  const out = lastValue(args, 'out')
  if (out !== undefined) writeFile(io, out, jsonLines(resource), 'private')
}
