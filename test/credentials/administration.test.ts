import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CredentialStore, createCredentialStore, createMemoryStore } from '../../src/credentials/index.ts'
import { leaksOf } from '../properties/leaks.ts'
import {
  codeOf,
  createClock,
  credentialsOver,
  describeStores,
  given,
  judged,
  KEY,
  NEXT_KEY,
  type OpenStore,
  rejectionOf,
  requestFor,
  revealed,
  START_MS,
  successOf,
  TENANT,
  VALUES,
} from './samples.ts'

describeStores('credentials', (openStore) => {
  let open: OpenStore
  let credentials: CredentialStore
  let clock: ReturnType<typeof createClock>
  beforeEach(async () => {
    open = await openStore()
    clock = createClock()
    credentials = credentialsOver(open.store, { now: clock.now })
  })
  afterEach(() => open.end())

  it('creates one and shows what is known of it, but not the value', async () => {
    const created = await given(credentials, { credentialId: 'stock-key', hosts: ['API.example.com', '*.Example.org'] })
    expect(created).toEqual({
      credentialId: 'stock-key',
      tenant: TENANT,
      environment: null,
      name: 'Stock API',
      type: 'secretText',
      hosts: ['*.example.org', 'api.example.com'],
      createdAtMs: START_MS,
      updatedAtMs: START_MS,
      rotatedAtMs: null,
      overlapUntilMs: null,
    })
    expect(await credentials.get({ tenant: TENANT, credentialId: 'stock-key' })).toEqual(created)
    expect(await credentials.list({ tenant: TENANT })).toEqual([created])
  })

  it('gives new ids where none is given', async () => {
    const one = await given(credentials, { name: 'one' })
    const two = await given(credentials, { name: 'two' })
    expect(one.credentialId).not.toBe(two.credentialId)
    expect(one.credentialId).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('lists one environment of one tenant, by name', async () => {
    for (const name of ['b', 'c', 'a']) await given(credentials, { name })
    await given(credentials, { name: 'd', environment: 'staging' })
    await given(credentials, { name: 'e', tenant: 'acme2' })
    const names = async (scope: Parameters<CredentialStore['list']>[0]) =>
      (await credentials.list(scope)).map(({ name }) => name)
    expect(await names({ tenant: TENANT })).toEqual(['a', 'b', 'c'])
    expect(await names({ tenant: TENANT, environment: null })).toEqual(['a', 'b', 'c'])
    expect(await names({ tenant: TENANT, environment: 'staging' })).toEqual(['d'])
    expect(await names({ tenant: 'acm' })).toEqual([])
  })

  it('refuses a second one with the name, or with the id, in one environment', async () => {
    await given(credentials, { credentialId: 'one', name: 'A' })
    const again = { tenant: TENANT, type: 'secretText', value: 'x1234567' } as const
    expect(judged(await credentials.create({ ...again, name: 'A' }))).toEqual(['ERR_CREDENTIAL_NAME_TAKEN /name'])
    expect(judged(await credentials.create({ ...again, name: 'B', credentialId: 'one' }))).toEqual([
      'ERR_CREDENTIAL_ID_TAKEN /credentialId',
    ])
    expect(await credentials.create({ ...again, name: 'a' })).toMatchObject({ ok: true })
    const elsewhere = { ...again, name: 'A', credentialId: 'one' }
    expect(await credentials.create({ ...elsewhere, environment: 'staging' })).toMatchObject({ ok: true })
    expect(await credentials.create({ ...elsewhere, tenant: 'other' })).toMatchObject({ ok: true })
  })

  it('renames; the old name is free again, and a taken one is refused', async () => {
    const { credentialId } = await given(credentials, { name: 'old' })
    await given(credentials, { name: 'taken' })
    clock.move(1000)
    const address = { tenant: TENANT, credentialId }
    expect(judged(await credentials.update({ ...address, name: 'taken' }))).toEqual(['ERR_CREDENTIAL_NAME_TAKEN /name'])
    const renamed = successOf(await credentials.update({ ...address, name: 'new' }))
    expect(renamed).toMatchObject({ name: 'new', updatedAtMs: START_MS + 1000, rotatedAtMs: null })
    expect(await credentials.get(address)).toEqual(renamed)
    expect(await given(credentials, { name: 'old' })).toMatchObject({ name: 'old' })
    expect(successOf(await credentials.update({ ...address, name: 'new' }))).toMatchObject({ name: 'new' })
    expect(revealed(await credentials.use(requestFor(credentialId)))).toBe(VALUES.secretText)
  })

  it('changes hosts, and the value stays readable', async () => {
    const { credentialId } = await given(credentials, { hosts: ['other.example.com'] })
    const address = { tenant: TENANT, credentialId }
    expect(await codeOf(credentials.use(requestFor(credentialId)))).toBe('ERR_CREDENTIAL_REFUSED')
    expect(successOf(await credentials.update({ ...address, hosts: ['api.example.com'] }))).toMatchObject({
      hosts: ['api.example.com'],
      name: 'Stock API',
    })
    expect(revealed(await credentials.use(requestFor(credentialId)))).toBe(VALUES.secretText)
    expect(successOf(await credentials.update({ ...address, hosts: null }))).toMatchObject({ hosts: null })
    expect(revealed(await credentials.use(requestFor(credentialId, { origin: 'https://else.example' })))).toBe(
      VALUES.secretText,
    )
    expect(successOf(await credentials.update(address))).toMatchObject({ hosts: null, name: 'Stock API' })
  })

  it('rotates: the next use gives the new value, and nothing else changes', async () => {
    const before = await given(credentials)
    clock.move(5000)
    const address = { tenant: TENANT, credentialId: before.credentialId }
    const after = successOf(await credentials.rotate({ ...address, value: 'sk-live-7654321' }))
    expect(after).toEqual({ ...before, updatedAtMs: START_MS + 5000, rotatedAtMs: START_MS + 5000 })
    expect(revealed(await credentials.use(requestFor(before.credentialId)))).toBe('sk-live-7654321')
  })

  it('deletes, and the name and id are free again', async () => {
    const created = await given(credentials, { credentialId: 'one' })
    const address = { tenant: TENANT, credentialId: 'one' }
    expect(successOf(await credentials.delete(address))).toEqual(created)
    expect(await credentials.get(address)).toBeNull()
    expect(await credentials.usedBy(address)).toBeNull()
    expect(await codeOf(credentials.use(requestFor('one')))).toBe('ERR_CREDENTIAL_NOT_FOUND')
    expect(await given(credentials, { credentialId: 'one' })).toMatchObject({ credentialId: 'one' })
  })

  it('leaves nothing behind after deletions', async () => {
    const { credentialId } = await given(credentials)
    await credentials.recordUse({ tenant: TENANT, credentialId, resource: { type: 'call', id: 'c1' } })
    await credentials.update({ tenant: TENANT, credentialId, name: 'new' })
    successOf(await credentials.delete({ tenant: TENANT, credentialId, force: true }))
    expect(await open.store.list('')).toEqual([])
  })

  it('a rotation with another key under the right id is refused, and changes nothing', async () => {
    const { credentialId } = await given(credentials, { credentialId: 'stock-key' })
    const rotation = { tenant: TENANT, credentialId, value: 'sk-live-7654321' }
    const before = await open.store.list('')
    const wrong = credentialsOver(open.store, { keys: [{ ...NEXT_KEY, keyId: KEY.keyId }] })
    const error = await rejectionOf(wrong.rotate(rotation))
    expect(error).toMatchObject({ code: 'ERR_SEAL_INVALID', message: expect.stringContaining('`stock-key`') })
    const unknown = await rejectionOf(credentialsOver(open.store, { keys: [NEXT_KEY] }).rotate(rotation))
    expect(unknown).toMatchObject({ code: 'ERR_SEAL_KEY', message: expect.stringContaining('`stock-key`') })
    expect(leaksOf([error, unknown], VALUES.secretText as string)).toEqual([])
    expect(await open.store.list('')).toEqual(before)
  })

  it('a value that does not open is replaced by force', async () => {
    const { credentialId } = await given(credentials)
    const later = credentialsOver(open.store, { keys: [NEXT_KEY] })
    const rotation = { tenant: TENANT, credentialId, value: 'sk-live-7654321' }
    successOf(await later.rotate({ ...rotation, force: true }))
    expect(revealed(await later.use(requestFor(credentialId)))).toBe('sk-live-7654321')
    expect(successOf(await later.rotate({ ...rotation, value: VALUES.secretText }))).toMatchObject({ credentialId })
  })

  it('finds nothing to change where there is nothing', async () => {
    const address = { tenant: TENANT, credentialId: 'nothing' }
    const notFound = ['ERR_CREDENTIAL_NOT_FOUND /credentialId']
    expect(judged(await credentials.update({ ...address, name: 'x' }))).toEqual(notFound)
    expect(judged(await credentials.rotate({ ...address, value: 'x1234567' }))).toEqual(notFound)
    expect(judged(await credentials.delete(address))).toEqual(notFound)
    expect(judged(await credentials.delete({ ...address, force: true }))).toEqual(notFound)
    expect(await credentials.get(address)).toBeNull()
    expect(await open.store.list('')).toEqual([])
  })

  it('of many creations of one name at once exactly one wins', async () => {
    const create = (_: unknown, index: number) =>
      credentials.create({ tenant: TENANT, name: 'same', type: 'secretText', value: `value-of-${index}` })
    const results = await Promise.all(Array.from({ length: 40 }, create))
    const [won] = results.flatMap((result, index) => (result.ok ? [{ ...result.value, index }] : []))
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(new Set(results.flatMap(judged))).toEqual(new Set(['ERR_CREDENTIAL_NAME_TAKEN /name']))
    expect(revealed(await credentials.use(requestFor(won?.credentialId ?? '')))).toBe(`value-of-${won?.index}`)
    expect(await credentials.list({ tenant: TENANT })).toHaveLength(1)
  })

  it('of many renamings to one name at once exactly one wins, and every change is made once', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, (_, index) => given(credentials, { name: `n${index}` })))
    const results = await Promise.all(
      all.map(({ credentialId }) => credentials.update({ tenant: TENANT, credentialId, name: 'same' })),
    )
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    const names = (await credentials.list({ tenant: TENANT })).map(({ name }) => name)
    expect(names.filter((name) => name === 'same')).toHaveLength(1)
    expect(new Set(names).size).toBe(20)
    const freed = all.map(({ name }) => name).filter((name) => !names.includes(name))
    expect(await given(credentials, { name: String(freed[0]) })).toMatchObject({ name: freed[0] })
  })

  it('of parallel rotations each is made whole, and the last one stands', async () => {
    const { credentialId } = await given(credentials)
    const values = Array.from({ length: 20 }, (_, index) => `rotated-value-${index}`)
    const results = await Promise.all(
      values.map((value) => credentials.rotate({ tenant: TENANT, credentialId, value })),
    )
    expect(results.every(({ ok }) => ok)).toBe(true)
    expect(values).toContain(revealed(await credentials.use(requestFor(credentialId))))
  })
})

