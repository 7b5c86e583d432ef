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
  /** How many files it takes. */
  readonly files: 'none' | 'one' | 'some'
  readonly options: OptionRules
  /** What `--help` prints: examples first. */
  readonly help: string
  run(context: Context): Promise<Outcome>
}

/** Options of every command. @internal */
export const COMMON_OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  'no-color': { type: 'boolean' },
} as const satisfies OptionRules

/** Options of every command that reports. @internal */
export const REPORT_OPTIONS = {
  ...COMMON_OPTIONS,
  format: { type: 'string', values: ['text', 'json'] },
  json: { type: 'boolean' },
  'stdin-filepath': { type: 'string' },
} as const satisfies OptionRules

/** @internal */
export function wantsJson(args: Arguments): boolean {
  return args.flags.has('json') || lastValue(args, 'format') === 'json'
}
