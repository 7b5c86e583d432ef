import fc from 'fast-check'
import { applyPatches, enablePatches, produce } from 'immer'
import { describe, expect, it } from 'vitest'
import { resolveCall } from '../../src/call/index.ts'
import { reachable } from '../properties/shown.ts'
import { deepFreeze } from '../vectors/load.ts'
import { checkAsync } from './check-async.ts'
import {
  BREAKAGES,
  definitionOf,
  findTool,
  judged,
  OPTIONS,
  problemsOf,
  requirementsOf,
  selectedTool,
} from './samples.ts'

/** A call with everything in it; made anew each time. */
function wholeCall() {
  return {
    model: 'fixie-ai/ultravox',
    metadata: { from: { somewhere: ['else'] } },
    callTemplate: {
      systemPrompt: 'Hello {{name}}.',
      voiceSettings: { speed: [1, 2] },
      selectedTools: [
        selectedTool('a'),
        selectedTool('b', { authTokens: { myServiceApiKey: '{{tenantKey}}' } }),
        { toolName: 'stored:c', authTokens: { user_id: '{{user.id}}', auth_token: 't-1234567' } },
      ],
    },
    toolOverrides: { remove: ['a'], add: [selectedTool('d')] },
    templateContext: { name: 'Ada', tenantKey: 'k-of-the-tenant', user: { id: 'u-1234567' } },
  }
}

describe('the resulting call', () => {
  it('is the given one with each tool as its view, no overrides, and no variable that filled a token', async () => {
    const result = await resolveCall(wholeCall(), { findTool })
    const view = (name: string, auth: object, more: object = {}) => {
      const { modelToolName: _, requirements: __, http, ...rest } = definitionOf(name)
      return { name, ...more, definition: { ...rest, http: { ...(http as object), callTokenScopes: [], ...auth } } }
    }
    const { selectedTools: _, ...template } = wholeCall().callTemplate
    expect(result.ok && result.call).toEqual({
      model: 'fixie-ai/ultravox',
      metadata: { from: { somewhere: ['else'] } },
      callTemplate: {
        ...template,
        selectedTools: [
          view('b', { authHeaders: ['X-My-Key'], authQueryParams: [] }),
          view('c', { authHeaders: ['Authorization'], authQueryParams: ['uid'] }, { toolId: 'id-of-c' }),
          view('d', { authHeaders: ['X-My-Key'], authQueryParams: [] }),
        ],
      },
      templateContext: { name: 'Ada' },
    })
  })

  it('shares what did not change with the given one', async () => {
    const call = wholeCall()
    const result = await resolveCall(call, { findTool })
    if (!result.ok) throw new Error('not resolved')
    expect(result.call).not.toBe(call)
    expect(result.call.metadata).toBe(call.metadata)
    expect(result.call.callTemplate.voiceSettings).toBe(call.callTemplate.voiceSettings)
    expect(result.call.callTemplate).not.toBe(call.callTemplate)
  })

  it('keeps a call as it is where nothing changes', async () => {
    const call = { model: 'x', templateContext: { name: 'Ada' } }
    const result = await resolveCall(call)
    expect(result.ok && result.call).toBe(call)
  })

  it('lets go of the variables of removed tools, too', async () => {
    const call = {
      selectedTools: [selectedTool('a', { authTokens: { myServiceApiKey: '{{oldKey}}' } })],
      toolOverrides: { removeAll: true },
      templateContext: { oldKey: 'k-of-yesterday', name: 'Ada' },
    }
    const result = await resolveCall(call)
    expect(result.ok && result.call).toEqual({ selectedTools: [], templateContext: { name: 'Ada' } })
  })

  it('keeps a variable that only other texts use', async () => {
    const call = { selectedTools: [selectedTool('a')], templateContext: { name: 'Ada' } }
    const result = await resolveCall(call)
    expect(result.ok && result.call.templateContext).toBe(call.templateContext)
  })

  it('takes the variables out of the payload also where the options give the context', async () => {
    const call = {
      selectedTools: [selectedTool('a', { authTokens: { myServiceApiKey: '{{k}}' } })],
      templateContext: { k: 'k-of-the-payload' },
    }
    const result = await resolveCall(call, { templateContext: { k: 'k-of-the-options' } })
    expect(result.ok && result.call.templateContext).toEqual({})
  })
})

