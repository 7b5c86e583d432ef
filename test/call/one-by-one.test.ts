import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type CallProblem, resolveCall } from '../../src/call/index.ts'
import type { JsonObject } from '../properties/arbitraries.ts'
import { checkAsync } from './check-async.ts'
import {
  BREAKAGES,
  definitionOf,
  inReportedOrder,
  OPTIONS,
  plainTool,
  problemsOf,
  requirementsOf,
  selectedTool,
  toolsOf,
} from './samples.ts'

// Whether a name is taken is the one thing that a tool alone cannot show.
const ALONE = BREAKAGES.filter(({ code }) => code !== 'ERR_TOOL_NAME_TAKEN')

/** Some tools, any of them broken, each with a name of its own. */
function someTools(brokenWeight: number): fc.Arbitrary<readonly JsonObject[]> {
  const entry = fc.oneof(
    { arbitrary: fc.constantFrom(...ALONE).map(({ broken }) => broken), weight: brokenWeight },
    {
      arbitrary: fc.constantFrom(
        (name: string) => selectedTool(name),
        (name: string) => selectedTool(name, { parameterOverrides: { limit: 3 }, transitionId: 'next' }),
        (name: string) => selectedTool(name, { authTokens: { user_id: `u-${name}`, auth_token: `t-${name}` } }),
        (name: string) => selectedTool(name, { authTokens: { myServiceApiKey: '{{k}}' } }),
        (name: string) => selectedTool(name, { temporaryTool: { modelToolName: name, client: {} } }),
        (name: string) => ({ toolName: `stored:${name}`, authTokens: { myServiceApiKey: `key-of-${name}` } }),
      ),
      weight: 3,
    },
  )
  return fc.array(entry, { maxLength: 6 }).map((makers) => makers.map((make, index) => make(`tool${index}`)))
}

const templateContext = { k: 'k-of-the-context' }

function callOf(selectedTools: readonly JsonObject[]) {
  return { selectedTools, templateContext, metadata: { from: 'test' } }
}

/** A problem of a call of one tool, as it would stand in a call where that tool is at another place. */
function moved(problem: CallProblem, index: number): CallProblem {
  return {
    ...problem,
    pointer: problem.pointer.replace(/^\/selectedTools\/0(?=\/|$)/, () => `/selectedTools/${index}`),
  }
}

it('resolving a call equals resolving its tools one by one (property)', async () => {
  await checkAsync(
    fc.asyncProperty(someTools(1), async (tools) => {
      const whole = await resolveCall(callOf(tools), OPTIONS)
      const alone = await Promise.all(tools.map((tool) => resolveCall(callOf([tool]), OPTIONS)))
      expect(whole.ok).toBe(alone.every(({ ok }) => ok))
      if (!whole.ok) {
        const problems = alone.flatMap((result, index) => problemsOf(result).map((problem) => moved(problem, index)))
        expect(whole.problems).toEqual(inReportedOrder(problems))
        return
      }
      const entries = alone.flatMap((result) => [...toolsOf(result)])
      expect([...whole.tools].map(([name, tool]) => [name, plainTool(tool)])).toEqual(
        entries.map(([name, tool]) => [name, plainTool(tool)]),
      )
      const views = alone.flatMap((result) => (result.ok ? result.call.selectedTools : []))
      expect(whole.call.selectedTools).toEqual(views)
    }),
    0.3,
  )
})

it('order of tools changes nothing but order (property)', async () => {
  const shuffled = someTools(0).chain((tools) =>
    fc.tuple(
      fc.constant(tools),
      fc.shuffledSubarray(
        tools.map((_, index) => index),
        { minLength: tools.length },
      ),
    ),
  )
  await checkAsync(
    fc.asyncProperty(shuffled, async ([tools, order]) => {
      const reordered = order.map((index) => tools[index] as JsonObject)
      const [one, other] = [await resolveCall(callOf(tools), OPTIONS), await resolveCall(callOf(reordered), OPTIONS)]
      const [names, otherNames] = [[...toolsOf(one).keys()], [...toolsOf(other).keys()]]
      expect(otherNames).toEqual(order.map((index) => names[index]))
      for (const [name, tool] of toolsOf(one)) {
        expect(plainTool(tool)).toEqual(plainTool(toolsOf(other).get(name) ?? tool))
      }
      if (!one.ok || !other.ok) throw new Error('not resolved')
      expect(other.call.selectedTools).toEqual(order.map((index) => one.call.selectedTools[index]))
    }),
    0.2,
  )
})

it('order of broken tools changes nothing but the places of their problems (property)', async () => {
  const reversible = someTools(2).filter((tools) => tools.length > 1)
  await checkAsync(
    fc.asyncProperty(reversible, async (tools) => {
      const [one, other] = [
        problemsOf(await resolveCall(callOf(tools), OPTIONS)),
        problemsOf(await resolveCall(callOf([...tools].reverse()), OPTIONS)),
      ]
      const mirrored = other.map((problem) => ({
        ...problem,
        pointer: problem.pointer.replace(
          /^\/selectedTools\/(\d+)/,
          (_, at) => `/selectedTools/${tools.length - 1 - at}`,
        ),
      }))
      expect(inReportedOrder(mirrored)).toEqual(one)
    }),
    0.2,
  )
})

const REQUIREMENTS = ['k', 'shared', 'toString']

/** Tools that all ask for the same names, each with tokens of its own for some of them. */
const sameNames = fc.array(fc.subarray(REQUIREMENTS), { minLength: 2, maxLength: 5 })

it('tokens of one tool never reach another, though all ask for the same names (property)', async () => {
  const options = REQUIREMENTS.map((name) => ({ requirements: { [name]: { headerApiKey: { name: `X-${name}` } } } }))
  await checkAsync(
    fc.asyncProperty(sameNames, async (supplied) => {
      const selectedTools = supplied.map((names, index) => ({
        temporaryTool: definitionOf(`tool${index}`, { requirements: requirementsOf(...options) }),
        authTokens: Object.fromEntries(names.map((name) => [name, `token-of-${index}-${name}`])),
      }))
      const result = await resolveCall({ selectedTools })
      const starved = supplied.flatMap((names, index) =>
        names.length === 0 ? [`/selectedTools/${index}/authTokens`] : [],
      )
      expect(problemsOf(result).map(({ pointer }) => pointer)).toEqual(starved)
      if (!result.ok) return
      supplied.forEach((names, index) => {
        const values = result.tools.get(`tool${index}`)?.resolution.mutations.map(({ value }) => value.reveal())
        const first = REQUIREMENTS.find((name) => names.includes(name))
        expect(values).toEqual([`token-of-${index}-${first}`])
      })
    }),
    0.2,
  )
})
