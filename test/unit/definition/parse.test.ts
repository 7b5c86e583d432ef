import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compile, parseDefinition, resolve, SecurityError } from '../../../src/index.ts'
import { unfrozen } from '../../properties/shown.ts'
import { header, option, places, query, tool, toolAt } from '../../threats/tools.ts'

const OPTIONS = '/requirements/httpSecurityOptions/options'
const issuesOf = (definition: unknown, options?: Parameters<typeof parseDefinition>[1]): readonly string[] =>
  places(parseDefinition(definition, options).issues)

const FULL = {
  $schema: './schema.json',
  'x-own': { anything: [null] },
  modelToolName: 'stock_price',
  description: 'Get the current stock price',
  dynamicParameters: [
    { name: 'symbol', location: 'PARAMETER_LOCATION_PATH', schema: { type: 'string' }, required: true },
  ],
  staticParameters: [{ name: 'currency', location: 'PARAMETER_LOCATION_QUERY', value: null }],
  automaticParameters: [{ name: 'callId', location: 'PARAMETER_LOCATION_BODY', knownValue: 'KNOWN_PARAM_CALL_ID' }],
  requirements: {
    httpSecurityOptions: {
      options: [option({ apiKey: header('X-Key') }), { ultravoxCallTokenRequirement: { scopes: ['a'] } }, {}],
    },
    requiredParameterOverrides: ['symbol'],
  },
  timeout: '5s',
  precomputable: true,
  http: { baseUrlPattern: 'https://api.example.com/{symbol}', httpMethod: 'GET' },
  defaultReaction: 'AGENT_REACTION_SPEAKS',
  staticResponse: { responseText: 'done' },
}

