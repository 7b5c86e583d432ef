import { describe, expect, it } from 'vitest'
import type { CredentialType, Store } from '../../src/credentials/index.ts'
import { createMemoryStore } from '../../src/credentials/index.ts'
import { fulfil, type Kind, type Requirement, resolve, SecurityError, type Token } from '../../src/index.ts'
import {
  codeOf,
  credentialsOver,
  given,
  judged,
  KEY,
  NEXT_KEY,
  REQUIREMENTS,
  rejectionOf,
  requestFor,
  revealed,
  successOf,
  TENANT,
  VALUES,
} from './samples.ts'

const TYPES = Object.keys(VALUES) as CredentialType[]

/** The types that each kind takes, written out a second time. */
const TAKES: { readonly [K in Kind]: readonly CredentialType[] } = {
  queryApiKey: ['secretText'],
  headerApiKey: ['secretText'],
  httpAuth: ['secretText'],
  cookieApiKey: ['secretText'],
  oauth2ClientCredentials: ['oauthClient'],
  hmacSignature: ['signingSecrets'],
}

/** The outcome of `check` and of `use`, which must be the same. */
async function outcomeOf(value: Token, type: CredentialType, requirement: Requirement): Promise<string> {
  const credentials = credentialsOver()
  const { credentialId } = await given(credentials, { type, value })
  const request = requestFor(credentialId, { requirement })
  const issue = await credentials.check(request)
  const used = await credentials.use(request).then(
    () => null,
    (error: SecurityError) => error,
  )
  expect(used?.code).toBe(issue?.code)
  expect(used?.message).toBe(issue?.message)
  return issue?.code ?? 'given'
}

describe('the type has to be one that the kind takes', () => {
  it.each(Object.keys(REQUIREMENTS) as Kind[])('%s', async (kind) => {
    const outcomes = await Promise.all(TYPES.map((type) => outcomeOf(VALUES[type], type, REQUIREMENTS[kind])))
    const taken = TYPES.filter((_, index) => outcomes[index] === 'given')
    expect(taken).toEqual(TAKES[kind])
    expect(new Set(outcomes)).toEqual(new Set(['given', 'ERR_CREDENTIAL_TYPE']))
  })

  it('user and password are for Basic', async () => {
    const basic = { httpAuth: { scheme: 'Basic' } }
    expect(await outcomeOf(VALUES.userPassword, 'userPassword', basic)).toBe('given')
    expect(await outcomeOf('dTpw', 'secretText', basic)).toBe('given')
    expect(await outcomeOf('not base64 at all', 'secretText', basic)).toBe('ERR_CREDENTIAL_VALUE')
  })

  it('a client has the proof that the requirement asks for', async () => {
    const tokenUrl = 'https://auth.example.com/token'
    const byKey: Requirement = { oauth2ClientCredentials: { tokenUrl, clientAuthentication: 'private_key_jwt' } }
    const privateKey = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'private-1234567' }
    const client = { clientId: 'client-1', privateKey }
    expect(await outcomeOf(client, 'oauthClient', byKey)).toBe('given')
    expect(await outcomeOf({ ...client, privateKey: JSON.stringify(privateKey, null, 2) }, 'oauthClient', byKey)).toBe(
      'given',
    )
    expect(await outcomeOf(client, 'oauthClient', REQUIREMENTS.oauth2ClientCredentials)).toBe('ERR_CREDENTIAL_TYPE')
    expect(await outcomeOf(VALUES.oauthClient, 'oauthClient', byKey)).toBe('ERR_CREDENTIAL_TYPE')
  })

  it.each<[string, Token, CredentialType, Requirement]>([
    ['é in a header', 'caf\u00e9-1234567', 'secretText', REQUIREMENTS.headerApiKey],
    ['its own auth-scheme', 'Bearer sk-1234567', 'secretText', REQUIREMENTS.httpAuth],
    ['a semicolon in a cookie', 'a;b-1234567', 'secretText', REQUIREMENTS.cookieApiKey],
    ['a key that is not hex', ['not hex at all!'], 'signingSecrets', hmac({ key: 'hex' })],
    ['two secrets and one signature', ['s-1234567', 's-7654321'], 'signingSecrets', hmac({})],
  ])('a value that the requirement cannot carry is told at set-up: %s', async (_, value, type, requirement) => {
    expect(await outcomeOf(value, type, requirement)).toBe('ERR_CREDENTIAL_VALUE')
  })
})

