import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CredentialStore, createMemoryStore, type Store } from '../../src/credentials/index.ts'
import { SecurityError } from '../../src/errors.ts'
import { checkAsync } from '../call/check-async.ts'
import {
  codeOf,
  credentialsOver,
  describeStores,
  dyingStore,
  given,
  judged,
  NEXT_KEY,
  rejectionOf,
  requestFor,
  revealed,
  scheduled,
  successOf,
  TENANT,
  VALUES,
  watched,
} from './samples.ts'

const address = { tenant: TENANT, credentialId: 'key' }
const forced = { ...address, force: true }
const call = (id: string) => ({ type: 'call', id })
const NOT_FOUND = ['ERR_CREDENTIAL_NOT_FOUND /credentialId']
/** More than one commit holds. */
const MANY = 600

/** What a store holds that has one credential with many uses. */
async function usedStore(uses = MANY): Promise<Store> {
  const store = createMemoryStore()
  const credentials = credentialsOver(store)
  await given(credentials, { credentialId: 'key' })
  await recordUses(credentials, uses)
  return store
}

async function recordUses(credentials: CredentialStore, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1)
    await credentials.recordUse({ ...address, resource: call(`c${index}`) })
}

async function copyOf(store: Store): Promise<Store> {
  const copy = createMemoryStore()
  for (const { key, value } of await store.list('')) await copy.set(key, value)
  return copy
}

describeStores('a deletion by force', (openStore) => {
  it('of a busy credential is done at the first call, and ends the uses (CRD-6)', async () => {
    const { store, end } = await openStore()
    const credentials = credentialsOver(watched(store, (_, operation) => setImmediate().then(operation)))
    await given(credentials, { credentialId: 'key' })
    let recorded = 0
    const user = async (_: unknown, index: number): Promise<unknown> => {
      for (let round = 0; ; round += 1) {
        try {
          await credentials.recordUse({ ...address, resource: call(`c${index}-${round % 3}`) })
          recorded += 1
        } catch (error) {
          return (error as { readonly code?: unknown }).code
        }
      }
    }
    const users = Array.from({ length: 20 }, user)
    while (recorded < 40) await credentials.get(address)
    successOf(await credentials.delete(forced))
    expect(new Set(await Promise.all(users))).toEqual(new Set(['ERR_CREDENTIAL_NOT_FOUND']))
    expect(await store.list('')).toEqual([])
    await end()
  })

  it('of one that others try to delete, too, is done once', async () => {
    const { store, end } = await openStore()
    const credentials = credentialsOver(store)
    await given(credentials, { credentialId: 'key' })
    await recordUses(credentials, 3)
    const results = await Promise.all(Array.from({ length: 10 }, () => credentials.delete(forced)))
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(await store.list('')).toEqual([])
    await end()
  })
})

describe(`a deletion by force of a credential with ${MANY} uses`, () => {
  it('takes nothing from one that another process creates with the id meanwhile, at whatever point (CRD-6)', async () => {
    const before = await usedStore()
    // They were in use before, too: the first and the last ones that are cleared away.
    const nextUses = ['c0', 'c1', 'c99']
    let [created, refused, isPast] = [0, 0, false]
    for (let at = 0; !isPast; at += 1) {
      isPast = true
      const store = await copyOf(before)
      const other = credentialsOver(store)
      const meddled = watched(store, async (number, operation) => {
        const result = await operation()
        if (number !== at) return result
        isPast = false
        const next = { ...address, name: 'Stock API', type: 'secretText', value: 'next-1234567' } as const
        if (!(await other.create(next)).ok) {
          refused += 1
          return result
        }
        for (const id of nextUses) await other.recordUse({ ...address, resource: call(id) })
        created += 1
        return result
      })
      const [createdBefore, result] = [created, await credentialsOver(meddled).delete(forced)]
      expect(successOf(result)).toMatchObject({ name: 'Stock API' })
      if (created > createdBefore) {
        expect((await other.usedBy(address))?.map(({ id }) => id)).toEqual(nextUses)
        expect(revealed(await other.use(requestFor('key')))).toBe('next-1234567')
        successOf(await other.delete(forced))
      }
      expect(await store.list('')).toEqual([])
    }
    expect(Math.min(created, refused)).toBeGreaterThan(0)
  })

  const another = { tenant: TENANT, type: 'secretText', value: 'next-1234567' } as const
  const create = async (credentials: CredentialStore, credentialId: string, name: string): Promise<void> => {
    successOf(await credentials.create({ ...another, credentialId, name }))
    expect(await credentials.usedBy({ tenant: TENANT, credentialId })).toEqual([])
    successOf(await credentials.delete({ tenant: TENANT, credentialId }))
  }
  /** What finishes it. */
  const finishers: readonly (readonly [string, (credentials: CredentialStore) => Promise<void>])[] = [
    ['a deletion', async (credentials) => expect(judged(await credentials.delete(address))).toEqual(NOT_FOUND)],
    ['a deletion by force', async (credentials) => expect(judged(await credentials.delete(forced))).toEqual(NOT_FOUND)],
    ['a creation with the id', (credentials) => create(credentials, 'key', 'next')],
    ['a creation with the name', (credentials) => create(credentials, 'next', 'Stock API')],
    ['a creation with both', (credentials) => create(credentials, 'key', 'Stock API')],
    [
      'a renaming to the name',
      async (credentials) => {
        const next = { tenant: TENANT, credentialId: 'next' }
        await given(credentials, { ...next, name: 'next' })
        successOf(await credentials.update({ ...next, name: 'Stock API' }))
        successOf(await credentials.delete(next))
      },
    ],
  ]

  it.each(finishers)(
    'is finished by %s after a crash at whatever point, and leaves nothing',
    async (_, finish) => {
      const before = await usedStore()
      let [whole, cut] = [0, 0]
      for (const isDone of [false, true]) {
        for (let at = 0; ; at += 1) {
          const store = await copyOf(before)
          const died = await credentialsOver(dyingStore(store, at, isDone))
            .delete(forced)
            .then(
              () => false,
              () => true,
            )
          if (!died) break
          const credentials = credentialsOver(store)
          if ((await credentials.get(address)) === null) {
            cut += 1
            await expectNothing(credentials)
            await finish(credentials)
          } else {
            whole += 1
            expect(await credentials.usedBy(address)).toHaveLength(MANY)
            expect(revealed(await credentials.use(requestFor('key')))).toBe(VALUES.secretText)
            successOf(await credentials.delete(forced))
          }
          expect(await store.list('')).toEqual([])
        }
      }
      expect(Math.min(whole, cut)).toBeGreaterThan(2)
    },
    60_000,
  )
})

