import { createHash, createHmac } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, it, vi } from 'vitest'
import { createKeyring } from '../../src/inbound/index.ts'
import { createMemoryStore } from '../../src/stores/memory.ts'
import type { Store, StoreChange } from '../../src/stores/store.ts'
import {
  AWAY,
  checkOnce,
  countCalls,
  createClock,
  createTestKeyring,
  issue,
  NOON,
  requestWith,
  slowDown,
} from './fixtures.ts'

const DAY_MS = 86_400_000

/** All that a store holds. */
async function dump(store: Store): Promise<string> {
  return JSON.stringify(await store.list(''))
}

describe('T81 a key is shown once and never kept', () => {
  it('create gives the value once; nothing that is listed, read, audited or stored holds it', async () => {
    const store = createMemoryStore()
    const keyring = await createTestKeyring({ store })
    const { key, id, ...shown } = await issue(keyring, 'a')
    const value = key.reveal()
    expect(value).toContain(id)
    const secret = value.slice(-36)
    await keyring.admit({ tenant: 'a', keyId: id, scopes: [] })
    const texts = [
      inspect({ key, shown }),
      JSON.stringify(key),
      inspect(await keyring.list('a'), { depth: 9 }),
      inspect(await keyring.audit('a'), { depth: 9 }),
      inspect(await keyring.usage('a', id)),
      inspect(await keyring.verify(value)),
      await dump(store),
      inspect(keyring, { showHidden: true, depth: 9 }),
    ]
    const hidden = [secret, Buffer.from(value).toString('base64').slice(0, 40), Buffer.from(value).toString('hex')]
    for (const text of texts) for (const part of hidden) expect(text).not.toContain(part)
  })

  it('what is stored is a digest of the whole key; with a pepper a keyed one', async () => {
    for (const pepper of [undefined, new Uint8Array(16).fill(7)]) {
      const store = createMemoryStore()
      const keyring = await createTestKeyring({ store, ...(pepper === undefined ? {} : { pepper }) })
      const { key, id } = await issue(keyring, 'a')
      const hash = pepper === undefined ? createHash('sha256') : createHmac('sha256', pepper)
      const record = JSON.parse((await store.get(`apikey/key/${id}`)) ?? '{}')
      expect(record.digest).toBe(hash.update(key.reveal()).digest('base64url'))
      expect(await keyring.verify(key.reveal())).toMatchObject({ keyId: id })
    }
  })

  it('with another pepper, or none, no key is valid', async () => {
    const store = createMemoryStore()
    const { key } = await issue(await createTestKeyring({ store, pepper: new Uint8Array(16).fill(7) }), 'a')
    for (const pepper of [undefined, new Uint8Array(16).fill(8)]) {
      const other = createKeyring({ store, prefix: 'acme', ...(pepper === undefined ? {} : { pepper }) })
      expect(await other.verify(key.reveal())).toBeNull()
    }
  })

  it('one changed character is refused with 401 and no read of the store', async () => {
    const { store, calls } = countCalls(createMemoryStore())
    const keyring = await createTestKeyring({ store })
    const value = (await issue(keyring, 'a')).key.reveal()
    calls.clear()
    for (let at = 0; at < value.length; at += 1) {
      const changed = value.slice(0, at) + (value[at] === 'x' ? 'y' : 'x') + value.slice(at + 1)
      const verdict = await checkOnce({ keyring }, requestWith(`Bearer ${changed}`))
      expect(verdict).toMatchObject({ code: 'invalid_api_key', refusal: { status: 401 } })
    }
    expect([...calls]).toEqual([])
    expect(await keyring.verify(value)).not.toBeNull()
    expect([...calls]).toEqual([['get', 1]])
  })
})

describe('T82 the time of a look-up tells nothing of the secret', () => {
  it('the store is asked for the public id alone, whether the key is right, wrong or unknown', async () => {
    const asked: string[] = []
    const memory = createMemoryStore()
    const store: Store = {
      ...memory,
      get: async (key) => {
        asked.push(key)
        return memory.get(key)
      },
    }
    const keyring = await createTestKeyring({ store })
    const right = await issue(keyring, 'a')
    const unknown = await issue(await createTestKeyring(), 'a')
    asked.length = 0
    await keyring.verify(right.key.reveal())
    await keyring.verify(unknown.key.reveal())
    expect(asked).toEqual([`apikey/key/${right.id}`, `apikey/key/${unknown.id}`])
  })

  it('as much is computed for an unknown key as for a wrong one', async () => {
    const keyring = await createTestKeyring()
    const known = await issue(keyring, 'a')
    const unknown = await issue(await createTestKeyring(), 'a')
    const digest = vi.spyOn(crypto.subtle, 'digest')
    const countOf = async (text: string) => {
      digest.mockClear()
      await keyring.verify(text)
      return digest.mock.calls.length
    }
    expect(await countOf(known.key.reveal())).toBe(1)
    expect(await countOf(unknown.key.reveal())).toBe(1)
    digest.mockRestore()
  })
})

