import { describe, expect, it } from 'vitest'
import { resolveCall } from '../../src/call/index.ts'
import { apply, buildRequest, Secret } from '../../src/index.ts'
import type { Json } from '../properties/arbitraries.ts'
import {
  definitionOf,
  findTool,
  judged,
  plainTool,
  problemsOf,
  requirementsOf,
  selectedTool,
  toolOf,
  toolsOf,
} from './samples.ts'

const OWN_ACCOUNT = { findTool, tenant: 'acme', callId: 'call-1' }

describe('a selected tool', () => {
  it('is all that the worker needs: name, definition, overrides, resolution', async () => {
    const tool = selectedTool('stock_price', { parameterOverrides: { limit: 5 } })
    const result = await resolveCall({ selectedTools: [tool] }, OWN_ACCOUNT)
    expect(plainTool(toolOf(result, 'stock_price'))).toEqual({
      name: 'stock_price',
      definition: definitionOf('stock_price'),
      overrides: { limit: 5 },
      resolution: {
        ok: true,
        outcome: 'authenticated',
        optionIndex: 0,
        mutations: [
          { kind: 'header', name: 'X-My-Key', requirement: 'myServiceApiKey', value: { secret: 'key-of-stock_price' } },
        ],
        needs: [],
        notices: [],
        binding: {
          origin: 'https://api.example.com',
          pathPrefix: '/stock_price/',
          pathOpen: true,
          tenant: 'acme',
          environment: null,
        },
      },
    })
  })

  it('goes on the wire by apply(buildRequest(tool), resolution)', async () => {
    const result = await resolveCall({ selectedTools: [selectedTool('stock_price')] })
    const tool = toolOf(result, 'stock_price')
    expect(apply(buildRequest(tool, { parameters: { symbol: 'NVDA' } }), tool.resolution)).toEqual({
      method: 'GET',
      url: 'https://api.example.com/stock_price/NVDA?currency=USD',
      headers: { 'X-My-Key': 'key-of-stock_price' },
    })
  })

  it('is named by exactly one of toolId, toolName, temporaryTool', async () => {
    const references = { toolId: 'stored:a', toolName: 'stored:a', temporaryTool: definitionOf('a') }
    const authTokens = { myServiceApiKey: 'k-1234567' }
    for (let bits = 0; bits < 8; bits += 1) {
      const chosen = Object.entries(references).filter((_, index) => (bits & (1 << index)) !== 0)
      const call = { selectedTools: [{ ...Object.fromEntries(chosen), authTokens }] }
      const result = await resolveCall(call, OWN_ACCOUNT)
      expect([result.ok, chosen.length], chosen.join()).toEqual([chosen.length === 1, chosen.length])
    }
  })

  it.each(['toolId', 'toolName'])('is refused with an empty %s', async (field) => {
    expect(judged(problemsOf(await resolveCall({ selectedTools: [{ [field]: ' ' }] }, OWN_ACCOUNT)))).toEqual([
      `ERR_FIELD_VALUE /selectedTools/0/${field}`,
    ])
  })

  it('is called by its nameOverride, else its modelToolName, else its stored name', async () => {
    const tokens = { authTokens: { myServiceApiKey: 'k-1234567' } }
    const result = await resolveCall(
      {
        selectedTools: [
          { ...selectedTool('declared'), nameOverride: 'overridden' },
          selectedTool('declared'),
          { toolName: 'plain', ...tokens },
        ],
      },
      { findTool: () => ({ name: 'plain', definition: { ...definitionOf('x'), modelToolName: undefined } }) },
    )
    expect([...toolsOf(result).keys()]).toEqual(['overridden', 'declared', 'plain'])
  })

  it.each([
    ['nothing at all', undefined],
    ['64 characters', 'a'.repeat(64)],
    ['every allowed character', 'azAZ09_-'],
  ])('a name override of %s is fine', async (_, nameOverride) => {
    const tool = nameOverride === undefined ? selectedTool('x') : selectedTool('x', { nameOverride })
    expect([...toolsOf(await resolveCall({ selectedTools: [tool] })).keys()]).toEqual([nameOverride ?? 'x'])
  })

  it.each(['', ' ', 'two words', 'a'.repeat(65), 'caf\u00e9', 'a\n', '\u212Aelvin', '__proto__ '])(
    'a name override of %j is refused',
    async (nameOverride) => {
      const problems = problemsOf(await resolveCall({ selectedTools: [selectedTool('x', { nameOverride })] }))
      expect(judged(problems)).toEqual(['ERR_FIELD_VALUE /selectedTools/0/nameOverride'])
    },
  )

  it('is told to the model by its descriptionOverride', async () => {
    const result = await resolveCall({ selectedTools: [selectedTool('x', { descriptionOverride: 'Other words.' })] })
    expect(toolOf(result, 'x').definition).toEqual(definitionOf('x', { description: 'Other words.' }))
    expect(result.ok && result.call.selectedTools[0]).toMatchObject({ definition: { description: 'Other words.' } })
  })

  it('without a name for the model is refused', async () => {
    const { modelToolName: _, ...unnamed } = definitionOf('x')
    const call = { selectedTools: [{ temporaryTool: unnamed, authTokens: { myServiceApiKey: 'k' } }] }
    expect(problemsOf(await resolveCall(call))).toMatchObject([
      { code: 'ERR_TOOL_NAME', pointer: '/selectedTools/0', tool: null, message: 'the tool has no name for the model' },
    ])
  })

  it('of names that are equal, the second and third are refused; __proto__ and toString are names like any other', async () => {
    const named = (nameOverride: string) => selectedTool('x', { nameOverride })
    const taken = await resolveCall({ selectedTools: [named('a'), named('b'), named('a'), named('A'), named('a')] })
    expect(judged(problemsOf(taken))).toEqual([
      'ERR_TOOL_NAME_TAKEN /selectedTools/2',
      'ERR_TOOL_NAME_TAKEN /selectedTools/4',
    ])
    const odd = ['__proto__', 'toString', 'constructor', '10', '2']
    expect([...toolsOf(await resolveCall({ selectedTools: odd.map(named) })).keys()]).toEqual(odd)
  })

  it('carries its transition and its id to the resulting call', async () => {
    const call = {
      selectedTools: [
        { ...selectedTool('a'), transitionId: 'to-sales' },
        { toolId: 'stored:b', authTokens: { myServiceApiKey: 'k-1234567' } },
        { toolName: 'stored:c', authTokens: { myServiceApiKey: 'k-1234567' } },
      ],
    }
    const result = await resolveCall(call, OWN_ACCOUNT)
    expect(result.ok && result.call.selectedTools).toMatchObject([
      { name: 'a', transitionId: 'to-sales' },
      { name: 'b', toolId: 'stored:b' },
      { name: 'c', toolId: 'id-of-c' },
    ])
  })
})

