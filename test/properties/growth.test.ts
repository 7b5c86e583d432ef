import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  apply,
  buildRequest,
  compile,
  describeAccess,
  explain,
  fillTemplates,
  lintDefinition,
  parseDefinition,
  parseDefinitionText,
  resolve,
} from '../../src/index.ts'
import type { HttpRequest } from '../../src/types.ts'
import { counting, countSteps, mostPushed } from './counting.ts'
import { dagBomb } from './hostile.ts'
import { check } from './settings.ts'

const list = <T>(size: number, make: (index: number) => T): T[] =>
  Array.from({ length: size }, (_, index) => make(index))
const object = <T>(size: number, make: (index: number) => [string, T]): Record<string, T> =>
  Object.fromEntries(list(size, make))
const withOptions = (options: unknown): object => ({ requirements: { httpSecurityOptions: { options } } })
const requirement = (index: number): object => ({ headerApiKey: { name: `X-${index}` } })

/** Definitions that grow with a number, valid and broken ones; each has tripped a validator somewhere. */
const DEFINITIONS: Readonly<Record<string, (size: number) => unknown>> = {
  'unknown fields': (size) => object(size, (index) => [`unknown${index}`, 1]),
  'fields in snake_case': (size) => object(size, (index) => [`model_tool_name${index}`, 1]),
  'extension fields': (size) => object(size, (index) => [`x-${index}`, [index]]),
  parameters: (size) => ({
    dynamicParameters: list(size, (index) => ({ name: `p${index}`, location: 'PARAMETER_LOCATION_BODY', schema: {} })),
  }),
  'parameters in conflict with a credential': (size) => ({
    ...withOptions([{ requirements: { k: { headerApiKey: { name: 'X-K' } } } }]),
    staticParameters: list(size, () => ({ name: 'x_k', location: 'PARAMETER_LOCATION_HEADER', value: 'v' })),
  }),
  'parameters that lack their fields and have a stranger': (size) => ({
    dynamicParameters: list(size, () => ({ nam: 1, stranger: 1 })),
  }),
  'a long description': (size) => ({ description: 'd'.repeat(size * 10) }),
  'long names of fields': (size) => ({ [`k${'e'.repeat(size * 10)}y`]: list(size, () => 0) }),
  'a long requirement name around many unknown kinds': (size) =>
    withOptions([{ requirements: { ['n'.repeat(size)]: object(size, (index) => [`kind${index}`, 1]) } }]),
  'a long key around many unknown fields': (size) => ({
    dynamicParameters: list(size, () => ({ ['n'.repeat(size)]: 1 })).slice(0, 2),
  }),
  'too many options': (size) => withOptions(list(size + 64, () => ({ requirements: { a: requirement(1) } }))),
  'options that are one object': (size) => withOptions(new Array(size + 64).fill({ requirements: {} })),
  'options that are one object with many requirements': (size) =>
    withOptions(
      new Array(size >> 2).fill({ requirements: object(size >> 2, (index) => [`n${index}`, requirement(index)]) }),
    ),
  'too many requirements': (size) =>
    withOptions([{ requirements: object(size + 16, (index) => [`n${index}`, requirement(index)]) }]),
  'many kinds in a requirement': (size) =>
    withOptions([{ requirements: { k: object(size, (index) => [`kind${index}`, {}]) } }]),
  scopes: (size) => withOptions([{ ultravoxCallTokenRequirement: { scopes: list(size, (index) => `s${index}`) } }]),
  'a long base URL': (size) => ({
    ...withOptions([{ requirements: { k: { queryApiKey: { name: 'k' } } } }]),
    http: {
      baseUrlPattern: `https://api.example.com/${'a/'.repeat(size)}?${'p=%25&'.repeat(size)}`,
      httpMethod: 'GET',
    },
  }),
  'a base URL of almost dots': (size) => ({
    ...withOptions([{ requirements: { k: requirement(1) } }]),
    http: { baseUrlPattern: `https://api.example.com/%${'25'.repeat(size)}${'/.a'.repeat(size)}`, httpMethod: 'GET' },
  }),
  'a signature with many headers': (size) =>
    withOptions([
      {
        requirements: {
          k: {
            hmacSignature: { headers: { ...object(size, (index) => [`X-${index}`, 'v']), 'X-Sig': '{signature}' } },
          },
        },
      },
    ]),
  'signatures with many query parameters and a parameter for each': (size) => ({
    ...withOptions([
      {
        requirements: {
          k: {
            hmacSignature: { headers: { 'X-Sig': '{signature}' }, query: object(size, (index) => [`q${index}`, 'v']) },
          },
        },
      },
    ]),
    dynamicParameters: list(size, (index) => ({ name: `p${index}`, location: 'PARAMETER_LOCATION_QUERY' })),
  }),
  'a signature with many headers that cannot be read back': (size) =>
    withOptions([
      {
        requirements: {
          k: {
            hmacSignature: {
              headers: { ...object(size, (index) => [`X-${index}`, '{id}{id}']), 'X-Sig': '{signature}' },
            },
          },
        },
      },
    ]),
  'header parameters that steer the message': (size) => ({
    ...withOptions([{ requirements: { k: requirement(1) } }]),
    dynamicParameters: list(size, () => ({ name: 'Host', location: 'PARAMETER_LOCATION_HEADER', schema: {} })),
  }),
  'signatures with many headers that steer the message': (size) =>
    withOptions([
      {
        requirements: {
          k: {
            hmacSignature: {
              headers: { ...object(size, (index) => [`Proxy-${index}`, 'v']), 'X-Sig': '{signature}' },
            },
          },
        },
      },
    ]),
  'a long signature template': (size) =>
    withOptions([
      {
        requirements: {
          k: { hmacSignature: { payload: '{body}[[x'.repeat(size), headers: { 'X-Sig': '{{'.repeat(size) } } },
        },
      },
    ]),
  'a long auth-scheme': (size) =>
    withOptions([{ requirements: { k: { httpAuth: { scheme: `${'a'.repeat(size * 10)}@` } } } }]),
}

