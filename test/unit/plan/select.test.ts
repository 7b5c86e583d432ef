import { expect, it } from 'vitest'
import { choose } from '../../../spec/reference/model.ts'
import { explain, resolve } from '../../../src/index.ts'
import { header, option, tool } from '../../threats/tools.ts'

const names = (...list: readonly string[]): object =>
  option(Object.fromEntries(list.map((name) => [name, header(`X-${name}`)])))
const callToken = { ultravoxCallTokenRequirement: { scopes: ['s'] } }
const mintCallToken = (): string => 'unused'

/** Lists of options in which each way to choose, and each way to pass over, occurs. */
const LISTS: readonly (readonly object[])[] = [
  [],
  [{}],
  [names('a')],
  [names('a'), names('a', 'b'), {}],
  [{}, names('b'), names('a')],
  [callToken, {}],
  [{}, callToken],
  [callToken, callToken, names('a')],
  [names('a', 'b'), { ...names('a'), ...callToken }, names('b')],
  [{ ...names('b'), ...callToken }, { ultravoxCallTokenRequirement: { scopes: [] } }, names('a')],
]

it.each(LISTS.map((options, index) => [index, options] as const))(
  'list %i is chosen from as the clauses say',
  (_, options) => {
    const definition = tool(options)
    for (const supplied of [[], ['a'], ['b'], ['a', 'b'], ['b', 'a'], ['c', 'a']]) {
      for (const canMint of [false, true]) {
        for (const callTokenCounts of [undefined, true, false]) {
          for (const anonymous of [undefined, 'never', 'lastResort'] as const) {
            const settings = {
              ...(callTokenCounts === undefined ? {} : { callTokenCounts }),
              ...(anonymous === undefined ? {} : { anonymous }),
            }
            const expected = choose(definition as never, supplied, { ...settings, canMint })
            const options = { ...settings, ...(canMint ? { mintCallToken } : {}) }
            const tokens = Object.fromEntries(supplied.map((name) => [name, 'token']))
            expect(resolve(definition, tokens, options)).toMatchObject(expected)
            const explained = explain(definition, supplied, options)
            expect(explained.outcome).toBe(expected.outcome)
            expect(explained.optionIndex).toBe('optionIndex' in expected ? expected.optionIndex : null)
          }
        }
      }
    }
  },
)