describe('both spellings of field names', () => {
  const snakeCase = {
    selected_tools: [
      {
        temporary_tool: {
          model_tool_name: 'a',
          http: { base_url_pattern: 'https://api.example.com/a', http_method: 'GET' },
          static_parameters: [{ name: 's', location: 'PARAMETER_LOCATION_QUERY', value: 1 }],
          requirements: {
            http_security_options: { options: [{ requirements: { api_key: { header_api_key: { name: 'X-Key' } } } }] },
          },
        },
        auth_tokens: { api_key: 'k-1234567' },
        name_override: 'renamed',
        description_override: 'Told.',
        parameter_overrides: { s: 2 },
        transition_id: 't',
      },
      { tool_name: 'stored:b', auth_tokens: { myServiceApiKey: 'k-1234567' } },
      { tool_id: 'stored:c', auth_tokens: { myServiceApiKey: 'k-1234567' } },
    ],
    tool_overrides: {
      remove: ['b'],
      remove_all: false,
      add: [{ tool_id: 'stored:d', auth_tokens: { myServiceApiKey: '{{k}}' } }],
    },
    template_context: { k: 'k-7654321' },
  }
  const camelCase = {
    selectedTools: [
      {
        temporaryTool: {
          modelToolName: 'a',
          http: { baseUrlPattern: 'https://api.example.com/a', httpMethod: 'GET' },
          staticParameters: [{ name: 's', location: 'PARAMETER_LOCATION_QUERY', value: 1 }],
          requirements: {
            httpSecurityOptions: { options: [{ requirements: { api_key: { headerApiKey: { name: 'X-Key' } } } }] },
          },
        },
        authTokens: { api_key: 'k-1234567' },
        nameOverride: 'renamed',
        descriptionOverride: 'Told.',
        parameterOverrides: { s: 2 },
        transitionId: 't',
      },
      { toolName: 'stored:b', authTokens: { myServiceApiKey: 'k-1234567' } },
      { toolId: 'stored:c', authTokens: { myServiceApiKey: 'k-1234567' } },
    ],
    toolOverrides: {
      remove: ['b'],
      removeAll: false,
      add: [{ toolId: 'stored:d', authTokens: { myServiceApiKey: '{{k}}' } }],
    },
    templateContext: { k: 'k-7654321' },
  }

  it('mean the same, every field', async () => {
    const [one, other] = [await resolveCall(snakeCase, OWN_ACCOUNT), await resolveCall(camelCase, OWN_ACCOUNT)]
    expect([...toolsOf(one)].map(([name, tool]) => [name, plainTool(tool)])).toEqual(
      [...toolsOf(other)].map(([name, tool]) => [name, plainTool(tool)]),
    )
    expect([...toolsOf(one).keys()]).toEqual(['renamed', 'c', 'd'])
  })

  it('are kept in the resulting call', async () => {
    const [one, other] = [await resolveCall(snakeCase, OWN_ACCOUNT), await resolveCall(camelCase, OWN_ACCOUNT)]
    if (!one.ok || !other.ok) throw new Error('not resolved')
    expect(Object.keys(one.call)).toEqual(['selected_tools', 'template_context'])
    expect(one.call.selected_tools).toEqual(other.call.selectedTools)
    expect([one.call.template_context, other.call.templateContext]).toEqual([{}, {}])
  })

  it('of one field in one object are refused', async () => {
    const problems = problemsOf(
      await resolveCall({
        selectedTools: [{ ...selectedTool('a'), auth_tokens: { myServiceApiKey: 'k-1234567' } }],
        selected_tools: [],
        toolOverrides: { removeAll: true, remove_all: false },
      }),
    )
    expect(judged(problems)).toEqual([
      'ERR_FIELD_SPELLED_TWICE /selectedTools/0/auth_tokens',
      'ERR_FIELD_SPELLED_TWICE /selected_tools',
      'ERR_FIELD_SPELLED_TWICE /toolOverrides/remove_all',
    ])
  })

  it('are also found in callTemplate', async () => {
    const result = await resolveCall({ call_template: { selected_tools: [selectedTool('a')] }, voice: 'Mark' })
    expect(result.ok && result.call).toMatchObject({
      call_template: { selected_tools: [{ name: 'a' }] },
      voice: 'Mark',
    })
  })
})