/** `a` grows no faster than linearly when doubling the input gives `b`; the constant part only helps. */
function expectLinear(small: number, large: number, what: string): void {
  expect(large / Math.max(small, 1), `${what}: ${small} grew to ${large} for twice the input`).toBeLessThan(2.4)
}

function everyTextLength(value: unknown): number {
  return JSON.stringify(value)?.length ?? 0
}

describe('P36 growth', () => {
  it.each(Object.keys(DEFINITIONS))('P36 reading a definition takes linear steps and reads: %s', (name) => {
    const make = DEFINITIONS[name] ?? (() => ({}))
    const measure = (size: number): { steps: number; traps: number } => {
      const { proxy, counts } = counting(make(size))
      const steps = countSteps(() => parseDefinition(make(size)))
      parseDefinition(proxy)
      return { steps, traps: counts.traps }
    }
    const [small, large] = [measure(400), measure(800)]
    expectLinear(small.steps, large.steps, 'steps')
    expectLinear(small.traps, large.traps, 'reads')
  })

  it.each(Object.keys(DEFINITIONS))('P36 what is said about a definition is linear in its size: %s', (name) => {
    const make = DEFINITIONS[name] ?? (() => ({}))
    const measure = (size: number): number => everyTextLength(parseDefinition(make(size)))
    expectLinear(measure(400), measure(800), 'length of the answer')
  })

  it.each(Object.keys(DEFINITIONS))('P36 reading text, with places, takes linear steps: %s', (name) => {
    const make = DEFINITIONS[name] ?? (() => ({}))
    // What shares objects is a product as text.
    if (name === 'options that are one object with many requirements') return
    const measure = (size: number): number => {
      const text = JSON.stringify(make(size))
      return countSteps(() => parseDefinitionText(text))
    }
    expectLinear(measure(400), measure(800), 'steps')
  })

  it.each(Object.keys(DEFINITIONS))('P36 issues are never passed on as one argument each: %s', (name) => {
    const make = DEFINITIONS[name] ?? (() => ({}))
    const definition = make(400)
    const read = (): void => {
      parseDefinition(definition)
      parseDefinition(definition, { profile: 'ultravox' })
      parseDefinition(definition, { unknownFields: 'allow' })
    }
    expect(mostPushed(read)).toBeLessThan(100)
  })

  it('P36 125,000 mistakes are 125,000 issues', () => {
    const definition = { dynamicParameters: new Array(125_000).fill(1) }
    expect(parseDefinition(definition).issues).toHaveLength(125_000)
  })

  it('P36 reads of an input are linear in the number of its values, for any mix of sizes', () => {
    const sizes = fc.record({ options: fc.integer({ min: 1, max: 12 }), names: fc.integer({ min: 1, max: 16 }) })
    check(
      fc.property(sizes, ({ options, names }) => {
        const definition = withOptions(
          list(options, () => ({ requirements: object(names, (index) => [`n${index}`, requirement(index)]) })),
        )
        const { proxy, counts } = counting(definition)
        expect(parseDefinition(proxy).ok).toBe(true)
        // A value costs one read and one look at its descriptor; an object a listing and its prototype twice.
        const values = 3 + options * (2 + names * 3)
        expect(counts.traps).toBeLessThanOrEqual(values * 6)
      }),
      0.1,
    )
  })

  it('P36 resolving takes steps linear in the tokens, the options and the names', () => {
    const definition = (options: number, names: number): object =>
      withOptions(
        list(options, (row) => ({ requirements: object(names, (index) => [`n${row}-${index}`, requirement(index)]) })),
      )
    const tokens = (size: number): Record<string, string> => object(size, (index) => [`u${index}`, 'ZqToken'])
    const few = compile(definition(2, 4))
    const unused = (size: number): number => countSteps(() => resolve(few, tokens(size)).notices.length)
    expectLinear(unused(400), unused(800), 'unused tokens')
    const [half, whole] = [compile(definition(32, 8)), compile(definition(64, 8))]
    const given = object(8, (index) => [`n31-${index}`, 'ZqToken'])
    expectLinear(
      countSteps(() => resolve(half, given)),
      countSteps(() => resolve(whole, given)),
      'options',
    )
    expectLinear(
      countSteps(() => explain(half, Object.keys(given))),
      countSteps(() => explain(whole, Object.keys(given))),
      'explained options',
    )
    expectLinear(
      countSteps(() => describeAccess(definition(32, 8))),
      countSteps(() => describeAccess(definition(64, 8))),
      'described options',
    )
  })

  it('P36 applying takes steps linear in the headers and the URL, whatever they spell', () => {
    const plan = compile({
      ...withOptions([{ requirements: { k: { queryApiKey: { name: 'k' } }, h: { headerApiKey: { name: 'X-H' } } } }]),
      http: { baseUrlPattern: 'https://api.example.com/', httpMethod: 'GET' },
    })
    const resolution = resolve(plan, { k: 'ZqToken', h: 'ZqToken' })
    const urls: Readonly<Record<string, (size: number) => string>> = {
      parameters: (size) => `?${'p=1&'.repeat(size)}`,
      'encoded parameters': (size) => `?${'%70=%ff&'.repeat(size)}`,
      escapes: (size) => `?${'%25'.repeat(size)}`,
      'broken escapes': (size) => `?${'%zz%'.repeat(size)}`,
      'plus signs': (size) => `?${'+'.repeat(size)}`,
      'the name again and again': (size) => `?${'kk&'.repeat(size)}`,
      segments: (size) => 'a/'.repeat(size),
      'almost dots': (size) => `%${'25'.repeat(size)}`,
      'many almost dots': (size) => '/%2e%2ea'.repeat(size),
      'a fragment': (size) => `#${'?'.repeat(size)}`,
    }
    for (const [name, make] of Object.entries(urls)) {
      const measure = (size: number): number =>
        countSteps(() => {
          try {
            apply({ method: 'GET', url: `https://api.example.com/${make(size)}`, headers: {} }, resolution)
          } catch {
            // A refusal must be linear, too.
          }
        })
      expectLinear(measure(500), measure(1_000), name)
    }
    const withCookie = resolve(
      compile({
        ...withOptions([{ requirements: { k: { cookieApiKey: { name: 'k' } } } }]),
        http: { baseUrlPattern: 'https://api.example.com/', httpMethod: 'GET' },
      }),
      { k: 'ZqToken' },
    )
    const cookies = (size: number): HttpRequest => ({
      method: 'GET',
      url: 'https://api.example.com/',
      headers: { Cookie: `${'a=1; '.repeat(size)}b` },
    })
    expectLinear(
      countSteps(() => apply(cookies(400), withCookie)),
      countSteps(() => apply(cookies(800), withCookie)),
      'cookies',
    )
    const headers = (size: number): HttpRequest => ({
      method: 'GET',
      url: 'https://api.example.com/',
      headers: object(size, (index) => [`X-${index}`, 'v']),
    })
    expectLinear(
      countSteps(() => apply(headers(400), resolution)),
      countSteps(() => apply(headers(800), resolution)),
      'headers',
    )
  })

  it('P36 filling templates takes steps linear in the text, whatever it spells', () => {
    const texts: Readonly<Record<string, (size: number) => string>> = {
      templates: (size) => '{{a}}'.repeat(size),
      'opening braces': (size) => '{{'.repeat(size),
      'closing braces': (size) => `{{a}}${'}}'.repeat(size)}`,
      'unclosed templates': (size) => '{{a'.repeat(size),
      spaces: (size) => `{{${' '.repeat(size)}}}`,
      'a long path': (size) => `{{a${'.a'.repeat(size)}!}}`,
      'missing variables': (size) => '{{b}}'.repeat(size),
    }
    for (const [name, make] of Object.entries(texts)) {
      const measure = (size: number): number => countSteps(() => fillTemplates({ k: make(size) }, { a: 'x' }))
      expectLinear(measure(500), measure(1_000), name)
    }
  })

  it('P36 building a request takes steps linear in the parameters, known or not', () => {
    const measure = (size: number, prefix: string): number => {
      const definition = parseDefinition({
        http: { baseUrlPattern: 'https://api.example.com/', httpMethod: 'GET' },
        dynamicParameters: list(size, (index) => ({
          name: `p${index}`,
          location: 'PARAMETER_LOCATION_QUERY',
          schema: {},
        })),
      })
      if (!definition.ok) throw new Error('expected a definition')
      const parameters = object(size, (index) => [`${prefix}${index}`, 1])
      return countSteps(() => {
        try {
          buildRequest(definition.value, { parameters })
        } catch {
          // A refusal must be linear, too.
        }
      })
    }
    expectLinear(measure(400, 'p'), measure(800, 'p'), 'known parameters')
    expectLinear(measure(400, 'unknown'), measure(800, 'unknown'), 'unknown parameters')
  })

  it('P36 linting the largest definition takes steps linear in its options', () => {
    const definition = (options: number): object =>
      withOptions(
        list(options, (row) => ({ requirements: object(4, (index) => [`n${row}-${index}`, requirement(index)]) })),
      )
    // Each pair of options is compared, and there are at most 64: a bound, not a rate.
    expect(countSteps(() => lintDefinition(definition(64)))).toBeLessThan(400_000)
  })

  it('P36 objects that are shared 2^n ways are read once each', () => {
    const measure = (depth: number): number => {
      const { proxy, counts } = counting({ 'x-bomb': 1 })
      parseDefinition(proxy)
      const bomb = {
        'x-bomb': dagBomb(depth),
        staticParameters: [{ name: 'a', location: 'PARAMETER_LOCATION_BODY', value: dagBomb(depth) }],
      }
      return countSteps(() => parseDefinition(bomb)) + counts.traps
    }
    expectLinear(measure(30), measure(60), 'depth')
  })
})
