import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type CredentialStore,
  type CredentialType,
  createMemoryStore,
  type Store,
} from '../../src/credentials/index.ts'
import { Secret, type Token } from '../../src/index.ts'
import { checkAsync } from '../call/check-async.ts'
import { encodingsOf, leaksOf, printedForms } from '../properties/leaks.ts'
import { credentialsOver, describeStores, given, NEXT_KEY, REQUIREMENTS, requestFor, TENANT } from './samples.ts'

const UNITS = [...'ABCDEFGHJKMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789+/%"\\<é€😀']
const plain = fc.string({ unit: fc.constantFrom(...UNITS), minLength: 12, maxLength: 24 })
const ascii = plain.map((text) => text.replaceAll(/[^!-~]/g, 'x'))
/** With what makes a value unusable somewhere. */
const anySecret = fc.oneof(
  plain,
  ascii,
  ascii.map((text) => `${text}\n`),
  ascii.map((text) => `Bearer ${text}`),
)

const SHAPES: { readonly [T in CredentialType]: readonly ((secret: string) => Token)[] } = {
  secretText: [(secret) => secret, (secret) => new Secret(secret)],
  userPassword: [
    (password) => ({ username: 'ada', password }),
    (secret) => ({ username: `ada:${secret}`, password: secret }),
    (secret) => ({ user: secret, password: secret }) as never,
  ],
  oauthClient: [
    (clientSecret) => ({ clientId: 'client', clientSecret }),
    (d) => ({ clientId: 'client', privateKey: { kty: 'OKP', crv: 'Ed25519', x: 'x', d } }),
    (secret) => ({ clientId: 'client', privateKey: `{"kty":"OKP","d":${JSON.stringify(secret)}` }),
  ],
  signingSecrets: [(secret) => secret, (secret) => [secret, `${secret}2`], (secret) => ({ secrets: [secret] })],
}

const anyValue = fc
  .constantFrom(...(Object.keys(SHAPES) as CredentialType[]))
  .chain((type) => fc.tuple(fc.constant(type), fc.constantFrom(...SHAPES[type]), anySecret, anySecret))

/** Everything that the store says and throws in the life of a credential, but what `use` gives. */
async function lifeOf(
  credentials: CredentialStore,
  type: CredentialType,
  one: Token,
  other: Token,
): Promise<unknown[]> {
  const said: unknown[] = [credentials]
  const hear = async <T>(answer: Promise<T>): Promise<T | undefined> => {
    try {
      const value = await answer
      said.push(value)
      return value
    } catch (error) {
      said.push(error)
      return undefined
    }
  }
  const address = { tenant: TENANT, credentialId: 'key' }
  await hear(credentials.create({ ...address, name: 'A', type, value: one }))
  await hear(credentials.create({ ...address, name: 'A', type, value: one }))
  await hear(credentials.create({ ...address, name: 'B', type, value: other, hosts: [String(one)] }))
  await hear(credentials.update({ ...address, name: 'C', hosts: ['api.example.com'] }))
  await hear(
    credentials.rotate({ ...address, value: other, ...(type === 'signingSecrets' ? { overlapMs: 1000 } : {}) }),
  )
  await hear(credentials.recordUse({ ...address, resource: { type: 'call', id: 'c1' } }))
  await hear(credentials.get(address))
  await hear(credentials.list({ tenant: TENANT }))
  await hear(credentials.usedBy(address))
  for (const requirement of Object.values(REQUIREMENTS)) {
    await hear(credentials.check(requestFor('key', { requirement })))
    const token = await credentials.use(requestFor('key', { requirement })).catch((error: unknown) => error)
    // What is given prints nothing either; it has to be revealed.
    said.push(token)
  }
  await hear(credentials.verificationSecrets(address))
  await hear(credentials.delete(address))
  return said
}

const leaksIn = (printed: string, secrets: readonly string[]) =>
  secrets.flatMap((secret) => encodingsOf(secret.trim()).filter((form) => printed.includes(form)))