describe('the view of a tool', () => {
  const viewOf = async (more: object, options = {}) => {
    const result = await resolveCall({ selectedTools: [selectedTool('a', more as never)] }, options)
    if (!result.ok) throw new Error(JSON.stringify(result.problems))
    return result.call.selectedTools[0] as unknown as { definition: Record<string, unknown> }
  }

  it('names the places of credentials, never the requirements', async () => {
    const temporaryTool = definitionOf('a', {
      requirements: requirementsOf({
        requirements: {
          secretName: { headerApiKey: { name: 'X-One' } },
          otherName: { queryApiKey: { name: 'two' } },
          thirdName: { httpAuth: { scheme: 'Token' } },
        },
        ultravoxCallTokenRequirement: { scopes: ['calls:read', 'x'] },
      }),
    })
    const authTokens = { secretName: 'k-1', otherName: { credentialId: 'stored-2' }, thirdName: 'k-3' }
    const options = { tenant: 't', callId: 'c', mintCallToken: () => 'minted-token' }
    const { definition } = await viewOf({ temporaryTool, authTokens }, options)
    expect(definition['http']).toEqual({
      baseUrlPattern: 'https://api.example.com/a/{symbol}',
      httpMethod: 'GET',
      authHeaders: ['X-One', 'Authorization', 'X-Ultravox-Call-Token'],
      authQueryParams: ['two'],
      callTokenScopes: ['calls:read', 'x'],
    })
    expect(Object.keys(definition)).not.toContain('requirements')
    expect(JSON.stringify(definition)).not.toMatch(/secretName|otherName|thirdName|stored-2|minted-token/)
  })

  it('names the Cookie header for a cookie, and every place of a signature', async () => {
    const temporaryTool = definitionOf('a', {
      requirements: requirementsOf({
        requirements: {
          session: { cookieApiKey: { name: 'sid' } },
          other: { cookieApiKey: { name: 'csrf' } },
          signer: { hmacSignature: { headers: { 'X-Signature': '{signature}', 'X-Timestamp': '{timestamp}' } } },
        },
      }),
    })
    const authTokens = { session: 's-1234567', other: 'o-1234567', signer: 'a secret of the signer' }
    const { definition } = await viewOf({ temporaryTool, authTokens })
    expect(definition['http']).toMatchObject({
      authHeaders: ['Cookie', 'X-Signature', 'X-Timestamp'],
      authQueryParams: [],
    })
  })

  it('of a tool that runs unauthenticated names none', async () => {
    const { definition } = await viewOf({ temporaryTool: definitionOf('a', { requirements: requirementsOf({}) }) })
    expect(definition['http']).toMatchObject({ authHeaders: [], authQueryParams: [], callTokenScopes: [] })
  })

  it('of a client tool has no http', async () => {
    const { definition } = await viewOf({ temporaryTool: { modelToolName: 'a', client: {}, timeout: '5s' } })
    expect(definition).toEqual({ client: {}, timeout: '5s' })
  })

  it('shows overridden parameters as static ones, as the model no longer chooses them', async () => {
    const { definition } = await viewOf({ parameterOverrides: { symbol: 'NVDA', currency: null } })
    expect(definition['dynamicParameters']).toEqual([
      { name: 'limit', location: 'PARAMETER_LOCATION_QUERY', schema: { type: 'integer' } },
    ])
    expect(definition['staticParameters']).toEqual([
      { name: 'currency', location: 'PARAMETER_LOCATION_QUERY', value: null },
      { name: 'symbol', location: 'PARAMETER_LOCATION_PATH', value: 'NVDA' },
    ])
  })

  it('keeps a static parameter without a value as it is', async () => {
    const staticParameters = [{ name: 's', location: 'PARAMETER_LOCATION_QUERY' }]
    const { definition } = await viewOf({ temporaryTool: definitionOf('a', { staticParameters }) })
    expect(definition['staticParameters']).toEqual(staticParameters)
  })
})