describe('issuing', () => {
  it.each([
    ['ERR_KEY_ISSUING_OFF', { apiAccess: false }, {}],
    ['ERR_KEY_ISSUING_OFF', {}, { apiAccess: false }],
    ['ERR_KEY_SCOPE', { scopes: ['read:order'] }, {}],
    ['ERR_KEY_COUNT', { maxKeys: 0 }, {}],
  ])('%s where the tenant has %j and the platform %j', async (code, settings, platform) => {
    const store = createMemoryStore()
    const keyring = await createTestKeyring({ store, ...platform })
    await keyring.configureTenant('a', settings, 'ada')
    const before = await dump(store)
    expect(await keyring.create({ tenant: 'a', scopes: ['read:orders'], createdBy: 'ada' })).toMatchObject({
      ok: false,
      issues: [{ code }],
    })
    expect(await dump(store)).toBe(before)
  })

  it('a tenant that nobody configured gets none', async () => {
    const keyring = await createTestKeyring()
    const created = await keyring.create({ tenant: 'c', scopes: ['read:orders'], createdBy: 'ada' })
    expect(created).toMatchObject({ ok: false, issues: [{ code: 'ERR_KEY_ISSUING_OFF' }] })
  })

  it('`apiAccess` off blocks issuing only: keys that exist go on working', async () => {
    const store = createMemoryStore()
    const { key } = await issue(await createTestKeyring({ store }), 'a')
    const off = createKeyring({ store, prefix: 'acme', apiAccess: false })
    await off.configureTenant('a', { apiAccess: false }, 'ada')
    expect(await checkOnce({ keyring: off }, requestWith(`Bearer ${key.reveal()}`))).toMatchObject({ ok: true })
  })

  it('T85 never more keys than the tenant may have, of 30 that are created at once', async () => {
    const keyring = await createTestKeyring({ store: slowDown(createMemoryStore()) })
    const attempts = Array.from({ length: 30 }, () =>
      keyring.create({ tenant: 'a', scopes: ['read:orders'], createdBy: 'ada' }),
    )
    const created = (await Promise.all(attempts)).filter(({ ok }) => ok)
    expect(created).toHaveLength(3)
    expect(await keyring.list('a')).toHaveLength(3)
  })

  it('none is issued once `apiAccess` was taken away, however far the issuing had come', async () => {
    const store = createMemoryStore()
    const keyring = await createTestKeyring({ store })
    let isFirst = true
    const takeAway = async (changes: readonly StoreChange[]): Promise<boolean> => {
      if (isFirst) {
        isFirst = false
        await keyring.configureTenant('a', { apiAccess: false }, 'ada')
      }
      return store.commit(changes)
    }
    const late = createKeyring({ store: { ...store, commit: takeAway }, prefix: 'acme' })
    expect(await late.create({ tenant: 'a', scopes: ['read:orders'], createdBy: 'ada' })).toMatchObject({
      ok: false,
      issues: [{ code: 'ERR_KEY_ISSUING_OFF' }],
    })
    expect(isFirst).toBe(false)
    expect(await keyring.list('a')).toEqual([])
  })

  it('what several administrators change at once about a tenant, all of it holds', async () => {
    const keyring = await createTestKeyring({ store: slowDown(createMemoryStore()) })
    const changes = [{ maxKeys: 7 }, { dailyLimit: 5 }, { apiAccess: false }, { scopes: ['read:order'] }]
    await Promise.all(changes.map((change) => keyring.configureTenant('a', change, 'ada')))
    expect(await keyring.readTenant('a')).toEqual(Object.assign({}, ...changes))
    expect(await keyring.audit('a')).toHaveLength(1 + changes.length)
  })

  it('scopes are fixed at creation: those that the tenant loses stay, those it gains are not added', async () => {
    const keyring = await createTestKeyring()
    const { key } = await issue(keyring, 'a')
    await keyring.configureTenant('a', { scopes: ['write:orders'] }, 'ada')
    expect(await keyring.verify(key.reveal())).toMatchObject({ scopes: ['read:orders'] })
  })

  it('the principal is tenant, scopes and key id, and nothing of a person', async () => {
    const keyring = await createTestKeyring()
    const { key, id } = await issue(keyring, 'a')
    const principal = await keyring.verify(key.reveal())
    expect(principal).toEqual({ tenant: 'a', scopes: ['read:orders'], keyId: id })
    expect([Object.isFrozen(principal), Object.isFrozen(principal?.scopes)]).toEqual([true, true])
  })

  it.each([
    [{}],
    [undefined],
    [{ tenant: 'a', scopes: ['read:orders'] }],
    [{ tenant: '', scopes: ['read:orders'], createdBy: 'ada' }],
    [{ tenant: 'a\n', scopes: ['read:orders'], createdBy: 'ada' }],
    [{ tenant: '\ud800', scopes: ['read:orders'], createdBy: 'ada' }],
    [{ tenant: 'a', scopes: [], createdBy: 'ada' }],
    [{ tenant: 'a', scopes: 'read:orders', createdBy: 'ada' }],
    [{ tenant: 'a', scopes: ['read:orders'], createdBy: 'ada', name: '' }],
    [{ tenant: 'a', scopes: ['read:orders'], createdBy: 'ada', expires: 1 }],
  ])('%j is no key to be issued', async (given) => {
    const keyring = await createTestKeyring()
    await expect(keyring.create(given as never)).rejects.toMatchObject({ code: 'ERR_ARGUMENT_INVALID' })
  })

  it.each([
    [{}],
    [{ prefix: 'acme' }],
    [{ store: AWAY, prefix: 'Acme' }],
    [{ store: AWAY, prefix: 'ac_me' }],
    [{ store: AWAY, prefix: 'acme', pepper: new Uint8Array(15) }],
  ])('%j makes no keyring', (options) => {
    expect(() => createKeyring(options as never)).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' }))
  })
})

