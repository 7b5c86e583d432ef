import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  apply,
  compile,
  describeAccess,
  explain,
  fillTemplates,
  lintDefinition,
  parseDefinition,
  parseDefinitionText,
  resolve,
  toIssues,
} from '../../src/index.ts'
import { Secret } from '../../src/secret.ts'
import type { HttpRequest } from '../../src/types.ts'
import {
  type JsonObject,
  plainOptions,
  reference,
  requiringSample,
  resolveOptions,
  sample,
  tokensFor,
  unusableToken,
  usableToken,
} from './arbitraries.ts'
import { counting, readTwice } from './counting.ts'
import { fittingRequest } from './requests.ts'
import { check } from './settings.ts'
import { reachable, shown, unfrozen } from './shown.ts'
import { situation } from './situation.ts'

/** A deep copy in another form; secrets, and what is no JSON, stay themselves. */
function reshape(value: unknown, make: (entries: [string, unknown][], whole: object) => object): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Secret || value instanceof String) return value
  if (Array.isArray(value)) return value.map((child) => reshape(child, make))
  const entries = Object.entries(value).map(([key, child]): [string, unknown] => [key, reshape(child, make)])
  return make(entries, value)
}

const withoutPrototype = (value: unknown): unknown =>
  reshape(value, (entries) => Object.assign(Object.create(null) as object, Object.fromEntries(entries)))
const proxied = (value: unknown): unknown => reshape(value, (entries) => new Proxy(Object.fromEntries(entries), {}))
const withGetters = (value: unknown): unknown =>
  reshape(value, (entries) => {
    const object = {}
    for (const [key, child] of entries) Object.defineProperty(object, key, { enumerable: true, get: () => child })
    return object
  })
const frozen = (value: unknown): unknown => reshape(value, (entries) => Object.freeze(Object.fromEntries(entries)))

describe('purity', () => {
  it('P15 inputs are the same afterwards, frozen ones work, and the result shares no object with them', () => {
    check(
      fc.property(situation, ([{ definition }, tokens, options]) => {
        const before = shown([definition, tokens, options])
        const given = [definition, tokens, options].map((one) => reachable(one))
        const resolution = resolve(definition, tokens, options)
        expect(shown([definition, tokens, options])).toEqual(before)
        const shared = [...reachable(resolution)].filter(
          ([object]) => given.some((one) => one.has(object)) && !isIntrinsic(object),
        )
        expect(shared.map(([, path]) => path)).toEqual([])
        expect(shown(resolve(frozen(definition), frozen(tokens) as object, Object.freeze(options)))).toEqual(
          shown(resolution),
        )
      }),
    )
  })

  it('P15 apply leaves the request as it was and shares no object with it but the body', () => {
    check(
      fc.property(requiringSample, fittingRequest, ({ definition, names }, makeRequest) => {
        const request = makeRequest(definition)
        const before = structuredClone(request)
        const tokens = Object.fromEntries(names.map((name) => [name, 'ZqTokenForAll']))
        const resolution = resolve(definition, tokens, plainOptions(false))
        const outgoing = apply(deepFreeze(request), resolution)
        expect(request).toEqual(before)
        expect(outgoing.headers).not.toBe(request.headers)
        expect(outgoing.body).toBe(request.body)
      }),
      1 / 3,
    )
  })

  it('P16 a plan is deeply frozen, and so is a resolution with all its arrays', () => {
    check(
      fc.property(situation, ([{ definition }, tokens, options]) => {
        const plan = compile(definition)
        expect([...unfrozen(plan), ...unfrozen(resolve(plan, tokens, options))]).toEqual([])
      }),
    )
  })

  it('P17 null-prototype, proxied, getter and JSON-round-tripped inputs give the same result', () => {
    check(
      fc.property(situation, ([{ definition }, tokens, options]) => {
        const expected = shown(resolve(definition, tokens, options))
        for (const form of [withoutPrototype, proxied, withGetters]) {
          expect(shown(resolve(form(definition), form(tokens) as object, form(options) as object))).toEqual(expected)
        }
        const reread = parseDefinitionText(JSON.stringify(definition))
        expect(reread.ok && shown(resolve(reread.value, tokens, options))).toEqual(expected)
      }),
    )
  })

  it('P18 each property of an input is read at most once', () => {
    const inputs = sample.chain((known) =>
      fc.tuple(
        fc.constant(known),
        tokensFor([...known.names, 'unrelated'], fc.oneof(usableToken, reference, unusableToken)),
        resolveOptions,
      ),
    )
    check(
      fc.property(inputs, ([{ definition }, tokens, options]) => {
        const [one, two, three] = [counting(definition), counting(tokens), counting(options)]
        resolve(one.proxy, two.proxy, three.proxy)
        expect([one, two, three].map(({ counts }) => readTwice(counts))).toEqual([[], [], []])
      }),
    )
  })

  it('P18 each property of a request is read at most once, and no header value twice', () => {
    check(
      fc.property(requiringSample, fittingRequest, ({ definition, names }, makeRequest) => {
        const tokens = Object.fromEntries(names.map((name) => [name, 'ZqTokenForAll']))
        const resolution = resolve(definition, tokens, plainOptions(false))
        const { body: _, ...request } = makeRequest(definition)
        const { proxy, counts } = counting(request)
        apply(proxy, resolution)
        expect(readTwice(counts)).toEqual([])
      }),
      1 / 3,
    )
  })

  it('P19 a polluted Object.prototype changes no result', () => {
    const names = [
      'requirements',
      'options',
      'name',
      'credentialId',
      'tenant',
      'anonymous',
      'body',
      'help',
      'get',
      'set',
      'value',
      'writable',
    ]
    const pollution = fc.constantFrom<() => unknown>(
      () => true,
      () => 'polluted',
      () => ({ httpSecurityOptions: {} }),
      () => [],
      () => 'never',
    )
    check(
      fc.property(fc.array(situation, { minLength: 10, maxLength: 10 }), pollution, (situations, makeValue) => {
        const run = (): unknown[] =>
          situations.map(([{ definition }, tokens, options]) => everyAnswer(definition, tokens, options))
        const clean = run()
        const polluted = polluting(names, makeValue(), run)
        expect(JSON.stringify(polluted)).toBe(JSON.stringify(clean))
      }),
      // Ten cases a run: each change of Object.prototype makes the engine start anew.
      1 / 10,
    )
  })
})

