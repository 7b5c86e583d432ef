import { describe, expect, it } from 'vitest'
import { type GuardOptions, guard } from '../../src/inbound/index.ts'
import { createMemoryStore } from '../../src/stores/memory.ts'
import type { Store } from '../../src/stores/store.ts'
import { AWAY, checkOnce, createTestKeyring, issue, requestWith, statusOf } from './fixtures.ts'

/** A store whose counts fail under some keys. */
function lame(store: Store, prefix: string): Store {
  const takeUnderLimit: Store['takeUnderLimit'] = (key, ...rest) =>
    key.startsWith(prefix) ? AWAY.takeUnderLimit(key, ...rest) : store.takeUnderLimit(key, ...rest)
  return { ...store, takeUnderLimit }
}

/** A key of a tenant that may ask so often, in a store whose counts fail under some keys. */
async function start(prefix: string, dailyLimit: number, options: Partial<GuardOptions> = {}) {
  const keyring = await createTestKeyring({ store: lame(createMemoryStore(), prefix) })
  const { key, id } = await issue(keyring, 'a')
  await keyring.configureTenant('a', { dailyLimit }, 'ada')
  const keyGuard = guard({ keyring, ...options })
  const ask = async () => statusOf(await keyGuard.check(requestWith(`Bearer ${key.reveal()}`)))
  return { keyring, key, id, ask }
}

describe('T83 a count that fails', () => {
  it('of the usage refuses nothing, and uses up the limit once a request', async () => {
    const { keyring, id, ask } = await start('apikey/usage/', 3)
    expect([await ask(), await ask(), await ask(), await ask()]).toEqual([200, 200, 200, 429])
    expect(await keyring.usage('a', id)).toEqual(new Map())
  })

  it('of the limit is 503 each time, and no usage', async () => {
    const { keyring, id, ask } = await start('apikey/day/', 1)
    expect([await ask(), await ask(), await ask()]).toEqual([503, 503, 503])
    expect(await keyring.usage('a', id)).toEqual(new Map())
  })
})

describe('`onError`', () => {
  it('hears why a request was 503, or was not counted; the answer does not say it', async () => {
    const errors: unknown[] = []
    const onError = (error: unknown) => void errors.push(error)
    const refusing = await start('apikey/day/', 1, { onError })
    const allowing = await start('apikey/day/', 1, { onError, onStoreFailure: 'allow' })
    expect([await refusing.ask(), await allowing.ask()]).toEqual([503, 200])
    const mistake = new TypeError('a mistake of the platform')
    const fails = () => {
      throw mistake
    }
    const { keyring, key } = await start('none', 5)
    for (const options of [{ scopes: fails }, { isEnabled: fails }] as const) {
      const verdict = await checkOnce({ keyring, onError, ...options }, requestWith(`Bearer ${key.reveal()}`))
      expect(verdict).toMatchObject({ code: 'unavailable' })
      expect(JSON.stringify(verdict)).not.toContain('mistake')
    }
    const away = expect.objectContaining({ code: 'ERR_STORE_UNAVAILABLE' })
    expect(errors).toEqual([away, away, mistake, mistake])
  })

  it('hears nothing of what is refused otherwise', async () => {
    const errors: unknown[] = []
    const { ask, keyring } = await start('none', 1, { onError: (error) => void errors.push(error) })
    expect([await ask(), await ask()]).toEqual([200, 429])
    expect(statusOf(await checkOnce({ keyring, onError: (error) => void errors.push(error) }, requestWith(null)))).toBe(
      401,
    )
    expect(errors).toEqual([])
  })

  it('one that fails itself changes nothing', async () => {
    const fails = () => {
      throw new Error('no')
    }
    for (const onError of [fails, () => Promise.reject(new Error('no')) as never]) {
      const { ask } = await start('apikey/day/', 1, { onError })
      expect(await ask()).toBe(503)
    }
  })
})

describe('a record that no keyring wrote says nothing: not even that there is no limit', () => {
  const KEY = { tenant: 'a', name: null, scopes: ['read:orders'], digest: 'x', createdAt: 1, createdBy: 'ada' }
  const TENANT = { apiAccess: true, scopes: ['read:orders'], maxKeys: 2, dailyLimit: null }
  const odd = ['null', '5', '[]', '{}', '"x"', 'not JSON']

  it.each([
    ...odd,
    JSON.stringify({ ...TENANT, dailyLimit: undefined }),
    JSON.stringify({ ...TENANT, dailyLimit: '5' }),
    JSON.stringify({ ...TENANT, maxKeys: -1 }),
    JSON.stringify({ ...TENANT, scopes: 'read:orders' }),
  ])('settings of a tenant: %s', async (text) => {
    const store = createMemoryStore()
    const keyring = await createTestKeyring({ store })
    const { key, id } = await issue(keyring, 'a')
    await store.set('apikey/tenant/a', text)
    const unavailable = { code: 'ERR_STORE_UNAVAILABLE' }
    await expect(keyring.admit({ tenant: 'a', keyId: id, scopes: [] })).rejects.toMatchObject(unavailable)
    await expect(keyring.readTenant('a')).rejects.toMatchObject(unavailable)
    await expect(keyring.configureTenant('a', {}, 'ada')).rejects.toMatchObject(unavailable)
    expect(statusOf(await checkOnce({ keyring }, requestWith(`Bearer ${key.reveal()}`)))).toBe(503)
  })

  it.each([
    ...odd,
    JSON.stringify({ ...KEY, scopes: undefined }),
    JSON.stringify({ ...KEY, tenant: 5 }),
    JSON.stringify({ ...KEY, digest: null }),
  ])('a key: %s', async (text) => {
    const store = createMemoryStore()
    const keyring = await createTestKeyring({ store })
    const { key, id } = await issue(keyring, 'a')
    await store.set(`apikey/key/${id}`, text)
    const unavailable = { code: 'ERR_STORE_UNAVAILABLE' }
    await expect(keyring.verify(key.reveal())).rejects.toMatchObject(unavailable)
    await expect(keyring.list('a')).rejects.toMatchObject(unavailable)
    await expect(keyring.delete('a', id, 'ada')).rejects.toMatchObject(unavailable)
  })

  it('ids and the audit trail', async () => {
    const store = createMemoryStore()
    const keyring = await createTestKeyring({ store })
    await store.set('apikey/ids/a', '{"0":"x"}')
    await store.set('apikey/event/a/x', '{"at":1}')
    await expect(keyring.list('a')).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' })
    await expect(keyring.audit('a')).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' })
  })

  it.each([Symbol('x'), null, 5, {}, ''])('%s is no id of a key', async (id) => {
    const keyring = await createTestKeyring()
    const invalid = { code: 'ERR_ARGUMENT_INVALID' }
    await expect(keyring.delete('a', id as never, 'ada')).rejects.toMatchObject(invalid)
    await expect(keyring.usage('a', id as never)).rejects.toMatchObject(invalid)
  })
})
