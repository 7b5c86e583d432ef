import { describe, expect, it } from 'vitest'
import { compile, describeAccess, explain } from '../../../src/index.ts'
import { codeOr, header, option, tool } from '../../threats/tools.ts'

const names = (...list: readonly string[]): object =>
  option(Object.fromEntries(list.map((name) => [name, header(`X-${name}`)])))
const callToken = { ultravoxCallTokenRequirement: { scopes: ['s'] } }
const mintCallToken = (): string => 'unused'
const definition = tool([{}, names('a', 'b'), names('c'), { ...names('a'), ...callToken }, {}])

const texts = (...parameters: Parameters<typeof explain>): readonly string[] => {
  const { text, options } = explain(...parameters)
  return [text, ...options.map((one) => `${one.clause} ${one.text}`)]
}

describe('explain', () => {
  it('says what became of every option when the first satisfied one is chosen', () => {
    expect(texts(definition, ['a', 'b', 'c'])).toEqual([
      'option 1 is chosen',
      'SEL-2 option 0 is anonymous and not needed: option 1 is taken',
      'SEL-1 option 1 is the first whose requirements are all supplied',
      'SEL-1 option 2 is satisfied too, but option 1 comes first',
      'SEL-6 option 3 lacks the ability to mint a call token',
      'SEL-2 option 4 is anonymous and not needed: option 1 is taken',
    ])
  })

  it('says so of the last resort', () => {
    expect(texts(compile(definition), ['a'])).toEqual([
      'option 0 is chosen: no authentication',
      'SEL-2 option 0 is the last resort: no option with requirements is satisfied, so the tool runs unauthenticated',
      'SEL-1 option 1 lacks `b`',
      'SEL-1 option 2 lacks `c`',
      'SEL-6 option 3 lacks the ability to mint a call token',
      'SEL-2 option 4 is anonymous and not needed: option 0 is taken',
    ])
  })

  it('says so where nothing can be used', () => {
    expect(texts(definition, [], { anonymous: 'never' })).toEqual([
      'no option is satisfied',
      'TOK-3 option 0 is anonymous, and that was refused',
      'SEL-1 option 1 lacks `a` and `b`',
      'SEL-1 option 2 lacks `c`',
      'SEL-6 option 3 lacks `a` and the ability to mint a call token',
      'TOK-3 option 4 is anonymous, and that was refused',
    ])
    expect(texts({}, [])).toEqual(['the definition asks for no authentication'])
    expect(texts({}, [], { anonymous: 'never' })).toEqual(['no option is satisfied'])
  })

  it('gives the same as data', () => {
    expect(explain(definition, new Set(['a', 'unknown']), { mintCallToken })).toMatchObject({
      outcome: 'authenticated',
      optionIndex: 3,
      options: [
        { optionIndex: 0, verdict: 'lastResort', anonymous: true, supplied: [], missing: [], callTokenMissing: false },
        { optionIndex: 1, verdict: 'missing', anonymous: false, supplied: ['a'], missing: ['b'] },
        { verdict: 'missing', supplied: [], missing: ['c'] },
        { verdict: 'chosen', supplied: ['a'], missing: [], callTokenMissing: false },
        { verdict: 'lastResort' },
      ],
    })
  })

  it('ranks a call token as `resolve` does', () => {
    const ranked = tool([callToken, names('a'), {}])
    const uncounted = { mintCallToken, callTokenCounts: false }
    expect(explain(ranked, ['a'], uncounted)).toMatchObject({
      optionIndex: 1,
      options: [{ verdict: 'laterOption' }, {}, {}],
    })
    expect(explain(ranked, [], uncounted)).toMatchObject({ optionIndex: 0, outcome: 'authenticated' })
    expect(explain(ranked, ['a'], { mintCallToken })).toMatchObject({ optionIndex: 0 })
  })

  it('takes names from any iterable, and refuses what is none', () => {
    function* generate(): Generator<string> {
      yield 'c'
    }
    expect(
      [['c'], new Set(['c']), generate(), new Map([['c', 1]]).keys()].map(
        (one) => explain(definition, one).optionIndex,
      ),
    ).toEqual([2, 2, 2, 2])
    for (const wrong of [5, null, undefined, {}, { c: 'x' }, [5], [null]]) {
      expect(codeOr(() => explain(definition, wrong as never))).toBe('ERR_ARGUMENT_INVALID')
    }
  })

  it('refuses a text for names: its letters are none', () => {
    expect(codeOr(() => explain(tool([names('c')]), 'c'))).toBe('ERR_ARGUMENT_INVALID')
  })

  it('refuses unknown options and definitions that are not valid', () => {
    expect(codeOr(() => explain({}, [], { anonymus: 'never' } as never))).toBe('ERR_ARGUMENT_INVALID')
    expect(codeOr(() => explain({ a: 1 }, []))).toBe('ERR_DEFINITION_INVALID')
  })
})

describe('describeAccess', () => {
  it('lists the ways in, and what is open', () => {
    expect(describeAccess(definition)).toEqual({
      anonymous: true,
      anonymousBecause: 'lastResort',
      ways: [
        { optionIndex: 1, names: ['a', 'b'], callTokenScopes: [] },
        { optionIndex: 2, names: ['c'], callTokenScopes: [] },
        { optionIndex: 3, names: ['a'], callTokenScopes: ['s'] },
      ],
      names: ['a', 'b', 'c'],
    })
    expect(describeAccess({})).toEqual({ anonymous: true, anonymousBecause: 'noOptions', ways: [], names: [] })
    expect(describeAccess(compile(tool([callToken])))).toEqual({
      anonymous: false,
      anonymousBecause: null,
      ways: [{ optionIndex: 0, names: [], callTokenScopes: ['s'] }],
      names: [],
    })
    expect(codeOr(() => describeAccess({ a: 1 }))).toBe('ERR_DEFINITION_INVALID')
  })
})