describe('T89 one tenant never reaches another', () => {
  it('keys are listed, deleted and counted for their own tenant only', async () => {
    const keyring = await createTestKeyring()
    const { key, id } = await issue(keyring, 'a')
    await checkOnce({ keyring }, requestWith(`Bearer ${key.reveal()}`))
    expect(await keyring.list('b')).toEqual([])
    expect(await keyring.usage('b', id)).toEqual(new Map())
    expect(await keyring.delete('b', id, 'ada')).toBe(false)
    expect(await keyring.verify(key.reveal())).not.toBeNull()
    expect((await keyring.audit('b')).map(({ event }) => event)).toEqual(['tenantConfigured'])
  })

  it('names that look like places of the store stay apart', async () => {
    const store = createMemoryStore()
    const keyring = createKeyring({ store, prefix: 'acme' })
    const names = ['a', 'a/', 'a/b', '../a', '%61', 'a%2Fb', 'é', 'e\u0301', '*', '__proto__', 'constructor']
    for (const name of names) await keyring.configureTenant(name, { scopes: [`of-${encodeURIComponent(name)}`] }, 'ada')
    for (const name of names) {
      expect((await keyring.readTenant(name)).scopes).toEqual([`of-${encodeURIComponent(name)}`])
      expect(await keyring.audit(name)).toHaveLength(1)
    }
  })
})

