import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ResolveCallOptions, resolveCall, toProblemDetails } from '../../src/call/index.ts'
import { SecurityError } from '../../src/index.ts'
import { HOSTILE, hostileValue } from '../properties/hostile.ts'
import { checkAsync } from './check-async.ts'
import { definitionOf, findTool, plainTool, requirementsOf, selectedTool } from './samples.ts'

/** Resolves; whatever comes of it must be a result or ERR_ARGUMENT_INVALID. */
async function judge(call: unknown, options?: unknown): Promise<void> {
  try {
    const result = await resolveCall(call, options as ResolveCallOptions)
    expect(typeof result.ok).toBe('boolean')
    if (!result.ok) expect(toProblemDetails(result).problems.length).toBeGreaterThan(0)
  } catch (error) {
    expect(error).toBeInstanceOf(SecurityError)
    expect(error).toMatchObject({ code: 'ERR_ARGUMENT_INVALID' })
  }
}

/** What the platform itself gives is trusted with its length. */
function isHuge(value: unknown): boolean {
  try {
    return Array.isArray(value) && value.length > 1_000_000
  } catch {
    return false
  }
}

/** Puts a hostile value somewhere into a call that is otherwise fine. */
const PLACES: Readonly<Record<string, (hostile: unknown) => unknown>> = {
  'the call itself': (hostile) => hostile,
  selectedTools: (selectedTools) => ({ selectedTools }),
  'a selected tool': (hostile) => ({ selectedTools: [selectedTool('a'), hostile] }),
  authTokens: (authTokens) => ({ selectedTools: [{ ...selectedTool('a'), authTokens }] }),
  'a token': (k) => ({ selectedTools: [{ ...selectedTool('a'), authTokens: { myServiceApiKey: k } }] }),
  temporaryTool: (temporaryTool) => ({ selectedTools: [{ ...selectedTool('a'), temporaryTool }] }),
  requirements: (requirements) => ({
    selectedTools: [{ ...selectedTool('a'), temporaryTool: { ...definitionOf('a'), requirements } }],
  }),
  parameterOverrides: (parameterOverrides) => ({ selectedTools: [{ ...selectedTool('a'), parameterOverrides }] }),
  nameOverride: (nameOverride) => ({ selectedTools: [{ ...selectedTool('a'), nameOverride }] }),
  toolName: (toolName) => ({ selectedTools: [{ toolName }] }),
  callTemplate: (callTemplate) => ({ callTemplate, selectedTools: [] }),
  toolOverrides: (toolOverrides) => ({ toolOverrides, selectedTools: [selectedTool('a')] }),
  'toolOverrides.remove': (remove) => ({ toolOverrides: { remove: [remove] }, selectedTools: [selectedTool('a')] }),
  templateContext: (templateContext) => ({
    selectedTools: [selectedTool('a', { authTokens: { myServiceApiKey: '{{k}}' } })],
    templateContext,
  }),
  'another field': (metadata) => ({ metadata, selectedTools: [selectedTool('a')] }),
}

describe('a hostile payload gives problems, never an exception', () => {
  it('P36 also where its templates would make more of it than a text can hold', async () => {
    const call = {
      selectedTools: [selectedTool('a', { authTokens: { myServiceApiKey: '{{v}}'.repeat(3_000) } })],
      templateContext: { v: 'v'.repeat(200_000) },
    }
    const result = await resolveCall(call)
    expect(result.ok ? [] : result.problems.map(({ code, pointer }) => [code, pointer])).toEqual([
      ['ERR_TOKEN_TOO_LONG', '/selectedTools/0/authTokens/myServiceApiKey'],
    ])
  })

  it.each(Object.entries(PLACES))('at %s: each known value', async (_, place) => {
    for (const make of Object.values(HOSTILE)) await judge(place(make()), { findTool })
  })

  it('anything anywhere (property)', async () => {
    await checkAsync(
      fc.asyncProperty(fc.constantFrom(...Object.values(PLACES)), hostileValue, (place, make) =>
        judge(place(make()), { findTool, patches: true }),
      ),
      1,
    )
  })

  it('with a getter that throws or changes the second time (property)', async () => {
    const FIELDS = ['selectedTools', 'toolOverrides', 'templateContext', 'callTemplate', 'metadata', 'voice'] as const
    await checkAsync(
      fc.asyncProperty(fc.constantFrom(...FIELDS), fc.nat(3), hostileValue, async (field, reads, make) => {
        let count = 0
        const call = { selectedTools: [selectedTool('a')], templateContext: { k: 'k-1234567' } }
        const first: unknown = field === 'selectedTools' ? call.selectedTools : {}
        const later = make()
        Object.defineProperty(call, field, {
          enumerable: true,
          get: () => {
            count += 1
            if (count <= reads) return first
            if (later === undefined) throw new RangeError('thrown by a getter')
            return later
          },
        })
        await judge(call)
      }),
      0.5,
    )
  })

  it('whose traps throw at any of the first accesses', async () => {
    for (let limit = 0; limit < 60; limit += 1) {
      let count = 0
      const tick = <T>(value: T): T => {
        count += 1
        if (count > limit) throw new RangeError('thrown by a trap')
        return value
      }
      const call = new Proxy(
        {
          selectedTools: [selectedTool('a', { authTokens: { myServiceApiKey: '{{k}}' } })],
          templateContext: { k: 'kkk' },
        },
        {
          get: (target, key) => tick(Reflect.get(target, key)),
          has: (target, key) => tick(Reflect.has(target, key)),
          ownKeys: (target) => tick(Reflect.ownKeys(target)),
          getPrototypeOf: (target) => tick(Reflect.getPrototypeOf(target)),
          getOwnPropertyDescriptor: (target, key) => tick(Reflect.getOwnPropertyDescriptor(target, key)),
        },
      )
      await judge(call)
    }
  })

  it('with a prototype that is an object without one', async () => {
    const call = Object.assign(Object.create(Object.create(null)) as object, { selectedTools: [selectedTool('a')] })
    await judge(call)
    await judge({
      selectedTools: [selectedTool('a')],
      templateContext: Object.assign(Object.create(Object.create(null)), { k: 'x' }),
    })
  })

  it('with 10,000 tools, or a name of a megabyte', async () => {
    const name = 'x'.repeat(1_000_000)
    await judge({ selectedTools: Array.from({ length: 10_000 }, () => ({ toolName: 'missing:x' })) }, { findTool })
    await judge({ selectedTools: [{ toolName: name, [name]: name, authTokens: { [name]: name } }], [name]: 1 })
    await judge({ selectedTools: [selectedTool('a', { nameOverride: name, parameterOverrides: { [name]: name } })] })
  })
})

