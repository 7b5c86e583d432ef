import { createKeyring, createMemoryStore, type Keyring } from '../../inbound/index.ts'
import { EXAMPLE_SCOPES, exampleLines, startExample } from '../administration/example-api.ts'
import { needed, readLocation } from '../administration/store-options.ts'
import { SERVE_HELP } from '../help/keys.ts'
import { pageText } from '../report/text.ts'
import { type Arguments, lastValue } from '../terminal/arguments.ts'
import { COMMON_OPTIONS, type Command, type Context } from '../terminal/command.ts'
import { couldRun } from '../terminal/could-run.ts'
import { EXIT } from '../terminal/exit-codes.ts'
import { CouldNotRun } from '../terminal/failure.ts'
import type { Io, Outcome } from '../terminal/io.ts'

/** Serves an example, until the process is ended. @internal */
export const serveCommand: Command = {
  files: 'none',
  options: {
    ...COMMON_OPTIONS,
    example: { type: 'boolean' },
    port: { type: 'string' },
    store: { type: 'string' },
    prefix: { type: 'string' },
  },
  help: SERVE_HELP,
  run: runServe,
}

const DEFAULT_PORT = 4100
const KEY_PLACE = 'YOUR_KEY'

async function runServe({ io, args }: Context): Promise<Outcome> {
  if (!args.flags.has('example')) throw new CouldNotRun('serve has an example only', '`latchkey serve --example`')
  const port = readPort(args)
  const { keyring, key } = await couldRun(() => openKeys(io, args))
  const { url } = await listen(keyring, port)
  const about =
    key === null
      ? ['# keys: those of the store']
      : ['# its key, of the tenant `example`, for 20 requests a day:', `# ${key}`]
  const lines = [`# an example API at ${url}, until Ctrl+C`, ...about, '', ...exampleLines(url, key ?? KEY_PLACE)]
  return { exitCode: EXIT.fine, stdout: pageText(lines), stderr: '' }
}

async function openKeys(io: Io, args: Arguments): Promise<{ readonly keyring: Keyring; readonly key: string | null }> {
  if (args.values.has('store')) {
    const prefix = needed(args, 'prefix', '`--prefix PREFIX` is what the keys of the store begin with')
    // Not closed: it is needed until the process ends.
    return { keyring: createKeyring({ store: await io.openStore(readLocation(io, args), false), prefix }), key: null }
  }
  const keyring = createKeyring({ store: createMemoryStore(), prefix: lastValue(args, 'prefix') ?? 'example' })
  await keyring.configureTenant(
    'example',
    { apiAccess: true, scopes: EXAMPLE_SCOPES, dailyLimit: 20 },
    'latchkey serve',
  )
  const created = await keyring.create({ tenant: 'example', scopes: ['calls:read'], createdBy: 'latchkey serve' })
  return { keyring, key: created.ok ? created.value.key.reveal() : null }
}

function readPort(args: Arguments): number {
  const text = lastValue(args, 'port') ?? String(DEFAULT_PORT)
  if (/^[0-9]{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new CouldNotRun('--port takes a number up to 65535')
}

async function listen(keyring: Keyring, port: number): ReturnType<typeof startExample> {
  try {
    return await startExample(keyring, port)
  } catch {
    throw new CouldNotRun('the port could not be used', 'choose another one with `--port N`, or any with `--port 0`')
  }
}