function hmac(more: object): Requirement {
  return { hmacSignature: { headers: { 'X-Signature': '{signature}' }, ...more } }
}

describe('a value that the type cannot be is refused at creation and at rotation', () => {
  const EMPTY = ''
  const LONG = 'a'.repeat(16_385)
  const CONTROL = 'sk-1234567\n'
  const bad: readonly (readonly [string, CredentialType, unknown])[] = [
    ['empty', 'secretText', EMPTY],
    ['too long', 'secretText', LONG],
    ['the line break at the end of a file', 'secretText', CONTROL],
    ['half a character', 'secretText', 'a\ud800'],
    ['a number', 'secretText', 5],
    ['null', 'secretText', null],
    ['a structure', 'secretText', { username: 'a', password: 'b' }],
    ['a reference', 'secretText', { credentialId: 'other' }],
    ['a text', 'userPassword', 'dTpw'],
    ['empty both', 'userPassword', { username: EMPTY, password: EMPTY }],
    ['a control in the password', 'userPassword', { username: 'ada', password: CONTROL }],
    ['a colon in the name', 'userPassword', { username: 'a:b', password: 'b' }],
    ['too long', 'userPassword', { username: 'ada', password: LONG }],
    ['one field more', 'userPassword', { username: 'ada', password: 'b', realm: 'c' }],
    ['a text', 'oauthClient', 'client-1'],
    ['no secret', 'oauthClient', { clientId: 'c' }],
    ['an empty secret', 'oauthClient', { clientId: 'c', clientSecret: EMPTY }],
    ['a control in the secret', 'oauthClient', { clientId: 'c', clientSecret: CONTROL }],
    ['too long', 'oauthClient', { clientId: 'c', clientSecret: LONG }],
    ['both proofs', 'oauthClient', { clientId: 'c', clientSecret: 's', privateKey: { kty: 'EC', d: 'x' } }],
    ['a public key', 'oauthClient', { clientId: 'c', privateKey: { kty: 'EC', x: 'x' } }],
    ['no secrets', 'signingSecrets', []],
    ['17 secrets', 'signingSecrets', Array.from({ length: 17 }, (_, index) => `secret-${index}`)],
    ['an empty one', 'signingSecrets', ['a', EMPTY]],
    ['a control in one', 'signingSecrets', ['s-1234567', CONTROL]],
    ['too long together', 'signingSecrets', [LONG.slice(2), 'abc']],
    ['a key id with a space', 'signingSecrets', { secrets: ['s-1234567'], keyId: 'a b' }],
    ['a list of numbers', 'signingSecrets', [1]],
  ]

  it.each(bad)('%s (%s)', async (_, type, value) => {
    const credentials = credentialsOver()
    const refused = ['ERR_CREDENTIAL_VALUE /value']
    const token = value as Token
    expect(judged(await credentials.create({ tenant: TENANT, name: 'A', type, value: token }))).toEqual(refused)
    const { credentialId } = await given(credentials, { type })
    expect(judged(await credentials.rotate({ tenant: TENANT, credentialId, value: token }))).toEqual(refused)
    const [taken] = TYPES.filter((each) => each === type)
    expect(taken).toBe(type)
  })

  it('what a getter throws does not show, and each property is read once', async () => {
    let reads = 0
    const value = {
      get username(): string {
        reads += 1
        return reads === 1 ? 'ada' : 'eve:'
      },
      password: 'pass-1234567',
    }
    const credentials = credentialsOver()
    const { credentialId } = await given(credentials, { type: 'userPassword', value })
    const requirement = { httpAuth: { scheme: 'Basic' } }
    expect(revealed(await credentials.use(requestFor(credentialId, { requirement })))).toEqual(VALUES.userPassword)
    const throwing = {
      get username(): never {
        throw new Error('pass-1234567')
      },
    }
    const result = await credentials.create({
      tenant: TENANT,
      name: 'B',
      type: 'userPassword',
      value: throwing as never,
    })
    expect(judged(result)).toEqual(['ERR_CREDENTIAL_VALUE /value'])
    expect(JSON.stringify(result)).not.toContain('1234567')
  })
})

