import type { CreatedKey, KeyEvent, KeyInfo, Keyring, TenantSettings } from '../../inbound/index.ts'
import type { Issue } from '../../result.ts'
import { type Arguments, lastValue } from '../terminal/arguments.ts'
import { CouldNotRun } from '../terminal/failure.ts'
import { needed } from './store-options.ts'

/** What a command on API keys found or did. @internal */
export interface KeysReport {
  readonly tenant: string
  /** `null` where nobody asked; so are all that follow. */
  readonly settings: TenantSettings | null
  /** The one report with a value: it is shown once. */
  readonly created: CreatedKey | null
  readonly keys: readonly KeyInfo[] | null
  readonly deleted: string | null
  /** Requests by UTC day. */
  readonly usage: ReadonlyMap<string, number> | null
  readonly events: readonly KeyEvent[] | null
  readonly issues: readonly Issue[]
}

interface Acting {
  readonly args: Arguments
  readonly keyring: Keyring
  readonly tenant: string
  /** `''` for an action on no single key. */
  readonly keyId: string
}

/** One word behind `latchkey keys`. @internal */
export interface KeysAction {
  readonly id: 'none' | 'one'
  readonly options: readonly string[]
  run(acting: Acting): Promise<Partial<KeysReport>>
}

/** Whether `keys tenant` changes something. @throws A {@link CouldNotRun}. @internal */
export function changesTenant(args: Arguments): boolean {
  return Object.keys(readSettings(args)).length > 0
}

const BY_HELP = '`--by NAME` says which administrator does it, for the audit trail'

/** @internal */
export const KEYS_ACTIONS: { readonly [name: string]: KeysAction } = {
  tenant: {
    id: 'none',
    options: ['api-access', 'scope', 'max-keys', 'daily-limit', 'by'],
    run: async ({ args, keyring, tenant }) => {
      if (!changesTenant(args)) return { settings: await keyring.readTenant(tenant) }
      return { settings: await keyring.configureTenant(tenant, readSettings(args), needed(args, 'by', BY_HELP)) }
    },
  },
  create: {
    id: 'none',
    options: ['prefix', 'pepper', 'scope', 'name', 'by'],
    run: async ({ args, keyring, tenant }) => {
      const name = lastValue(args, 'name')
      needed(args, 'scope', '`--scope NAME` says what the key allows; it may be repeated')
      const created = await keyring.create({
        tenant,
        scopes: readScopes(args),
        createdBy: needed(args, 'by', BY_HELP),
        ...(name === undefined ? {} : { name }),
      })
      return created.ok ? { created: created.value } : { issues: created.issues }
    },
  },
  list: {
    id: 'none',
    options: ['older-than'],
    run: async ({ args, keyring, tenant }) => ({ keys: await keyring.list(tenant, readAge(args)) }),
  },
  delete: {
    id: 'one',
    options: ['by'],
    run: async ({ args, keyring, tenant, keyId }) => {
      const isDeleted = await keyring.delete(tenant, keyId, needed(args, 'by', BY_HELP))
      return isDeleted ? { deleted: keyId } : {}
    },
  },
  usage: {
    id: 'one',
    options: [],
    run: async ({ keyring, tenant, keyId }) => {
      const keys = await keyring.list(tenant)
      return keys.some(({ id }) => id === keyId) ? { usage: await keyring.usage(tenant, keyId) } : {}
    },
  },
  audit: {
    id: 'none',
    options: [],
    run: async ({ keyring, tenant }) => ({ events: await keyring.audit(tenant) }),
  },
}

function readScopes(args: Arguments): readonly string[] {
  return (args.values.get('scope') ?? []).flatMap((list) => list.split(',').filter((scope) => scope !== ''))
}

function readSettings(args: Arguments): Partial<TenantSettings> {
  const access = lastValue(args, 'api-access')
  const maxKeys = lastValue(args, 'max-keys')
  const limit = lastValue(args, 'daily-limit')
  return {
    ...(access === undefined ? {} : { apiAccess: access === 'on' }),
    ...(args.values.has('scope') ? { scopes: readScopes(args) } : {}),
    ...(maxKeys === undefined ? {} : { maxKeys: readCount('max-keys', maxKeys) }),
    ...(limit === undefined ? {} : { dailyLimit: limit === 'none' ? null : readCount('daily-limit', limit) }),
  }
}

function readCount(name: string, text: string): number {
  if (/^[0-9]{1,15}$/.test(text)) return Number(text)
  throw new CouldNotRun(`--${name} takes a whole number${name === 'daily-limit' ? ', or `none`' : ''}`)
}

const DAY_MS = 86_400_000

function readAge(args: Arguments): { readonly olderThanMs?: number } {
  const text = lastValue(args, 'older-than')
  if (text === undefined) return {}
  const [, count] = /^([0-9]{1,6})d$/.exec(text) ?? []
  if (count !== undefined) return { olderThanMs: Number(count) * DAY_MS }
  throw new CouldNotRun('--older-than takes a number of days', 'such as `90d`')
}
