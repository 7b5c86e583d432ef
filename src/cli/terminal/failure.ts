import { EXIT } from './exit-codes.ts'
import type { Outcome } from './io.ts'
import { wrap } from './printable.ts'

/**
 * A command could not run: wrong usage, an unreadable file, a text that does not parse. Exit status 2.
 *
 * Its message holds paths, flag names and positions, never the content of a file or a value of an argument.
 * @internal
 */
export class CouldNotRun extends Error {
  readonly help: string | undefined

  constructor(message: string, help?: string) {
    super(message)
    this.help = help
  }
}

/** What is printed for an exception: ours with its help, any other by its name alone, since it may quote a secret. @internal */
export function outcomeOfFailure(error: unknown): Outcome {
  const [message, help] =
    error instanceof CouldNotRun
      ? [error.message, error.help]
      : [`internal error (${nameOf(error)}): a defect of Latchkey, please report it`]
  const lines = [
    ...wrap('latchkey: ', message, '  '),
    ...(help === undefined ? [] : wrap('  help  ', help, '        ')),
  ]
  return { exitCode: EXIT.couldNotRun, stdout: '', stderr: `${lines.join('\n')}\n` }
}

function nameOf(error: unknown): string {
  return error instanceof Error && /^[A-Za-z]{1,40}$/.test(error.name) ? error.name : 'unknown'
}
