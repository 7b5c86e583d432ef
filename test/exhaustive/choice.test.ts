import { expect, it } from 'vitest'
import { type ModelDefinition, type ModelOptions, model } from '../../spec/reference/model.ts'
import { compile, type ResolveOptions, resolve, type SecurityOption } from '../../src/index.ts'
import { absent, definitionOf, listsOver, optionsOver, type State, tokensOver } from './alphabet.ts'
import { agrees, Tally } from './compare.ts'

interface Setting {
  readonly engine: ResolveOptions
  readonly model: ModelOptions
}

const PLAIN: readonly Setting[] = [{ engine: {}, model: {} }]

function compare(
  options: readonly SecurityOption[],
  length: number,
  tokens: readonly Readonly<Record<string, string>>[],
  settings = PLAIN,
): Tally {
  const tally = new Tally()
  for (const list of listsOver(options, length)) {
    const definition = definitionOf(list)
    const plan = compile(definition)
    for (const supplied of tokens) {
      for (const setting of settings) {
        const same = agrees(
          resolve(plan, supplied, setting.engine),
          model(definition as ModelDefinition, supplied, setting.model),
        )
        tally.add(same, () => ({ list, supplied, setting }))
      }
    }
  }
  return tally
}

const twoStates = (name: string): readonly State[] => [absent, `t${name}`]
const threeStates = (name: string): readonly State[] => [absent, `t${name}`, '']

it('equals the reference model on every choice of 4 options over 4 names (P2)', () => {
  const names = ['a', 'b', 'c', 'd']
  // One spelling of the anonymous option: the other one is in the cases of three options.
  const tally = compare(optionsOver(names, 1).slice(1), 4, tokensOver(names, twoStates))
  expect(tally.examples).toEqual([])
  expect(tally.cases).toBe(1_118_480)
}, 300_000)

it('equals the reference model on absent, usable and unusable tokens: 2 options, 3 names, 3 kinds (P2, T04)', () => {
  const names = ['a', 'b', 'c']
  const writers = ({ requirements = {} }: SecurityOption): number =>
    Object.values(requirements).filter((requirement) => 'httpAuth' in requirement).length
  const valid = optionsOver(names, 3).filter((option) => writers(option) < 2)
  const tally = compare(valid, 2, tokensOver(names, threeStates))
  expect(tally.examples).toEqual([])
  expect(tally.cases).toBe((1 + 55 + 55 ** 2) * 27)
}, 300_000)

it('equals the reference model on absent, usable and unusable tokens: 4 options, 3 names (P2, T04)', () => {
  const names = ['a', 'b', 'c']
  const tally = compare(optionsOver(names, 1), 4, tokensOver(names, threeStates))
  expect(tally.examples).toEqual([])
  expect(tally.cases).toBe((1 + 9 + 9 ** 2 + 9 ** 3 + 9 ** 4) * 27)
}, 300_000)

const MINTINGS = [{}, { ultravoxCallTokenRequirement: {} }, { ultravoxCallTokenRequirement: { scopes: ['s'] } }]
const MINTING = optionsOver(['a', 'b'], 1).flatMap((option) => MINTINGS.map((minting) => ({ ...option, ...minting })))

it('equals the reference model with call tokens and each of their settings: 3 options, 2 names (P2)', () => {
  const tally = compare(MINTING, 3, tokensOver(['a', 'b'], threeStates), settingsWith(['notice']))
  expect(tally.examples).toEqual([])
  expect(tally.cases).toBe((1 + 15 + 15 ** 2 + 15 ** 3) * 9 * 8)
}, 300_000)

it('equals the reference model with unused tokens and every setting: 2 options, 2 names (P2)', () => {
  const names = ['a', 'b', 'unused']
  const tally = compare(MINTING, 2, tokensOver(names, threeStates), settingsWith(['notice', 'refuse']))
  expect(tally.examples).toEqual([])
  expect(tally.cases).toBe((1 + 15 + 15 ** 2) * 27 * 16)
}, 300_000)

function settingsWith(treatments: readonly ('notice' | 'refuse')[]): readonly Setting[] {
  const mintCallToken = (): never => {
    throw new Error('a choice never mints')
  }
  return [false, true].flatMap((canMint) =>
    [false, true].flatMap((callTokenCounts) =>
      (['lastResort', 'never'] as const).flatMap((anonymous) =>
        treatments.map((unusedTokens) => {
          const shared = { callTokenCounts, anonymous, unusedTokens }
          return { engine: canMint ? { ...shared, mintCallToken } : shared, model: { ...shared, canMint } }
        }),
      ),
    ),
  )
}