describe('the given call', () => {
  const anyEntry = fc.oneof(
    fc.constantFrom(...BREAKAGES).map(({ broken }) => broken('x')),
    fc.constantFrom('a', 'b', 'c').map((name) => selectedTool(name)),
  )
  const anyCall = fc
    .record({
      entries: fc.array(anyEntry, { maxLength: 4 }),
      added: fc.array(anyEntry, { maxLength: 1 }),
      inTemplate: fc.boolean(),
    })
    .map(({ entries, added, inTemplate }) => {
      const tools = { selectedTools: entries }
      return structuredClone({
        ...(inTemplate ? { callTemplate: tools } : tools),
        toolOverrides: { add: added },
        templateContext: { k: 'k-1234567' },
        metadata: { deep: [{}] },
      })
    })

  it('stays as it is: not changed, and not frozen by us (property)', async () => {
    await checkAsync(
      fc.asyncProperty(anyCall, fc.boolean(), async (call, patches) => {
        const before = structuredClone(call)
        await resolveCall(call, { ...OPTIONS, patches })
        expect(call).toEqual(before)
        expect([...reachable(call).keys()].filter((object) => Object.isFrozen(object))).toEqual([])
      }),
      0.2,
    )
  })

  it('may be frozen all the way down, with the same result (property)', async () => {
    await checkAsync(
      fc.asyncProperty(anyCall, fc.boolean(), async (call, patches) => {
        const plain = await resolveCall(structuredClone(call), { ...OPTIONS, patches })
        const frozen = await resolveCall(deepFreeze(call), { ...OPTIONS, patches })
        expect(frozen).toEqual(plain)
      }),
      0.2,
    )
  })

  /** JSON to us, as its prototype has none itself; nothing that immer would copy. */
  const odd = <T extends object>(value: T): T => Object.assign(Object.create(Object.create(null)), value)

  it.each<[string, () => object]>([
    ['a call', () => odd({ selectedTools: [selectedTool('a')] })],
    ['a callTemplate', () => ({ callTemplate: odd({ selectedTools: [selectedTool('a')] }) })],
    [
      'a templateContext',
      () => ({
        selectedTools: [selectedTool('a', { authTokens: { myServiceApiKey: '{{k}}' } })],
        templateContext: odd({ k: 'k-1234567' }),
      }),
    ],
  ])('stays as it is where %s cannot be copied: it is refused', async (_, makeCall) => {
    for (const patches of [false, true]) {
      const call = makeCall()
      const before = JSON.stringify(call)
      const result = await resolveCall(call, { patches })
      expect(judged(problemsOf(result))).toEqual(['ERR_INPUT_UNREADABLE '])
      expect(JSON.stringify(call)).toBe(before)
    }
  })

  it('may hold what cannot be copied where nothing changes', async () => {
    const call = {
      selectedTools: [selectedTool('a')],
      templateContext: odd({ k: 1 }),
      callTemplate: odd({ name: 'x' }),
    }
    const result = await resolveCall(call)
    expect(result.ok && result.call.templateContext).toBe(call.templateContext)
  })

  it('shares no object with the resolved tools', async () => {
    const call = wholeCall()
    const result = await resolveCall(call, { findTool })
    const given = reachable(call)
    const shared = [...reachable(result.ok ? [...result.tools] : null).keys()].filter(
      (object) => given.has(object) && !isBuiltIn(object),
    )
    expect(shared).toEqual([])
  })
})

/** What every object leads to. */
function isBuiltIn(object: object): boolean {
  return typeof object === 'function' || object === Object.prototype || object === Array.prototype
}

describe('patches', () => {
  it('are forward ones alone: they turn the given call into the resulting one, and hold no token', async () => {
    const call = wholeCall()
    const result = await resolveCall(call, { findTool, patches: true })
    if (!result.ok) throw new Error('not resolved')
    enablePatches()
    expect(applyPatches(call, [...(result.patches ?? [])])).toEqual(result.call)
    expect(Object.keys(result)).toEqual(['ok', 'tools', 'call', 'patches'])
    expect(JSON.stringify(result.patches)).not.toMatch(/key-of-|k-of-the-tenant|u-1234567|t-1234567/)
    expect(result.patches?.map(({ op, path }) => [op, ...path])).toEqual(
      expect.arrayContaining([
        ['remove', 'toolOverrides'],
        ['remove', 'templateContext', 'tenantKey'],
        ['remove', 'templateContext', 'user'],
      ]),
    )
  })

  it('are there only when asked for', async () => {
    for (const options of [{}, { patches: false }]) {
      expect(Object.keys(await resolveCall({ selectedTools: [] }, options))).not.toContain('patches')
    }
  })
})

describe('immer as the host uses it', () => {
  it('keeps its settings: what the host produces is still frozen', async () => {
    await resolveCall(wholeCall(), { findTool, patches: true })
    const produced = produce({ inner: { value: 1 } }, (draft) => {
      draft.inner.value = 2
    })
    expect(Object.isFrozen(produced) && Object.isFrozen(produced.inner)).toBe(true)
  })

  it('may have frozen the call', async () => {
    const call = produce(wholeCall(), (draft) => {
      draft.metadata.from.somewhere.push('again')
    })
    const result = await resolveCall(call, { findTool })
    expect(result.ok && result.call.metadata).toBe(call.metadata)
  })

  it('may go on with the resulting call', async () => {
    const result = await resolveCall(wholeCall(), { findTool })
    if (!result.ok) throw new Error('not resolved')
    const next = produce(result.call, (draft) => {
      draft.model = 'another'
    })
    expect(next).toMatchObject({ model: 'another', callTemplate: { selectedTools: [{}, {}, {}] } })
  })
})
