import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { recordKey } from '../../src/credentials/addresses.ts'
import { type CredentialStore, createMemoryStore } from '../../src/credentials/index.ts'
import { readRecord } from '../../src/credentials/record.ts'
import { openVersions } from '../../src/credentials/versions.ts'
import { signRequest, verifySignature } from '../../src/hmac/index.ts'
import type { SigningSecrets } from '../../src/index.ts'
import {
  codeOf,
  createClock,
  credentialsOver,
  describeStores,
  FORM,
  given,
  judged,
  KEY,
  NEXT_KEY,
  type OpenStore,
  ROTATING,
  requestFor,
  revealed,
  START_MS,
  successOf,
  TENANT,
  VALUES,
} from './samples.ts'

const HOUR = 3_600_000
const [OLD, NEW, NEWER] = ['old-secret-0123456789', 'new-secret-0123456789', 'newer-secret-0123456789']
const address = { tenant: TENANT, credentialId: 'signing' }
const signing = { credentialId: 'signing', type: 'signingSecrets', value: OLD } as const
const signed = (form = ROTATING) => requestFor('signing', { requirement: { hmacSignature: form } })

describeStores('rotating signing secrets', (openStore) => {
  let open: OpenStore
  let credentials: CredentialStore
  let clock: ReturnType<typeof createClock>
  beforeEach(async () => {
    open = await openStore()
    clock = createClock()
    credentials = credentialsOver(open.store, { now: clock.now })
    await given(credentials, signing)
  })
  afterEach(() => open.end())

  const valid = async (): Promise<unknown> => revealed(await credentials.verificationSecrets(address))
  const sent = async (form = ROTATING): Promise<unknown> =>
    (revealed(await credentials.use(signed(form))) as SigningSecrets).secrets

  it('without an overlap the new one takes effect at once, alone', async () => {
    successOf(await credentials.rotate({ ...address, value: NEW }))
    expect([await sent(), await sent(FORM), await valid()]).toEqual([[NEW], [NEW], [NEW]])
  })

  it('during the overlap verifiers accept both, current first, and signers with a separator sign with both', async () => {
    const rotated = successOf(await credentials.rotate({ ...address, value: NEW, overlapMs: HOUR }))
    expect(rotated.overlapUntilMs).toBe(START_MS + HOUR)
    expect([await sent(), await sent(FORM), await valid()]).toEqual([[NEW, OLD], [NEW], [NEW, OLD]])
    clock.move(HOUR - 1)
    expect(await valid()).toEqual([NEW, OLD])
    clock.move(1)
    expect([await sent(), await sent(FORM), await valid()]).toEqual([[NEW], [NEW], [NEW]])
    expect(await credentials.get(address)).toMatchObject({ overlapUntilMs: null })
  })

  it('overlaps may overlap, each ends at its own time, and one without an overlap ends them all', async () => {
    successOf(await credentials.rotate({ ...address, value: NEW, overlapMs: HOUR }))
    clock.move(HOUR / 2)
    const rotated = successOf(await credentials.rotate({ ...address, value: NEWER, overlapMs: HOUR }))
    expect(rotated.overlapUntilMs).toBe(START_MS + 1.5 * HOUR)
    expect(await valid()).toEqual([NEWER, NEW, OLD])
    clock.move(HOUR / 2)
    expect(await valid()).toEqual([NEWER, NEW])
    successOf(await credentials.rotate({ ...address, value: OLD }))
    expect(await valid()).toEqual([OLD])
    expect(await credentials.get(address)).toMatchObject({ overlapUntilMs: null })
  })

  it('at most eight earlier versions are valid', async () => {
    const rotate = (index: number) =>
      credentials.rotate({ ...address, value: `secret-number-${index}`, overlapMs: HOUR })
    for (let index = 0; index < 8; index += 1) successOf(await rotate(index))
    expect(judged(await rotate(8))).toEqual(['ERR_CREDENTIAL_VALUE /overlapMs'])
    expect(((await valid()) as readonly string[]).length).toBe(9)
    clock.move(HOUR)
    expect(await rotate(9)).toMatchObject({ ok: true })
  })

  it('a secret that stays is given once', async () => {
    successOf(await credentials.rotate({ ...address, value: [NEW, OLD], overlapMs: HOUR }))
    expect(await valid()).toEqual([NEW, OLD])
  })

  it('a rotation after which more than 16 would be valid is refused, and all of 16 verify and sign', async () => {
    const secrets = (prefix: string, length: number) =>
      Array.from({ length }, (_, index) => `${prefix}-secret-${index}`)
    const rotate = (value: readonly string[], overlapMs: number) => credentials.rotate({ ...address, value, overlapMs })
    expect(judged(await rotate(secrets('new', 16), HOUR))).toEqual(['ERR_CREDENTIAL_VALUE /overlapMs'])
    expect([await valid(), await credentials.get(address)]).toMatchObject([[OLD], { overlapUntilMs: null }])
    successOf(await rotate(secrets('new', 15), HOUR))
    const all = [...secrets('new', 15), OLD]
    expect([await valid(), await sent()]).toEqual([all, all])
    // One of those that stay is no new one.
    successOf(await rotate(secrets('new', 14), HOUR))
    expect(await valid()).toEqual(all)
    expect(judged(await rotate([NEWER], HOUR))).toEqual(['ERR_CREDENTIAL_VALUE /overlapMs'])
    clock.move(HOUR)
    successOf(await rotate(secrets('newer', 2), HOUR))
    expect(await valid()).toEqual([...secrets('newer', 2), ...secrets('new', 14)])
    successOf(await rotate(secrets('last', 16), 0))
    expect([await valid(), await sent()]).toEqual([secrets('last', 16), secrets('last', 16)])
  })

  it('the name of the key is that of the current version', async () => {
    successOf(await credentials.rotate({ ...address, value: { secrets: [NEW], keyId: 'k2' }, overlapMs: HOUR }))
    expect(revealed(await credentials.use(signed()))).toEqual({ secrets: [NEW, OLD], keyId: 'k2' })
  })

  it('a change of hosts keeps the overlap', async () => {
    successOf(await credentials.rotate({ ...address, value: NEW, overlapMs: HOUR }))
    const updated = successOf(await credentials.update({ ...address, hosts: ['api.example.com'] }))
    expect(updated.overlapUntilMs).toBe(START_MS + HOUR)
    expect(await valid()).toEqual([NEW, OLD])
  })

  it('a change of name keeps the overlap', async () => {
    successOf(await credentials.rotate({ ...address, value: NEW, overlapMs: HOUR }))
    clock.move(HOUR / 2)
    const renamed = successOf(await credentials.update({ ...address, name: 'Renamed' }))
    expect(renamed).toMatchObject({ name: 'Renamed', overlapUntilMs: START_MS + HOUR, rotatedAtMs: START_MS })
    expect(await credentials.get(address)).toEqual(renamed)
    expect(await valid()).toEqual([NEW, OLD])
  })

  it('no message is refused between a signer and a verifier that rotate one after the other', async () => {
    const message = { method: 'POST', url: 'https://api.example.com/', headers: {}, body: '{}' }
    const verified = async (secrets: readonly string[]) => {
      const { headers } = await signRequest(ROTATING, secrets, message)
      const accepted = await credentials.verificationSecrets(address)
      return (await verifySignature(ROTATING, accepted, { ...message, headers })).ok
    }
    const before = (await sent()) as readonly string[]
    successOf(await credentials.rotate({ ...address, value: NEW, overlapMs: HOUR }))
    const after = (await sent(FORM)) as readonly string[]
    expect([await verified(before), await verified(after)]).toEqual([true, true])
    clock.move(HOUR)
    expect([await verified(before), await verified(after)]).toEqual([false, true])
  })
})

