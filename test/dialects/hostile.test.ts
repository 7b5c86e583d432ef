import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  fromOpenApi,
  fromTavus,
  fromUltravox,
  fromVapi,
  fromVapiCredential,
  fromVapiResource,
  migrateVapi,
  toOpenApi,
  toTavus,
  toUltravox,
  toVapi,
  toVapiCredential,
} from '../../src/dialects/index.ts'
import { SecurityError } from '../../src/index.ts'
import { mostPushed } from '../properties/counting.ts'
import { hostileValue } from '../properties/hostile.ts'
import { check } from '../properties/settings.ts'

const IN = {
  fromOpenApi,
  fromTavus,
  fromUltravox,
  fromVapi,
  fromVapiCredential,
  fromVapiResource,
  migrateVapi,
  toOpenApi,
}
const OUT = { toTavus, toUltravox, toVapi, toVapiCredential }

const definition = {
  http: { baseUrlPattern: 'https://api.example.com', httpMethod: 'GET' },
  requirements: { httpSecurityOptions: { options: [{ requirements: { k: { headerApiKey: { name: 'X-Key' } } } }] } },
}

/** Hostile values in the places where a document holds something. */
const WRAPPERS: readonly ((value: unknown) => unknown)[] = [
  (value) => value,
  (value) => ({ openapi: '3.1.0', paths: value }),
  (value) => ({ openapi: '3.1.0', paths: { '/a': { get: value } }, security: [{ k: [] }], components: value }),
  (value) => ({ openapi: '3.1.0', servers: value, paths: { '/a': { get: { security: value, parameters: [value] } } } }),
  (value) => ({ name: value, delivery: { api: { url: 'https://a.example.com', auth: value } } }),
  (value) => ({ server: value, credentials: value }),
  (value) => ({ url: 'https://a.example.com', secret: value, headers: { 'X-K': value } }),
  (value) => ({ authenticationPlan: value }),
  (value) => ({ temporaryTool: value, authTokens: { k: value } }),
]

function outcomeOf(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return error
  }
}

function expectTame(outcome: unknown): void {
  if (outcome instanceof SecurityError) expect(outcome.code).toBe('ERR_ARGUMENT_INVALID')
  else expect(outcome).toMatchObject({ ok: expect.any(Boolean), issues: expect.any(Array) })
}

describe('P20: whatever is brought, a result or our error', () => {
  it.each(Object.entries(IN))('%s', (_, read) => {
    check(
      fc.property(hostileValue, fc.constantFrom(...WRAPPERS), (make, wrap) => {
        expectTame(outcomeOf(() => (read as (json: unknown) => unknown)(wrap(make()))))
      }),
      0.3,
    )
  })

  it.each(Object.entries(OUT))('%s', (_, write) => {
    const call = (value: unknown): unknown => outcomeOf(() => (write as (tool: unknown) => unknown)(value))
    check(
      fc.property(hostileValue, (make) => {
        expectTame(call(make()))
        expectTame(call({ definition: make(), tokens: {} }))
        expectTame(call({ definition, tokens: { k: make() } }))
        expectTame(call({ definition, tokens: make() }))
        expectTame(call({ requirement: { headerApiKey: { name: 'X-Key' } }, token: make() }))
        expectTame(call({ requirement: make(), token: 't' }))
      }),
      0.3,
    )
  })

  it.each(Object.entries({ ...IN, ...OUT }))('%s refuses unknown options', (name, call) => {
    if (name === 'toOpenApi' || name === 'toTavus' || name === 'toUltravox') return
    check(
      fc.property(hostileValue, (make) => {
        const value = make()
        if (value === undefined || (typeof value === 'object' && value !== null)) return
        const outcome = outcomeOf(() => (call as (json: unknown, options: unknown) => unknown)({}, value))
        expect(outcome).toMatchObject({ code: 'ERR_ARGUMENT_INVALID' })
      }),
      0.05,
    )
    for (const options of [
      { operation: [] },
      { requirementName: 5 },
      { allowInsecureOrigins: ['x'] },
      { credentials: 1 },
    ]) {
      const outcome = outcomeOf(() => (call as (json: unknown, options: unknown) => unknown)({}, options))
      expect(outcome).toMatchObject({ code: 'ERR_ARGUMENT_INVALID' })
    }
  })
})

describe('P36 what a document has many of is never passed on as one argument each', () => {
  const list = <T>(make: (index: number) => T): T[] => Array.from({ length: 400 }, (_, index) => make(index))
  const server = { url: 'https://api.example.com/x' }
  const parameters = list((index) => ({ key: `k${index}`, value: 'v' }))
  const scheme = { type: 'apiKey', in: 'header', name: 'X-K', ...Object.fromEntries(list((index) => [`z${index}`, 1])) }

  it.each<[string, () => unknown]>([
    ['a function tool', () => fromVapi({ type: 'function', function: { name: 'x' }, server, parameters })],
    ['an API request', () => fromVapi({ type: 'apiRequest', name: 'x', method: 'POST', ...server, parameters })],
    [
      'a definition',
      () => {
        const dynamicParameters = list((index) => ({
          name: `k${index}`,
          location: 'PARAMETER_LOCATION_QUERY',
          schema: {},
        }))
        const http = { baseUrlPattern: server.url, httpMethod: 'GET' }
        return toVapi({ definition: { dynamicParameters, http }, tokens: {} } as never)
      },
    ],
    [
      'a security scheme',
      () =>
        fromOpenApi({
          openapi: '3.1.0',
          info: { title: 't', version: '1' },
          servers: [server],
          paths: { '/a': { get: { operationId: 'a', security: [{ k: [] }], responses: {} } } },
          components: { securitySchemes: { k: scheme } },
        }),
    ],
  ])('%s', (_, run) => {
    expect(mostPushed(run)).toBeLessThan(100)
  })
})