describe('values are write-only (P21, P22)', () => {
  it('no answer, error, printed form or stored text holds one, in any encoding (property)', async () => {
    let created = 0
    await checkAsync(
      fc.asyncProperty(anyValue, async ([type, shape, one, other]) => {
        const store = createMemoryStore()
        const said = await lifeOf(credentialsOver(store), type, shape(one), shape(other))
        const stored = await store.list('')
        created += stored.length > 0 ? 1 : 0
        expect(leaksIn(said.map(printedForms).join('\n'), [one, other])).toEqual([])
        expect(leaksIn(JSON.stringify(stored), [one, other])).toEqual([])
      }),
      0.05,
    )
    expect(created).toBeGreaterThan(0)
  })

  it('the canary sees a secret that is there', async () => {
    const store = createMemoryStore()
    const { credentialId } = await given(credentialsOver(store), { value: 'canary-0123456789' })
    const token = await credentialsOver(store).use(requestFor(credentialId))
    expect(leaksOf([token], 'canary-0123456789')).toEqual([])
    expect(leaksOf([(token as Secret).reveal()], 'canary-0123456789')).not.toEqual([])
  })

  it('two values with one defect give one report (property, P23)', async () => {
    const pair = fc.tuple(ascii, ascii, fc.constantFrom('\n', '\u0000', '\u0085'))
    await checkAsync(
      fc.asyncProperty(pair, async ([one, other, defect]) => {
        const report = (value: string) =>
          credentialsOver().create({ tenant: TENANT, name: 'A', type: 'secretText', value: value + defect })
        expect(await report(one)).toEqual(await report(other))
      }),
      0.1,
    )
  })

  it('the size of what is stored does not tell the length of a value up to some hundred bytes', async () => {
    const sizes = await Promise.all(
      ['x', 'x'.repeat(40), 'x'.repeat(400)].map(async (value) => {
        const store: Store = createMemoryStore()
        await given(credentialsOver(store), { credentialId: 'key', value })
        return JSON.stringify(await store.list('credential/record/')).length
      }),
    )
    expect(new Set(sizes).size).toBe(1)
  })

  it('a refusal quotes nothing of what was asked for: an environment may have any name', async () => {
    const credentials = credentialsOver()
    const { credentialId } = await given(credentials)
    const environment = 'canary-0123456789\n\u202e'
    const request = requestFor(credentialId, { environment })
    const resource = { type: 'call', id: 'c1' }
    const said = [
      await credentials.check(request),
      await credentials.use(request).catch((error: unknown) => error),
      await credentials
        .recordUse({ tenant: TENANT, environment, credentialId, resource })
        .catch((error: unknown) => error),
    ]
    for (const each of said) expect(each).toMatchObject({ code: 'ERR_CREDENTIAL_REFUSED' })
    expect(leaksOf(said, 'canary-0123456789')).toEqual([])
  })

  it('errors of a key that does not fit hold nothing of the value', async () => {
    const store = createMemoryStore()
    await given(credentialsOver(store), { credentialId: 'key', value: 'canary-0123456789' })
    const other = credentialsOver(store, { keys: [{ ...NEXT_KEY, keyId: 'k1' }] })
    const error = await other.use(requestFor('key')).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'ERR_CREDENTIAL_LOOKUP' })
    expect(leaksOf(error, 'canary-0123456789')).toEqual([])
  })
})

describeStores('the dump of a store after a whole life', (openStore) => {
  it('holds no value', async () => {
    const { store, end } = await openStore()
    const said = await lifeOf(credentialsOver(store), 'signingSecrets', 'canary-one-012345', 'canary-two-012345')
    const dump = JSON.stringify(await store.list(''))
    expect(dump).toContain('lk1.k1.')
    expect(leaksIn(dump + said.map(printedForms), ['canary-one-012345', 'canary-two-012345'])).toEqual([])
    await end()
  })
})