describe('what `use` gives', () => {
  it.each<[Token, CredentialType, Requirement, unknown]>([
    [VALUES.secretText, 'secretText', REQUIREMENTS.httpAuth, VALUES.secretText],
    [VALUES.userPassword, 'userPassword', { httpAuth: { scheme: 'Basic' } }, VALUES.userPassword],
    [VALUES.oauthClient, 'oauthClient', REQUIREMENTS.oauth2ClientCredentials, VALUES.oauthClient],
    ['one-1234567', 'signingSecrets', hmac({}), { secrets: ['one-1234567'] }],
    [{ secrets: ['one-1234567'], keyId: 'k' }, 'signingSecrets', hmac({}), { secrets: ['one-1234567'], keyId: 'k' }],
  ])('%j as %s', async (value, type, requirement, expected) => {
    const credentials = credentialsOver()
    const { credentialId } = await given(credentials, { type, value })
    const token = await credentials.use(requestFor(credentialId, { requirement }))
    expect(revealed(token)).toEqual(expected)
    expect(Object.isFrozen(token) || type === 'secretText').toBe(true)
    expect(JSON.stringify(token)).not.toContain('1234567')
  })

  it('fulfils the need of a resolution', async () => {
    const credentials = credentialsOver()
    const { credentialId } = await given(credentials)
    const tool = {
      http: { baseUrlPattern: 'https://api.example.com/v1', httpMethod: 'GET' },
      requirements: { httpSecurityOptions: { options: [{ requirements: { key: REQUIREMENTS.headerApiKey } }] } },
    }
    const resolution = resolve(tool, { key: { credentialId } }, { tenant: TENANT })
    const need = resolution.ok ? resolution.needs[0] : undefined
    if (!resolution.ok || need?.kind !== 'credential') throw new Error('expected a need')
    const token = await credentials.use({
      tenant: TENANT,
      credentialId: need.credentialId,
      requirement: need.as,
      origin: resolution.binding.origin,
    })
    expect(fulfil(resolution, need, token).mutations[0]?.value.reveal()).toBe(VALUES.secretText)
  })
})