describe('toolOverrides', () => {
  const base = ['a', 'b', 'c'].map((name) => selectedTool(name))
  const namesAfter = async (toolOverrides: object, ...given: [unknown?]) => {
    const selectedTools = given.length === 0 ? base : given[0]
    return [...toolsOf(await resolveCall({ selectedTools, toolOverrides }, OWN_ACCOUNT)).keys()]
  }

  it('remove, removeAll and add act in that order', async () => {
    expect(await namesAfter({})).toEqual(['a', 'b', 'c'])
    expect(await namesAfter({ remove: ['b'] })).toEqual(['a', 'c'])
    expect(await namesAfter({ removeAll: true })).toEqual([])
    expect(await namesAfter({ removeAll: false, add: [selectedTool('d')] })).toEqual(['a', 'b', 'c', 'd'])
    expect(await namesAfter({ add: [selectedTool('b')], remove: ['b'] })).toEqual(['a', 'c', 'b'])
    expect(await namesAfter({ add: [selectedTool('a')], removeAll: true, remove: ['b'] })).toEqual(['a'])
    expect(await namesAfter({ add: [selectedTool('d')] }, undefined)).toEqual(['d'])
  })

  it('remove names tools as the model would see them, stored ones too', async () => {
    const tokens = { authTokens: { myServiceApiKey: 'k-1234567' } }
    const tools = [
      { toolName: 'stored:a', ...tokens },
      { toolId: 'stored:b', ...tokens },
      { ...selectedTool('c'), nameOverride: 'renamed' },
      { temporary_tool: { model_tool_name: 'd', client: {} } },
    ]
    expect(await namesAfter({ remove: ['a', 'b', 'renamed', 'd'] }, tools)).toEqual([])
    expect(await namesAfter({ remove: ['lost'] }, [{ toolName: 'lost' }])).toEqual([])
  })

  it('a name that no tool has is a problem, with the nearest one', async () => {
    const problems = problemsOf(
      await resolveCall({
        selectedTools: [selectedTool('stock_price')],
        toolOverrides: { remove: ['stockPrice', 'zz'] },
      }),
    )
    expect(problems).toMatchObject([
      {
        code: 'ERR_TOOL_NOT_FOUND',
        pointer: '/toolOverrides/remove/0',
        tool: null,
        help: 'did you mean `stock_price`?',
      },
      { code: 'ERR_TOOL_NOT_FOUND', pointer: '/toolOverrides/remove/1', message: 'no selected tool is named `zz`' },
    ])
  })

  it('a removed tool needs no tokens and gives no problem', async () => {
    const selectedTools = [{ temporaryTool: definitionOf('a') }, selectedTool('b'), selectedTool('b')]
    expect(await namesAfter({ remove: ['a', 'b'], add: [selectedTool('b')] }, selectedTools)).toEqual(['b'])
    expect(await namesAfter({ removeAll: true }, [{ toolName: 'missing:a' }, { toolName: 'down:b' }])).toEqual([])
  })

  it('problems of an added tool point to it', async () => {
    const call = {
      selectedTools: base,
      toolOverrides: { add: [selectedTool('d'), { temporaryTool: definitionOf('e') }] },
    }
    expect(judged(problemsOf(await resolveCall(call)))).toEqual(['ERR_TOKEN_MISSING /toolOverrides/add/1/authTokens'])
  })

  it('is gone from the resulting call, which lists what is left', async () => {
    const call = { selectedTools: base, toolOverrides: { remove: ['a'], add: [selectedTool('d')] } }
    const result = await resolveCall(call)
    expect(result.ok && Object.keys(result.call)).toEqual(['selectedTools'])
    expect(result.ok && result.call.selectedTools).toMatchObject([{ name: 'b' }, { name: 'c' }, { name: 'd' }])
  })

  it('a misspelt field of it is refused', async () => {
    const problems = problemsOf(await resolveCall({ selectedTools: base, toolOverrides: { removeall: true } }))
    expect(problems).toMatchObject([
      { code: 'ERR_FIELD_UNKNOWN', pointer: '/toolOverrides/removeall', help: 'did you mean `removeAll`?' },
    ])
  })
})

