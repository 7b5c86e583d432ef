import { describe, expect, it } from 'vitest'
import { apply, fulfil, resolve, Secret } from '../../../src/index.ts'
import type { Authenticated, Need } from '../../../src/types.ts'
import { shown, unfrozen } from '../../properties/shown.ts'
import { auth, codeOr, header, option, query, REQUEST, tool } from '../../threats/tools.ts'

const mintCallToken = (): string => 'unused'
const definition = tool([
  {
    ...option({ a: header('X-A'), b: auth('Bearer'), c: query('c') }),
    ultravoxCallTokenRequirement: { scopes: ['s'] },
  },
])

function owing(): { readonly resolution: Authenticated; readonly needs: Record<string, Need> } {
  const tokens = { a: { credentialId: '1' }, b: 'tokenB', c: { credentialId: '3' } }
  const resolution = resolve(definition, tokens, { tenant: 't', mintCallToken })
  if (resolution.outcome !== 'authenticated') throw new Error('expected needs')
  return { resolution, needs: Object.fromEntries(resolution.needs.map((need) => [need.requirement ?? 'call', need])) }
}

function meetAll(order: readonly string[]): Authenticated {
  const { resolution, needs } = owing()
  const values: Record<string, string> = { a: 'tokenA', c: 'token C', call: 'minted' }
  return order.reduce((left, name) => fulfil(left, needs[name] as Need, values[name] ?? ''), resolution)
}

