import { describe, expect, it } from 'vitest'
import { type ResolveCallOptions, resolveCall, type StoredTool, toProblemDetails } from '../../src/call/index.ts'
import { definitionOf, judged, problemsOf, toolOf, toolsOf } from './samples.ts'

type FindTool = NonNullable<ResolveCallOptions['findTool']>

const tokens = { authTokens: { myServiceApiKey: 'k-1234567' } }
const byName = { selectedTools: [{ toolName: 'a', ...tokens }] }
const storedTool: StoredTool = { name: 'a', definition: definitionOf('a') }
const SECRET = 'postgres://admin:store-password@10.0.0.7/tools'

/** A promise that is no instance of the global one. */
function anotherPromise<T>(value: T): Promise<T> {
  class OtherPromise<U> extends Promise<U> {}
  return OtherPromise.resolve(value)
}

describe('the look-up of a stored tool', () => {
  it.each<[string, FindTool]>([
    ['at once', () => storedTool],
    ['later', async () => storedTool],
    ['as a list of one', () => [storedTool]],
    ['in the promise of another library', () => anotherPromise(storedTool)],
    ['without a prototype', () => Object.assign(Object.create(null) as StoredTool, storedTool)],
  ])('may answer %s', async (_, findTool) => {
    expect(toolOf(await resolveCall(byName, { findTool }), 'a').definition).toEqual(definitionOf('a'))
  })

  it.each<[string, FindTool]>([
    ['null', () => null],
    ['undefined', () => undefined],
    ['later null', async () => null],
    ['an empty list', () => []],
  ])('that gives %s: not found, the payload is wrong (400)', async (_, findTool) => {
    const result = await resolveCall(byName, { findTool })
    expect(problemsOf(result)).toEqual([
      {
        code: 'ERR_TOOL_NOT_FOUND',
        pointer: '/selectedTools/0/toolName',
        severity: 'error',
        tool: 'a',
        message: '`a` is not a stored tool',
        help: 'check its spelling and the account it belongs to',
      },
    ])
    expect(toProblemDetails({ problems: problemsOf(result) }).status).toBe(400)
  })

  it('finds nothing where the platform stores no tools', async () => {
    expect(judged(problemsOf(await resolveCall(byName)))).toEqual(['ERR_TOOL_NOT_FOUND /selectedTools/0/toolName'])
  })

  const failing: [string, FindTool][] = [
    [
      'throws',
      () => {
        throw new Error(SECRET)
      },
    ],
    ['rejects', () => Promise.reject(new Error(SECRET))],
    [
      'throws what is no error',
      () => {
        throw SECRET
      },
    ],
    ['gives a tool without a name', () => ({ definition: {} }) as StoredTool],
    ['gives a text', () => SECRET as never],
    ['gives a tool whose id is no text', () => ({ ...storedTool, toolId: { secret: SECRET } }) as never],
    ['gives a list with null', () => [null] as never],
    [
      'gives a getter that throws',
      () => ({
        get name(): string {
          throw new Error(SECRET)
        },
        definition: {},
      }),
    ],
  ]

  it.each(failing)('that %s: the look-up failed, which is the platform’s own (503)', async (_, findTool) => {
    const result = await resolveCall(byName, { findTool })
    expect(problemsOf(result)).toEqual([
      {
        code: 'ERR_TOOL_LOOKUP',
        pointer: '/selectedTools/0/toolName',
        severity: 'error',
        tool: 'a',
        message: '`a` could not be looked up: the tool store failed',
        help: 'try again; the payload may be fine',
      },
    ])
    expect(toProblemDetails({ problems: problemsOf(result) }).status).toBe(503)
  })

  it('that failed for one tool keeps the problems of the others', async () => {
    const findTool: FindTool = (reference) => {
      if ('toolId' in reference) throw new Error(SECRET)
      return null
    }
    const call = {
      selectedTools: [{ toolId: 'x', ...tokens }, { toolName: 'y' }, { temporaryTool: definitionOf('z') }],
    }
    const problems = problemsOf(await resolveCall(call, { findTool }))
    expect(judged(problems)).toEqual([
      'ERR_TOOL_LOOKUP /selectedTools/0/toolId',
      'ERR_TOOL_NOT_FOUND /selectedTools/1/toolName',
      'ERR_TOKEN_MISSING /selectedTools/2/authTokens',
    ])
    expect(toProblemDetails({ problems }).status).toBe(503)
  })

  it('is given the reference and the tenant, once for each distinct reference', async () => {
    const asked: unknown[] = []
    const findTool: FindTool = async (reference, context) => {
      asked.push([reference, context])
      return 'toolName' in reference ? { name: reference.toolName, definition: definitionOf('x') } : null
    }
    const pick = (toolName: string, nameOverride: string) => ({ toolName, nameOverride, ...tokens })
    const call = {
      selectedTools: [pick('a', 'a1'), pick('b', 'b1'), pick('a', 'a2'), { toolId: 'a', nameOverride: 'a3' }],
      toolOverrides: { add: [pick('b', 'b2')] },
    }
    await resolveCall(call, { findTool, tenant: 'acme' })
    expect(asked).toEqual([
      [{ toolName: 'a' }, { tenant: 'acme' }],
      [{ toolName: 'b' }, { tenant: 'acme' }],
      [{ toolId: 'a' }, { tenant: 'acme' }],
    ])
    await resolveCall(byName, { findTool })
    expect(asked.at(-1)).toEqual([{ toolName: 'a' }, { tenant: null }])
  })

  it('of all tools runs at the same time', async () => {
    let open = 0
    let most = 0
    const findTool: FindTool = async (reference) => {
      open += 1
      most = Math.max(most, open)
      await Promise.resolve()
      open -= 1
      return 'toolName' in reference ? { name: reference.toolName, definition: definitionOf('x') } : null
    }
    const names = Array.from({ length: 20 }, (_, index) => `t${index}`)
    const call = { selectedTools: names.map((toolName) => ({ toolName, nameOverride: toolName, ...tokens })) }
    expect([...toolsOf(await resolveCall(call, { findTool })).keys()]).toEqual(names)
    expect(most).toBe(20)
  })
})

