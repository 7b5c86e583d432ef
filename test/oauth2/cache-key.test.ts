import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Secret } from '../../src/index.ts'
import { createTokenCache, type TokenRequest } from '../../src/oauth2/index.ts'
import { checkAsync } from '../call/check-async.ts'

/** All that tells one token from another; as plain texts, so that a test can change one of them. */
interface Fields {
  readonly tenant: string
  readonly environment: string | null
  readonly tokenUrl: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scopes: readonly string[]
  readonly audience: string | null
  readonly clientAuthentication: 'client_secret_post' | 'client_secret_basic' | 'client_secret_basic_raw'
  readonly parameters: readonly (readonly [string, string])[]
}

// Digits, colons and minus signs are what lengths and absent parts are written with.
const text = fc.string({ unit: fc.constantFrom('a', 'b', '1', '2', '-', ' '), minLength: 1, maxLength: 4 })
const word = fc.string({ unit: fc.constantFrom('a', 'b', '1', ':', '-'), minLength: 1, maxLength: 3 })
const name = fc.string({ unit: fc.constantFrom('a', 'b', '1', ':', '-', 'é'), minLength: 1, maxLength: 4 })

const FIELDS: { readonly [K in keyof Fields]: fc.Arbitrary<Fields[K]> } = {
  tenant: name,
  environment: fc.option(name),
  tokenUrl: word.map((path) => `https://auth.example.com/${path}`),
  clientId: text,
  clientSecret: text,
  scopes: fc.uniqueArray(word, { maxLength: 3 }),
  audience: fc.option(text),
  clientAuthentication: fc.constantFrom('client_secret_post', 'client_secret_basic', 'client_secret_basic_raw'),
  parameters: fc.uniqueArray(fc.tuple(word, word), { maxLength: 3, selector: ([key]) => key }),
}
const fields: fc.Arbitrary<Fields> = fc.record(FIELDS)
const NAMES = Object.keys(FIELDS) as (keyof Fields)[]

/** The same fields with another value of one. */
const changed: fc.Arbitrary<readonly [Fields, Fields, keyof Fields]> = fc
  .tuple(fields, fields, fc.constantFrom(...NAMES))
  .map(([one, other, changing]) => [one, { ...one, [changing]: other[changing] }, changing] as const)
  .filter(([one, other]) => plain(one) !== plain(other))

/** What the server, and the tenant, would tell apart. */
function plain({ scopes, parameters, ...rest }: Fields): string {
  return JSON.stringify({ ...rest, scopes: [...scopes].sort(), parameters: [...parameters].sort() })
}

function requestOf({
  tokenUrl,
  clientId,
  clientSecret,
  scopes,
  audience,
  clientAuthentication,
  parameters,
}: Fields): TokenRequest {
  return {
    tokenUrl,
    clientAuthentication,
    client: { clientId, clientSecret: new Secret(clientSecret) },
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    ...(audience === null ? {} : { audience }),
    ...(parameters.length === 0 ? {} : { parameters: Object.fromEntries(parameters) }),
  }
}

/** A cache whose endpoint gives each request another token. */
function newCache(): (fields: Fields) => Promise<string> {
  let issued = 0
  const cache = createTokenCache({
    fetch: async () => {
      issued += 1
      return Response.json({ access_token: `at-${issued}`, expires_in: 3600 })
    },
  })
  return async (given) => {
    const { tenant, environment } = given
    return (await cache.getToken(requestOf(given), { tenant, environment })).token.reveal()
  }
}

describe('T56: the key of the cache', () => {
  it('tells apart what differs in one field, whichever (property)', async () => {
    const seen = new Map<string, number>()
    await checkAsync(
      fc.asyncProperty(changed, async ([one, other, changing]) => {
        seen.set(changing, (seen.get(changing) ?? 0) + 1)
        const get = newCache()
        expect([await get(one), await get(other), await get(one), await get(other)]).toEqual([
          'at-1',
          'at-2',
          'at-1',
          'at-2',
        ])
      }),
    )
    expect([...seen.keys()].sort()).toEqual([...NAMES].sort())
  })

  it('tells apart whatever differs (property)', async () => {
    await checkAsync(
      fc.asyncProperty(fc.array(fields, { minLength: 2, maxLength: 8 }), async (all) => {
        const get = newCache()
        const tokens = new Map<string, string>()
        for (const one of all) {
          const known = tokens.get(plain(one))
          const token = await get(one)
          if (known === undefined) expect([...tokens.values()]).not.toContain(token)
          else expect(token).toBe(known)
          tokens.set(plain(one), token)
        }
      }),
      0.2,
    )
  })

  const BASE: Fields = {
    tenant: 't',
    environment: null,
    tokenUrl: 'https://auth.example.com/token',
    clientId: 'id',
    clientSecret: 'secret',
    scopes: ['a', 'b'],
    audience: null,
    clientAuthentication: 'client_secret_post',
    parameters: [
      ['r', '1'],
      ['s', '2'],
    ],
  }

  it.each<[string, Partial<Fields>, Partial<Fields>]>([
    ['parts that join to one text', { clientId: 'ab', clientSecret: 'c' }, { clientId: 'a', clientSecret: 'bc' }],
    ['tenant and environment that do', { tenant: 'ab', environment: 'c' }, { tenant: 'a', environment: 'bc' }],
    ['no environment and one named `-`', { environment: null }, { environment: '-' }],
    ['no audience and one that looks like none', { audience: null }, { audience: '-' }],
    ['a name and its value exchanged', { parameters: [['a', 'b']] }, { parameters: [['b', 'a']] }],
    ['a scope that is no longer there', {}, { scopes: ['a'] }],
    ['no scope', {}, { scopes: [] }],
    ['a trailing dot of case', { tokenUrl: 'https://auth.example.com/Token' }, {}],
    ['a rotated secret', {}, { clientSecret: 'secret2' }],
    ['tenants that Unicode calls equal', { tenant: 'é' }, { tenant: 'e\u0301' }],
  ])('tells apart %s', async (_, one, other) => {
    const get = newCache()
    expect(await get({ ...BASE, ...one })).not.toBe(await get({ ...BASE, ...other }))
  })

  it('takes scopes and parameters as sets', async () => {
    const get = newCache()
    const token = await get(BASE)
    expect(await get({ ...BASE, scopes: ['b', 'a', 'b'] })).toBe(token)
    expect(await get({ ...BASE, parameters: [...BASE.parameters].reverse() })).toBe(token)
  })

  it('tells a secret from a key of the same text', async () => {
    let issued = 0
    const cache = createTokenCache({
      fetch: async () => {
        issued += 1
        return Response.json({ access_token: `at-${issued}` })
      },
    })
    const { privateKey } = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
    const { kty, crv, x, d } = await crypto.subtle.exportKey('jwk', privateKey)
    const proof = JSON.stringify({ kty, crv, x, d })
    const { tokenUrl } = BASE
    const get = async (request: TokenRequest) => (await cache.getToken(request, { tenant: 't' })).token.reveal()
    expect(await get({ tokenUrl, client: { clientId: 'id', clientSecret: new Secret(proof) } })).toBe('at-1')
    const client = { clientId: 'id', privateKey: new Secret(proof) }
    expect(await get({ tokenUrl, client, clientAuthentication: 'private_key_jwt' })).toBe('at-2')
  })
})
