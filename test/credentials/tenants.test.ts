import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CredentialStore, createMemoryStore } from '../../src/credentials/index.ts'
import { checkAsync } from '../call/check-async.ts'
import { codeOf, credentialsOver, describeStores, given, judged, requestFor, revealed } from './samples.ts'

/** Names that some store, index or pattern may take for another one. */
const NASTY = [
  'a',
  'A',
  'a/',
  '/a',
  'a//b',
  'a%2Fb',
  'a/b',
  'ab',
  'a*',
  'a?',
  'a%',
  'a_',
  '[a]',
  '\\a',
  ' a',
  'é',
  'e\u0301',
  '__proto__',
  'toString',
  '*',
  '',
]
const tenant = fc.oneof(
  fc.constantFrom(...NASTY.filter((name) => name !== '')),
  fc.string({ minLength: 1, maxLength: 5 }),
)
const environment = fc.oneof(fc.constant(null), tenant, fc.constantFrom('null', '/'))
const scope = fc.record({ tenant, environment })

const keyOf = (one: { readonly tenant: string; readonly environment: string | null }) =>
  encodeURIComponent(JSON.stringify([one.tenant, one.environment]))

describe('tenants and environments never mix (T56, T89)', () => {
  it('whatever is done as one tenant changes nothing for another (property)', async () => {
    const step = fc.constantFrom('create', 'update', 'rotate', 'delete', 'recordUse', 'removeUse')
    await checkAsync(
      fc.asyncProperty(scope, scope, fc.array(step, { maxLength: 6 }), async (mine, theirs, steps) => {
        fc.pre(keyOf(mine) !== keyOf(theirs))
        const store = createMemoryStore()
        const credentials = credentialsOver(store)
        await given(credentials, { ...theirs, credentialId: 'key', name: 'A', value: 'theirs-1234567' })
        const own = async () => (await store.list('')).filter(({ key }) => isOf(key, theirs))
        const before = await own()
        for (const each of steps) await doAs(credentials, mine, each)
        expect(await own()).toEqual(before)
        expect(revealed(await credentials.use(requestFor('key', theirs)))).toBe('theirs-1234567')
      }),
      0.1,
    )
  })

  it('another tenant’s id looks like one that does not exist, in every answer (property)', async () => {
    await checkAsync(
      fc.asyncProperty(tenant, tenant, async (mine, theirs) => {
        fc.pre(mine !== theirs)
        const credentials = credentialsOver()
        await given(credentials, { tenant: theirs, credentialId: 'key' })
        const answers = async (credentialId: string) => {
          const address = { tenant: mine, credentialId }
          return [
            await credentials.get(address),
            await credentials.usedBy(address),
            judged(await credentials.update({ ...address, name: 'B' })),
            judged(await credentials.rotate({ ...address, value: 'x-1234567' })),
            judged(await credentials.delete({ ...address, force: true })),
            await credentials.check(requestFor(credentialId, { tenant: mine })),
            await messageOf(credentials.use(requestFor(credentialId, { tenant: mine }))),
            await messageOf(credentials.verificationSecrets(address)),
            await codeOf(credentials.recordUse({ ...address, resource: { type: 'call', id: 'c' } })),
          ]
        }
        expect(await answers('key')).toEqual(await answers('not-there'))
      }),
      0.1,
    )
  })
})

describeStores(
  'tenants and environments with names that some pattern may take for others (T56, T89)',
  (openStore, isSlow) => {
    it('each sees its own only, with one id and name everywhere', async () => {
      const { store, end } = await openStore()
      const credentials = credentialsOver(store)
      const names = NASTY.filter((name) => name !== '')
      // All pairs where that is quick; else each name as a tenant and as an environment, among others that are like it.
      const likes = (index: number) => (isSlow ? [names[0], names[index], names[(index + 1) % names.length]] : names)
      const scopes = names.flatMap((each, index) =>
        [...new Set([null, ...likes(index)])].map((other) => ({ tenant: each, environment: other ?? null })),
      )
      for (const one of scopes) await given(credentials, { ...one, credentialId: 'key', name: 'A', value: keyOf(one) })
      for (const one of scopes) {
        expect(revealed(await credentials.use(requestFor('key', one)))).toBe(keyOf(one))
        expect(await credentials.list(one)).toHaveLength(1)
        await credentials.recordUse({ ...one, credentialId: 'key', resource: { type: 'call', id: keyOf(one) } })
      }
      for (const one of scopes) {
        expect(await credentials.usedBy({ ...one, credentialId: 'key' })).toMatchObject([{ id: keyOf(one) }])
        await credentials.delete({ ...one, credentialId: 'key', force: true })
      }
      expect(await store.list('')).toEqual([])
      await end()
    })
  },
)

async function messageOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch(({ code, message, retryable }) => ({ code, message, retryable }))
}

function isOf(
  key: string,
  { tenant: name, environment: environmentName }: { tenant: string; environment: string | null },
) {
  const [, , ofTenant = '', ofEnvironment = ''] = key.split('/')
  return decodeURIComponent(ofTenant) === name && decodeURIComponent(ofEnvironment) === (environmentName ?? '')
}

async function doAs(credentials: CredentialStore, mine: { tenant: string; environment: string | null }, step: string) {
  const address = { ...mine, credentialId: 'key' }
  const resource = { type: 'call', id: 'c' }
  const steps: Record<string, () => Promise<unknown>> = {
    create: () => credentials.create({ ...address, name: 'A', type: 'secretText', value: 'mine-1234567' }),
    update: () => credentials.update({ ...address, name: 'B', hosts: ['mine.example'] }),
    rotate: () => credentials.rotate({ ...address, value: 'mine-7654321' }),
    delete: () => credentials.delete({ ...address, force: true }),
    recordUse: () => credentials.recordUse({ ...address, resource }).catch(() => {}),
    removeUse: () => credentials.removeUse({ ...address, resource }),
  }
  await steps[step]?.()
}
