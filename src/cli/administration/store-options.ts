import { decodeBytes } from '../../bytes.ts'
import type { SealingKey } from '../../envelope.ts'
import type { Store } from '../../stores/store.ts'
import { readSecretSource } from '../source/secret-source.ts'
import { type Arguments, lastValue, type OptionRules } from '../terminal/arguments.ts'
import { CouldNotRun } from '../terminal/failure.ts'
import type { Io } from '../terminal/io.ts'
import { lazyStore } from './lazy-store.ts'

/** What every command that works on a store takes. @internal */
export const STORE_OPTIONS: OptionRules = { store: { type: 'string' }, tenant: { type: 'string' } }

/**
 * Opens the store for one step, and closes it.
 * @param isNew Whether a file that is not there is made, once something is to be read or written.
 * @throws A {@link CouldNotRun} without `--store`; what the store throws.
 * @internal
 */
export async function withStore<T>(
  io: Io,
  args: Arguments,
  isNew: boolean,
  step: (store: Store) => Promise<T>,
): Promise<T> {
  const location = readLocation(io, args)
  const store = isNew ? lazyStore(() => io.openStore(location, true)) : await io.openStore(location, false)
  try {
    return await step(store)
  } finally {
    await store.close()
  }
}

const ELSEWHERE = 'write `--store env:VARIABLE` or `--store file:PATH`, and put the address there'

/** Where the store is: `--store`, or what its variable or file holds. @throws A {@link CouldNotRun}. @internal */
export function readLocation(io: Io, args: Arguments): string {
  const given = needed(args, 'store', 'give `--store FILE`, `--store redis://HOST:PORT` or `--store env:VARIABLE`')
  if (/^rediss?:[^@]*:[^@]*@/i.test(given))
    throw new CouldNotRun('--store holds a password, which other processes can read', ELSEWHERE)
  const location = readSecretSource(io, given, { label: '--store', stdinReader: 'nothing' })?.reveal() ?? given
  if (location === '') throw new CouldNotRun('--store: what it names is empty', 'it is to hold a path or an address')
  if (location !== ':memory:') return location
  throw new CouldNotRun('--store names no file', 'what is kept in memory would be gone when the command ends')
}

/** The value of an option without which a command cannot run. @throws A {@link CouldNotRun}. @internal */
export function needed(args: Arguments, name: string, help: string): string {
  const value = lastValue(args, name)
  if (value !== undefined) return value
  throw new CouldNotRun(`--${name} is missing`, help)
}

const KEY_HELP =
  'a key is never an argument, which others can read: write `--key ID=env:VARIABLE` or `--key ID=file:PATH`'

/**
 * Reads every `--key`: 32 bytes as base64, base64url or hex. The first seals.
 * @throws A {@link CouldNotRun} that says nothing of a key.
 * @internal
 */
export function readSealingKeys(io: Io, args: Arguments): readonly SealingKey[] {
  return (args.values.get('key') ?? []).map((option) => {
    const [, keyId, source] = /^([A-Za-z0-9_-]{1,64})=(.+)$/s.exec(option) ?? []
    if (keyId === undefined || source === undefined) throw new CouldNotRun('--key names no key', KEY_HELP)
    const label = `--key ${keyId}`
    const secret = readSecretSource(io, source, { label, stdinReader: '--value -' })
    if (secret === null) throw new CouldNotRun(`${label} names no source`, KEY_HELP)
    return { keyId, key: readKey(secret.reveal().trim(), label) }
  })
}

function readKey(text: string, label: string): Uint8Array {
  const isHex = /^[0-9a-f]{64}$/i.test(text)
  const key = isHex
    ? decodeBytes(text.toLowerCase(), 'hex')
    : (decodeBytes(text, 'base64') ?? decodeBytes(text, 'base64url'))
  if (key?.length === 32) return key
  throw new CouldNotRun(
    `${label} is no key of 32 bytes`,
    'write them as base64 or hex: `openssl rand -base64 32` makes one',
  )
}
