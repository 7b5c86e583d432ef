import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CredentialStore, createMemoryStore } from '../../src/credentials/index.ts'
import { checkAsync } from '../call/check-async.ts'
import {
  codeOf,
  createClock,
  credentialsOver,
  describeStores,
  given,
  judged,
  type OpenStore,
  requestFor,
  START_MS,
  scheduled,
  successOf,
  TENANT,
} from './samples.ts'

const address = { tenant: TENANT, credentialId: 'key' }
const call = (id: string) => ({ type: 'call', id })

describeStores('uses', (openStore) => {
  let open: OpenStore
  let credentials: CredentialStore
  let clock: ReturnType<typeof createClock>
  beforeEach(async () => {
    open = await openStore()
    clock = createClock()
    credentials = credentialsOver(open.store, { now: clock.now })
    await given(credentials, { credentialId: 'key' })
  })
  afterEach(() => open.end())

  it('lists every resource that was recorded, once', async () => {
    const resources = [
      { type: 'tool', id: 'stock price/é' },
      { type: 'call', id: 'call-1' },
      { type: 'assistant', id: 'a%2F1' },
      { type: 'phoneNumber', id: '+49 30 1234' },
    ]
    for (const resource of [...resources, ...resources]) await credentials.recordUse({ ...address, resource })
    const uses = await credentials.usedBy(address)
    expect(uses?.map(({ type }) => type)).toEqual(['assistant', 'call', 'phoneNumber', 'tool'])
    const recordedAtMs = START_MS
    for (const resource of resources) expect(uses).toContainEqual({ ...resource, recordedAtMs })
  })

  it('refuses to delete what is in use, unless forced', async () => {
    await credentials.recordUse({ ...address, resource: call('c1') })
    expect(judged(await credentials.delete(address))).toEqual(['ERR_CREDENTIAL_IN_USE /credentialId'])
    expect(await credentials.check(requestFor('key'))).toBeNull()
    successOf(await credentials.delete({ ...address, force: true }))
    expect(await credentials.usedBy(address)).toBeNull()
  })

  it('forgets a use that has ended', async () => {
    await credentials.recordUse({ ...address, resource: call('c1') })
    await credentials.removeUse({ ...address, resource: call('c2') })
    expect(await credentials.usedBy(address)).toHaveLength(1)
    await credentials.removeUse({ ...address, resource: call('c1') })
    expect(await credentials.usedBy(address)).toEqual([])
    successOf(await credentials.delete(address))
    await credentials.removeUse({ ...address, resource: call('c1') })
    expect(await open.store.list('')).toEqual([])
  })

  it('deletes hundreds of uses along', async () => {
    const record = (_: unknown, index: number) => credentials.recordUse({ ...address, resource: call(`c${index}`) })
    await Promise.all(Array.from({ length: 600 }, record))
    const result = await credentials.delete(address)
    expect(judged(result)).toEqual(['ERR_CREDENTIAL_IN_USE /credentialId'])
    expect(result.issues[0]?.message).toBe('600 resources use the credential')
    successOf(await credentials.delete({ ...address, force: true }))
    expect(await open.store.list('')).toEqual([])
  })

  it('belong to the credential that was found', async () => {
    const staging = { ...address, environment: 'staging', resource: call('c1') }
    expect(await codeOf(credentials.recordUse(staging))).toBe('ERR_CREDENTIAL_REFUSED')
    await credentials.recordUse({ ...staging, fallbackToDefault: true })
    expect(await credentials.usedBy(address)).toMatchObject([call('c1')])
    await given(credentials, { credentialId: 'key', environment: 'staging' })
    await credentials.recordUse({ ...staging, resource: call('c2') })
    expect(await credentials.usedBy({ ...address, environment: 'staging' })).toMatchObject([call('c2')])
    // The call ends after the environment got a credential of its own.
    await credentials.removeUse({ ...staging, fallbackToDefault: true })
    expect(await credentials.usedBy(address)).toEqual([])
  })

  it('cannot be recorded of what is not there', async () => {
    for (const odd of ['nothing', 'a b', '']) {
      const request = { tenant: TENANT, credentialId: odd, resource: call('c1') }
      expect(await codeOf(credentials.recordUse(request))).toBe('ERR_CREDENTIAL_NOT_FOUND')
      expect(await credentials.usedBy({ tenant: TENANT, credentialId: odd })).toBeNull()
      await credentials.removeUse(request)
    }
    expect(await codeOf(credentials.recordUse({ ...address, tenant: 'other', resource: call('c1') }))).toBe(
      'ERR_CREDENTIAL_NOT_FOUND',
    )
  })
})

