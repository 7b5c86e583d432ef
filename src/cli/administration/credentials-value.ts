import type { Token } from '../../types.ts'
import { decodeUtf8, STDIN } from '../source/read-document.ts'
import { readSecretSource } from '../source/secret-source.ts'
import { type Arguments, lastValue } from '../terminal/arguments.ts'
import { CouldNotRun } from '../terminal/failure.ts'
import type { Io } from '../terminal/io.ts'
import { needed } from './store-options.ts'

// The value is never echoed: whoever writes it here has shown it to the process list and the shell's history already.
const VALUE_HELP =
  'a value is never an argument, which others can read: `--value env:VARIABLE`, `--value file:PATH` or `--value -`'

/**
 * Reads `--value`: a text, or JSON where it begins with a brace or bracket and the type is one of structures.
 * @throws A {@link CouldNotRun} that says nothing of the value.
 * @internal
 */
export async function readCredentialValue(io: Io, args: Arguments, isText: boolean): Promise<Token> {
  const source = needed(args, 'value', 'give `--value env:VARIABLE`, `--value file:PATH`, or `--value -`')
  const text = await readText(io, source)
  if (isText || !/^\s*[[{]/.test(text)) return text
  try {
    return JSON.parse(text) as Token
  } catch {
    throw new CouldNotRun('--value is neither a text nor JSON', 'a text that begins with `{` or `[` is read as JSON')
  }
}

async function readText(io: Io, source: string): Promise<string> {
  if (source === STDIN) return decodeUtf8(await io.readStdin(), '--value').replace(/\r?\n$/, '')
  const secret = readSecretSource(io, source, { label: '--value', stdinReader: '--value -' })
  if (secret === null) throw new CouldNotRun('--value names no source', VALUE_HELP)
  return secret.reveal()
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])
const MAX_OVERLAP_MS = 366 * 86_400_000

/** Milliseconds of `--overlap`, such as `90m`. @throws A {@link CouldNotRun}. @internal */
export function readOverlap(args: Arguments): number {
  const text = lastValue(args, 'overlap')
  if (text === undefined) return 0
  const [, count = '', unit = ''] = /^([0-9]{1,9})([smhd])$/.exec(text) ?? []
  const milliseconds = Number(count) * (UNITS.get(unit) ?? Number.NaN)
  if (milliseconds > 0 && milliseconds <= MAX_OVERLAP_MS) return milliseconds
  throw new CouldNotRun('--overlap takes a time of at most 366 days', 'such as `90m`, `24h` or `7d`')
}
