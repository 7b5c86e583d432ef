import { describe, expect, it } from 'vitest'
import type { CompiledSchema, SchemaError } from '../../../src/definition/compiled-schema.ts'
import { checkSchema } from '../../../src/definition/schema-issues.ts'
import { type ParseOptions, parseDefinition } from '../../../src/index.ts'

/** A schema whose validator reports just these errors. */
function failing(errors: readonly Partial<SchemaError>[] | null, more: Partial<CompiledSchema> = {}): CompiledSchema {
  const complete =
    errors?.map((error) => ({ instancePath: '', schemaPath: '#', keyword: '', params: {}, ...error })) ?? null
  return { shape: {}, texts: {}, validate: Object.assign(() => false, { errors: complete }), ...more }
}

it('nothing is wrong with what the validator accepts', () => {
  expect(checkSchema({}, { shape: {}, texts: {}, validate: () => true }, false)).toEqual([])
})

it('a refusal without errors, as ajv types it, has none to tell', () => {
  expect(checkSchema({}, failing(null), false)).toEqual([])
})

it('a keyword without a text of its own is told in general words', () => {
  expect(checkSchema({}, failing([{ keyword: 'minimum', instancePath: '/a' }]), false)).toEqual([
    { code: 'ERR_FIELD_VALUE', pointer: '/a', severity: 'error', message: 'the value is not allowed here' },
  ])
  const texts = { '#/a/minimum': { code: 'ERR_FIELD_TYPE', message: 'own', help: 'own help' } } as const
  const own = checkSchema({}, failing([{ keyword: 'minimum', schemaPath: '#/a/minimum' }], { texts }), false)
  expect(own).toMatchObject([{ code: 'ERR_FIELD_TYPE', message: 'own', help: 'own help' }])
})

it('an unknown field where nothing is known has no help', () => {
  const error = { keyword: 'additionalProperties', params: { additionalProperty: 'a' } }
  for (const shape of [{}, { fields: {} }, { items: {} }]) {
    expect(checkSchema({}, failing([error], { shape }), false)).toEqual([
      { code: 'ERR_FIELD_UNKNOWN', pointer: '/a', severity: 'error', message: 'unknown field `a`' },
    ])
  }
  expect(checkSchema({}, failing([{ ...error, instancePath: '/b' }]), false)[0]).not.toHaveProperty('help')
})

it.each([
  ['object', 'expected an object'],
  ['array', 'expected an array'],
  ['string', 'expected a string'],
  ['number', 'expected a number'],
])('the type %s in words', (type, message) => {
  expect(checkSchema({}, failing([{ keyword: 'type', params: { type } }]), false)[0]?.message).toBe(message)
})

it('tolerance ends at requirements', () => {
  const unknown = (instancePath: string): Partial<SchemaError> => ({
    keyword: 'additionalProperties',
    instancePath,
    params: { additionalProperty: 'zzz' },
  })
  const codes = ['', '/http', '/requirements', '/requirements/httpSecurityOptions', '/requirementsX'].map(
    (pointer) => checkSchema({}, failing([unknown(pointer)]), true)[0]?.code,
  )
  expect(codes).toEqual([
    'WARN_FIELD_UNKNOWN',
    'WARN_FIELD_UNKNOWN',
    'ERR_FIELD_UNKNOWN',
    'ERR_FIELD_UNKNOWN',
    'WARN_FIELD_UNKNOWN',
  ])
})

describe('many unknown fields', () => {
  const parameters = Array.from({ length: 80 }, () => ({
    name: 'n',
    location: 'PARAMETER_LOCATION_BODY',
    schema: {},
    knownvalues: 1,
    requird: true,
  }))
  const helps = (options?: ParseOptions): readonly (string | undefined)[] =>
    parseDefinition({ dynamicParameters: parameters }, options)
      .issues.filter(({ pointer }) => pointer.endsWith('/requird'))
      .map(({ help }) => help)

  it('P36 the first 50 get a suggestion', () => {
    expect(helps().filter((help) => help === 'did you mean `required`?').length).toBeLessThanOrEqual(50)
    expect(helps()[0]).toBe('did you mean `required`?')
    expect(helps().at(-1)).toBe('known here: `name`, `location`, `schema`, `required`')
  })

  it('DEF-1 each near miss stays an error where unknown fields are allowed, however many stand before it', () => {
    const { ok, issues } = parseDefinition({ dynamicParameters: parameters }, { unknownFields: 'allow' })
    expect(ok).toBe(false)
    expect(issues.filter(({ severity }) => severity === 'error')).toHaveLength(80)
    expect(issues.filter(({ severity }) => severity === 'warning')).toHaveLength(80)
    expect(helps({ unknownFields: 'allow' })).toEqual(new Array(80).fill('did you mean `required`?'))
  })
})
