import type { CredentialAddress, CredentialStore, CredentialType, StoredCredential } from '../../credentials/types.ts'
import { makeIssue, type Result } from '../../result.ts'
import { type Arguments, lastValue } from '../terminal/arguments.ts'
import { CouldNotRun } from '../terminal/failure.ts'
import type { Io } from '../terminal/io.ts'
import type { CredentialsReport } from './credentials-report.ts'
import { readCredentialValue, readOverlap } from './credentials-value.ts'
import { needed } from './store-options.ts'

/** What an action works with. */
interface Acting {
  readonly io: Io
  readonly args: Arguments
  readonly credentials: CredentialStore
  readonly tenant: string
  readonly environment: string | null
  /** `''` for an action on no single credential. */
  readonly credentialId: string
}

/** One action of `latchkey credentials`. @internal */
export interface Action {
  /** Whether it takes the id of a credential. */
  readonly id: 'none' | 'optional' | 'one'
  /** Whether it works on one environment of one tenant; else on everything that stands in the store. */
  readonly isScoped: boolean
  /** The options beside those of every action. */
  readonly options: readonly string[]
  /** Whether it opens or seals a value. */
  readonly needsKey: (args: Arguments) => boolean
  run(acting: Acting): Promise<Omit<CredentialsReport, 'action'>>
}

const NOTHING = { done: null, credentials: [], damaged: null, uses: null, reseal: null, issues: [] } as const
const always = (): boolean => true
const never = (): boolean => false

/** @internal */
export const ACTIONS: { readonly [name: string]: Action } = {
  create: {
    id: 'optional',
    isScoped: true,
    options: ['name', 'type', 'value', 'host'],
    needsKey: always,
    run: async ({ io, args, credentials, credentialId, ...scope }) => {
      const type = needed(args, 'type', 'it is `secretText`, `userPassword`, `oauthClient` or `signingSecrets`')
      const request = {
        ...scope,
        name: needed(args, 'name', 'give at most 40 characters, unique in its environment'),
        type: type as CredentialType,
        value: await readCredentialValue(io, args, type === 'secretText'),
        hosts: args.values.get('host') ?? null,
      }
      return reported('created', await credentials.create(credentialId === '' ? request : { ...request, credentialId }))
    },
  },
  list: {
    id: 'none',
    isScoped: true,
    options: [],
    needsKey: never,
    run: async ({ credentials, tenant, environment }) => ({
      ...NOTHING,
      credentials: await credentials.list({ tenant, environment }),
    }),
  },
  get: {
    id: 'one',
    isScoped: true,
    options: ['fallback'],
    needsKey: never,
    run: async ({ args, credentials, ...address }) => {
      const found = await credentials.get({ ...addressOf(address), fallbackToDefault: args.flags.has('fallback') })
      return found === null ? NOT_FOUND : { ...NOTHING, credentials: [found] }
    },
  },
  update: {
    id: 'one',
    isScoped: true,
    options: ['name', 'host', 'any-host'],
    needsKey: (args) => args.values.has('host') || args.flags.has('any-host'),
    run: async ({ args, credentials, ...address }) => {
      const [name, hosts] = [lastValue(args, 'name'), args.values.get('host')]
      const anyHost = args.flags.has('any-host')
      if (anyHost && hosts !== undefined) throw new CouldNotRun('--any-host and --host are given', 'keep one of them')
      if (!anyHost && name === undefined && hosts === undefined)
        throw new CouldNotRun('credentials update changes nothing', 'give `--name`, `--host` or `--any-host`')
      const changes = {
        ...(name === undefined ? {} : { name }),
        ...(anyHost ? { hosts: null } : hosts === undefined ? {} : { hosts }),
      }
      return reported('updated', await credentials.update({ ...addressOf(address), ...changes }))
    },
  },
  rotate: {
    id: 'one',
    isScoped: true,
    options: ['value', 'overlap', 'force'],
    needsKey: always,
    run: async ({ io, args, credentials, ...rest }) => {
      const address = addressOf(rest)
      const overlapMs = readOverlap(args)
      const found = await credentials.get({ ...address, fallbackToDefault: false })
      if (found === null) return NOT_FOUND
      const value = await readCredentialValue(io, args, found.type === 'secretText')
      const rotation = { ...address, value, overlapMs, force: args.flags.has('force') }
      return reported('rotated', await credentials.rotate(rotation))
    },
  },
  delete: {
    id: 'one',
    isScoped: true,
    options: ['force'],
    needsKey: never,
    run: async ({ args, credentials, ...rest }) => {
      const address = addressOf(rest)
      const result = await credentials.delete({ ...address, force: args.flags.has('force') })
      if (!result.ok) return { ...NOTHING, issues: result.issues }
      const deleted = { ...NOTHING, done: 'deleted' }
      if (result.value === null) return { ...deleted, damaged: address.credentialId }
      return { ...deleted, credentials: [result.value] }
    },
  },
  uses: {
    id: 'one',
    isScoped: true,
    options: [],
    needsKey: never,
    run: async ({ credentials, ...rest }) => {
      const address = addressOf(rest)
      const [found, uses] = [await credentials.get(address), await credentials.usedBy(address)]
      return found === null || uses === null ? NOT_FOUND : { ...NOTHING, credentials: [found], uses }
    },
  },
  reseal: {
    id: 'none',
    isScoped: false,
    options: [],
    needsKey: always,
    run: async ({ credentials }) => ({ ...NOTHING, reseal: await credentials.resealAll() }),
  },
}

function addressOf({
  tenant,
  environment,
  credentialId,
}: Omit<Acting, 'credentials' | 'args' | 'io'>): CredentialAddress {
  return { tenant, environment, credentialId }
}

function reported(done: string, result: Result<StoredCredential>): Omit<CredentialsReport, 'action'> {
  const { issues } = result
  return result.ok ? { ...NOTHING, done, credentials: [result.value] } : { ...NOTHING, issues }
}

const NOT_FOUND: Omit<CredentialsReport, 'action'> = {
  ...NOTHING,
  issues: [makeIssue('ERR_CREDENTIAL_NOT_FOUND', '/credentialId', 'no stored credential has this id')],
}
