import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  apply,
  compile,
  describeAccess,
  explain,
  fillTemplates,
  fulfil,
  parseDefinition,
  parseDefinitionText,
  resolve,
  resolveOrThrow,
  toIssues,
} from '../../src/index.ts'
import { Secret } from '../../src/secret.ts'
import type { HttpRequest, Need, Resolution } from '../../src/types.ts'
import { type JsonObject, plainOptions, requiringSample, resolveOptions, sample, tokensFor } from './arbitraries.ts'
import { encodingsOf, leaksOf, printedForms, thrownBy } from './leaks.ts'
import { check } from './settings.ts'

/** Secrets whose encodings differ from each other, and that occur in no text of ours. */
const secret: fc.Arbitrary<string> = fc
  .string({ unit: fc.constantFrom(...'abcXYZ019-._~+/%"&<\\ é€𝒳'), minLength: 9, maxLength: 24 })
  .map((text) => `Zq${text}qZ`)

/** A secret that a header can carry. */
const plainSecret: fc.Arbitrary<string> = fc
  .string({ unit: fc.constantFrom(...'abcXYZ019-._~+/'), minLength: 9, maxLength: 24 })
  .map((text) => `Zq${text}qZ`)

/** Ways to supply a secret, most of them wrong. */
const SUPPLIED = {
  text: (value: string): unknown => value,
  wrapped: (value: string): unknown => new Secret(value),
  'with a line break': (value: string): unknown => `${value}\n`,
  'with a null': (value: string): unknown => `${value}\u0000`,
  'with a surrogate': (value: string): unknown => `${value}\ud800`,
  'with its scheme': (value: string): unknown => `Bearer ${value}`,
  'too long': (value: string): unknown => value.repeat(2_000),
  'in a list': (value: string): unknown => [value],
  boxed: (value: string): unknown => new String(value),
  'in an object': (value: string): unknown => ({ token: value }),
  'beside a reference': (value: string): unknown => ({ credentialId: 'id', token: value }),
  'in an exception': (value: string): unknown =>
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error(value)
        },
      },
    ),
  'in a broken Secret': (value: string): unknown =>
    Object.assign(new Secret('x'), {
      reveal: () => {
        throw new Error(value)
      },
    }),
  template: (value: string): unknown => `{{${value}`,
} as const
type Way = keyof typeof SUPPLIED
const way = fc.constantFrom(...(Object.keys(SUPPLIED) as Way[]))

const situation = sample.chain((known) =>
  fc.record({
    definition: fc.constant(known.definition),
    drawn: tokensFor([...known.names, 'unrelated', 'myServiceApikey'], fc.tuple(way, secret)),
    options: resolveOptions,
  }),
)

function supply(drawn: Readonly<Record<string, readonly [Way, string]>>): object {
  return Object.fromEntries(Object.entries(drawn).map(([name, [how, value]]) => [name, SUPPLIED[how](value)]))
}

function noLeak(value: unknown, secrets: readonly string[]): void {
  const printed = printedForms(value)
  for (const one of secrets) expect(leaksOf(printed, one)).toEqual([])
}

