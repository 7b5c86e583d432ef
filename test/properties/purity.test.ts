import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  apply,
  CODES,
  compile,
  describeAccess,
  explain,
  fillTemplates,
  fulfil,
  lintDefinition,
  parseDefinition,
  parseDefinitionText,
  resolve,
  resolveOrThrow,
  toIssues,
} from '../../src/index.ts'
import { Secret } from '../../src/secret.ts'
import type { HttpRequest, Resolution } from '../../src/types.ts'
import {
  type Json,
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
import { hostileValue } from './hostile.ts'
import { fittingRequest } from './requests.ts'
import { check } from './settings.ts'
import { reachable, shown, unfrozen } from './shown.ts'

const secretToken = usableToken.map((text) => new Secret(text))
const readableToken = fc.oneof(usableToken, secretToken, reference)
const anyToken = fc.oneof({ arbitrary: readableToken, weight: 3 }, { arbitrary: unusableToken, weight: 1 })

const situation = sample.chain((known) =>
  fc.tuple(fc.constant(known), tokensFor([...known.names, 'unrelated'], anyToken), resolveOptions),
)

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

const OVER_HTTP = {
  definition: {
    requirements: { httpSecurityOptions: { options: [{ requirements: { k: { headerApiKey: { name: 'X-Key' } } } }] } },
    http: { baseUrlPattern: 'https://api.example.com/v1', httpMethod: 'GET' },
  },
}

type Calls = (...parameters: never[]) => readonly (() => unknown)[]

/** Every entry of the library with values in each place of its parameters. */
const ENTRIES: Readonly<Record<string, Calls>> = {
  parseDefinition: (a, b) => [() => parseDefinition(a), () => parseDefinition(a, b), () => parseDefinition({}, b)],
  parseDefinitionText: (a, b) => [
    () => parseDefinitionText(a),
    () => parseDefinitionText((typeof a === 'string' ? a : '{"a":[]}') as never, b),
    () => parseDefinitionText('{}', b),
  ],
  lintDefinition: (a) => [() => lintDefinition(a)],
  compile: (a, b) => [() => compile(a), () => compile(a, b), () => compile({}, b)],
  describeAccess: (a) => [() => describeAccess(a)],
  resolve: (a, b, c) => [
    () => resolve(a, b, c),
    () => resolve(OVER_HTTP.definition, b),
    () => resolve(OVER_HTTP.definition, {}, c),
  ],
  resolveOrThrow: (a, b, c) => [() => resolveOrThrow(a, b, c), () => resolveOrThrow(OVER_HTTP.definition, b)],
  explain: (a, b, c) => [
    () => explain(a, b, c),
    () => explain(OVER_HTTP.definition, b),
    () => explain(OVER_HTTP.definition, [], c),
  ],
  fillTemplates: (a, b) => [
    () => fillTemplates(a, b),
    () => fillTemplates(a, {} as never),
    () => fillTemplates({ k: '{{a}}' } as never, b),
  ],
  apply: (a, b, c) => [
    () => apply(a, b, c),
    () => apply(a, resolve({}) as never),
    () => apply(a, resolve(OVER_HTTP.definition, { k: 'ZqToken' }) as never),
    () => apply({ method: 'GET', url: '', headers: {} } as never, b),
  ],
  fulfil: (a, b, c) => [() => fulfil(a, b, c), () => fulfil(resolve({}) as never, b, c)],
  toIssues: (a) => [() => toIssues(a)],
}

/** Any value but a list of a billion holes, which takes minutes to walk where the first is not refused (T92). */
function walkable(value: unknown): never {
  try {
    return (Array.isArray(value) && value.length > 1_000_000 ? [] : value) as never
  } catch {
    return value as never
  }
}

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
    )
  })

  it('P16 a plan is deeply frozen, and so is a resolution with all its arrays', () => {
    check(
      fc.property(situation, ([{ definition }, tokens, options]) => {
        expect(unfrozen(compile(definition))).toEqual([])
        expect(unfrozen(resolve(definition, tokens, options))).toEqual([])
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
        const reread = JSON.parse(JSON.stringify(definition)) as JsonObject
        expect(shown(resolve(reread, tokens, options))).toEqual(expected)
        const text = parseDefinitionText(JSON.stringify(definition))
        expect(text.ok && shown(resolve(text.value, tokens, options))).toEqual(expected)
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
      fc.property(situation, pollution, ([{ definition }, tokens, options], makeValue) => {
        const run = (): unknown[] => everyAnswer(definition, tokens, options)
        const clean = run()
        const polluted = polluting(names, makeValue(), run)
        expect(JSON.stringify(polluted)).toBe(JSON.stringify(clean))
      }),
    )
  })

  it.each(Object.keys(ENTRIES))(
    'P20 total: %s answers anything at all, or throws a SecurityError with a code',
    (entry) => {
      check(
        fc.property(hostileValue, hostileValue, hostileValue, (one, two, three) => {
          const values = [one(), two(), three()] as never[]
          for (const call of ENTRIES[entry]?.(...values) ?? []) expectOurs(call)
        }),
      )
    },
  )

  it('P20 total: hostile values inside a definition', () => {
    check(
      fc.property(situation, hostileValue, fc.nat(), ([{ definition }, tokens, options], bad, at) => {
        const broken = withValueAt(definition, at, bad())
        expectOurs(() => parseDefinition(broken))
        expectOurs(() => lintDefinition(broken))
        expectOurs(() => resolve(broken, tokens, options))
      }),
    )
  })

  it('P20 total: hostile values among the tokens and in the context of templates', () => {
    check(
      fc.property(situation, hostileValue, fc.nat(), ([{ definition }, tokens, options], bad, which) => {
        const names = Object.keys(tokens)
        const worse = { ...tokens, [names[which % names.length] ?? 'k']: bad() }
        expectOurs(() => resolve(definition, worse as object, options))
        expectOurs(() => fillTemplates(worse as object, { a: '1' }))
        expectOurs(() => fillTemplates({ k: '{{a}}{{a.b}}{{b}}' }, { a: bad() }))
      }),
    )
  })

  it('P20 total: hostile values inside a request', () => {
    const { definition } = OVER_HTTP
    const resolution = resolve(definition, { k: 'ZqToken' })
    const parts = fc.constantFrom('method', 'url', 'headers', 'body', 'header')
    check(
      fc.property(parts, hostileValue, (part, bad) => {
        const request = { method: 'GET', url: 'https://api.example.com/v1', headers: {} }
        const worse = part === 'header' ? { ...request, headers: { 'X-A': bad() } } : { ...request, [part]: bad() }
        expectOurs(() => apply(worse as HttpRequest, resolution))
      }),
    )
  })

  it('P20 total: hostile credentials for a need', () => {
    const { definition } = OVER_HTTP
    const resolution = resolve(definition, { k: { credentialId: 'c' } }, { tenant: 't' })
    check(
      fc.property(hostileValue, (bad) => {
        if (!resolution.ok) throw new Error('expected a need')
        for (const need of resolution.needs) expectOurs(() => fulfil(resolution, need, bad() as string))
      }),
    )
  })

  it('P20 total: forged resolutions are refused or used, never a foreign exception', () => {
    const list = fc.array(hostileValue, { maxLength: 2 }).map((makers) => () => makers.map((make) => make()))
    const field = fc.oneof(hostileValue, list)
    const forged = fc.record({
      outcome: fc.constantFrom('authenticated', 'unauthenticated', 'unsatisfied', 'invalidTokens', 'other'),
      fields: fc.dictionary(
        fc.constantFrom('ok', 'optionIndex', 'mutations', 'needs', 'binding', 'missing', 'notices', 'issues', 'reason'),
        field,
      ),
    })
    const request: HttpRequest = { method: 'GET', url: 'https://api.example.com/', headers: {} }
    check(
      fc.property(forged, hostileValue, ({ outcome, fields }, other) => {
        const made = Object.entries(fields).map(([name, make]): [string, unknown] => [name, walkable(make())])
        const resolution = { outcome, ...Object.fromEntries(made) } as unknown as Resolution
        expectOurs(() => apply(request, resolution))
        expectOurs(() => toIssues(resolution))
        expectOurs(() => fulfil(resolution, other() as never, 'token'))
      }),
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

function expectOurs(call: () => unknown): void {
  try {
    call()
  } catch (error) {
    const code = (error as { code?: unknown } | null)?.code
    if (typeof code === 'string' && Object.hasOwn(CODES, code)) return
    throw new Error(`a foreign exception: ${safeMessage(error)}`)
  }
}

function safeMessage(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}\n${error.stack}` : typeof error
}

/** A copy with one value, counted in depth-first order, replaced. */
function withValueAt(root: Json | object, at: number, value: unknown): unknown {
  const places: [Record<string, unknown>, string][] = []
  const copy = { root: structuredClone(root) as unknown }
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    for (const key of Object.keys(node)) {
      places.push([node as Record<string, unknown>, key])
      walk((node as Record<string, unknown>)[key])
    }
  }
  walk(copy)
  const place = places[at % places.length]
  if (place !== undefined) place[0][place[1]] = value
  return copy.root
}