describe('other types', () => {
  it.each(['secretText', 'userPassword', 'oauthClient'] as const)('%s does not overlap', async (type) => {
    const credentials = credentialsOver()
    const { credentialId } = await given(credentials, { type })
    const rotation = { tenant: TENANT, credentialId, value: VALUES[type] }
    expect(judged(await credentials.rotate({ ...rotation, overlapMs: HOUR }))).toEqual([
      'ERR_CREDENTIAL_TYPE /overlapMs',
    ])
    expect(await credentials.rotate({ ...rotation, overlapMs: 0 })).toMatchObject({ ok: true })
  })

  it('have no secrets that verify', async () => {
    const credentials = credentialsOver()
    const { credentialId } = await given(credentials)
    const request = { tenant: TENANT, credentialId }
    expect(await codeOf(credentials.verificationSecrets(request))).toBe('ERR_CREDENTIAL_TYPE')
    expect(await codeOf(credentials.verificationSecrets({ ...request, tenant: 'other' }))).toBe(
      'ERR_CREDENTIAL_NOT_FOUND',
    )
  })
})

describe('changing the sealing key', () => {
  it('seals everything anew, of every tenant and environment, with its overlap; then the old key can go', async () => {
    const store = createMemoryStore()
    const clock = createClock()
    const old = credentialsOver(store, { now: clock.now })
    await given(old, signing)
    successOf(await old.rotate({ ...address, value: NEW, overlapMs: HOUR }))
    await given(old, { credentialId: 'b', name: 'b', environment: 'staging/é' })
    await given(old, { credentialId: 'c', name: 'c', tenant: 'other' })
    const before = await old.get(address)
    const both = credentialsOver(store, { keys: [NEXT_KEY, KEY], now: clock.now })
    await given(both, { credentialId: 'd', name: 'd' })
    clock.move(5)
    expect(await both.resealAll()).toEqual({ resealed: 3, current: 1, failed: [] })
    expect(await both.resealAll()).toEqual({ resealed: 0, current: 4, failed: [] })
    const later = credentialsOver(store, { keys: [NEXT_KEY], now: clock.now })
    expect(revealed(await later.verificationSecrets(address))).toEqual([NEW, OLD])
    expect(revealed(await later.use(requestFor('b', { environment: 'staging/é' })))).toBe(VALUES.secretText)
    expect(revealed(await later.use(requestFor('c', { tenant: 'other' })))).toBe(VALUES.secretText)
    expect(await later.get(address)).toEqual(before)
  })

  it('leaves the versions behind whose time is over', async () => {
    const store = createMemoryStore()
    const clock = createClock()
    const old = credentialsOver(store, { now: clock.now })
    await given(old, signing)
    successOf(await old.rotate({ ...address, value: NEW, overlapMs: HOUR }))
    successOf(await old.rotate({ ...address, value: NEWER, overlapMs: 2 * HOUR }))
    clock.move(HOUR)
    const next = credentialsOver(store, { keys: [NEXT_KEY, KEY], now: clock.now })
    expect(await next.resealAll()).toEqual({ resealed: 1, current: 0, failed: [] })
    const text = (await store.get(recordKey({ ...address, environment: null }))) ?? ''
    const versions = await openVersions(readRecord(text, 'signing'), [NEXT_KEY], { ...address, environment: null })
    expect(versions).toEqual({ current: NEWER, earlier: [{ value: NEW, untilMs: START_MS + 2 * HOUR }] })
  })

  it('counts nothing as current that another key of the same id was given for', async () => {
    const store = createMemoryStore()
    await given(credentialsOver(store), { credentialId: 'a', name: 'a' })
    const wrong = { ...NEXT_KEY, keyId: KEY.keyId }
    await given(credentialsOver(store, { keys: [wrong] }), { credentialId: 'b', name: 'b' })
    const failed = [{ tenant: TENANT, environment: null, credentialId: 'b' }]
    expect(await credentialsOver(store).resealAll()).toEqual({ resealed: 0, current: 1, failed })
  })

  it('names what no key opens, and goes on', async () => {
    const store = createMemoryStore()
    await given(credentialsOver(store), { credentialId: 'a', name: 'a' })
    await given(credentialsOver(store, { keys: [NEXT_KEY] }), { credentialId: 'b', name: 'b' })
    await given(credentialsOver(store, { keys: [NEXT_KEY] }), { credentialId: 'c', name: 'c' })
    const [, , damaged] = await store.list('credential/record/')
    await store.set(damaged?.key ?? '', 'damaged')
    const third = { keyId: 'k3', key: new Uint8Array(32).fill(3) }
    const report = await credentialsOver(store, { keys: [third, NEXT_KEY] }).resealAll()
    const failed = ['a', 'c'].map((credentialId) => ({ tenant: TENANT, environment: null, credentialId }))
    expect(report).toEqual({ resealed: 1, current: 0, failed })
  })

  it('passes over what was deleted meanwhile, and tries again what was changed', async () => {
    const store = createMemoryStore()
    const old = credentialsOver(store)
    await given(old, { credentialId: 'a', name: 'a' })
    await given(old, { credentialId: 'b', name: 'b' })
    let commits = 0
    const busy = {
      ...store,
      list: async (prefix: string) => {
        const listed = await store.list(prefix)
        await old.delete({ tenant: TENANT, credentialId: 'a' })
        return listed
      },
      commit: async (changes: Parameters<typeof store.commit>[0]) => {
        commits += 1
        if (commits === 1) successOf(await old.rotate({ tenant: TENANT, credentialId: 'b', value: 'rotated-1234567' }))
        return store.commit(changes)
      },
    }
    const report = await credentialsOver(busy, { keys: [NEXT_KEY, KEY] }).resealAll()
    expect([report, commits]).toEqual([{ resealed: 1, current: 0, failed: [] }, 2])
    const later = credentialsOver(store, { keys: [NEXT_KEY] })
    expect(revealed(await later.use(requestFor('b')))).toBe('rotated-1234567')
  })

  it('does not hide that the store is away', async () => {
    const store = createMemoryStore()
    await given(credentialsOver(store))
    const broken = { ...store, commit: () => Promise.reject(new Error('away')) }
    expect(await codeOf(credentialsOver(broken, { keys: [NEXT_KEY, KEY] }).resealAll())).toBe('ERR_STORE_UNAVAILABLE')
  })
})
