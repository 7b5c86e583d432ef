import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CallProblem, resolveCall } from '../../src/call/index.ts'
import { pointerSegments } from '../../src/json-pointer.ts'
import type { JsonObject } from '../properties/arbitraries.ts'
import { checkAsync } from './check-async.ts'
import {
  BREAKAGES,
  type Breakage,
  definitionOf,
  HELP_EITHER,
  inReportedOrder,
  judged,
  OPTIONS,
  problemsOf,
  requirementsOf,
  selectedTool,
} from './samples.ts'

const TOOLS = 50

/** A call of 50 tools; the first one is never broken, so that its name can be taken. */
function callWith(broken: ReadonlyMap<number, Breakage>): { selectedTools: JsonObject[] } {
  return {
    selectedTools: Array.from({ length: TOOLS }, (_, index) => {
      const name = index === 0 ? 'first' : `tool${index}`
      return broken.get(index)?.broken(name) ?? selectedTool(name)
    }),
  }
}

function expectedProblems(broken: ReadonlyMap<number, Breakage>): readonly unknown[] {
  const problems = [...broken].map(([index, { code, at, tool, help }]) => ({
    code,
    pointer: `/selectedTools/${index}${at}`,
    severity: 'error',
    tool: tool === undefined ? `tool${index}` : tool(`tool${index}`),
    message: expect.stringMatching(/^[^\n]+[^.\n]$/),
    ...(help === undefined ? {} : { help: expect.stringContaining(help) }),
  }))
  return inReportedOrder(problems)
}

describe('each way to break a tool', () => {
  it.each(BREAKAGES.map((breakage) => [breakage.title, breakage] as const))(
    '%s: exactly its problem',
    async (_, breakage) => {
      const broken = new Map([[7, breakage]])
      const problems = problemsOf(await resolveCall(callWith(broken), OPTIONS))
      expect(problems).toMatchObject(expectedProblems(broken))
      expect(problems).toHaveLength(1)
    },
  )
})

const tenWays = fc.record({
  breakages: fc.shuffledSubarray([...BREAKAGES], { minLength: 10, maxLength: 10 }),
  positions: fc.uniqueArray(fc.integer({ min: 1, max: TOOLS - 1 }), { minLength: 10, maxLength: 10 }),
})

describe('a call with 50 tools, 10 of them broken in 10 different ways', () => {
  it('reports exactly those ten in one answer: ordered, right code, pointer, tool name, help', async () => {
    await checkAsync(
      fc.asyncProperty(tenWays, async ({ breakages, positions }) => {
        const broken = new Map(positions.map((position, index) => [position, breakages[index] as Breakage]))
        const problems = problemsOf(await resolveCall(callWith(broken), OPTIONS))
        expect(problems).toMatchObject(expectedProblems(broken))
        expect(problems).toHaveLength(10)
      }),
      0.05,
    )
  })

  it('fixing them one by one makes the list shrink one by one (property)', async () => {
    await checkAsync(
      fc.asyncProperty(tenWays, async ({ breakages, positions }) => {
        const broken = new Map(positions.map((position, index) => [position, breakages[index] as Breakage]))
        let reported: readonly CallProblem[] = problemsOf(await resolveCall(callWith(broken), OPTIONS))
        for (const position of positions) {
          broken.delete(position)
          const result = await resolveCall(callWith(broken), OPTIONS)
          const left = problemsOf(result)
          expect(left).toHaveLength(broken.size)
          expect(reported).toEqual(expect.arrayContaining([...left]))
          expect(result.ok).toBe(broken.size === 0)
          reported = left
        }
      }),
      0.01,
    )
  })
})

/** The value that segments of a pointer lead to. */
function valueAt(root: unknown, segments: readonly string[]): unknown {
  return segments.reduce<unknown>(
    (node, key) => (typeof node === 'object' && node !== null ? (node as Record<string, unknown>)[key] : undefined),
    root,
  )
}