describe('an agent: callTemplate and templateContext', () => {
  const templated = (token: string) => selectedTool('a', { authTokens: { myServiceApiKey: token } })
  const tokenOf = async (token: string, templateContext: object, options = {}) => {
    const result = await resolveCall({ callTemplate: { selectedTools: [templated(token)] }, templateContext }, options)
    return toolOf(result, 'a').resolution.mutations[0]?.value.reveal()
  }

  it('a variable of the options may be a Secret; one of the payload, which is JSON, may not', async () => {
    const secret = { k: new Secret('k-7654321'), nested: { k: new Secret('k-1234567') } }
    expect(await tokenOf('{{k}}', {}, { templateContext: secret })).toBe('k-7654321')
    expect(await tokenOf('{{nested.k}}', {}, { templateContext: secret })).toBe('k-1234567')
    const call = { selectedTools: [selectedTool('a')], templateContext: secret }
    expect(judged(problemsOf(await resolveCall(call)))).toEqual(['ERR_INPUT_NOT_JSON /templateContext/k'])
  })

  it('a context of the options that is not JSON: the error says where', async () => {
    for (const [templateContext, where] of [
      [{ user: { born: new Date(0) } }, '/user/born'],
      [{ list: [1, '\ud800'] }, '/list/1'],
    ] as const) {
      await expect(resolveCall({}, { templateContext })).rejects.toMatchObject({
        code: 'ERR_ARGUMENT_INVALID',
        message: expect.stringContaining(`\`${where}\``),
      })
    }
  })

  it('fills templates in token values', async () => {
    expect(await tokenOf('{{tenantKey}}', { tenantKey: 'k-1234567' })).toBe('k-1234567')
    expect(await tokenOf('a-{{ x.y }}-{{z}}', { x: { y: '1' }, z: '&<$&>' })).toBe('a-1-&<$&>')
  })

  it('takes the context from the options before that of the payload', async () => {
    expect(await tokenOf('{{k}}', { k: 'payload' }, { templateContext: { k: 'options' } })).toBe('options')
  })

  it.each([
    ['a variable that is missing', '{{nobody}}', 'ERR_TEMPLATE_VARIABLE'],
    ['a variable that is empty', '{{empty}}', 'ERR_TEMPLATE_VARIABLE'],
    ['a variable that objects inherit', '{{toString}}', 'ERR_TEMPLATE_VARIABLE'],
    ['a template that never ends', 'a{{k', 'ERR_TEMPLATE_SYNTAX'],
    ['a template without a name', '{{}}', 'ERR_TEMPLATE_SYNTAX'],
  ])('%s is a problem', async (_, token, code) => {
    const call = { callTemplate: { selectedTools: [templated(token)] }, templateContext: { k: 'k-1234567', empty: '' } }
    expect(judged(problemsOf(await resolveCall(call)))).toEqual([
      `${code} /callTemplate/selectedTools/0/authTokens/myServiceApiKey`,
    ])
  })

  it('a {{ that is left over is a problem here, also one that a variable brought in', async () => {
    const call = { callTemplate: { selectedTools: [templated('{{k}}')] }, templateContext: { k: 'x{{other}}' } }
    const problems = problemsOf(await resolveCall(call))
    expect(problems).toMatchObject([{ pointer: '/callTemplate/selectedTools/0/authTokens/myServiceApiKey', tool: 'a' }])
    expect(problems[0]?.code).toMatch(/^ERR_TEMPLATE_/)
  })

  const signed = (signer: Json) => ({
    temporaryTool: definitionOf('a', {
      requirements: requirementsOf({
        requirements: {
          basic: { httpAuth: { scheme: 'Basic' } },
          signer: { hmacSignature: { headers: { 'X-Signature': '[{signature}]' }, separator: ',' } },
        },
      }),
    }),
    authTokens: { basic: { username: '{{user}}', password: 'p-{{k}}' }, signer },
  })

  it.each<[string, Json]>([
    ['a text', '{{k}}'],
    ['a list', ['{{k}}', 'b-{{k}}']],
    ['secrets with the name of their key', { secrets: ['{{k}}', 'b-{{k}}'], keyId: '{{user}}' }],
  ])('fills every text of a structured token: %s', async (_, signer) => {
    const call = { selectedTools: [signed(signer)], templateContext: { k: 'k-1234567', user: 'ada' } }
    const { resolution } = toolOf(await resolveCall(call), 'a')
    expect(resolution.mutations.map(({ value }) => value.reveal())).toEqual([`Basic ${btoa('ada:p-k-1234567')}`])
    const [need] = resolution.needs
    const secrets = need?.kind === 'signature' ? need.secrets.map((secret) => secret.reveal()) : []
    expect(secrets).toEqual(typeof signer === 'string' ? ['k-1234567'] : ['k-1234567', 'b-k-1234567'])
    if (need?.kind === 'signature' && need.keyId !== undefined) expect(need.keyId).toBe('ada')
  })

  it('a variable that is missing inside a structured token is a problem', async () => {
    for (const signer of ['{{missing}}', ['{{missing}}'], { secrets: ['{{missing}}'] }]) {
      const call = { selectedTools: [signed(signer)], templateContext: { k: 'k-1234567', user: 'ada' } }
      expect(problemsOf(await resolveCall(call)).map(({ code }) => code)).toEqual(['ERR_TEMPLATE_VARIABLE'])
    }
  })

  it('a name of a token is never a template', async () => {
    const call = {
      selectedTools: [selectedTool('a', { authTokens: { '{{name}}': 'k-1234567' } })],
      templateContext: { name: 'myServiceApiKey' },
    }
    expect(judged(problemsOf(await resolveCall(call)))).toEqual(['ERR_TOKEN_MISSING /selectedTools/0/authTokens'])
  })

  it('tools of both the root and callTemplate are refused', async () => {
    const call = { selectedTools: [selectedTool('a')], callTemplate: { selectedTools: [selectedTool('b')] } }
    expect(judged(problemsOf(await resolveCall(call)))).toEqual(['ERR_FIELD_MISPLACED /selectedTools'])
  })

  it('a callTemplate without tools leaves those of the root', async () => {
    const call = { selectedTools: [selectedTool('a')], callTemplate: { systemPrompt: 'Hello.' } }
    expect([...toolsOf(await resolveCall(call)).keys()]).toEqual(['a'])
  })
})

