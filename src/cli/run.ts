import { didYouMean } from '../suggest.ts'
import { credentialsCommand } from './commands/credentials.ts'
import { explainCommand } from './commands/explain.ts'
import { importCommand } from './commands/import.ts'
import { keysCommand } from './commands/keys.ts'
import { migrateCommand } from './commands/migrate.ts'
import { resolveCommand } from './commands/resolve.ts'
import { schemaCommand } from './commands/schema.ts'
import { sendCommand } from './commands/send.ts'
import { serveCommand } from './commands/serve.ts'
import { signCommand } from './commands/sign.ts'
import { validateCommand } from './commands/validate.ts'
import { verifyCommand } from './commands/verify.ts'
import { MAIN_HELP } from './help/main.ts'
import { outcomeOfUnparsable, Unparsable } from './report/unparsable.ts'
import { type Arguments, checkValues, type OptionRules, readArguments, unknownOption } from './terminal/arguments.ts'
import { type Command, wantsJson } from './terminal/command.ts'
import { EXIT } from './terminal/exit-codes.ts'
import { CouldNotRun, outcomeOfFailure } from './terminal/failure.ts'
import type { Io, Outcome } from './terminal/io.ts'
import { createPaint } from './terminal/paint.ts'
import { packageVersion } from './version.ts'

const COMMANDS: { readonly [name: string]: Command } = {
  validate: validateCommand,
  resolve: resolveCommand,
  explain: explainCommand,
  sign: signCommand,
  verify: verifyCommand,
  credentials: credentialsCommand,
  keys: keysCommand,
  serve: serveCommand,
  send: sendCommand,
  import: importCommand,
  migrate: migrateCommand,
  schema: schemaCommand,
}

const ALL_OPTIONS: OptionRules = Object.assign(
  { version: { type: 'boolean' } },
  ...Object.values(COMMANDS).map(({ options }) => options),
)

/** Runs one command line. Never throws. @internal */
export async function run(io: Io): Promise<Outcome> {
  try {
    return await dispatch(io, readArguments(io.argv, ALL_OPTIONS))
  } catch (error) {
    const noColor = io.argv.includes('--no-color')
    return error instanceof Unparsable ? outcomeOfUnparsable(error, createPaint(io, noColor)) : outcomeOfFailure(error)
  }
}

async function dispatch(io: Io, args: Arguments): Promise<Outcome> {
  const [name] = args.positionals
  if (name === undefined) return withoutCommand(args)
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (command === undefined) {
    const help = didYouMean(name, Object.keys(COMMANDS)) ?? `the commands are ${Object.keys(COMMANDS).join(', ')}`
    throw new CouldNotRun(`unknown command ${name}`, help)
  }
  if (args.flags.has('help')) return printed(command.help)
  checkUsage(name, command, args)
  return command.run({ io, args, paint: createPaint(io, args.flags.has('no-color')), json: wantsJson(args) })
}

function withoutCommand({ flags }: Arguments): Outcome {
  if (flags.has('version')) return printed(`${packageVersion()}\n`)
  if (flags.has('help')) return printed(MAIN_HELP)
  return { exitCode: EXIT.couldNotRun, stdout: '', stderr: MAIN_HELP }
}

function printed(stdout: string): Outcome {
  return { exitCode: EXIT.fine, stdout, stderr: '' }
}

function checkUsage(name: string, { options, files }: Command, args: Arguments): void {
  const known = Object.keys(options)
  const foreign = [...args.flags, ...args.values.keys()].find((option) => !known.includes(option))
  if (foreign !== undefined) throw unknownOption(`--${foreign}`, known, name)
  checkValues(args, options)
  const given = args.positionals.length - 1
  const usage = `\`latchkey ${name} --help\` shows how it is used`
  if (files === 'none' && given > 0) throw new CouldNotRun(`${name} takes no file`, usage)
  if (files === 'optional' && given > 1) throw new CouldNotRun(`${name} takes one FILE, ${given} were given`, usage)
  if (files === 'one' && given !== 1) throw new CouldNotRun(`${name} takes one FILE, ${given} were given`, usage)
  if (files === 'some' && given === 0) throw new CouldNotRun(`${name} takes one FILE or more`, usage)
}