describe('parseDefinition', () => {
  it('takes every field that Ultravox has', () => {
    const result = parseDefinition(FULL)
    expect(result).toEqual({ ok: true, value: FULL, issues: [] })
    if (result.ok) expect(unfrozen(result.value)).toEqual([])
  })

  it('costs nothing for what it returned before', () => {
    const first = parseDefinition(FULL)
    if (!first.ok) throw new Error('expected a definition')
    expect(parseDefinition(first.value)).toEqual({ ok: true, value: first.value, issues: [] })
    const again = parseDefinition(first.value)
    expect(again.ok && again.value).toBe(first.value)
    expect(compile(first.value)).toBe(compile(first.value))
    const other = parseDefinition(first.value, { profile: 'latchkey' })
    expect(other.ok && other.value).not.toBe(first.value)
  })

  it('reports every problem, sorted by pointer', () => {
    const definition = {
      timeout: 5,
      modelToolName: 'a b',
      http: { baseUrlPattern: 'x' },
      requirements: { httpSecurityOptions: { options: [{ requirements: { k: {} } }] } },
      stranger: 1,
    }
    expect(issuesOf(definition)).toEqual([
      'ERR_FIELD_MISSING /http',
      'ERR_FIELD_VALUE /modelToolName',
      `ERR_KIND_COUNT ${OPTIONS}/0/requirements/k`,
      'ERR_FIELD_UNKNOWN /stranger',
      'ERR_FIELD_TYPE /timeout',
    ])
  })

  it.each<[string, unknown, readonly string[]]>([
    [
      'two kinds',
      tool([option({ k: { ...header('A'), ...query('a') } })]),
      [`ERR_KIND_COUNT ${OPTIONS}/0/requirements/k`],
    ],
    ['two implementations', { client: {}, http: FULL.http }, ['ERR_IMPLEMENTATION_COUNT ']],
    ['three implementations', { client: {}, dataConnection: {}, http: FULL.http }, ['ERR_IMPLEMENTATION_COUNT ']],
    ['fields in client', { client: { a: 1 } }, ['ERR_FIELD_UNKNOWN /client/a']],
    [
      'an unknown location',
      { staticParameters: [{ name: 'a', location: 'BODY' }] },
      ['ERR_FIELD_VALUE /staticParameters/0/location'],
    ],
    [
      'an empty parameter name',
      { staticParameters: [{ name: '', location: 'PARAMETER_LOCATION_BODY' }] },
      ['ERR_FIELD_VALUE /staticParameters/0/name'],
    ],
    [
      'a missing known value',
      { automaticParameters: [{ name: 'a', location: 'PARAMETER_LOCATION_BODY' }] },
      ['ERR_FIELD_MISSING /automaticParameters/0'],
    ],
    [
      'a schema that is no object',
      { dynamicParameters: [{ name: 'a', location: 'PARAMETER_LOCATION_BODY', schema: 1 }] },
      ['ERR_FIELD_TYPE /dynamicParameters/0/schema'],
    ],
    [
      'a kind without its name',
      tool([option({ k: { headerApiKey: {} } })]),
      [`ERR_FIELD_MISSING ${OPTIONS}/0/requirements/k/headerApiKey`],
    ],
    ['x- below the top', { http: { ...FULL.http, 'x-a': 1 } }, ['ERR_FIELD_UNKNOWN /http/x-a']],
    [
      'a near miss of a missing field',
      { http: { baseUrlPatern: 'https://a.example', httpMethod: 'GET' } },
      ['ERR_FIELD_UNKNOWN /http/baseUrlPatern'],
    ],
    ['a name that needs escaping', { 'a/b~': 1 }, ['ERR_FIELD_UNKNOWN /a~1b~0']],
    ['a timeout without its unit', { timeout: '5' }, ['ERR_FIELD_VALUE /timeout']],
    ['null for the whole', null, ['ERR_FIELD_TYPE ']],
  ])('refuses %s', (_, definition, expected) => {
    expect(issuesOf(definition)).toEqual(expected)
  })

  it('says what was probably meant', () => {
    const help = (definition: unknown): readonly (string | undefined)[] =>
      parseDefinition(definition).issues.map((issue) => issue.help)
    expect(help({ requirments: {} })).toEqual(['did you mean `requirements`?'])
    expect(help({ http: { baseUrlPattern: 'https://a.example', httpMethod: 'GET', zzzz: 1 } })).toEqual([
      'known here: `baseUrlPattern`, `httpMethod`',
    ])
    expect(help({ client: { a: 1 } })).toEqual(['write `{}`'])
    expect(help(tool([option({ k: { zzzz: {} } })]))[0]).toContain('`headerApiKey`')
  })

  it('allows unknown fields and values outside requirements with a warning, near misses excepted', () => {
    const allow = { unknownFields: 'allow' } as const
    const definition = {
      stranger: 1,
      staticParameters: [{ name: 'a', location: 'PARAMETER_LOCATION_COOKIE', more: 1 }],
    }
    expect(issuesOf(definition, allow)).toEqual([
      'WARN_FIELD_VALUE /staticParameters/0/location',
      'WARN_FIELD_UNKNOWN /staticParameters/0/more',
      'WARN_FIELD_UNKNOWN /stranger',
    ])
    expect(parseDefinition(definition, allow).ok).toBe(true)
    expect(issuesOf({ htpp: {} }, allow)).toEqual(['ERR_FIELD_UNKNOWN /htpp'])
    expect(issuesOf({ requirements: { stranger: 1 } }, allow)).toEqual(['ERR_FIELD_UNKNOWN /requirements/stranger'])
    expect(issuesOf({ timeout: 5 }, allow)).toEqual(['ERR_FIELD_TYPE /timeout'])
  })

  it('refuses in the profile `ultravox` what Ultravox does not know', () => {
    const profile = { profile: 'ultravox' } as const
    expect(issuesOf(FULL, profile)).toEqual(['ERR_EXTENSION /$schema', 'ERR_EXTENSION /x-own'])
    const { $schema: _, 'x-own': __, ...plain } = FULL
    expect(issuesOf(plain, profile)).toEqual([])
    expect(issuesOf(FULL, { profile: 'latchkey' })).toEqual([])
  })

  it('takes exact origins for plain http only', () => {
    const definition = toolAt('http://10.0.0.5:8080/v1')
    expect(issuesOf(definition, { allowInsecureOrigins: ['http://10.0.0.5:8080'] })).toEqual([])
    expect(issuesOf(definition, { allowInsecureOrigins: [] })).toEqual(['ERR_BASE_URL_INSECURE /http/baseUrlPattern'])
    for (const origins of [['http://10.0.0.5:8080/'], ['10.0.0.5'], ['*'], [5], 'http://a.example', null, {}]) {
      expect(() => parseDefinition(definition, { allowInsecureOrigins: origins as never })).toThrow(
        expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' }),
      )
    }
  })

  it.each([{ profile: 'vapi' }, { unknownFields: true }, { unknown: 1 }, null, 'ultravox'])(
    'refuses the options %j',
    (options) => {
      expect(() => parseDefinition({}, options as never)).toThrow(SecurityError)
    },
  )
})

describe('what parsing refuses, resolving throws', () => {
  it('with the first error in the message and every issue beside it', () => {
    const definition = { timeout: 5, http: { baseUrlPattern: 1, httpMethod: 'GET' } }
    try {
      resolve(definition, {})
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({
        code: 'ERR_DEFINITION_INVALID',
        phase: 'definition',
        message: 'the definition is not valid: expected a string at `/http/baseUrlPattern`',
        issues: parseDefinition(definition).issues,
      })
    }
  })

  it('reports the items of a list in their order: the third before the eleventh', () => {
    const issues = issuesOf({ staticParameters: Array.from({ length: 12 }, () => null) })
    expect(issues).toEqual(Array.from({ length: 12 }, (_, index) => `ERR_FIELD_TYPE /staticParameters/${index}`))
  })

  it('and not what was only warned about', () => {
    expect(compile({ stranger: 1 }, { unknownFields: 'allow' }).definition).toEqual({ stranger: 1 })
  })
})

describe('the schema in spec', () => {
  const schema = JSON.parse(
    readFileSync(new URL('../../../spec/schema/tool-definition.schema.json', import.meta.url), 'utf8'),
  ) as { readonly properties: object; readonly examples: readonly unknown[] }

  it('has examples that are valid', () => {
    for (const example of schema.examples) expect(parseDefinition(example)).toMatchObject({ ok: true })
  })

  it('knows every field that is tried here', () => {
    expect(Object.keys(FULL).filter((key) => !key.startsWith('x-') && !Object.hasOwn(schema.properties, key))).toEqual(
      [],
    )
  })
})
