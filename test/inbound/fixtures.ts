import { SecurityError } from '../../src/errors.ts'
import {
  type CreatedKey,
  createKeyring,
  type GuardedRequest,
  type GuardOptions,
  type GuardVerdict,
  guard,
  type Keyring,
  type KeyringOptions,
} from '../../src/inbound/index.ts'
import { createMemoryStore } from '../../src/stores/memory.ts'
import type { Store } from '../../src/stores/store.ts'

export const NOON: number = Date.UTC(2028, 1, 28, 12)

/** A clock that stands still until it is set. */
export function createClock(nowMs: number = NOON): { readonly now: () => number; readonly set: (ms: number) => void } {
  let current = nowMs
  return {
    now: () => current,
    set: (ms) => {
      current = ms
    },
  }
}

/** A store that counts how often each operation was called. */
export function countCalls(store: Store): { readonly store: Store; readonly calls: Map<string, number> } {
  const calls = new Map<string, number>()
  const counted = Object.entries(store).map(([name, operation]) => [
    name,
    (...values: unknown[]) => {
      calls.set(name, (calls.get(name) ?? 0) + 1)
      return Reflect.apply(operation, store, values)
    },
  ])
  return { store: Object.fromEntries(counted) as Store, calls }
}

/** A keyring with two tenants that may have keys. */
export async function createTestKeyring(options: Partial<KeyringOptions> = {}): Promise<Keyring> {
  const keyring = createKeyring({ store: createMemoryStore(), prefix: 'acme', ...options })
  for (const tenant of ['a', 'b']) {
    await keyring.configureTenant(
      tenant,
      { apiAccess: true, scopes: ['read:orders', 'read:order', 'write:orders'], maxKeys: 3 },
      'ada',
    )
  }
  return keyring
}

/** Issues a key; fails where it is refused. */
export async function issue(
  keyring: Keyring,
  tenant: string,
  scopes: readonly string[] = ['read:orders'],
): Promise<CreatedKey> {
  const created = await keyring.create({ tenant, scopes, createdBy: 'ada' })
  if (!created.ok) throw new Error(created.issues[0]?.code)
  return created.value
}

/** A request as an adapter makes it. */
export function requestWith(
  authorization: string | readonly string[] | null,
  rest: Partial<GuardedRequest> = {},
): GuardedRequest {
  const values = typeof authorization === 'string' ? [authorization] : (authorization ?? [])
  return {
    method: 'GET',
    target: '/orders',
    authorization: values,
    forwardedProto: [],
    isSecure: true,
    remoteAddress: '192.0.2.1',
    ...rest,
  }
}

/** Checks one request with a guard of its own. */
export function checkOnce(options: GuardOptions, request: GuardedRequest): Promise<GuardVerdict> {
  return guard(options).check(request)
}

/** The status of a verdict, 200 where it passes. */
export function statusOf(verdict: GuardVerdict): number {
  return verdict.ok ? 200 : verdict.refusal.status
}

/** A store of which all fails. */
export const AWAY: Store = Object.fromEntries(
  Object.keys(createMemoryStore()).map((name) => [
    name,
    () => Promise.reject(new SecurityError('ERR_STORE_UNAVAILABLE')),
  ]),
) as unknown as Store

/** A store each of whose operations waits for its turn, so that those of several callers come between each other. */
export function slowDown(store: Store): Store {
  const slow = Object.entries(store).map(([name, operation]) => [
    name,
    async (...values: unknown[]) => {
      await new Promise((resolve) => setImmediate(resolve))
      return Reflect.apply(operation, store, values)
    },
  ])
  return Object.fromEntries(slow) as Store
}