describe('hostile options', () => {
  it('anything for the options, or for one of them (property)', async () => {
    const NAMES = [
      'findTool',
      'mintCallToken',
      'callId',
      'expiresAt',
      'templateContext',
      'patches',
      'anonymous',
      'unusedTokens',
      'callTokenCounts',
      'tenant',
      'environment',
      'unknownFields',
      'allowInsecureOrigins',
      'other',
    ]
    const anyOptions = fc.tuple(fc.option(fc.constantFrom(...NAMES), { freq: 4 }), hostileValue)
    const call = { selectedTools: [selectedTool('a', { authTokens: { myServiceApiKey: '{{k}}' } })] }
    await checkAsync(
      fc.asyncProperty(anyOptions, async ([name, make]) => {
        const value = make()
        fc.pre(!isHuge(value))
        await judge(call, name === null ? value : { [name]: value })
      }),
      0.5,
    )
  })

  it('anything that a look-up or a mint gives (property)', async () => {
    const temporaryTool = definitionOf('b', {
      requirements: requirementsOf({ ultravoxCallTokenRequirement: { scopes: ['s'] } }),
    })
    await checkAsync(
      fc.asyncProperty(hostileValue, fc.boolean(), async (make, asDefinition) => {
        const value = make()
        fc.pre(!isHuge(value))
        const given = asDefinition ? { name: 'a', definition: value } : value
        await judge({ selectedTools: [{ toolName: 'a' }] }, { findTool: () => given })
        await judge({ selectedTools: [{ temporaryTool }] }, { callId: 'c', mintCallToken: () => make() })
      }),
      0.5,
    )
  })
})

describe('a host whose Object.prototype is polluted (T91)', () => {
  const NAMES = [
    'selectedTools',
    'selected_tools',
    'callTemplate',
    'toolOverrides',
    'templateContext',
    'authTokens',
    'toolId',
    'toolName',
    'temporaryTool',
    'nameOverride',
    'descriptionOverride',
    'parameterOverrides',
    'transitionId',
    'removeAll',
    'remove',
    'add',
    'issue',
    'issues',
    'tool',
    'tools',
    'found',
    'ok',
    'help',
    'ownership',
    'tenant',
    'name',
    'definition',
    'requirements',
    'httpSecurityOptions',
    'options',
    'http',
    'client',
    'modelToolName',
    'patches',
    'unknownFields',
    'callId',
    'expiresAt',
    'findTool',
    'mintCallToken',
    'anonymous',
    'k',
    'myServiceApiKey',
    'credentialId',
    'limit',
  ]
  const call = {
    selectedTools: [
      selectedTool('a'),
      { toolName: 'stored:b', authTokens: { myServiceApiKey: '{{k}}' } },
      { temporaryTool: { modelToolName: 'c', client: {} } },
    ],
    toolOverrides: { add: [selectedTool('d')] },
    templateContext: { k: 'k-1234567' },
  }
  const broken = {
    selectedTools: [selectedTool('a', { authTokens: {} }), { toolName: 'missing:b' }, selectedTool('a')],
  }

  async function outcome(): Promise<unknown> {
    const [good, bad] = [await resolveCall(call, { findTool, patches: true }), await resolveCall(broken, { findTool })]
    return [
      good.ok
        ? [good.call, good.patches, [...good.tools].map(([name, tool]) => [name, plainTool(tool)])]
        : good.problems,
      bad.ok ? null : [bad.problems, toProblemDetails(bad)],
    ].map((part) => JSON.stringify(part))
  }

  it.each(NAMES)('with %s: the same outcome', async (name) => {
    const expected = await outcome()
    let polluted: unknown
    try {
      Object.defineProperty(Object.prototype, name, { value: 'polluted', configurable: true, writable: true })
      polluted = await outcome().catch((error: unknown) => String(error))
    } finally {
      delete (Object.prototype as Record<string, unknown>)[name]
    }
    expect(polluted).toEqual(expected)
  })
})
