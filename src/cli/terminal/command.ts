import { type Arguments, lastValue, type OptionRules } from './arguments.ts'
import type { Io, Outcome } from './io.ts'
import type { Paint } from './paint.ts'

/** What a command works with. @internal */
export interface Context {
  readonly io: Io
  readonly args: Arguments
  readonly paint: Paint
  readonly json: boolean
}

/** One command of `latchkey`. @internal */
export interface Command {
  /** How many files it takes; `own`: it reads the words behind its name itself. */
  readonly files: 'none' | 'optional' | 'one' | 'some' | 'own'
  readonly options: OptionRules
  /** What `--help` prints: examples first. */
  readonly help: string
  run(context: Context): Promise<Outcome>
}

/** Options of every command. @internal */
export const COMMON_OPTIONS: OptionRules = {
  help: { type: 'boolean', short: 'h' },
  'no-color': { type: 'boolean' },
}

/** Options of every command that reports. @internal */
export const REPORT_OPTIONS: OptionRules = {
  ...COMMON_OPTIONS,
  format: { type: 'string', values: ['text', 'json'] },
  json: { type: 'boolean' },
  'stdin-filepath': { type: 'string' },
}

/** @internal */
export function wantsJson(args: Arguments): boolean {
  return args.flags.has('json') || lastValue(args, 'format') === 'json'
}
