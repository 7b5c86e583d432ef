import { describe, expect, it } from 'vitest'
import { resolve, toIssues } from '../../../src/index.ts'
import { header, option, tool } from '../../threats/tools.ts'

const callToken = { ultravoxCallTokenRequirement: { scopes: ['s'] } }
const names = (...list: readonly string[]): object =>
  option(Object.fromEntries(list.map((name) => [name, header(`X-${name}`)])))
const helpFor = (options: readonly unknown[], tokens: object = {}): string | undefined =>
  toIssues(resolve(tool(options), tokens as never))[0]?.help

describe('toIssues', () => {
  it('has none for what can be used', () => {
    expect(toIssues(resolve({}, {}))).toEqual([])
    expect(toIssues(resolve(tool([names('a')]), { a: 'x' } as never))).toEqual([])
  })

  it('gives the issues of unusable tokens as they are', () => {
    const resolution = resolve(tool([names('a')]), { a: '' } as never)
    expect(toIssues(resolution)).toBe(resolution.outcome === 'invalidTokens' && resolution.issues)
  })

  it.each<[string, readonly unknown[], object, string]>([
    ['one name', [names('a')], {}, 'supply `a`'],
    ['two names', [names('b', 'a')], {}, 'supply both `a` and `b`'],
    ['three names', [names('c', 'a', 'b')], {}, 'supply `a`, `b` and `c`'],
    ['what is left of them', [names('c', 'a', 'b')], { b: 'x' }, 'supply both `a` and `c`'],
    ['two ways', [names('a'), names('b', 'c')], {}, 'supply `a`, or both `b` and `c`'],
    ['the same way twice', [names('a'), names('a')], {}, 'supply `a`'],
    ['the same way again, later', [names('a'), names('b'), names('b')], {}, 'supply `a`, or `b`'],
    ['a call token', [callToken], {}, 'supply the ability to mint a call token'],
    [
      'a name and a call token',
      [{ ...names('a'), ...callToken }],
      {},
      'supply both `a` and the ability to mint a call token',
    ],
    [
      'names and a call token',
      [{ ...names('a', 'b'), ...callToken }],
      {},
      'supply `a`, `b` and the ability to mint a call token',
    ],
  ])('says what would help: %s', (_, options, tokens, help) => {
    expect(helpFor(options, tokens)).toBe(help)
  })

  it('tells a missing token from a missing ability, and from anonymity that was refused', () => {
    const codes = (options: readonly unknown[], settings = {}): readonly unknown[] =>
      toIssues(resolve(tool(options), {}, settings)).map(({ code, pointer, help }) => [code, pointer, help])
    expect(codes([names('a'), callToken])).toEqual([
      ['ERR_TOKEN_MISSING', '/authTokens', 'supply `a`, or the ability to mint a call token'],
    ])
    expect(codes([callToken])[0]).toEqual([
      'ERR_CALL_TOKEN_UNAVAILABLE',
      '/authTokens',
      'supply the ability to mint a call token',
    ])
    expect(codes([{}, names('a')], { anonymous: 'never' })).toEqual([
      ['ERR_ANONYMOUS_REFUSED', '/authTokens', 'supply `a`'],
    ])
    expect(codes([], { anonymous: 'never' })).toEqual([['ERR_ANONYMOUS_REFUSED', '/authTokens', undefined]])
  })
})
