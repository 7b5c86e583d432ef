import { parseTimestamp } from '../../hmac/timestamp.ts'
import { decodeSecret } from '../../kinds/signature-secret.ts'
import type { Secret } from '../../secret.ts'
import type { HmacForm, Notice } from '../../types.ts'
import { STDIN } from '../source/read-document.ts'
import { readSecretSource } from '../source/secret-source.ts'
import { type Arguments, lastValue, type OptionRules } from '../terminal/arguments.ts'
import { REPORT_OPTIONS } from '../terminal/command.ts'
import { CouldNotRun } from '../terminal/failure.ts'
import type { Io } from '../terminal/io.ts'

/** The options of `sign` and `verify`. @internal */
export const SIGNATURE_OPTIONS: OptionRules = {
  ...REPORT_OPTIONS,
  preset: { type: 'string' },
  requirement: { type: 'string' },
  secret: { type: 'string' },
  request: { type: 'string' },
  method: { type: 'string' },
  header: { type: 'string' },
  body: { type: 'string' },
  message: { type: 'string' },
  now: { type: 'string' },
}

// The value is never echoed: it may be the secret itself.
const SECRET_HELP =
  'a secret is never an argument, which others can read: write `--secret env:VARIABLE` or `--secret file:PATH`'

/** @throws A {@link CouldNotRun} where there is none, or one names no source. @internal */
export function readSigningSecrets(io: Io, args: Arguments): readonly Secret[] {
  const options = args.values.get('secret') ?? []
  if (options.length === 0) throw new CouldNotRun('--secret is missing', SECRET_HELP)
  return options.map((option) => {
    const secret = readSecretSource(io, option, { label: '--secret', stdinReader: '--body -' })
    if (secret === null) throw new CouldNotRun('--secret names no source', SECRET_HELP)
    return secret
  })
}

/** @throws A {@link CouldNotRun}. @internal */
export function refuseSecondStdin(args: Arguments): void {
  const readers = [args.positionals[1], lastValue(args, 'body'), lastValue(args, 'message')]
  if (readers.filter((each) => each === STDIN).length < 2) return
  throw new CouldNotRun('standard input can be read once only', 'name a file for the other')
}

/** Milliseconds since the epoch. @throws A {@link CouldNotRun} for what is neither that nor ISO 8601. @internal */
export function readNow(args: Arguments): number {
  const text = lastValue(args, 'now')
  if (text === undefined) return Date.now()
  // Twelve digits of milliseconds are before 2001: those are seconds.
  const time = parseTimestamp(text, /^[0-9]+$/.test(text) ? 'ms' : 'iso')
  if (time !== null && !/^[0-9]{1,11}$/.test(text)) return time
  throw new CouldNotRun('--now takes a time', 'such as 2023-11-14T22:13:20Z, or milliseconds: 1700000000000')
}

const SHORT_BYTES = 16

/** @internal */
export function noticesOn(secrets: readonly Secret[], form: HmacForm): readonly Notice[] {
  const short = secrets.some((secret) => (decodeSecret(secret.reveal(), form)?.length ?? SHORT_BYTES) < SHORT_BYTES)
  if (!short) return []
  const message = 'a secret has fewer than 16 bytes: `verifySignature` refuses it unless `allowShortSecret` is given'
  return [{ code: 'NOTE_SECRET_SHORT', pointer: '', message }]
}