describe('fields of a selected tool outside of it', () => {
  const FIELDS = [
    'toolId',
    'toolName',
    'temporaryTool',
    'nameOverride',
    'descriptionOverride',
    'authTokens',
    'parameterOverrides',
    'transitionId',
  ]
  const SPELLINGS = [
    ...FIELDS,
    ...FIELDS.map((field) => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)),
  ]

  it.each(SPELLINGS)('%s at the root and in callTemplate is a problem', async (field) => {
    const atRoot = await resolveCall({ selectedTools: [selectedTool('a')], [field]: 'anything' })
    const inTemplate = await resolveCall({ callTemplate: { selectedTools: [selectedTool('a')], [field]: {} } })
    expect(judged(problemsOf(atRoot))).toEqual([`ERR_FIELD_MISPLACED /${field}`])
    expect(judged(problemsOf(inTemplate))).toEqual([`ERR_FIELD_MISPLACED /callTemplate/${field}`])
  })

  it('other fields are open', async () => {
    const call = { selectedTools: [], model: 'fixie-ai/ultravox', toString: 1, metadata: { authTokens: 'fine here' } }
    expect((await resolveCall(call)).ok).toBe(true)
  })
})

describe('requiredParameterOverrides and parameterOverrides', () => {
  const strict = (parameterOverrides: object | undefined) => ({
    ...selectedTool('a'),
    temporaryTool: definitionOf('a', {
      requirements: { ...requirementsOf({}), requiredParameterOverrides: ['limit', 'symbol'] },
    }),
    ...(parameterOverrides === undefined ? {} : { parameterOverrides }),
  })
  const judge = async (overrides: object | undefined) =>
    judged(problemsOf(await resolveCall({ selectedTools: [strict(overrides)] })))

  it('each required one must be there', async () => {
    const missing = 'ERR_OVERRIDE_MISSING /selectedTools/0/parameterOverrides'
    expect(await judge(undefined)).toEqual([missing, missing])
    expect(await judge({ limit: 1 })).toEqual([missing])
    expect(await judge({ limit: 1, symbol: 'NVDA' })).toEqual([])
  })

  it('unknown ones and wrong types are refused, static ones may be overridden', async () => {
    expect(await judge({ limit: 1.5, symbol: null })).toEqual([
      'ERR_PARAMETER_TYPE /selectedTools/0/parameterOverrides/limit',
      'ERR_PARAMETER_TYPE /selectedTools/0/parameterOverrides/symbol',
    ])
    expect(await judge({ limit: 1, symbol: 'x', currency: 'EUR', toString: 1, 'a/b': 1 })).toEqual([
      'ERR_OVERRIDE_UNKNOWN /selectedTools/0/parameterOverrides/a~1b',
      'ERR_OVERRIDE_UNKNOWN /selectedTools/0/parameterOverrides/toString',
    ])
  })
})

