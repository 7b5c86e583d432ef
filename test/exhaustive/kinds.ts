import { expect } from 'vitest'
import { type ModelDefinition, model } from '../../spec/reference/model.ts'
import { compile, parseDefinition, resolve, type SecurityOption } from '../../src/index.ts'
import { absent, definitionOf, listsOver, optionsOver, tokensOver } from './alphabet.ts'
import { agrees, Tally } from './compare.ts'

const NAMES = ['a', 'b', 'c']
const OPTIONS = optionsOver(NAMES, 3)
const TOKENS = tokensOver(NAMES, (name) => [absent, `t${name}`])
// Worked out once an option: a definition of three options is refused for the conflicts of each.
const CONFLICTS = new Map(OPTIONS.map((option) => [option, conflictsIn(option)]))

/** The names whose `httpAuth` is not the first of the option, in order of the names (DEF-3). */
function conflictsIn({ requirements = {} }: SecurityOption): readonly string[] {
  const writers = Object.keys(requirements).filter((name) => Object.hasOwn(requirements[name] ?? {}, 'httpAuth'))
  return writers.sort().slice(1)
}

function conflictsOf(options: readonly SecurityOption[]): readonly string[] {
  return options.flatMap((option, index) =>
    (CONFLICTS.get(option) ?? []).map(
      (name) => `ERR_CARRIER_CONFLICT /requirements/httpSecurityOptions/options/${index}/requirements/${name}`,
    ),
  )
}

/** How many definitions were enumerated, and how many of them refused. */
export interface Counts {
  readonly definitions: number
  readonly refused: number
}

/**
 * Compares the engine with the reference model on one half of the definitions of 3 options, 3 names and 3 kinds, with
 * all token subsets. The halves run in processes of their own.
 */
export function compareHalf(half: 0 | 1): Counts {
  const parsing = new Tally()
  const choosing = new Tally()
  let position = 0
  let refused = 0
  for (const options of listsOver(OPTIONS, 3)) {
    position += 1
    if (position % 2 !== half) continue
    const definition = definitionOf(options)
    const result = parseDefinition(definition)
    const issues = result.issues.map(({ code, pointer }) => `${code} ${pointer}`)
    const wanted = conflictsOf(options)
    parsing.add(result.ok === (wanted.length === 0) && String(issues) === String(wanted), () => ({ options, issues }))
    if (!result.ok) {
      refused += 1
      continue
    }
    const plan = compile(result.value)
    for (const tokens of TOKENS) {
      choosing.add(agrees(resolve(plan, tokens), model(definition as ModelDefinition, tokens)), () => ({
        options,
        tokens,
      }))
    }
  }
  console.info(
    `half ${half}: ${parsing.cases} definitions, ${refused} of them refused for two httpAuth in one option; ` +
      `${choosing.cases} cases resolved, ${choosing.differences} differences`,
  )
  expect(parsing.examples).toEqual([])
  expect(choosing.examples).toEqual([])
  expect(choosing.cases).toBe((parsing.cases - refused) * TOKENS.length)
  return { definitions: parsing.cases, refused }
}
