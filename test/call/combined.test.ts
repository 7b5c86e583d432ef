import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CallProblem, resolveCall } from '../../src/call/index.ts'
import type { JsonObject } from '../properties/arbitraries.ts'
import { checkAsync } from './check-async.ts'
import { definitionOf, judged, OPTIONS, problemsOf, requirementsOf, selectedTool } from './samples.ts'

const resolved = async (call: JsonObject): Promise<readonly CallProblem[]> =>
  problemsOf(await resolveCall(call, OPTIONS))

/** Fields to break, and the problem that each gives, whatever else is broken. */
const INDEPENDENT: readonly { readonly fields: JsonObject; readonly problem: string }[] = [
  { fields: { nameOverride: 'not a name' }, problem: 'ERR_FIELD_VALUE /nameOverride' },
  { fields: { descriptionOverride: 5 }, problem: 'ERR_FIELD_TYPE /descriptionOverride' },
  { fields: { transitionId: {} }, problem: 'ERR_FIELD_TYPE /transitionId' },
  { fields: { authTokens: { user_id: 'u-1234567' } }, problem: 'ERR_TOKEN_MISSING /authTokens' },
  { fields: { parameterOverrides: { nothing: 1 } }, problem: 'ERR_OVERRIDE_UNKNOWN /parameterOverrides/nothing' },
]

/** Which of them are broken, for each tool of a call. */
const breakages = fc.array(fc.subarray(INDEPENDENT.map((_, index) => index)), { minLength: 1, maxLength: 5 })

function callOf(broken: readonly (readonly number[])[]): JsonObject {
  return {
    selectedTools: broken.map((indices, at) =>
      selectedTool(`tool${at}`, Object.assign({}, ...indices.map((index) => INDEPENDENT[index]?.fields))),
    ),
  }
}

function expectedOf(broken: readonly (readonly number[])[]): readonly string[] {
  return broken.flatMap((indices, at) =>
    indices.map((index) => {
      const [code = '', pointer = ''] = INDEPENDENT[index]?.problem.split(' ') ?? []
      return `${code} /selectedTools/${at}${pointer}`
    }),
  )
}

describe('several mistakes in one selected tool', () => {
  it('are all reported at once, and mending them one by one makes the list shrink one by one (property)', async () => {
    const order = fc.infiniteStream(fc.nat())
    await checkAsync(
      fc.asyncProperty(breakages, order, async (given, picks) => {
        let broken = given
        for (;;) {
          const problems = judged(await resolved(callOf(broken)))
          expect([...problems].sort()).toEqual([...expectedOf(broken)].sort())
          const left = broken.flatMap((indices, at) => indices.map((index) => [at, index] as const))
          if (left.length === 0) return
          const [at, index] = left[Number(picks.next().value) % left.length] ?? []
          broken = broken.map((indices, each) => (each === at ? indices.filter((one) => one !== index) : indices))
        }
      }),
      0.02,
    )
  })

  it.each<[string, JsonObject, readonly string[]]>([
    [
      'a misspelt field and a tool that is not stored',
      { toolName: 'missing:a', authToken: {} },
      ['ERR_FIELD_UNKNOWN /authToken', 'ERR_TOOL_NOT_FOUND /toolName'],
    ],
    [
      'a misspelt field and a tool store that is down',
      { toolId: 'down:a', name: 'x' },
      ['ERR_FIELD_UNKNOWN /name', 'ERR_TOOL_LOOKUP /toolId'],
    ],
    [
      'a misspelt field and a broken definition',
      { temporaryTool: definitionOf('a', { requirments: {} }), authToken: {} },
      ['ERR_FIELD_UNKNOWN /authToken', 'ERR_FIELD_UNKNOWN /temporaryTool/requirments'],
    ],
    [
      'a name for two tools and a token of the wrong type',
      selectedTool('taken', { authTokens: { myServiceApiKey: 5 } }),
      ['ERR_TOKEN_TYPE /authTokens/myServiceApiKey', 'ERR_TOOL_NAME_TAKEN '],
    ],
    [
      'no tool and a text for its overrides',
      { parameterOverrides: 'x' },
      ['ERR_FIELD_MISSING ', 'ERR_FIELD_TYPE /parameterOverrides'],
    ],
  ])('%s: both', async (_, tool, expected) => {
    const problems = await resolved({ selectedTools: [selectedTool('taken'), tool] })
    expect(
      judged(problems)
        .map((problem) => problem.replace('/selectedTools/1', () => ''))
        .sort(),
    ).toEqual(expected)
  })

  it.each<[string, JsonObject]>([
    ['tokens', { temporaryTool: definitionOf('a'), authToken: { myServiceApiKey: 'k-1' } }],
    [
      'overrides',
      selectedTool('a', {
        temporaryTool: definitionOf('a', {
          requirements: {
            ...requirementsOf({ requirements: { myServiceApiKey: { headerApiKey: { name: 'X-My-Key' } } } }),
            requiredParameterOverrides: ['limit'],
          },
        }),
        parameterOverride: { limit: 1 },
      }),
    ],
    ['name', { ...selectedTool('taken'), nameOveride: 'other' }],
    [
      'name, of a tool without one',
      { ...selectedTool('x', { temporaryTool: { client: {} }, authTokens: {} }), nmeOverride: 'y' },
    ],
  ])('a misspelt field is not also reported as missing: %s', async (_, tool) => {
    const problems = await resolved({ selectedTools: [selectedTool('taken'), tool] })
    expect(problems.map(({ code }) => code)).toEqual(['ERR_FIELD_UNKNOWN'])
  })
})