describe('environments', () => {
  it('a read for a named one falls back to the default one only when asked', async () => {
    const credentials = credentialsOver()
    await given(credentials, { credentialId: 'key', value: 'default-1234567' })
    const staging = requestFor('key', { environment: 'staging' })
    const address = { tenant: TENANT, credentialId: 'key', environment: 'staging' }
    expect(await credentials.check(staging)).toMatchObject({ code: 'ERR_CREDENTIAL_REFUSED' })
    expect(await codeOf(credentials.use(staging))).toBe('ERR_CREDENTIAL_REFUSED')
    expect(await credentials.get(address)).toBeNull()
    expect(await credentials.check({ ...staging, fallbackToDefault: true })).toBeNull()
    expect(revealed(await credentials.use({ ...staging, fallbackToDefault: true }))).toBe('default-1234567')
    expect(await credentials.get({ ...address, fallbackToDefault: true })).toMatchObject({ environment: null })
  })

  it('a store may be made to fall back, and each read may say otherwise', async () => {
    const credentials = credentialsOver(createMemoryStore(), { fallbackToDefault: true })
    await given(credentials, { credentialId: 'key', value: 'default-1234567' })
    const staging = requestFor('key', { environment: 'staging' })
    expect(revealed(await credentials.use(staging))).toBe('default-1234567')
    expect(await codeOf(credentials.use({ ...staging, fallbackToDefault: false }))).toBe('ERR_CREDENTIAL_REFUSED')
  })

  it('the named one goes first, and its own faults are not hidden by the default one', async () => {
    const credentials = credentialsOver(createMemoryStore(), { fallbackToDefault: true })
    await given(credentials, { credentialId: 'key', value: 'default-1234567' })
    await given(credentials, { credentialId: 'key', environment: 'staging', value: 'staging-1234567' })
    await given(credentials, { credentialId: 'key', environment: 'odd', type: 'userPassword' })
    expect(revealed(await credentials.use(requestFor('key', { environment: 'staging' })))).toBe('staging-1234567')
    expect(revealed(await credentials.use(requestFor('key')))).toBe('default-1234567')
    expect(await codeOf(credentials.use(requestFor('key', { environment: 'odd' })))).toBe('ERR_CREDENTIAL_TYPE')
  })

  it('the default one never falls forward to a named one', async () => {
    const credentials = credentialsOver(createMemoryStore(), { fallbackToDefault: true })
    await given(credentials, { credentialId: 'key', environment: 'staging' })
    expect(await codeOf(credentials.use(requestFor('key')))).toBe('ERR_CREDENTIAL_NOT_FOUND')
    expect(await codeOf(credentials.use(requestFor('key', { environment: 'other' })))).toBe('ERR_CREDENTIAL_NOT_FOUND')
  })
})

describe('the reasons are told apart', () => {
  const broken = (error: unknown): Store => ({ ...createMemoryStore(), get: () => Promise.reject(error) })
  const SECRET = 'redis://user:store-password@db.internal'

  it.each([
    ['a foreign error', new Error(SECRET)],
    ['a store that is away', new SecurityError('ERR_STORE_UNAVAILABLE')],
    ['a rejection with nothing', undefined],
    [
      'a hostile proxy',
      new Proxy(
        {},
        {
          getPrototypeOf: () => {
            throw new Error(SECRET)
          },
        },
      ),
    ],
  ])('the store failed: %s', async (_, error) => {
    const credentials = credentialsOver(broken(error))
    const issue = await credentials.check(requestFor('key'))
    expect(issue).toMatchObject({ code: 'ERR_CREDENTIAL_LOOKUP', severity: 'error' })
    const thrown = await rejectionOf(credentials.use(requestFor('key')))
    expect(thrown).toMatchObject({ code: 'ERR_CREDENTIAL_LOOKUP', retryable: true, phase: 'need' })
    expect(await codeOf(credentials.get({ tenant: TENANT, credentialId: 'key' }))).toBe('ERR_STORE_UNAVAILABLE')
    for (const shown of [issue, thrown, String(thrown)]) expect(JSON.stringify(shown)).not.toContain('store-password')
  })

  it('not found, and never asked of the store if it can be no id', async () => {
    let asked = 0
    const store = createMemoryStore()
    const counting = { ...store, get: (key: string) => ++asked && store.get(key) }
    const credentials = credentialsOver(counting as Store)
    expect(await credentials.check(requestFor('key'))).toMatchObject({ code: 'ERR_CREDENTIAL_NOT_FOUND', pointer: '' })
    expect(asked).toBe(1)
    for (const id of ['sk-live 1234567', '', '../../x', '\ud800', 'a'.repeat(20_000)]) {
      const issue = await credentials.check(requestFor(id))
      expect(issue).toMatchObject({ code: 'ERR_CREDENTIAL_NOT_FOUND' })
      expect(issue?.message).not.toContain('1234567')
    }
    expect(asked).toBe(1)
  })

  it('a key that is gone, and a record that was damaged: not to be tried again', async () => {
    const store = createMemoryStore()
    const { credentialId } = await given(credentialsOver(store))
    const request = requestFor(credentialId)
    const without = credentialsOver(store, { keys: [NEXT_KEY] })
    expect(await without.check(request)).toMatchObject({ code: 'ERR_CREDENTIAL_LOOKUP' })
    expect(await rejectionOf(without.use(request))).toMatchObject({ code: 'ERR_CREDENTIAL_LOOKUP', retryable: false })
    const [entry] = await store.list('credential/record/')
    for (const text of ['', 'null', '{}', '[]', String(entry?.value).replace('secretText', 'toString')]) {
      await store.set(entry?.key ?? '', text)
      const thrown = await rejectionOf(credentialsOver(store).use(request))
      expect(thrown).toMatchObject({ code: 'ERR_CREDENTIAL_LOOKUP', retryable: false })
    }
  })

  it('the store that was written with an earlier key opens with both, and seals anew with the first', async () => {
    const store = createMemoryStore()
    const { credentialId } = await given(credentialsOver(store))
    const both = credentialsOver(store, { keys: [NEXT_KEY, KEY] })
    expect(revealed(await both.use(requestFor(credentialId)))).toBe(VALUES.secretText)
    successOf(await both.rotate({ tenant: TENANT, credentialId, value: 'rotated-1234567' }))
    const later = credentialsOver(store, { keys: [NEXT_KEY] })
    expect(revealed(await later.use(requestFor(credentialId)))).toBe('rotated-1234567')
  })
})