describe('fulfil', () => {
  it('replaces a need by its mutation, in a new frozen resolution', () => {
    const { resolution, needs } = owing()
    const before = shown(resolution)
    const after = fulfil(resolution, needs['c'] as Need, new Secret('token C'))
    expect(shown(resolution)).toEqual(before)
    expect(after.needs.map(({ requirement }) => requirement)).toEqual(['a', null])
    expect(shown(after.mutations)).toContainEqual({
      kind: 'query',
      name: 'c',
      value: { secret: 'token C' },
      requirement: 'c',
    })
    expect(unfrozen(after)).toEqual([])
    expect({ ...after, mutations: 0, needs: 0 }).toEqual({ ...resolution, mutations: 0, needs: 0 })
  })

  it('leaves nothing owed in the end, and everything written', () => {
    expect(apply(REQUEST, meetAll(['a', 'c', 'call']))).toEqual({
      method: 'GET',
      url: 'https://api.example.com/v1?c=token%20C',
      headers: { 'X-A': 'tokenA', Authorization: 'Bearer tokenB', 'X-Ultravox-Call-Token': 'minted' },
    })
  })

  it('gives mutations sorted by requirement, the call token last, in whatever order needs are met (DEC-07)', () => {
    const names = (resolution: Authenticated): readonly string[] =>
      resolution.mutations.map(({ requirement }) => requirement)
    for (const order of [
      ['a', 'c', 'call'],
      ['call', 'c', 'a'],
      ['c', 'call', 'a'],
    ]) {
      expect(names(meetAll(order))).toEqual(['a', 'b', 'c', ''])
    }
  })

  it('replaces a stored signing secret by the signature it owes, which only signing meets', () => {
    const signed = tool([
      option({ k: { hmacSignature: { headers: { 'X-Signature': '{signature}' } } }, h: header('X-H') }),
    ])
    const owed = resolve(signed, { k: { credentialId: 'c' }, h: 'token' }, { tenant: 't' })
    if (!owed.ok) throw new Error('expected a need')
    const after = fulfil(owed, owed.needs[0] as Need, 'a secret of some length')
    expect(shown(after.needs)).toMatchObject([{ kind: 'signature', secrets: [{ secret: 'a secret of some length' }] }])
    expect(after.mutations).toEqual(owed.mutations)
    expect(codeOr(() => fulfil(after, after.needs[0] as Need, 'x'))).toBe('ERR_NEED_UNKNOWN')
    expect(codeOr(() => apply(REQUEST, after))).toBe('ERR_NEED_UNMET')
  })

  it('writes an access token as `Authorization: Bearer`, and refuses one that brings its own (RFC 6750)', () => {
    const client = tool([
      option({ k: { oauth2ClientCredentials: { tokenUrl: 'https://id.example/token' } }, z: query('z') }),
    ])
    const tokens = { k: { clientId: 'id', clientSecret: 'a secret of some length' }, z: 'tokenZ' }
    const owed = resolve(client, tokens, { tenant: 't' })
    if (!owed.ok) throw new Error('expected a need')
    const [need] = owed.needs
    if (need === undefined) throw new Error('expected a need')
    expect(need).toMatchObject({ kind: 'accessToken', writes: [{ kind: 'header', name: 'Authorization' }] })
    const refused = ['', 'Bearer x', 'bearer x', 'x\n', 'é', { credentialId: 'c' }]
    expect(refused.map((token) => codeOr(() => fulfil(owed, need, token)))).toEqual(
      refused.map(() => 'ERR_TOKENS_INVALID'),
    )
    const after = fulfil(owed, need, new Secret('access'))
    expect(after.mutations.map(({ requirement }) => requirement)).toEqual(['k', 'z'])
    expect(apply(REQUEST, after).headers).toEqual({ Authorization: 'Bearer access' })
  })

  it('keeps the needs sorted by requirement, the call token last, where a signature takes a place (DEC-07)', () => {
    const hmac = { hmacSignature: { headers: { 'X-Signature': '{signature}' } } }
    const signed = tool([{ ...option({ b: hmac, c: query('c') }), ultravoxCallTokenRequirement: { scopes: ['s'] } }])
    const tokens = { b: { credentialId: '1' }, c: { credentialId: '2' } }
    const owed = resolve(signed, tokens, { tenant: 't', mintCallToken })
    if (!owed.ok) throw new Error('expected needs')
    expect(fulfil(owed, owed.needs[0] as Need, 'a secret of some length').needs.map(({ kind }) => kind)).toEqual([
      'signature',
      'credential',
      'callToken',
    ])
  })

  it('knows the needs of this resolution only', () => {
    const [one, other] = [owing(), owing()]
    expect(codeOr(() => fulfil(one.resolution, other.needs['a'] as Need, 'x'))).toBe('ERR_NEED_UNKNOWN')
    const met = fulfil(one.resolution, one.needs['a'] as Need, 'x')
    expect(codeOr(() => fulfil(met, one.needs['a'] as Need, 'x'))).toBe('ERR_NEED_UNKNOWN')
    for (const resolution of [resolve({}, {}), resolve(definition, {})]) {
      expect(codeOr(() => fulfil(resolution, one.needs['a'] as Need, 'x'))).toBe('ERR_NEED_UNKNOWN')
    }
  })

  it.each<[string, string, unknown, string]>([
    ['an empty call token', 'call', '', 'ERR_TOKEN_EMPTY'],
    ['a call token with a line break', 'call', 'a\n', 'ERR_TOKEN_CONTROL'],
    ['a call token beyond ASCII', 'call', 'é', 'ERR_TOKEN_HEADER'],
    ['a call token too long', 'call', 'a'.repeat(16_385), 'ERR_TOKEN_TOO_LONG'],
    ['a call token that is no text', 'call', 5, 'ERR_TOKEN_TYPE'],
    ['no call token', 'call', undefined, 'ERR_TOKEN_TYPE'],
    ['a header credential with a space behind', 'a', 'x ', 'ERR_TOKEN_HEADER'],
    ['a query credential with a null', 'c', 'x\u0000', 'ERR_TOKEN_CONTROL'],
    ['an ill-formed one', 'c', '\ud800', 'ERR_TOKEN_ILL_FORMED'],
    ['null', 'a', null, 'ERR_TOKEN_TYPE'],
    ['a boxed text', 'a', new String('x'), 'ERR_TOKEN_TYPE'],
    ['a reference again', 'a', { credentialId: 'x' }, 'ERR_TOKEN_TYPE'],
  ])('refuses %s as a supplied one would be', (_, name, credential, code) => {
    const { resolution, needs } = owing()
    try {
      fulfil(resolution, needs[name] as Need, credential as string)
      expect.unreachable()
    } catch (error) {
      const pointer = name === 'call' ? '' : `/authTokens/${name}`
      expect(error).toMatchObject({ code: 'ERR_TOKENS_INVALID', phase: 'need', issues: [{ code, pointer }] })
    }
  })
})
