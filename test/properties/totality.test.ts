import fc from 'fast-check'
import { describe, it } from 'vitest'
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
import type { HttpRequest, Resolution } from '../../src/types.ts'
import type { Json } from './arbitraries.ts'
import { hostileValue } from './hostile.ts'
import { check } from './settings.ts'
import { situation } from './situation.ts'

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

describe('totality', () => {
  it.each(Object.keys(ENTRIES))(
    'P20 total: %s answers anything at all, or throws a SecurityError with a code',
    (entry) => {
      check(
        fc.property(hostileValue, hostileValue, hostileValue, (one, two, three) => {
          const values = [one(), two(), three()] as never[]
          for (const call of ENTRIES[entry]?.(...values) ?? []) expectOurs(call)
        }),
        1 / 4,
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
