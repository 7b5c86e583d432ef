import { createKeyring, type KeyringOptions } from '../../inbound/index.ts'
import { didYouMean } from '../../suggest.ts'
import { changesTenant, KEYS_ACTIONS, type KeysAction, type KeysReport } from '../administration/keys-actions.ts'
import { keysJson, keysLines } from '../administration/keys-report.ts'
import { needed, STORE_OPTIONS, withStore } from '../administration/store-options.ts'
import { KEYS_HELP } from '../help/keys.ts'
import { jsonText } from '../report/json.ts'
import { pageText } from '../report/text.ts'
import { readSecretSource } from '../source/secret-source.ts'
import { type Arguments, lastValue, type OptionRules, unknownOption } from '../terminal/arguments.ts'
import { COMMON_OPTIONS, type Command, type Context } from '../terminal/command.ts'
import { couldRun } from '../terminal/could-run.ts'
import { EXIT } from '../terminal/exit-codes.ts'
import { CouldNotRun } from '../terminal/failure.ts'
import type { Io, Outcome } from '../terminal/io.ts'

/** The options of every action. */
const SHARED: OptionRules = {
  ...COMMON_OPTIONS,
  ...STORE_OPTIONS,
  format: { type: 'string', values: ['text', 'json'] },
  json: { type: 'boolean' },
}

/** Administers the API keys of tenants. @internal */
export const keysCommand: Command = {
  files: 'own',
  options: {
    ...SHARED,
    by: { type: 'string' },
    'api-access': { type: 'string', values: ['on', 'off'] },
    scope: { type: 'string' },
    'max-keys': { type: 'string' },
    'daily-limit': { type: 'string' },
    prefix: { type: 'string' },
    pepper: { type: 'string' },
    name: { type: 'string' },
    'older-than': { type: 'string' },
  },
  help: KEYS_HELP,
  run: runKeys,
}

async function runKeys({ io, args, paint, json }: Context): Promise<Outcome> {
  const [, name = '', keyId = '', ...rest] = args.positionals
  const action = actionOf(name)
  checkArguments(name, action, args, keyId, rest.length > 0)
  const report = await couldRun(() => act(name, action, io, args, keyId))
  const isMissing = action.id === 'one' && report.deleted === null && report.usage === null
  return {
    exitCode: report.issues.length > 0 || isMissing ? EXIT.findings : EXIT.fine,
    stdout: json ? jsonText(keysJson(name, report)) : pageText(keysLines(report, paint)),
    stderr: noteOn(report, isMissing),
  }
}

function noteOn({ created, keys, usage, events }: KeysReport, isMissing: boolean): string {
  if (isMissing) return 'latchkey: the tenant has no key of this id\n'
  if (created !== null) return `latchkey: key ${created.id} was issued; its value is not shown again\n`
  if (keys?.length === 0) return 'latchkey: no keys\n'
  if (usage?.size === 0) return 'latchkey: not used in the last 30 days\n'
  return events?.length === 0 ? 'latchkey: nothing was done yet\n' : ''
}

function actionOf(name: string): KeysAction {
  const action = Object.hasOwn(KEYS_ACTIONS, name) ? KEYS_ACTIONS[name] : undefined
  if (action !== undefined) return action
  const names = Object.keys(KEYS_ACTIONS)
  const help = didYouMean(name, names) ?? `its actions are ${names.join(', ')}`
  throw new CouldNotRun(name === '' ? 'keys takes an action' : 'unknown action of keys', help)
}

function checkArguments(name: string, action: KeysAction, args: Arguments, keyId: string, tooMany: boolean): void {
  const known = [...Object.keys(SHARED), ...action.options]
  const foreign = [...args.flags, ...args.values.keys()].find((option) => !known.includes(option))
  if (foreign !== undefined) throw unknownOption(`--${foreign}`, known, `keys ${name}`)
  const usage = '`latchkey keys --help` shows how it is used'
  if (action.id === 'one' && keyId === '') throw new CouldNotRun(`keys ${name} takes the id of a key`, usage)
  if (tooMany || (action.id === 'none' && keyId !== '')) throw new CouldNotRun(`keys ${name} takes fewer words`, usage)
}

/** A key itself in place of its id would stay in the history of the shell, so it is not taken. */
function checkId(keyId: string): void {
  if (keyId === '' || /^[0-9A-Za-z]{12}$/.test(keyId)) return
  throw new CouldNotRun('the id of a key has 12 letters and digits', 'it is the part in the middle of a key')
}

async function act(name: string, action: KeysAction, io: Io, args: Arguments, keyId: string): Promise<KeysReport> {
  checkId(keyId)
  const tenant = needed(args, 'tenant', '`--tenant NAME` says whose keys they are')
  const settings = readKeyring(name, io, args)
  const found = await withStore(io, args, name === 'tenant' && changesTenant(args), (store) =>
    action.run({ args, keyring: createKeyring({ store, ...settings }), tenant, keyId }),
  )
  return { ...NOTHING, ...found, tenant }
}

const NOTHING = { settings: null, created: null, keys: null, deleted: null, usage: null, events: null, issues: [] }

function readKeyring(name: string, io: Io, args: Arguments): Omit<KeyringOptions, 'store'> {
  // Only a new key has a prefix and a pepper.
  if (name !== 'create') return { prefix: 'none' }
  const prefix = needed(args, 'prefix', '`--prefix PREFIX` is what every key of the API begins with')
  const source = lastValue(args, 'pepper')
  if (source === undefined) return { prefix }
  const secret = readSecretSource(io, source, { label: '--pepper', stdinReader: 'nothing' })
  if (secret !== null) return { prefix, pepper: new TextEncoder().encode(secret.reveal()) }
  throw new CouldNotRun('--pepper names no source', 'write `--pepper env:VARIABLE` or `--pepper file:PATH`')
}