describe('what is refused at creation', () => {
  const create = (more: object) =>
    credentialsOver().create({ tenant: TENANT, name: 'A', type: 'secretText', value: VALUES.secretText, ...more })

  it.each([
    ['', 'empty'],
    ['a'.repeat(41), '41 characters'],
    [' a', 'a space before it'],
    ['a\n', 'a line break behind it'],
    ['a\u0000b', 'a control character'],
    ['a\u202eb', 'a mark that turns the direction'],
    ['a\u200bb', 'an invisible space'],
    ['a\ud800', 'half a character'],
  ])('the name %j: %s', async (name) => {
    expect(judged(await create({ name }))).toEqual(['ERR_CREDENTIAL_NAME /name'])
  })

  it.each([
    0xad, 0x34f, 0x61c, 0x115f, 0x1160, 0x17b4, 0x180b, 0x180e, 0x200b, 0x200d, 0x2028, 0x2029, 0x2060, 0x2065, 0x206a,
    0x2800, 0x3164, 0xfe00, 0xfe0f, 0xfeff, 0xffa0, 0xfff9, 0x1bca0, 0x1d173, 0xe0061, 0xe0100,
  ])('a name with the character %i, which shows as nothing', async (point) => {
    for (const name of [`a${String.fromCodePoint(point)}b`, String.fromCodePoint(point)])
      expect(judged(await create({ name }))).toEqual(['ERR_CREDENTIAL_NAME /name'])
  })

  it('names of all scripts, with marks and symbols, are taken', async () => {
    for (const name of ['Ключ', '密钥 1', 'कुंजी', 'مفتاح', 'Key (EU) – №1', '🔑 Stock', '한글', 'Tiếng Việt'])
      expect(successOf(await create({ name })).name).toBe(name)
  })

  it('takes 40 characters of any plane, and keeps them composed', async () => {
    expect(successOf(await create({ name: '😀'.repeat(40) })).name).toBe('😀'.repeat(40))
    expect(successOf(await create({ name: 'e\u0301' })).name).toBe('\u00e9')
    const credentials = credentialsOver()
    await given(credentials, { name: 'caf\u00e9' })
    const again = { tenant: TENANT, name: 'cafe\u0301', type: 'secretText', value: 'x1234567' } as const
    expect(judged(await credentials.create(again))).toEqual(['ERR_CREDENTIAL_NAME_TAKEN /name'])
  })

  it.each(['', 'a b', 'a/b', 'ä', 'a'.repeat(129), '../x', 'a\n'])('the id %j', async (credentialId) => {
    expect(judged(await create({ credentialId }))).toEqual(['ERR_CREDENTIAL_NAME /credentialId'])
  })

  it('says everything at once', async () => {
    const result = await create({ name: '', credentialId: '', value: '', hosts: ['x', 'y/z'] })
    expect(judged(result)).toEqual([
      'ERR_CREDENTIAL_NAME /name',
      'ERR_CREDENTIAL_NAME /credentialId',
      'ERR_CREDENTIAL_VALUE /value',
      'ERR_CREDENTIAL_HOST /hosts/1',
    ])
  })
})