/** What was deleted is not found by anything. */
async function expectNothing(credentials: CredentialStore): Promise<void> {
  expect(await credentials.list({ tenant: TENANT })).toEqual([])
  expect(await credentials.usedBy(address)).toBeNull()
  expect(await credentials.check(requestFor('key'))).toMatchObject({ code: 'ERR_CREDENTIAL_NOT_FOUND' })
  for (const promise of [
    credentials.use(requestFor('key')),
    credentials.verificationSecrets(address),
    credentials.recordUse({ ...address, resource: call('late') }),
  ]) {
    expect(await codeOf(promise)).toBe('ERR_CREDENTIAL_NOT_FOUND')
  }
  expect(judged(await credentials.update({ ...address, name: 'x' }))).toEqual(NOT_FOUND)
  expect(judged(await credentials.rotate({ ...address, value: 'x-1234567' }))).toEqual(NOT_FOUND)
  expect(await credentials.resealAll()).toEqual({ resealed: 0, current: 0, failed: [] })
}

it('deletions by force, uses and creations in any order of their steps leave whole credentials (property)', async () => {
  await checkAsync(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const store = await usedStore(2)
      const direct = credentialsOver(store)
      const credentials = credentialsOver(scheduled(store, scheduler))
      const value = 'next-1234567'
      const uses = ['c7', 'c8'].map((id) =>
        credentials.recordUse({ ...address, resource: call(id) }).then(
          () => [id],
          () => [],
        ),
      )
      const [deleted, created, ...recorded] = await scheduler.waitFor(
        Promise.all([
          credentials.delete(forced),
          credentials.create({ ...address, name: 'Stock API', type: 'secretText', value }),
          ...uses,
        ]),
      )
      expect(deleted.ok).toBe(true)
      expect((await direct.get(address)) !== null).toBe(created.ok)
      if (!created.ok) return expect(await store.list('')).toEqual([])
      // What was used before is gone with it; what was recorded after the creation stays.
      const kept = (await direct.usedBy(address))?.map(({ id }) => id)
      expect(recorded.flat()).toEqual(expect.arrayContaining(kept ?? ['none']))
      expect(revealed(await direct.use(requestFor('key')))).toBe(value)
      successOf(await direct.delete(forced))
      expect(await store.list('')).toEqual([])
    }),
    0.3,
  )
})

