import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type fc from 'fast-check'
import { describe } from 'vitest'
import {
  type CredentialRequest,
  type CredentialStore,
  type CredentialStoreOptions,
  type CredentialType,
  createCredentialStore,
  createMemoryStore,
  type Store,
  type StoredCredential,
} from '../../src/credentials/index.ts'
import {
  type HmacForm,
  type Kind,
  type Requirement,
  type Result,
  Secret,
  SecurityError,
  type Token,
} from '../../src/index.ts'
import { createLibsqlStore } from '../../src/stores/libsql.ts'
import { connectRedisStore } from '../../src/stores/redis.ts'
import { describeWithRedis } from '../redis-server.ts'

export const KEY = { keyId: 'k1', key: new Uint8Array(32).fill(1) }
export const NEXT_KEY = { keyId: 'k2', key: new Uint8Array(32).fill(2) }
export const START_MS = 1_800_000_000_000
export const ORIGIN = 'https://api.example.com'

/** A clock that stands still until it is moved. */
export function createClock(): { readonly now: () => number; readonly move: (ms: number) => void } {
  let nowMs = START_MS
  return {
    now: () => nowMs,
    move: (ms) => {
      nowMs += ms
    },
  }
}

/** Credentials over a store, by default a new one in memory. */
export function credentialsOver(store: Store = createMemoryStore(), more: Partial<CredentialStoreOptions> = {}) {
  return createCredentialStore({ store, keys: [KEY], ...more })
}

/** Opens a store that is empty. */
export type OpenStores = () => Promise<OpenStore>

/** Describes tests for every store that holds credentials: in memory, in a libsql file, in a real Redis. */
export function describeStores(name: string, define: (openStore: OpenStores, isSlow: boolean) => void): void {
  describe(`${name}, in memory`, () => define(async () => ({ store: createMemoryStore(), end: () => {} }), false))
  describe(`${name}, in libsql`, () => define(openLibsql, true))
  describeWithRedis(`${name}, in Redis`, (server) => define(() => openRedis(server.url), true))
}

async function openLibsql(): Promise<OpenStore> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-credentials-'))
  const store = await createLibsqlStore({ path: join(folder, 'credentials.db') })
  const end = async (): Promise<void> => {
    await store.close()
    rmSync(folder, { recursive: true })
  }
  return { store, end }
}

let prefixes = 0

async function openRedis(url: string): Promise<OpenStore> {
  prefixes += 1
  const store = await connectRedisStore(url, { prefix: `{credentials:${prefixes}}:`, deadlineMs: 10_000 })
  return { store, end: () => store.close() }
}

export interface OpenStore {
  readonly store: Store
  readonly end: () => void | Promise<void>
}

/** A usable value of each type. */
export const VALUES: { readonly [T in CredentialType]: Token } = {
  secretText: 'sk-live-1234567',
  userPassword: { username: 'ada', password: 'pass-1234567' },
  oauthClient: { clientId: 'client-1', clientSecret: 'secret-1234567' },
  signingSecrets: ['whsec-1234567-abcdefgh'],
}

export const FORM: HmacForm = { headers: { 'X-Signature': '{signature}' } }
export const ROTATING: HmacForm = { headers: { 'X-Signature': '{signature}' }, separator: ' ' }

/** A requirement of each kind. */
export const REQUIREMENTS: { readonly [K in Kind]: Requirement } = {
  queryApiKey: { queryApiKey: { name: 'key' } },
  headerApiKey: { headerApiKey: { name: 'X-API-Key' } },
  httpAuth: { httpAuth: { scheme: 'Bearer' } },
  cookieApiKey: { cookieApiKey: { name: 'session' } },
  oauth2ClientCredentials: { oauth2ClientCredentials: { tokenUrl: 'https://auth.example.com/token' } },
  hmacSignature: { hmacSignature: ROTATING },
}

export const TENANT = 'acme'

/** Stores a credential; fails the test where that is refused. */
export async function given(
  credentials: CredentialStore,
  more: Partial<Parameters<CredentialStore['create']>[0]> = {},
): Promise<StoredCredential> {
  const type = more.type ?? 'secretText'
  return successOf(await credentials.create({ tenant: TENANT, name: 'Stock API', type, value: VALUES[type], ...more }))
}

/** A request for a credential, to be sent in a header. */
export function requestFor(credentialId: string, more: Partial<CredentialRequest> = {}): CredentialRequest {
  return { tenant: TENANT, credentialId, requirement: REQUIREMENTS.headerApiKey, origin: ORIGIN, ...more }
}

export function successOf<T>(result: Result<T>): T {
  if (result.ok) return result.value
  throw new Error(`refused: ${JSON.stringify(result.issues)}`)
}

/** Code and pointer of each issue. */
export function judged(result: Result<unknown>): readonly string[] {
  return result.issues.map(({ code, pointer }) => `${code} ${pointer}`)
}

/** A token with its secrets revealed. */
export function revealed(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal()
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(revealed)
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, revealed(child)]))
}

/** What a promise is rejected with; fails the test if it is not. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('expected a rejection')
}

/** The code that a promise is rejected with. */
export async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return ((await rejectionOf(promise)) as { readonly code?: unknown }).code
}

/** A store whose operations happen in an order that fast-check chooses. */
export function scheduled(store: Store, scheduler: fc.Scheduler): Store {
  return {
    ...store,
    get: (key) => scheduler.schedule(Promise.resolve(), 'get').then(() => store.get(key)),
    list: (prefix) => scheduler.schedule(Promise.resolve(), 'list').then(() => store.list(prefix)),
    commit: (changes) => scheduler.schedule(Promise.resolve(), 'commit').then(() => store.commit(changes)),
  }
}

/** A store that is told of each operation, by its number, before and after it is done. */
export function watched(
  store: Store,
  around: (number: number, operation: () => Promise<unknown>) => Promise<unknown>,
): Store {
  let number = 0
  const told = <T>(operation: () => Promise<T>): Promise<T> => around(number++, operation) as Promise<T>
  return {
    ...store,
    get: (key) => told(() => store.get(key)),
    list: (prefix) => told(() => store.list(prefix)),
    commit: (changes) => told(() => store.commit(changes)),
  }
}

/** A store of a process that dies at an operation: before it is done, or after. */
export function dyingStore(store: Store, at: number, isDone: boolean): Store {
  return watched(store, async (number, operation) => {
    if (number < at) return operation()
    if (number === at && isDone) await operation()
    throw new SecurityError('ERR_STORE_UNAVAILABLE')
  })
}