it('a use with an end is gone afterwards, and one that has ended is not recorded', async () => {
  const clock = createClock()
  const credentials = credentialsOver(createMemoryStore({ now: clock.now }), { now: clock.now })
  await given(credentials, { credentialId: 'key' })
  await credentials.recordUse({ ...address, resource: call('c1'), expiresAtMs: START_MS + 1000 })
  await credentials.recordUse({ ...address, resource: call('c2'), expiresAtMs: START_MS })
  expect(await credentials.usedBy(address)).toMatchObject([call('c1')])
  clock.move(1000)
  expect(await credentials.usedBy(address)).toEqual([])
  successOf(await credentials.delete(address))
})

describe('deletions and uses at the same time, in any order of their steps', () => {
  it('no deletion takes what a recorded use needs, and no use is recorded of what is deleted (property)', async () => {
    const outcomes = new Set<string>()
    await checkAsync(
      fc.asyncProperty(fc.scheduler(), fc.nat({ max: 2 }), fc.nat({ max: 2 }), async (scheduler, users, deleters) => {
        const store = createMemoryStore()
        const direct = credentialsOver(store)
        await given(direct, { credentialId: 'key' })
        const credentials = credentialsOver(scheduled(store, scheduler))
        const uses = Array.from({ length: users + 1 }, (_, index) =>
          credentials.recordUse({ ...address, resource: call(`c${index}`) }).then(
            () => 'recorded',
            (error) => error.code,
          ),
        )
        const deletions = Array.from({ length: deleters + 1 }, () => credentials.delete(address))
        const [recorded, results] = await scheduler.waitFor(Promise.all([Promise.all(uses), Promise.all(deletions)]))
        const deleted = results.map((result) => (result.ok ? 'deleted' : judged(result)[0]))
        const exists = (await direct.get(address)) !== null
        outcomes.add(`${exists}`)
        if (exists) {
          expect(deleted).not.toContain('deleted')
          expect(await direct.usedBy(address)).toHaveLength(recorded.filter((one) => one === 'recorded').length)
          expect(new Set(recorded)).toEqual(new Set(['recorded']))
        } else {
          expect(new Set(recorded)).toEqual(new Set(['ERR_CREDENTIAL_NOT_FOUND']))
          expect(deleted.filter((one) => one === 'deleted')).toHaveLength(1)
          expect(await store.list('')).toEqual([])
        }
      }),
      0.3,
    )
    expect(outcomes).toEqual(new Set(['true', 'false']))
  })

  it('a forced deletion leaves no use behind (property)', async () => {
    await checkAsync(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const store = createMemoryStore()
        await given(credentialsOver(store), { credentialId: 'key' })
        const credentials = credentialsOver(scheduled(store, scheduler))
        const use = credentials.recordUse({ ...address, resource: call('c1') }).catch(() => {})
        const deletion = credentials.delete({ ...address, force: true })
        const [result] = await scheduler.waitFor(Promise.all([deletion, use]))
        successOf(result)
        expect(await store.list('')).toEqual([])
      }),
      0.3,
    )
  })

  it('renamings, rotations and creations in any order leave one name for each credential (property)', async () => {
    await checkAsync(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const store = createMemoryStore()
        const direct = credentialsOver(store)
        await given(direct, { credentialId: 'a', name: 'a' })
        await given(direct, { credentialId: 'b', name: 'b' })
        const credentials = credentialsOver(scheduled(store, scheduler))
        const work = [
          credentials.update({ tenant: TENANT, credentialId: 'a', name: 'c' }),
          credentials.update({ tenant: TENANT, credentialId: 'b', name: 'c' }),
          credentials.create({ tenant: TENANT, credentialId: 'c', name: 'a', type: 'secretText', value: 'c-1234567' }),
          credentials.rotate({ tenant: TENANT, credentialId: 'a', value: 'rotated-1234567' }),
          credentials.delete({ tenant: TENANT, credentialId: 'b' }),
        ]
        await scheduler.waitFor(Promise.all(work))
        const listed = await direct.list({ tenant: TENANT })
        const indexed = (await store.list('credential/name/')).map(({ key, value }) => [key.split('/').at(-1), value])
        expect(indexed).toEqual(listed.map(({ name, credentialId }) => [name, credentialId]))
      }),
      0.3,
    )
  })

  it('gives up, and says that it may be tried again, where others are always in the way', async () => {
    const store = createMemoryStore()
    await given(credentialsOver(store), { credentialId: 'key' })
    let commits = 0
    const busy = credentialsOver({ ...store, commit: async () => ++commits < 0 })
    const attempts = [
      () => busy.rotate({ ...address, value: 'x-1234567' }),
      () => busy.recordUse({ ...address, resource: call('c1') }),
      () => busy.delete(address),
      () => busy.create({ tenant: TENANT, name: 'new', type: 'secretText', value: 'x-1234567' }),
    ]
    for (const attempt of attempts) {
      await expect(attempt()).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE', retryable: true })
    }
    expect(commits).toBe(4 * 64)
  })
})