describe('T87 deletion is immediate', () => {
  it('no request that starts after the reply is accepted, of 100 in parallel', async () => {
    const keyring = await createTestKeyring()
    const { key, id } = await issue(keyring, 'a')
    const request = requestWith(`Bearer ${key.reveal()}`)
    let isDeleted = false
    let late = 0
    const ask = async () => {
      for (let n = 0; n < 20; n += 1) {
        const startedAfter = isDeleted
        const verdict = await checkOnce({ keyring }, request)
        if (startedAfter && verdict.ok) late += 1
      }
    }
    const asking = Array.from({ length: 100 }, ask)
    await keyring.delete('a', id, 'ada')
    isDeleted = true
    await Promise.all(asking)
    expect(late).toBe(0)
    expect((await checkOnce({ keyring }, request)).ok).toBe(false)
  })

  it('a key that is deleted leaves the trail behind and nothing else, even while it is used', async () => {
    const store = createMemoryStore()
    const keyring = await createTestKeyring({ store })
    const { id } = await issue(keyring, 'a')
    await keyring.admit({ tenant: 'a', keyId: id, scopes: [] })
    expect(await keyring.delete('a', id, 'bob')).toBe(true)
    await keyring.admit({ tenant: 'a', keyId: id, scopes: [] })
    const left = (await store.list('apikey/'))
      .map(({ key, value }) => `${key} ${value}`)
      .filter((text) => text.includes(id))
    expect(left).toHaveLength(2)
    for (const text of left) expect(text).toMatch(/^apikey\/event\/a\//)
    expect(await keyring.delete('a', id, 'bob')).toBe(false)
  })
})

describe('usage, age and the trail', () => {
  it('requests by key and UTC day for 30 days, and the day of the last', async () => {
    const clock = createClock()
    const keyring = await createTestKeyring({ now: clock.now, store: createMemoryStore({ now: clock.now }) })
    const { id } = await issue(keyring, 'a')
    const use = () => keyring.admit({ tenant: 'a', keyId: id, scopes: [] })
    expect((await keyring.list('a'))[0]?.lastUsedDay).toBeNull()
    await use()
    await use()
    clock.set(NOON + DAY_MS)
    await use()
    expect([...(await keyring.usage('a', id))]).toEqual([
      ['2028-02-28', 2],
      ['2028-02-29', 1],
    ])
    expect((await keyring.list('a'))[0]?.lastUsedDay).toBe('2028-02-29')
    clock.set(NOON)
    await use()
    expect((await keyring.list('a'))[0]?.lastUsedDay).toBe('2028-02-29')
    clock.set(NOON + 29 * DAY_MS)
    expect((await keyring.usage('a', id)).get('2028-02-28')).toBe(3)
    clock.set(NOON + 400 * DAY_MS)
    expect(await keyring.usage('a', id)).toEqual(new Map())
    expect((await keyring.list('a'))[0]?.lastUsedDay).toBe('2028-02-29')
  })

  it('lists keys from some age on', async () => {
    const clock = createClock()
    const keyring = await createTestKeyring({ now: clock.now })
    const old = await issue(keyring, 'a')
    clock.set(NOON + 90 * DAY_MS)
    const young = await issue(keyring, 'a')
    const ids = async (olderThanMs?: number) =>
      (await keyring.list('a', olderThanMs === undefined ? {} : { olderThanMs })).map(({ id }) => id)
    expect(await ids()).toEqual([old.id, young.id])
    expect(await ids(90 * DAY_MS)).toEqual([old.id])
    expect(await ids(90 * DAY_MS + 1)).toEqual([])
    for (const olderThanMs of [-1, Number.NaN, '1'])
      await expect(keyring.list('a', { olderThanMs } as never)).rejects.toMatchObject({ code: 'ERR_ARGUMENT_INVALID' })
  })

  it('the trail names who did what, in order', async () => {
    const keyring = await createTestKeyring({ now: () => NOON })
    const { id } = await issue(keyring, 'a')
    await keyring.delete('a', id, 'bob')
    expect(await keyring.audit('a')).toEqual([
      { at: NOON, event: 'tenantConfigured', tenant: 'a', keyId: null, by: 'ada' },
      { at: NOON, event: 'keyCreated', tenant: 'a', keyId: id, by: 'ada', scopes: ['read:orders'] },
      { at: NOON, event: 'keyDeleted', tenant: 'a', keyId: id, by: 'bob' },
    ])
  })

  it('rotation: two keys with the same scopes work side by side, then one', async () => {
    const keyring = await createTestKeyring()
    const [first, second] = [await issue(keyring, 'a'), await issue(keyring, 'a')]
    for (const { key } of [first, second]) expect(await keyring.verify(key.reveal())).not.toBeNull()
    await keyring.delete('a', first.id, 'ada')
    expect(await keyring.verify(first.key.reveal())).toBeNull()
    expect(await keyring.verify(second.key.reveal())).not.toBeNull()
  })

  it('a store that is away, or holds something else, is an error of ours', async () => {
    const away = createKeyring({ store: AWAY, prefix: 'acme' })
    await expect(away.list('a')).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' })
    const store = createMemoryStore()
    await store.set('apikey/tenant/a', 'not JSON')
    await expect(createKeyring({ store, prefix: 'acme' }).readTenant('a')).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
    })
    const contested = createKeyring({ store: { ...createMemoryStore(), commit: async () => false }, prefix: 'acme' })
    await expect(contested.configureTenant('a', {}, 'ada')).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
      retryable: true,
    })
  })
})
