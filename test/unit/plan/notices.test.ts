import { describe, expect, it } from 'vitest'
import { compile, resolve } from '../../../src/index.ts'
import { header, option, places, query, tool, toolAt } from '../../threats/tools.ts'

const callToken = { ultravoxCallTokenRequirement: { scopes: ['s'] } }
const mintCallToken = (): string => 'unused'
const noticesOf = (...parameters: Parameters<typeof resolve<object>>): readonly string[] =>
  places(resolve(...parameters).notices)
const KEYED = tool([option({ apiKey: header('X-Key') })])

describe('notices', () => {
  it('are none where there is nothing to say', () => {
    expect(noticesOf(KEYED, { apiKey: 'x' })).toEqual([])
    expect(noticesOf(KEYED, {})).toEqual([])
    expect(noticesOf({}, {})).toEqual([])
  })

  it('name each unused token, sorted, with a suggestion', () => {
    const resolution = resolve(KEYED, { apiKey: 'x', zz: 'x', apikey: 'x', '\ud800': 'x', 'a/b': 'x' })
    expect(places(resolution.notices)).toEqual([
      'NOTE_TOKEN_UNUSED /authTokens/a~1b',
      'NOTE_TOKEN_UNUSED /authTokens/apikey',
      'NOTE_TOKEN_UNUSED /authTokens/zz',
      'NOTE_TOKEN_UNUSED /authTokens/\ufffd',
    ])
    expect(resolution.notices.map(({ help }) => help)).toEqual([
      undefined,
      'did you mean `apiKey`?',
      undefined,
      undefined,
    ])
    expect(noticesOf(KEYED, { apikey: 'x' })).toEqual(['NOTE_TOKEN_UNUSED /authTokens/apikey'])
  })

  it('P36 look for what was meant by the first 50 unknown names only', () => {
    const tokens = Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`apiKey${index}`, 'x']))
    const { notices } = resolve(KEYED, tokens)
    expect(notices).toHaveLength(80)
    expect(notices.filter(({ help }) => help === 'did you mean `apiKey`?')).toHaveLength(50)
    const refused = resolve(KEYED, tokens, { unusedTokens: 'refuse' })
    if (refused.outcome !== 'invalidTokens') throw new Error('expected a refusal')
    expect(refused.issues.filter(({ help }) => help !== undefined)).toHaveLength(50)
  })

  it('say loudly that a tool with tokens runs unauthenticated', () => {
    const open = tool([option({ apiKey: header('X-Key') }), {}])
    const one = resolve(open, { other: 'x' })
    expect(places(one.notices)).toEqual(['NOTE_TOKEN_UNUSED /authTokens/other', 'NOTE_TOKENS_IGNORED /authTokens'])
    expect(one.notices[1]?.message).toBe('a token was supplied, yet the tool runs WITHOUT authentication')
    const two = resolve({}, { a: 'x', b: 'x' })
    expect(two.notices.at(-1)?.message).toBe('2 tokens were supplied, yet the tool runs WITHOUT authentication')
    const half = tool([option({ a: header('A'), b: header('B') }), {}])
    expect(noticesOf(half, { a: 'x' })).toEqual(['NOTE_TOKENS_IGNORED /authTokens'])
  })

  it('name a chosen token that still holds a template', () => {
    const definition = tool([option({ a: query('a'), b: header('B') }), option({ c: query('c') })])
    expect(noticesOf(definition, { a: 'x{{y}}', b: '{{', c: '{{z}}' })).toEqual([
      'NOTE_TEMPLATE_LEFT /authTokens/a',
      'NOTE_TEMPLATE_LEFT /authTokens/b',
    ])
    expect(noticesOf(definition, { a: '{y}', b: '}}' })).toEqual([])
  })

  it('say that no origin is bound, or that plain http was allowed, where a credential is sent', () => {
    const { http: _, ...unbound } = KEYED
    expect(noticesOf(unbound, { apiKey: 'x' })).toEqual(['NOTE_NO_HTTP /requirements/httpSecurityOptions/options'])
    expect(noticesOf(unbound, {})).toEqual([])
    const plan = compile(toolAt('http://10.0.0.5:8080/', [option({ k: header('X') }), {}]), {
      allowInsecureOrigins: ['http://10.0.0.5:8080'],
    })
    const insecure = resolve(plan, { k: 'x' })
    expect(places(insecure.notices)).toEqual(['NOTE_INSECURE_ORIGIN /http/baseUrlPattern'])
    expect(insecure.notices[0]?.message).toContain('http://10.0.0.5:8080')
    expect(noticesOf(plan, {})).toEqual([])
    expect(noticesOf(toolAt('http://localhost/'), { k: 'x' })).toEqual([])
  })

  it('say that the rank of a call token decided', () => {
    const rank = ['NOTE_CALL_TOKEN_RANK /requirements/httpSecurityOptions/options']
    const definition = tool([{}, callToken])
    const [counted, uncounted] = [true, false].map((callTokenCounts) =>
      resolve(definition, {}, { mintCallToken, callTokenCounts }),
    )
    expect([places(counted?.notices ?? []), places(uncounted?.notices ?? [])]).toEqual([rank, rank])
    expect(counted?.notices[0]?.message).toContain('as non-empty')
    expect(uncounted?.notices[0]?.message).toContain('with the anonymous ones')
    expect(noticesOf(tool([callToken]), {}, { mintCallToken })).toEqual([])
    expect(noticesOf(definition, {})).toEqual([])
    expect(noticesOf(tool([callToken]), {})).toEqual([])
  })

  it('say that a signing secret is short', () => {
    const signed = tool([option({ k: { hmacSignature: { key: 'hex', headers: { 'X-Signature': '{signature}' } } } })])
    expect(noticesOf(signed, { k: 'ab'.repeat(15) })).toEqual(['NOTE_SECRET_SHORT /authTokens/k'])
    expect(noticesOf(signed, { k: 'ab'.repeat(16) })).toEqual([])
  })

  it('are worked out once, and frozen', () => {
    const resolution = resolve(KEYED, { apiKey: 'x', other: 'x' })
    expect(resolution.notices).toBe(resolution.notices)
    expect([resolution.notices, ...resolution.notices].every((notice) => Object.isFrozen(notice))).toBe(true)
    expect({ ...resolution }.notices).toEqual(resolution.notices)
  })
})
