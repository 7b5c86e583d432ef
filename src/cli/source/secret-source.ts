import { Secret } from '../../secret.ts'
import { CouldNotRun } from '../terminal/failure.ts'
import type { Io } from '../terminal/io.ts'
import { decodeUtf8, readBytes, STDIN } from './read-document.ts'

/** For whom a secret is read, for messages. @internal */
export interface SecretReading {
  /** The option, and what it names: `--token apiKey`. */
  readonly label: string
  /** The option that reads standard input. */
  readonly stdinReader: string
}

/**
 * Reads a secret from `env:VARIABLE` or `file:PATH`.
 * @returns `null` where the text names no source. It is never echoed: it may be the secret itself.
 * @throws A {@link CouldNotRun}.
 * @internal
 */
export function readSecretSource(io: Io, text: string, reading: SecretReading): Secret | null {
  const [, kind, source = ''] = /^(env|file):(.+)$/s.exec(text) ?? []
  if (kind === undefined) return null
  return new Secret(kind === 'env' ? readVariable(io, source, reading) : readSecretFile(io, source, reading))
}

/** A variable that is set and empty is a secret that the engine refuses; one that is not set was never meant. */
function readVariable(io: Io, variable: string, { label }: SecretReading): string {
  const value = Object.hasOwn(io.env, variable) ? io.env[variable] : undefined
  if (value !== undefined) return value
  throw new CouldNotRun(`${label}: its variable is not set`, 'export it, or check its name')
}

/** Without the one line break that editors put at the end; any other stays, for the engine to refuse. */
function readSecretFile(io: Io, path: string, { label, stdinReader }: SecretReading): string {
  if (path === STDIN) throw new CouldNotRun(`${label}: standard input is read by \`${stdinReader}\` only`)
  return decodeUtf8(readBytes(io, path, label), label).replace(/\r?\n$/, '')
}