describe('options', () => {
  const call = { selectedTools: [selectedTool('a')] }

  it.each([
    ['null', null],
    ['a list', []],
    ['an unknown option', { findTools: () => null }],
    ['findTool that is no function', { findTool: {} }],
    ['mintCallToken without callId', { mintCallToken: () => 'token' }],
    ['an empty callId', { callId: '' }],
    ['an empty tenant', { tenant: '' }],
    ['a tenant that is not well formed', { tenant: '\ud800' }],
    ['a text for patches', { patches: 'yes' }],
    ['expiresAt that is no time', { expiresAt: Number.NaN }],
    ['a mistake in anonymous', { anonymous: 'Never' }],
    ['an origin with a path', { allowInsecureOrigins: ['http://10.0.0.5/x'] }],
    ['a templateContext that is no object', { templateContext: 'k' }],
    ['a templateContext that is a list', { templateContext: [] }],
    ['a templateContext that is not JSON', { templateContext: { k: new Date(0) } }],
    [
      'a getter that throws',
      {
        get tenant(): string {
          throw new Error('secret')
        },
      },
    ],
  ])('%s: ERR_ARGUMENT_INVALID', async (_, options) => {
    await expect(resolveCall(call, options as never)).rejects.toMatchObject({
      name: 'SecurityError',
      code: 'ERR_ARGUMENT_INVALID',
    })
  })

  it('those of resolve and of parseDefinition reach every tool', async () => {
    const anonymous = selectedTool('a', { temporaryTool: definitionOf('a', { requirements: requirementsOf({}) }) })
    const open = { selectedTools: [anonymous] }
    expect(judged(problemsOf(await resolveCall(open, { anonymous: 'never' })))).toEqual([
      'ERR_ANONYMOUS_REFUSED /selectedTools/0/authTokens',
    ])
    expect(judged(problemsOf(await resolveCall(open, { unusedTokens: 'refuse' })))).toEqual([
      'ERR_TOKEN_UNUSED /selectedTools/0/authTokens/myServiceApiKey',
    ])
    const http = { baseUrlPattern: 'http://10.0.0.5:8080/{symbol}', httpMethod: 'GET' }
    const insecure = {
      selectedTools: [selectedTool('a', { temporaryTool: definitionOf('a', { http, unheardOf: 1 }) })],
    }
    const allowed = { allowInsecureOrigins: ['http://10.0.0.5:8080'], unknownFields: 'allow' } as const
    expect(toolOf(await resolveCall(insecure, allowed), 'a').resolution).toMatchObject({ outcome: 'authenticated' })
    expect(toolOf(await resolveCall(call, { tenant: 't', environment: 'e' }), 'a').resolution.binding).toMatchObject({
      tenant: 't',
      environment: 'e',
    })
  })

  it('callTokenCounts: false ranks a call token last', async () => {
    const temporaryTool = definitionOf('a', {
      requirements: requirementsOf(
        { ultravoxCallTokenRequirement: { scopes: ['s'] } },
        {
          requirements: { k: { headerApiKey: { name: 'X-K' } } },
        },
      ),
    })
    const both = { selectedTools: [{ temporaryTool, authTokens: { k: 'k-1234567' } }] }
    const options = { callId: 'c', mintCallToken: () => 'call-token' }
    expect(toolOf(await resolveCall(both, options), 'a').resolution.optionIndex).toBe(0)
    expect(toolOf(await resolveCall(both, { ...options, callTokenCounts: false }), 'a').resolution.optionIndex).toBe(1)
  })
})