describe('several stored tools of one name', () => {
  const own = { name: 'a', definition: definitionOf('own'), ownership: 'private' as const }
  const unsaid = { name: 'a', definition: definitionOf('unsaid') }
  const builtIn = { name: 'a', definition: definitionOf('built_in'), ownership: 'public' as const }
  const namesFor = async (found: readonly StoredTool[]) => [
    ...toolsOf(await resolveCall(byName, { findTool: () => found })).keys(),
  ]

  it('a private one hides the built-in ones, wherever it stands', async () => {
    expect(await namesFor([builtIn, own])).toEqual(['own'])
    expect(await namesFor([own, builtIn])).toEqual(['own'])
    expect(await namesFor([builtIn, unsaid, builtIn])).toEqual(['unsaid'])
    expect(await namesFor([builtIn])).toEqual(['built_in'])
  })

  it('two private or two public ones are ambiguous', async () => {
    for (const found of [
      [own, unsaid],
      [builtIn, builtIn],
      [own, builtIn, own],
    ]) {
      expect(problemsOf(await resolveCall(byName, { findTool: () => found }))).toEqual([
        {
          code: 'ERR_TOOL_AMBIGUOUS',
          pointer: '/selectedTools/0/toolName',
          severity: 'error',
          tool: 'a',
          message: '`a` is the name of several stored tools',
          help: 'select it by `toolId`',
        },
      ])
    }
  })
})

describe('a stored definition', () => {
  it('that is not valid is a problem at its reference, with the place inside it', async () => {
    const findTool: FindTool = () => ({ name: 'a', definition: definitionOf('a', { requirments: {} }) })
    const [byToolId] = problemsOf(await resolveCall({ selectedTools: [{ toolId: 'id-1', ...tokens }] }, { findTool }))
    expect(byToolId).toEqual({
      code: 'ERR_FIELD_UNKNOWN',
      pointer: '/selectedTools/0/toolId',
      severity: 'error',
      tool: 'a',
      message: 'in the stored definition, at `/requirments`: unknown field `requirments`',
      help: 'did you mean `requirements`?',
    })
  })

  it.each<[string, () => unknown]>([
    [
      'a proxy that throws',
      () =>
        new Proxy(
          {},
          {
            get: () => {
              throw new Error(SECRET)
            },
            ownKeys: () => {
              throw new Error(SECRET)
            },
          },
        ),
    ],
    [
      'a getter that throws',
      () => ({
        get modelToolName(): string {
          throw new Error(SECRET)
        },
      }),
    ],
    ['a class instance', () => new Map()],
    ['a text', () => 'definition'],
    ['missing', () => undefined],
  ])('that is %s is a problem too', async (_, makeDefinition) => {
    const findTool: FindTool = () => ({ name: 'a', definition: makeDefinition() })
    const problems = problemsOf(await resolveCall(byName, { findTool }))
    expect(problems).toMatchObject([{ pointer: '/selectedTools/0/toolName', tool: 'a' }])
    expect(JSON.stringify(problems)).not.toContain(SECRET)
  })

  it('with warnings alone is fine', async () => {
    const definition = definitionOf('a', { requirements: { httpSecurityOptions: { options: [{}] } }, unheardOf: 1 })
    const result = await resolveCall(byName, { findTool: () => ({ name: 'a', definition }), unknownFields: 'allow' })
    expect(toolOf(result, 'a').resolution.outcome).toBe('unauthenticated')
  })

  it('is read once: what was named is what is used', async () => {
    let reads = 0
    const definition = Object.defineProperty(definitionOf('a'), 'modelToolName', {
      enumerable: true,
      get: () => {
        reads += 1
        return reads === 1 ? 'a' : `b_${reads}`
      },
    })
    const tool = toolOf(await resolveCall(byName, { findTool: () => ({ name: 'a', definition }) }), 'a')
    expect([reads, tool.definition.modelToolName]).toEqual([1, 'a'])
  })

  it('is neither frozen nor changed', async () => {
    const tool = { name: 'a', definition: definitionOf('a') }
    await resolveCall(byName, { findTool: () => tool })
    expect(tool).toEqual({ name: 'a', definition: definitionOf('a') })
    expect(Object.isFrozen(tool.definition) || Object.isFrozen(tool)).toBe(false)
  })
})