describe('toolOverrides.remove, where a look-up failed', () => {
  const remove = (names: readonly string[], ...selectedTools: JsonObject[]) =>
    resolved({ selectedTools: [selectedTool('known'), ...selectedTools], toolOverrides: { remove: [...names] } })

  it.each<[string, JsonObject, string]>([
    ['by id, not found', { toolId: 'missing:a' }, 'ERR_TOOL_NOT_FOUND /selectedTools/1/toolId'],
    ['by id, the store is down', { toolId: 'down:a' }, 'ERR_TOOL_LOOKUP /selectedTools/1/toolId'],
    ['by another name, not found', { toolName: 'missing:a' }, 'ERR_TOOL_NOT_FOUND /selectedTools/1/toolName'],
    ['by another name, the store is down', { toolName: 'down:a' }, 'ERR_TOOL_LOOKUP /selectedTools/1/toolName'],
    ['by a name that two have', { toolName: 'twins:a' }, 'ERR_TOOL_AMBIGUOUS /selectedTools/1/toolName'],
    ['in no way', {}, 'ERR_FIELD_MISSING /selectedTools/1'],
  ])('a tool selected %s may be the one that is meant: only its own problem is reported', async (_, tool, problem) => {
    expect(judged(await remove(['known', 'a'], tool))).toEqual([problem])
  })

  it('a tool whose look-up failed is not taken for the one that is named: it may have another name', async () => {
    expect(judged(await remove(['down:a'], { toolName: 'down:a' }))).toEqual([
      'ERR_TOOL_LOOKUP /selectedTools/1/toolName',
    ])
  })

  it.each<[string, JsonObject]>([
    ['that has a nameOverride', { toolName: 'down:a', nameOverride: 'b' }],
    ['that is not stored, by the name it was looked for', { toolName: 'missing:b', nameOverride: 'b' }],
  ])('a tool %s is removed all the same', async (_, tool) => {
    expect(judged(await remove(['b'], tool))).toEqual([])
    expect(judged(await remove(['b', 'c'], tool))).toEqual(['ERR_TOOL_NOT_FOUND /toolOverrides/remove/1'])
  })

  it('T05 an empty name removes no tool whose name is not known', async () => {
    const tools = [{ toolId: 'missing:a' }, { toolId: 'down:a' }, {}, { temporaryTool: { client: {} } }]
    expect(judged(await remove([''], ...tools))).toEqual(
      judged(await resolved({ selectedTools: [selectedTool('known'), ...tools] })),
    )
  })

  it('a tool that is gone anyway excuses no name', async () => {
    const call = { selectedTools: [{ toolId: 'missing:a' }], toolOverrides: { remove: ['b'], removeAll: true } }
    expect(judged(await resolved(call))).toEqual(['ERR_TOOL_NOT_FOUND /toolOverrides/remove/0'])
    expect(judged(await remove(['missing:a', 'b'], { toolName: 'missing:a' }))).toEqual([
      'ERR_TOOL_NOT_FOUND /toolOverrides/remove/1',
    ])
  })
})

describe('very many mistakes take no longer than reading them', () => {
  const many = Array.from({ length: 30_000 }, (_, index) => `name${index}`)

  it.each<[string, JsonObject, number]>([
    ['more tools than a call may have', { selectedTools: many.map(() => ({})) }, 1],
    [
      'unknown fields of as many tools as it may have',
      { selectedTools: many.slice(0, 256).map(() => Object.fromEntries(many.slice(0, 99).map((name) => [name, 1]))) },
      256 * 100,
    ],
    ['names to remove', { selectedTools: [selectedTool('a')], toolOverrides: { remove: many } }, many.length],
    [
      'overrides of parameters that are not there',
      { selectedTools: [selectedTool('a', { parameterOverrides: Object.fromEntries(many.map((name) => [name, 1])) })] },
      many.length,
    ],
    [
      'tokens that no option uses',
      { selectedTools: [selectedTool('a', { authTokens: Object.fromEntries(many.map((name) => [name, 't'])) })] },
      1,
    ],
  ])('%s', async (_, call, count) => {
    expect(await resolved(call)).toHaveLength(count)
  })
})