describe('what stands in the store is bound to its place', () => {
  it('a value that was moved, or whose type or hosts were edited, does not open', async () => {
    const store = createMemoryStore()
    const credentials = credentialsOver(store)
    await given(credentials, { credentialId: 'mine', hosts: ['api.example.com'] })
    const [entry] = await store.list('credential/record/')
    const { key = '', value = '' } = entry ?? {}
    const outcome = async (changedKey: string, text: string, more: object = {}) => {
      await store.set(changedKey, text)
      return codeOf(credentials.use(requestFor('mine', more)))
    }
    const evil = 'https://evil.example'
    const edited = value.replace('api.example.com', 'evil.example')
    expect(await outcome(key, edited, { origin: evil })).toBe('ERR_CREDENTIAL_LOOKUP')
    expect(await outcome(key, value.replace('["api.example.com"]', 'null'), { origin: evil })).toBe(
      'ERR_CREDENTIAL_LOOKUP',
    )
    const asSigner = { requirement: REQUIREMENTS.hmacSignature }
    expect(await outcome(key, value.replace('"secretText"', '"signingSecrets"'), asSigner)).toBe(
      'ERR_CREDENTIAL_LOOKUP',
    )
    expect(await outcome(key.replace('/acme/', '/other/'), value, { tenant: 'other' })).toBe('ERR_CREDENTIAL_LOOKUP')
    expect(await outcome(key.replace('/acme//', '/acme/staging/'), value, { environment: 'staging' })).toBe(
      'ERR_CREDENTIAL_LOOKUP',
    )
    expect(await outcome(key.replace('/mine', '/other'), value, { credentialId: 'other' })).toBe(
      'ERR_CREDENTIAL_LOOKUP',
    )
    await store.set(key, value)
    expect(revealed(await credentials.use(requestFor('mine')))).toBe(VALUES.secretText)
  })

  it('a swap of the sealed texts of two credentials is noticed', async () => {
    const store = createMemoryStore()
    const credentials = credentialsOver(store)
    await given(credentials, { credentialId: 'a', name: 'a' })
    await given(credentials, { credentialId: 'b', name: 'b' })
    const [a, b] = await store.list('credential/record/')
    const [one, other] = [JSON.parse(a?.value ?? ''), JSON.parse(b?.value ?? '')]
    await store.set(a?.key ?? '', JSON.stringify({ ...one, sealed: other.sealed }))
    expect(await codeOf(credentials.use(requestFor('a')))).toBe('ERR_CREDENTIAL_LOOKUP')
  })
})