describe('arguments of another shape are the caller’s mistake', () => {
  const credentials = credentialsOver()
  const address = { tenant: TENANT, credentialId: 'a' }
  const TWO_KINDS = { queryApiKey: { name: 'a' }, headerApiKey: { name: 'a' } }
  const bad: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['nothing', () => credentials.get(undefined as never)],
    ['no tenant', () => credentials.get({ credentialId: 'a' } as never)],
    ['an empty tenant', () => credentials.get({ ...address, tenant: '' })],
    ['an ill-formed tenant', () => credentials.get({ ...address, tenant: '\ud800' })],
    ['a tenant that is no text', () => credentials.list({ tenant: ['acme'] as never })],
    ['an empty environment', () => credentials.get({ ...address, environment: '' })],
    ['no id', () => credentials.get({ tenant: TENANT } as never)],
    ['an unknown property', () => credentials.get({ ...address, enviroment: 'staging' } as never)],
    ['an unknown type', () => given(credentials, { type: 'apiKey' as never, value: 'x' })],
    ['hosts that are no list', () => given(credentials, { hosts: 'api.example.com' as never })],
    ['no value', () => given(credentials, { value: undefined as never })],
    ['an overlap below zero', () => credentials.rotate({ ...address, value: 'x', overlapMs: -1 })],
    ['an overlap of a fraction', () => credentials.rotate({ ...address, value: 'x', overlapMs: 0.5 })],
    ['an overlap of two years', () => credentials.rotate({ ...address, value: 'x', overlapMs: 63_072_000_000 })],
    ['a forced rotation that is no boolean', () => credentials.rotate({ ...address, value: 'x', force: 1 as never })],
    ['a force that is no boolean', () => credentials.delete({ ...address, force: 'yes' as never })],
    ['a resource without an id', () => credentials.recordUse({ ...address, resource: { type: 'call' } as never })],
    ['a resource type with a slash', () => credentials.recordUse({ ...address, resource: { type: 'a/b', id: 'x' } })],
    ['a requirement of no kind', () => credentials.check(requestFor('a', { requirement: { x: {} } as never }))],
    ['a requirement of two kinds', () => credentials.check(requestFor('a', { requirement: TWO_KINDS as never }))],
  ]

  it.each(bad)('%s', async (_, run) => {
    expect(await codeOf(run())).toBe('ERR_ARGUMENT_INVALID')
  })

  const store = createMemoryStore()
  const keys = [1, 2].map((byte) => ({ keyId: 'k', key: new Uint8Array(32).fill(byte) }))
  it.each([
    ['no options', undefined],
    ['no store', { keys: [KEY] }],
    ['no keys', { store }],
    ['an empty list of keys', { store, keys: [] }],
    ['a short key', { store, keys: [{ keyId: 'k', key: new Uint8Array(16) }] }],
    ['a key without an id', { store, keys: [{ key: new Uint8Array(32) }] }],
    ['two keys of one id', { store, keys }],
    ['a key in place of a list', { store, keys: KEY }],
    ['an unknown option', { store, keys: [KEY], ttl: 5 }],
    ['a clock that is no function', { store, keys: [KEY], now: 5 }],
  ])('a store of credentials with %s', (_, options) => {
    expect(() => createCredentialStore(options as never)).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' }),
    )
  })

  it.each(['a/b', '', undefined])('a `newId` that gives %j', async (id) => {
    const odd = credentialsOver(store, { newId: () => id as string })
    expect(await codeOf(given(odd))).toBe('ERR_ARGUMENT_INVALID')
  })

  it('a clock that gives no time, and callbacks that throw a secret', async () => {
    const fail = (): never => {
      throw new Error('sk-live-1234567')
    }
    expect(await codeOf(given(credentialsOver(store, { now: () => Number.NaN })))).toBe('ERR_ARGUMENT_INVALID')
    for (const error of [
      await rejectionOf(given(credentialsOver(store, { newId: fail }))),
      await rejectionOf(given(credentialsOver(store, { now: fail }))),
    ]) {
      expect(error).toMatchObject({ code: 'ERR_ARGUMENT_INVALID' })
      expect(leaksOf(error, 'sk-live-1234567')).toEqual([])
    }
  })

  it('a key may be a CryptoKey', async () => {
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
    const own = credentialsOver(store, { keys: [{ keyId: 'k', key }] })
    const { credentialId } = await given(own, { tenant: 'other' })
    expect(revealed(await own.use(requestFor(credentialId, { tenant: 'other' })))).toBe(VALUES.secretText)
  })

  it.each<[string, AesKeyGenParams, KeyUsage[]]>([
    ['of 128 bits', { name: 'AES-GCM', length: 128 }, ['encrypt', 'decrypt']],
    ['of another algorithm', { name: 'AES-CBC', length: 256 }, ['encrypt', 'decrypt']],
    ['that may not open', { name: 'AES-GCM', length: 256 }, ['encrypt']],
    ['that comes first and may not seal', { name: 'AES-GCM', length: 256 }, ['decrypt']],
  ])('a CryptoKey %s', async (_, algorithm, usages) => {
    const key = (await crypto.subtle.generateKey(algorithm, false, usages)) as CryptoKey
    expect(() => credentialsOver(store, { keys: [{ keyId: 'k', key }] })).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' }),
    )
  })

  it('keys are copied: who changes theirs afterwards changes nothing', async () => {
    const key = new Uint8Array(32).fill(7)
    const kept = createMemoryStore()
    const { credentialId } = await (async () => {
      const own = createCredentialStore({ store: kept, keys: [{ keyId: 'k', key }] })
      key.fill(0)
      return given(own)
    })()
    const again = createCredentialStore({ store: kept, keys: [{ keyId: 'k', key: new Uint8Array(32).fill(7) }] })
    expect(revealed(await again.use(requestFor(credentialId)))).toBe(VALUES.secretText)
  })
})
