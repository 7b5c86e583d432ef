import { createCredentialStore } from '../../credentials/credential-store.ts'
import { TYPES } from '../../credentials/value-types.ts'
import type { SealingKey } from '../../envelope.ts'
import { didYouMean } from '../../suggest.ts'
import { ACTIONS, type Action } from '../administration/credentials-actions.ts'
import { type CredentialsReport, credentialsJson, credentialsLines } from '../administration/credentials-report.ts'
import { needed, readSealingKeys, STORE_OPTIONS, withStore } from '../administration/store-options.ts'
import { CREDENTIALS_HELP } from '../help/credentials.ts'
import { jsonText } from '../report/json.ts'
import { pageText } from '../report/text.ts'
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
  environment: { type: 'string' },
  key: { type: 'string' },
}

/** Administers stored credentials. @internal */
export const credentialsCommand: Command = {
  files: 'own',
  options: {
    ...SHARED,
    name: { type: 'string' },
    type: { type: 'string', values: Object.keys(TYPES) },
    value: { type: 'string' },
    host: { type: 'string' },
    'any-host': { type: 'boolean' },
    overlap: { type: 'string' },
    force: { type: 'boolean' },
    fallback: { type: 'boolean' },
  },
  help: CREDENTIALS_HELP,
  run: runCredentials,
}

async function runCredentials({ io, args, paint, json }: Context): Promise<Outcome> {
  const [, name = '', credentialId = '', ...rest] = args.positionals
  const action = actionOf(name)
  checkArguments(name, action, args, credentialId, rest.length > 0)
  const report = { action: name, ...(await couldRun(() => act(name, action, { io, args }, credentialId))) }
  const stdout = json ? jsonText(credentialsJson(report)) : pageText(credentialsLines(report, paint))
  const isFine = report.issues.length === 0 && (report.reseal?.failed ?? []).length === 0
  return { exitCode: isFine ? EXIT.fine : EXIT.findings, stdout, stderr: isEmpty(report) ? NONE : '' }
}

const NONE = 'latchkey: no credentials in this environment of the tenant\n'

function isEmpty({ action, credentials }: CredentialsReport): boolean {
  return action === 'list' && credentials.length === 0
}

function actionOf(name: string): Action {
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined
  if (action !== undefined) return action
  const names = Object.keys(ACTIONS)
  const help = didYouMean(name, names) ?? `its actions are ${names.join(', ')}`
  throw new CouldNotRun(name === '' ? 'credentials takes an action' : 'unknown action of credentials', help)
}

function checkArguments(name: string, action: Action, args: Arguments, given: string, tooMany: boolean): void {
  const { id, isScoped, options } = action
  const scope = ['tenant', 'environment'].find((option) => !isScoped && args.values.has(option))
  if (scope !== undefined)
    throw new CouldNotRun(`credentials ${name} has no option --${scope}`, 'it works on all that stands in the store')
  const known = [...Object.keys(SHARED), ...options]
  const foreign = [...args.flags, ...args.values.keys()].find((option) => !known.includes(option))
  if (foreign !== undefined) throw unknownOption(`--${foreign}`, known, `credentials ${name}`)
  const usage = '`latchkey credentials --help` shows how it is used'
  if (id === 'one' && given === '') throw new CouldNotRun(`credentials ${name} takes the id of a credential`, usage)
  if (tooMany || (id === 'none' && given !== '')) throw new CouldNotRun(`credentials ${name} takes fewer words`, usage)
}

function act(
  name: string,
  action: Action,
  { io, args }: Pick<Context, 'io' | 'args'>,
  credentialId: string,
): Promise<Omit<CredentialsReport, 'action'>> {
  const tenant = action.isScoped ? needed(args, 'tenant', '`--tenant NAME` says whose credentials they are') : ''
  const environment = lastValue(args, 'environment') ?? null
  const keys = keysFor(action, io, args)
  return withStore(io, args, name === 'create', (store) =>
    action.run({ io, args, credentials: createCredentialStore({ store, keys }), tenant, environment, credentialId }),
  )
}

function keysFor(action: Action, io: Io, args: Arguments): readonly SealingKey[] {
  const keys = readSealingKeys(io, args)
  if (keys.length > 0) return keys
  if (action.needsKey(args)) needed(args, 'key', 'give `--key ID=env:VARIABLE` or `--key ID=file:PATH`')
  // Nothing is sealed or opened with it.
  return [{ keyId: 'none', key: crypto.getRandomValues(new Uint8Array(32)) }]
}