describe('what a problem says', () => {
  it('its pointer leads into the payload: to the value, or to the object that lacks it', async () => {
    const call = callWith(new Map(BREAKAGES.map((breakage, index) => [index + 1, breakage])))
    for (const { pointer } of problemsOf(await resolveCall(call, OPTIONS))) {
      expect(typeof valueAt(call, pointerSegments(pointer).slice(0, -1)), pointer).toBe('object')
    }
  })

  it('one broken tool hides no problem of another, whatever is broken about it', async () => {
    const selectedTools = [
      { toolId: 'a', toolName: 'b' },
      { ...selectedTool('x'), authTokens: {} },
      null,
      selectedTool('y', { nameOverride: 'not a name' }),
      selectedTool('z', { parameterOverrides: { symbol: 5 } }),
    ]
    const problems = problemsOf(await resolveCall({ selectedTools }, OPTIONS))
    expect(judged(problems)).toEqual([
      'ERR_FIELD_VALUE /selectedTools/0/toolName',
      'ERR_TOKEN_MISSING /selectedTools/1/authTokens',
      'ERR_FIELD_TYPE /selectedTools/2',
      'ERR_FIELD_VALUE /selectedTools/3/nameOverride',
      'ERR_PARAMETER_TYPE /selectedTools/4/parameterOverrides/symbol',
    ])
  })

  it('several problems of one tool are all there', async () => {
    const tool = selectedTool('x', {
      temporaryTool: definitionOf('x', {
        requirements: {
          ...requirementsOf({
            requirements: { a: { httpAuth: { scheme: 'Bearer' } }, b: { queryApiKey: { name: 'b' } } },
          }),
          requiredParameterOverrides: ['symbol'],
        },
      }),
      authTokens: { a: 'Bearer x', b: '' },
      parameterOverrides: { limit: 'x', nothing: 1 },
    })
    expect(judged(problemsOf(await resolveCall({ selectedTools: [tool] })))).toEqual([
      'ERR_TOKEN_SCHEME /selectedTools/0/authTokens/a',
      'ERR_TOKEN_EMPTY /selectedTools/0/authTokens/b',
      'ERR_OVERRIDE_MISSING /selectedTools/0/parameterOverrides',
      'ERR_PARAMETER_TYPE /selectedTools/0/parameterOverrides/limit',
      'ERR_OVERRIDE_UNKNOWN /selectedTools/0/parameterOverrides/nothing',
    ])
  })

  it('missing tokens: what to supply, by option', async () => {
    const problems = problemsOf(await resolveCall({ selectedTools: [selectedTool('stock_price', { authTokens: {} })] }))
    expect(problems).toEqual([
      {
        code: 'ERR_TOKEN_MISSING',
        pointer: '/selectedTools/0/authTokens',
        severity: 'error',
        tool: 'stock_price',
        message: 'no option has all that it requires',
        help: HELP_EITHER,
      },
    ])
  })

  it.each([
    [
      'the name of its query parameter',
      { uid: 'u-1', auth_token: 't-1' },
      '`uid` is where it is sent: file the token under `user_id`',
    ],
    [
      'Authorization',
      { user_id: 'u-1', Authorization: 't-1' },
      '`Authorization` is where it is sent: file the token under `auth_token`',
    ],
    ['its name with a hyphen', { user_id: 'u-1', 'auth-token': 't-1' }, '`auth-token`: did you mean `auth_token`?'],
  ])('a token filed under %s is recognised', async (_, authTokens, help) => {
    const problems = problemsOf(await resolveCall({ selectedTools: [selectedTool('x', { authTokens })] }))
    expect(problems[0]?.help).toContain(help)
  })

  it('every near miss is named once, and a name far from all is not', async () => {
    const authTokens = { uid: 'u-1', 'X-MY-KEY': 'k', unrelated: 'z' }
    const [problem] = problemsOf(await resolveCall({ selectedTools: [selectedTool('x', { authTokens })] }))
    expect(problem?.help?.split('; ')).toEqual([
      HELP_EITHER,
      '`uid` is where it is sent: file the token under `user_id`',
      '`X-MY-KEY` is where it is sent: file the token under `myServiceApiKey`',
    ])
  })

  it('an issue without help of its own gets the hint alone', async () => {
    const authTokens = { 'X-My-Key': 'k-1', unrelated: 'z', myServiceApiKey: `${'x'.repeat(20_000)}` }
    const [problem] = problemsOf(await resolveCall({ selectedTools: [selectedTool('x', { authTokens })] }))
    expect(problem).toMatchObject({
      code: 'ERR_TOKEN_TOO_LONG',
      help: '`X-My-Key` is where it is sent: file the token under `myServiceApiKey`',
    })
  })

  it('pointers and texts are in the spelling of the payload', async () => {
    const call = {
      selected_tools: [selectedTool('a'), { temporary_tool: definitionOf('a'), auth_tokens: { myServiceApiKey: '' } }],
    }
    const problems = problemsOf(await resolveCall(call))
    expect(judged(problems)).toEqual([
      'ERR_TOOL_NAME_TAKEN /selected_tools/1',
      'ERR_TOKEN_EMPTY /selected_tools/1/auth_tokens/myServiceApiKey',
    ])
    expect(problems[0]?.message).toBe('the name `a` is taken by the tool at `/selected_tools/0`')
  })
})