describe('call tokens of a call', () => {
  const scoped = (name: string, ...scopes: string[]) => ({
    temporaryTool: definitionOf(name, { requirements: requirementsOf({ ultravoxCallTokenRequirement: { scopes } }) }),
  })

  it('are minted once for each tool that needs one, with its scopes, and written', async () => {
    const asked: unknown[] = []
    const result = await resolveCall(
      { selectedTools: [scoped('a', 'calls:read', 'b'), selectedTool('n'), scoped('c', 'x')] },
      {
        callId: 'call-7',
        expiresAt: 1_700_000_000_000,
        mintCallToken: (request) => {
          asked.push(request)
          return `token-${request.scopes.join('+')}`
        },
      },
    )
    expect(asked).toEqual([
      { callId: 'call-7', scopes: ['calls:read', 'b'], expiresAt: 1_700_000_000_000 },
      { callId: 'call-7', scopes: ['x'], expiresAt: 1_700_000_000_000 },
    ])
    const { resolution } = toolOf(result, 'a')
    expect(resolution.needs).toEqual([])
    expect(resolution.mutations.map(({ name, value }) => [name, value.reveal()])).toEqual([
      ['X-Ultravox-Call-Token', 'token-calls:read+b'],
    ])
    expect(result.ok && result.call.selectedTools[0]).toMatchObject({
      definition: { http: { authHeaders: ['X-Ultravox-Call-Token'], callTokenScopes: ['calls:read', 'b'] } },
    })
  })

  it('are not minted while anything else is wrong, nor for an option that was not chosen', async () => {
    const mintCallToken = (): never => {
      throw new Error('must not be called')
    }
    const broken = { selectedTools: [scoped('a', 's'), selectedTool('b', { authTokens: {} })] }
    expect(judged(problemsOf(await resolveCall(broken, { callId: 'c', mintCallToken })))).toEqual([
      'ERR_TOKEN_MISSING /selectedTools/1/authTokens',
    ])
    expect((await resolveCall({ selectedTools: [selectedTool('b')] }, { callId: 'c', mintCallToken })).ok).toBe(true)
  })

  it.each<[string, () => never | string | Promise<string>]>([
    [
      'throws',
      () => {
        throw new Error('signing-key-0123456789')
      },
    ],
    ['rejects', () => Promise.reject(new Error('signing-key-0123456789'))],
    ['gives an empty token', () => ''],
    ['gives a token with a line break', () => 'a\nb'],
    ['gives nothing', () => undefined as never],
  ])('a mint that %s is a problem of the platform', async (_, mintCallToken) => {
    const call = { selectedTools: [scoped('a', 's'), selectedTool('b')] }
    expect(problemsOf(await resolveCall(call, { callId: 'c', mintCallToken }))).toEqual([
      {
        code: 'ERR_CALL_TOKEN_MINT',
        pointer: '/selectedTools/0',
        severity: 'error',
        tool: 'a',
        message: 'minting its call token failed',
        help: 'try again; the payload may be fine',
      },
    ])
  })
})