function isIntrinsic(object: object): boolean {
  return typeof object === 'function' || object === Object.prototype || object === Array.prototype
}

function deepFreeze(request: HttpRequest): HttpRequest {
  Object.freeze(request.headers)
  return Object.freeze(request)
}

/** Every pure entry, as plain data, for comparing two worlds. */
function everyAnswer(definition: JsonObject, tokens: object, options: object): unknown[] {
  const attempt = (run: () => unknown): unknown => {
    try {
      return flat(run())
    } catch (error) {
      return { thrown: (error as { code?: unknown }).code ?? String(error) }
    }
  }
  const request: HttpRequest = {
    method: 'GET',
    url: 'https://api.example.com/v1/things?a=1',
    headers: { Accept: '*/*' },
  }
  const plan = compile(definition)
  return [
    attempt(() => resolve(plan, tokens, options)),
    attempt(() => toIssues(resolve(plan, tokens, options))),
    attempt(() => apply(request, resolve(plan, tokens, options))),
    attempt(() => explain(plan, Object.keys(tokens), options)),
    attempt(() => describeAccess(plan)),
    attempt(() => lintDefinition(definition)),
    attempt(() => parseDefinition({ ...definition, requirments: {}, http: null, client: null })),
    attempt(() =>
      parseDefinitionText(JSON.stringify(definition), { unknownFields: 'allow', allowInsecureOrigins: [] }),
    ),
    attempt(() => fillTemplates({ a: '{{b}}', c: { credentialId: 'x{{b}}' } }, { b: 'filled' })),
  ]
}

/** Own properties only, into objects without a prototype, so that pollution cannot show in the comparison itself. */
function flat(value: unknown): unknown {
  if (value instanceof Secret) return Object.assign(Object.create(null) as object, { revealed: value.reveal() })
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(flat)
  const copy = Object.create(null) as Record<string, unknown>
  for (const key of Object.keys(value)) copy[key] = flat((value as Record<string, unknown>)[key])
  return copy
}

/** Runs with every name on Object.prototype, and takes them away again. */
function polluting<T>(names: readonly string[], value: unknown, run: () => T): T {
  const prototype = Object.prototype as unknown as Record<string, unknown>
  for (const name of names) prototype[name] = value
  try {
    return run()
  } finally {
    for (const name of names) delete prototype[name]
  }
}
