import { describe, expect, it } from 'vitest'
import { resolve, resolveOrThrow, type SecurityError, toIssues } from '../../../src/index.ts'
import { shown } from '../../properties/shown.ts'
import { auth, codeOr, header, option, places, query, tool } from '../../threats/tools.ts'

const callToken = { ultravoxCallTokenRequirement: { scopes: ['calls.read'] } }
const mintCallToken = (): never => {
  throw new Error('never called while resolving')
}
const outcome = (...parameters: Parameters<typeof resolve<object>>): unknown => {
  const resolution = resolve(...parameters)
  return resolution.ok ? [resolution.outcome, resolution.optionIndex] : resolution.outcome
}

describe('resolve', () => {
  it('writes what each kind says, in the order of the names', () => {
    const definition = tool([option({ c: header('X-Key'), b: query('key'), a: auth('Bearer') })])
    const resolution = resolve(definition, { a: 'tokenA', b: 'tokenB', c: 'tokenC' })
    expect(shown(resolution)).toEqual({
      ok: true,
      outcome: 'authenticated',
      optionIndex: 0,
      mutations: [
        { kind: 'header', name: 'Authorization', value: { secret: 'Bearer tokenA' }, requirement: 'a' },
        { kind: 'query', name: 'key', value: { secret: 'tokenB' }, requirement: 'b' },
        { kind: 'header', name: 'X-Key', value: { secret: 'tokenC' }, requirement: 'c' },
      ],
      needs: [],
      binding: {
        origin: 'https://api.example.com',
        pathPrefix: '/v1',
        pathOpen: false,
        tenant: null,
        environment: null,
      },
      notices: [],
    })
  })

  it('takes the first satisfied option, an anonymous one last (SEL-1, SEL-2)', () => {
    const definition = tool([{}, option({ a: header('A'), b: query('b') }), option({ c: auth('Basic') }), {}])
    expect(outcome(definition, {})).toEqual(['unauthenticated', 0])
    expect(outcome(definition, { a: 'x' })).toEqual(['unauthenticated', 0])
    expect(outcome(definition, { c: 'dTpw' })).toEqual(['authenticated', 2])
    expect(outcome(definition, { a: 'x', b: 'x', c: 'dTpw' })).toEqual(['authenticated', 1])
  })

  it.each([
    ['no requirements', {}],
    ['no options', { requirements: {} }],
    ['no list', { requirements: { httpSecurityOptions: {} } }],
    ['an empty list', { requirements: { httpSecurityOptions: { options: [] } } }],
  ])('asks nothing without options (SEL-3): %s', (_, definition) => {
    expect(outcome(definition, {})).toEqual(['unauthenticated', null])
    expect(outcome(definition)).toEqual(['unauthenticated', null])
    expect(resolve(definition, {}, { anonymous: 'never' })).toMatchObject({
      outcome: 'unsatisfied',
      reason: 'anonymousRefused',
      missing: [],
    })
  })

  it('lists what every option lacks (SEL-4)', () => {
    const definition = tool([
      option({ b: header('B'), a: header('A') }),
      { ...option({ c: header('C') }), ...callToken },
      callToken,
    ])
    expect(resolve(definition, { a: 'x', c: 'x' })).toMatchObject({
      outcome: 'unsatisfied',
      reason: 'missing',
      missing: [
        { optionIndex: 0, names: ['b'], callToken: false },
        { optionIndex: 1, names: [], callToken: true },
        { optionIndex: 2, names: [], callToken: true },
      ],
    })
    expect(resolve(definition, {})).toMatchObject({ missing: [{ names: ['a', 'b'] }, { names: ['c'] }, { names: [] }] })
  })

  it('owes a call token where it can be minted, and never mints it (SEL-6)', () => {
    const definition = tool([{}, { ...option({ k: query('k') }), ...callToken }, callToken])
    expect(outcome(definition, { k: 'x' })).toEqual(['unauthenticated', 0])
    expect(outcome(definition, {}, { mintCallToken })).toEqual(['authenticated', 2])
    const resolution = resolve(definition, { k: 'x' }, { mintCallToken })
    expect(shown(resolution)).toMatchObject({
      optionIndex: 1,
      mutations: [{ name: 'k' }],
      needs: [
        {
          kind: 'callToken',
          requirement: null,
          scopes: ['calls.read'],
          writes: [{ kind: 'header', name: 'X-Ultravox-Call-Token' }],
        },
      ],
    })
  })

  it('ranks a call token with the anonymous options where it does not count (SEL-6)', () => {
    const definition = tool([callToken, {}, option({ k: query('k') })])
    const uncounted = { mintCallToken, callTokenCounts: false }
    expect(outcome(definition, { k: 'x' }, { mintCallToken })).toEqual(['authenticated', 0])
    expect(outcome(definition, { k: 'x' }, uncounted)).toEqual(['authenticated', 2])
    expect(outcome(definition, {}, uncounted)).toEqual(['authenticated', 0])
    expect(outcome(tool([{}, callToken]), {}, uncounted)).toEqual(['unauthenticated', 0])
    expect(outcome(tool([{}, callToken]), {}, { ...uncounted, anonymous: 'never' })).toEqual(['authenticated', 1])
    expect(outcome(tool([callToken, {}]), {}, { callTokenCounts: false })).toEqual(['unauthenticated', 1])
  })

  it('refuses anonymity where that was asked for (TOK-3)', () => {
    const definition = tool([{}, option({ k: header('X-Key') })])
    expect(resolve(definition, {}, { anonymous: 'never' })).toMatchObject({
      outcome: 'unsatisfied',
      reason: 'anonymousRefused',
      missing: [{ optionIndex: 1, names: ['k'] }],
    })
    expect(outcome(definition, {}, { anonymous: 'lastResort' })).toEqual(['unauthenticated', 0])
    expect(outcome(definition, { k: 'x' }, { anonymous: 'never' })).toEqual(['authenticated', 1])
    expect(resolve(tool([option({ k: header('X-Key') })]), {}, { anonymous: 'never' })).toMatchObject({
      reason: 'missing',
    })
  })

  it('lists every unusable name in use, sorted, and points to each (TOK-1)', () => {
    const definition = tool([option({ 'b/~': header('B'), a: query('a') }), option({ c: header('C') })])
    const resolution = resolve(definition, { c: '', 'b/~': 5 as never, a: 'x', unused: '' })
    expect(resolution).toMatchObject({ ok: false, notices: [] })
    if (resolution.outcome !== 'invalidTokens') throw new Error('expected bad tokens')
    expect(places(resolution.issues)).toEqual(['ERR_TOKEN_TYPE /authTokens/b~1~0', 'ERR_TOKEN_EMPTY /authTokens/c'])
  })

  it('does not mind an unusable token of an option that was not chosen', () => {
    const definition = tool([option({ a: header('A') }), option({ b: header('B') }), {}])
    expect(outcome(definition, { a: 'x', b: '' })).toEqual(['authenticated', 0])
    expect(outcome(definition, { b: '' })).toBe('invalidTokens')
    expect(
      outcome(tool([option({ a: header('A'), c: query('c') }), option({ b: header('B') })]), { a: '', b: 'x' }),
    ).toEqual(['authenticated', 1])
  })

  it('refuses unused tokens where that was asked for, beside the unusable ones', () => {
    const definition = tool([option({ apiKey: header('X-Key') }), {}])
    const refuse = { unusedTokens: 'refuse' } as const
    const resolution = resolve(definition, { zz: 'x', apiKye: 'x', apiKey: '' }, refuse)
    if (resolution.outcome !== 'invalidTokens') throw new Error('expected bad tokens')
    expect(places(resolution.issues)).toEqual([
      'ERR_TOKEN_EMPTY /authTokens/apiKey',
      'ERR_TOKEN_UNUSED /authTokens/apiKye',
      'ERR_TOKEN_UNUSED /authTokens/zz',
    ])
    expect(resolution.issues[1]?.help).toBe('did you mean `apiKey`?')
    expect(outcome(definition, { apiKey: 'x' }, refuse)).toEqual(['authenticated', 0])
    expect(outcome({}, { a: 'x' }, refuse)).toBe('invalidTokens')
  })

  it('lists unused and unusable names together by code unit, whatever a pointer makes of them (DEC-16)', () => {
    const definition = tool([option({ 'a/b': header('A'), '10': query('b') })])
    const names = ['a/b', '10', 'a0', '2', 'a~', 'z']
    const tokens = Object.fromEntries(names.map((name) => [name, '']))
    const resolution = resolve(definition, tokens, { unusedTokens: 'refuse' })
    const pointers = [...names].sort().map((name) => `/authTokens/${name.replace('~', '~0').replace('/', '~1')}`)
    expect(resolution.outcome === 'invalidTokens' && resolution.issues.map(({ pointer }) => pointer)).toEqual(pointers)
  })

  it('asks for the tenant of a stored credential, and binds it', () => {
    const definition = tool([option({ a: header('A'), b: auth('Bearer') })])
    const tokens = { b: { credentialId: 'stored-1' }, a: 'tokenA' }
    expect(codeOr(() => resolve(definition, tokens))).toBe('ERR_TENANT_REQUIRED')
    const resolution = resolve(definition, tokens, { tenant: 't', environment: 'staging' })
    expect(shown(resolution)).toMatchObject({
      mutations: [{ requirement: 'a' }],
      needs: [
        {
          kind: 'credential',
          requirement: 'b',
          credentialId: 'stored-1',
          writes: [{ kind: 'header', name: 'Authorization' }],
          as: auth('Bearer'),
        },
      ],
      binding: { tenant: 't', environment: 'staging' },
    })
    expect(resolve(definition, {}, { tenant: 't' })).toMatchObject({ outcome: 'unsatisfied' })
    expect(resolve({}, {}, { environment: 'e' })).toMatchObject({ binding: { tenant: null, environment: 'e' } })
  })

  it.each([
    { anonymous: 'Never' },
    { unusedTokens: true },
    { callTokenCounts: 'false' },
    { mintCallToken: 'fn' },
    { tenant: '' },
    { tenant: 5 },
    { tenant: '\ud800' },
    { environment: null },
    { anonymouse: 'never' },
  ])('refuses the options %j', (options) => {
    expect(codeOr(() => resolve({}, {}, options as never))).toBe('ERR_ARGUMENT_INVALID')
  })
})