describe('secrets', () => {
  it('P21 no token value shows in a resolution, its notices, issues or explanation, in any encoding', () => {
    check(
      fc.property(situation, ({ definition, drawn, options }) => {
        const secrets = Object.values(drawn).map(([, value]) => value)
        const tokens = supply(drawn)
        const plan = compile(definition)
        const resolution = resolve(plan, tokens, options)
        noLeak(
          [
            resolution,
            { ...resolution },
            resolution.notices,
            toIssues(resolution),
            explain(plan, Object.keys(tokens), options),
            describeAccess(definition),
            plan,
          ],
          secrets,
        )
      }),
    )
  })

  it('P21 outside the value of a mutation, not even revealing shows a token', () => {
    check(
      fc.property(situation, ({ definition, drawn, options }) => {
        const resolution = resolve(definition, supply(drawn), options)
        const secrets = Object.values(drawn).map(([, value]) => value)
        if (resolution.outcome !== 'authenticated') return
        const { mutations, ...rest } = resolution
        noLeak([rest, mutations.map(({ value: _, ...place }) => place)], secrets)
      }),
      1 / 3,
    )
  })

  it('P22 no token value shows in an error of resolveOrThrow, in any encoding', () => {
    check(
      fc.property(situation, ({ definition, drawn, options }) => {
        const secrets = Object.values(drawn).map(([, value]) => value)
        const tokens = supply(drawn)
        try {
          resolveOrThrow(definition, tokens, options)
        } catch (error) {
          noLeak(error, secrets)
        }
      }),
      1 / 4,
    )
  })

  it('P22 no token or request value shows in an error of apply, in any encoding', () => {
    const broken = fc.constantFrom<(request: HttpRequest, value: string) => HttpRequest>(
      (request, value) => ({ ...request, method: `${value} x` }),
      (request, value) => ({ ...request, method: 'TRACE', body: value }),
      (request, value) => ({ ...request, url: `https://user:${encodeURIComponent(value)}@api.example.com/v1` }),
      (request, value) => ({ ...request, url: `https://api.example.com/v1/../${encodeURIComponent(value)}` }),
      (request, value) => ({ ...request, url: `https://api.example.com/other?k=${encodeURIComponent(value)}` }),
      (request, value) => ({ ...request, url: `https://other.example.com/?k=${encodeURIComponent(value)}` }),
      (request, value) => ({ ...request, url: `${value}` }),
      (request, value) => ({ ...request, url: `${request.url}?q=${encodeURIComponent(value)}` }),
      (request, value) => ({ ...request, headers: { Host: value } }),
      (request, value) => ({ ...request, headers: { connection: value } }),
      (request, value) => ({ ...request, headers: { 'x-h': value } }),
      (request, value) => ({ ...request, headers: { authorization: `Bearer ${value}` } }),
      (request, value) => ({ ...request, headers: { 'X-List': [value] as never } }),
      (request, value) => ({
        ...request,
        get headers(): never {
          throw new Error(value)
        },
      }),
    )
    const definition = {
      requirements: {
        httpSecurityOptions: {
          options: [
            {
              requirements: {
                h: { headerApiKey: { name: 'X-H' } },
                q: { queryApiKey: { name: 'q' } },
                a: { httpAuth: { scheme: 'Bearer' } },
              },
            },
          ],
        },
      },
      http: { baseUrlPattern: 'https://api.example.com/v1', httpMethod: 'GET' },
    }
    const plan = compile(definition)
    const request: HttpRequest = { method: 'GET', url: 'https://api.example.com/v1', headers: {} }
    check(
      fc.property(plainSecret, secret, broken, (token, other, breakIt) => {
        const resolution = resolve(plan, { h: token, q: token, a: token })
        noLeak(
          thrownBy(() => apply(breakIt(request, other), resolution)),
          [token, other],
        )
        noLeak(
          thrownBy(() => apply(request, resolve(plan, { h: token, q: other }))),
          [token, other],
        )
        noLeak(
          thrownBy(() => apply(request, resolution, { orign: other } as never)),
          [token, other],
        )
      }),
      1 / 4,
    )
  })

  it('P22 no credential shows in an error of fulfil, in any encoding', () => {
    const ways = fc.constantFrom<Way>(
      'with a line break',
      'with a null',
      'with a surrogate',
      'too long',
      'in a list',
      'boxed',
      'in a broken Secret',
    )
    const definition = {
      requirements: {
        httpSecurityOptions: {
          options: [
            {
              requirements: { a: { httpAuth: { scheme: 'Bearer' } }, q: { queryApiKey: { name: 'q' } } },
              ultravoxCallTokenRequirement: { scopes: ['s'] },
            },
          ],
        },
      },
    }
    const resolution = resolve(definition, { a: { credentialId: 'x' }, q: { credentialId: 'y' } }, plainOptions(true))
    check(
      fc.property(secret, ways, fc.nat(2), (value, how, which) => {
        if (!resolution.ok) throw new Error('expected needs')
        const need = resolution.needs[which] as Need
        noLeak(
          thrownBy(() => fulfil(resolution, need, SUPPLIED[how](value) as string)),
          [value],
        )
      }),
      1 / 4,
    )
  })

  it('P22 no value of a definition shows in an error of compile or in the issues, in any encoding', () => {
    const places = fc.constantFrom<(definition: JsonObject, value: string) => object>(
      (definition, value) => ({ ...definition, timeout: value }),
      (definition, value) => ({ ...definition, description: { text: value } }),
      (definition, value) => ({ ...definition, http: { baseUrlPattern: value, httpMethod: 'GET' } }),
      (definition, value) => ({
        ...definition,
        http: { baseUrlPattern: `https://${encodeURIComponent(value)}@h.example/`, httpMethod: 'GET' },
      }),
      (definition, value) => ({
        ...definition,
        http: { baseUrlPattern: 'https://h.example/', httpMethod: `${value} x` },
      }),
      (definition, value) => ({ ...definition, staticParameters: [{ name: 'a', location: value, value }] }),
      (definition, value) => ({ ...definition, staticParameters: [{ name: 'a', value }] }),
      (definition, value) => ({ ...definition, requirements: value }),
      (definition, value) => ({ ...definition, requirements: { httpSecurityOptions: { options: [value] } } }),
      (definition, value) => ({
        ...definition,
        get http(): never {
          throw new Error(value)
        },
      }),
    )
    check(
      fc.property(requiringSample, secret, places, ({ definition }, value, place) => {
        const broken = place(definition, value)
        noLeak(
          thrownBy(() => compile(broken)),
          [value],
        )
        noLeak(parseDefinition(broken), [value])
        noLeak(parseDefinition(broken, { unknownFields: 'allow' }).issues, [value])
        noLeak(parseDefinitionText(`{"description": "${value}`), [value])
      }),
      1 / 4,
    )
  })

  it('P22 no value of a token or context shows in the issues of fillTemplates, in any encoding', () => {
    const texts = fc.constantFrom<(value: string) => string>(
      (value) => `${value}{{missing}}`,
      (value) => `{{${value}`,
      (value) => `{{{missing}}}${value}`,
      (value) => `{{empty}}${value}{{number}}`,
    )
    check(
      fc.property(secret, secret, texts, (token, variable, make) => {
        const result = fillTemplates({ k: make(token) }, { empty: '', number: 5, other: variable })
        expect(result.ok).toBe(false)
        noLeak(result, [token, variable])
        const filled = fillTemplates({ k: '{{other}}', r: new Secret(token) }, { other: variable })
        noLeak(filled, [token, variable])
      }),
      1 / 4,
    )
  })

  it('P23 two tokens with the same defect give identical reports, stack included', () => {
    const kinds = fc.constantFrom<JsonObject>(
      { headerApiKey: { name: 'X-H' } },
      { httpAuth: { scheme: 'Bearer' } },
      { httpAuth: { scheme: 'Basic' } },
      { queryApiKey: { name: 'q' } },
    )
    const defects = fc.constantFrom<Way>(
      'with a line break',
      'with a null',
      'with a surrogate',
      'too long',
      'in a list',
      'boxed',
      'in an object',
      'beside a reference',
      'in an exception',
    )
    check(
      fc.property(kinds, defects, plainSecret, plainSecret, (kind, how, one, two) => {
        const definition = { requirements: { httpSecurityOptions: { options: [{ requirements: { k: kind } }, {}] } } }
        const reports = [one, two].map((value) => {
          const token = SUPPLIED[how](value)
          return [
            printedForms(thrownBy(() => resolveOrThrow(definition, { k: token } as never))),
            printedForms(resolve(definition, { k: token } as never)),
          ]
        })
        expect(reports[0]).toEqual(reports[1])
      }),
    )
  })

  it('P23 two requests with the same defect, and two usable tokens, give identical reports', () => {
    const definition = {
      requirements: { httpSecurityOptions: { options: [{ requirements: { k: { headerApiKey: { name: 'X-H' } } } }] } },
      http: { baseUrlPattern: 'https://api.example.com/v1', httpMethod: 'GET' },
    }
    check(
      fc.property(plainSecret, plainSecret, (one, two) => {
        const reports = [one, two].map((value) => {
          const resolution = resolve(definition, { k: value })
          const occupied: HttpRequest = {
            method: 'GET',
            url: 'https://api.example.com/v1',
            headers: { 'x-h': `${value}!` },
          }
          return [
            printedForms(resolution),
            printedForms(thrownBy(() => apply(occupied, resolution))),
            printedForms(thrownBy(() => apply({ ...occupied, url: `https://api.example.com/x?${value}` }, resolution))),
          ]
        })
        expect(reports[0]).toEqual(reports[1])
      }),
      1 / 3,
    )
  })

  it('P24 tokens of options that were not chosen occur nowhere, not even revealed', () => {
    const inputs = requiringSample.chain((known) =>
      fc.tuple(
        fc.constant(known),
        fc.array(plainSecret, { minLength: known.names.length, maxLength: known.names.length }),
      ),
    )
    check(
      fc.property(inputs, ([{ definition, names, options }, secrets]) => {
        const tokens = Object.fromEntries(names.map((name, index) => [name, `${index}${secrets[index]}`]))
        const resolution = resolve(definition, tokens, plainOptions(true))
        if (resolution.outcome !== 'authenticated') throw new Error('expected every token to be usable')
        const chosen = options[resolution.optionIndex]?.names ?? []
        const written = revealedTexts(resolution)
        for (const name of names) {
          const value = tokens[name] ?? ''
          const found = encodingsOf(value).filter((form) => written.includes(form))
          expect(found.length > 0).toBe(chosen.includes(name))
        }
      }),
    )
  })
})

/** A resolution as text with its secrets in clear. */
function revealedTexts(resolution: Resolution): string {
  return JSON.stringify(resolution).concat(
    resolution.ok ? resolution.mutations.map(({ value }) => `\n${value.reveal()}\n`).join('') : '',
  )
}