describe('a payload that is no call', () => {
  it.each([
    ['null', null, 'ERR_FIELD_TYPE '],
    ['a text', 'call', 'ERR_FIELD_TYPE '],
    ['a list', [], 'ERR_FIELD_TYPE '],
    ['tools that are no list', { selectedTools: {} }, 'ERR_FIELD_TYPE /selectedTools'],
    ['a tool that is a text', { selectedTools: ['stock_price'] }, 'ERR_FIELD_TYPE /selectedTools/0'],
    ['something that is not JSON', { selectedTools: [], at: new Date(0) }, 'ERR_INPUT_NOT_JSON /at'],
    ['a lone surrogate', { selectedTools: [], prompt: '\ud800' }, 'ERR_INPUT_ILL_FORMED /prompt'],
  ])('%s is a problem', async (_, call, problem) => {
    expect(judged(problemsOf(await resolveCall(call as unknown)))).toEqual([problem])
  })

  it.each([
    ['selectedTools', (list: unknown) => ({ selectedTools: list }), '/selectedTools'],
    ['selected_tools', (list: unknown) => ({ selected_tools: list }), '/selected_tools'],
    ['an agent', (list: unknown) => ({ callTemplate: { selectedTools: list } }), '/callTemplate/selectedTools'],
    ['an addition', (list: unknown) => ({ selectedTools: [], toolOverrides: { add: list } }), '/toolOverrides/add'],
  ])('with more than 256 tools in %s is refused before any of them is looked up', async (_, callWith, pointer) => {
    let lookUps = 0
    const findTool = () => {
      lookUps += 1
      return null
    }
    const list = (length: number) => Array.from({ length }, (_, index) => ({ toolName: `tool_${index}` }))
    expect(judged(problemsOf(await resolveCall(callWith(list(257)), { findTool })))).toEqual([
      `ERR_INPUT_TOO_LARGE ${pointer}`,
    ])
    expect(lookUps).toBe(0)
    expect(problemsOf(await resolveCall(callWith(list(256)), { findTool }))).toHaveLength(256)
    expect(lookUps).toBe(256)
  })

  it('without any tool is fine, and shared as a whole', async () => {
    for (const call of [{}, { voice: 'Mark' }, { selectedTools: null }, { callTemplate: null }]) {
      const result = await resolveCall(call)
      expect(result).toEqual({ ok: true, call, tools: new Map() })
      expect(result.ok && result.call).toBe(call)
    }
  })
})