describe('resolveOrThrow', () => {
  it('returns what can be used', () => {
    expect(resolveOrThrow({}, {}).outcome).toBe('unauthenticated')
    expect(resolveOrThrow(tool([option({ k: header('X') })]), { k: 'x' }).outcome).toBe('authenticated')
  })

  it('throws with the issues and their help', () => {
    const definition = tool([option({ k: header('X') }), option({ l: header('Y') })])
    const errors = [{}, { k: '', l: '\n' }].map((tokens) => {
      try {
        resolveOrThrow(definition, tokens)
      } catch (error) {
        return error as SecurityError
      }
      throw new Error('expected an exception')
    })
    expect(errors[0]).toMatchObject({
      code: 'ERR_UNSATISFIED',
      phase: 'tokens',
      message: 'no option has all that it requires (supply `k`, or `l`)',
      issues: toIssues(resolve(definition, {})),
    })
    expect(errors[1]?.code).toBe('ERR_TOKENS_INVALID')
    expect(errors[1]?.message).toMatch(/^token `k` is empty \(.*\); token `l` holds a control character \(.*\)$/)
    expect(places(errors[1]?.issues ?? [])).toEqual([
      'ERR_TOKEN_EMPTY /authTokens/k',
      'ERR_TOKEN_CONTROL /authTokens/l',
    ])
  })

  it('leaves help out of the message where there is none', () => {
    const definition = tool([option({ k: query('k') })])
    expect(() => resolveOrThrow(definition, { k: '\ud800' })).toThrow(/^token `k` is not well-formed Unicode$/)
  })
})