describe('a record that was damaged', () => {
  const damages: readonly (readonly [string, (text: string) => string])[] = [
    ['empty', () => ''],
    ['null', () => 'null'],
    ['an empty object', () => '{}'],
    ['a list', () => '[]'],
    ['cut off', (text) => text.slice(0, -20)],
    ['an unknown type', (text) => text.replace('secretText', 'toString')],
    ['a list of types', (text) => text.replace('"secretText"', '["secretText"]')],
    ['half a character in its name', (text) => text.replace('Stock API', '\\ud800')],
    ['a time that is none', (text) => text.replace(/"createdAtMs":\d+/, '"createdAtMs":"today"')],
    ['hosts that are none', (text) => text.replace('"hosts":null', '"hosts":[5]')],
    ['a mark of a deletion that was cut off', () => 'deleted ["'],
  ]

  async function damagedStore(damage: (text: string) => string): Promise<Store> {
    const store = await usedStore(3)
    await given(credentialsOver(store), { credentialId: 'other', name: 'other' })
    const key = 'credential/record/acme//key'
    const text = String(await store.get(key))
    expect(damage(text)).not.toBe(text)
    await store.set(key, damage(text))
    return store
  }

  it.each(damages)('is told by its id, and deleted by force: %s', async (_, damage) => {
    const store = await damagedStore(damage)
    const credentials = credentialsOver(store)
    const attempts = [
      () => credentials.get(address),
      () => credentials.list({ tenant: TENANT }),
      () => credentials.update({ ...address, name: 'x' }),
      () => credentials.rotate({ ...address, value: 'x-1234567' }),
      () => credentials.delete(address),
      () => credentials.recordUse({ ...address, resource: call('c1') }),
    ]
    for (const attempt of attempts) {
      const error = await rejectionOf(attempt())
      expect(error).toMatchObject({ code: 'ERR_SEAL_INVALID', retryable: false })
      expect(String(error)).toContain('the credential `key`')
    }
    expect(await codeOf(credentials.use(requestFor('key')))).toBe('ERR_CREDENTIAL_LOOKUP')
    expect((await credentials.resealAll()).failed).toEqual([{ ...address, environment: null }])
    expect(await credentials.usedBy(address)).toHaveLength(3)
    const again = { tenant: TENANT, type: 'secretText', value: 'x-1234567' } as const
    expect(judged(await credentials.create({ ...again, name: 'Stock API' }))).toEqual([
      'ERR_CREDENTIAL_NAME_TAKEN /name',
    ])
    expect(judged(await credentials.create({ ...again, name: 'x', credentialId: 'key' }))).toEqual([
      'ERR_CREDENTIAL_ID_TAKEN /credentialId',
    ])
    expect(await credentials.delete(forced)).toEqual({ ok: true, value: null, issues: [] })
    expect((await credentials.list({ tenant: TENANT })).map(({ name }) => name)).toEqual(['other'])
    expect(await given(credentials, { credentialId: 'key' })).toMatchObject({ name: 'Stock API' })
    for (const credentialId of ['key', 'other']) successOf(await credentials.delete({ tenant: TENANT, credentialId }))
    expect(await store.list('')).toEqual([])
  })

  it('whose name another one has is deleted by force, and the other one keeps its name', async () => {
    const store = await damagedStore((text) => text.replace('Stock API', 'other'))
    const credentials = credentialsOver(store)
    expect(successOf(await credentials.delete(forced))).toMatchObject({ credentialId: 'key' })
    expect(await credentials.list({ tenant: TENANT })).toMatchObject([{ name: 'other', credentialId: 'other' }])
    expect(await store.list('')).toHaveLength(2)
    successOf(await credentials.delete({ tenant: TENANT, credentialId: 'other' }))
    expect(await store.list('')).toEqual([])
  })

  it.each([
    ['is not there', null],
    ['another one has', 'other'],
  ])('and its deletion was cut off is cleared away, also where its name %s', async (_, holder) => {
    const store = await usedStore(3)
    const index = 'credential/name/acme//Stock%20API'
    await given(credentialsOver(store), { credentialId: 'other', name: 'other' })
    let commits = 0
    const commit: Store['commit'] = async (changes) => {
      commits += 1
      if (commits > 1) throw new SecurityError('ERR_STORE_UNAVAILABLE')
      return store.commit(changes)
    }
    expect(await codeOf(credentialsOver({ ...store, commit }).delete(forced))).toBe('ERR_STORE_UNAVAILABLE')
    await store.commit([{ key: index, expected: 'key', value: holder }])
    expect(judged(await credentialsOver(store).delete(address))).toEqual(NOT_FOUND)
    expect(await store.get(index)).toBe(holder)
    expect((await store.list('')).filter(({ key }) => key.includes('key'))).toEqual([])
  })

  it('and was taken out by hand leaves its name to the next one', async () => {
    const store = await usedStore(0)
    await store.compareAndDelete('credential/record/acme//key', String(await store.get('credential/record/acme//key')))
    const credentials = credentialsOver(store)
    expect(judged(await credentials.delete(forced))).toEqual(NOT_FOUND)
    expect(await given(credentials, { credentialId: 'next' })).toMatchObject({ name: 'Stock API' })
  })

  it('is told by its id where only the value does not open', async () => {
    const store = await usedStore(0)
    const credentials = credentialsOver(store, { keys: [NEXT_KEY] })
    const attempts = [
      () => credentials.update({ ...address, hosts: ['api.example.com'] }),
      () => credentials.rotate({ ...address, value: 'x-1234567' }),
    ]
    for (const attempt of attempts) {
      const error = await rejectionOf(attempt())
      expect(error).toMatchObject({ code: 'ERR_SEAL_KEY' })
      expect(String(error)).toContain('the credential `key`')
    }
    expect(successOf(await credentials.delete(forced))).toMatchObject({ name: 'Stock API' })
  })
})
