import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  describeAccess,
  lintDefinition,
  parseDefinition,
  parseDefinitionText,
  resolve,
  SecurityError,
} from '../../src/index.ts'
import { pointerSegments } from '../../src/json-pointer.ts'
import type { ParseOptions, Resolution } from '../../src/types.ts'
import {
  closedSample,
  type Json,
  type JsonObject,
  plainOptions,
  resolveOptions,
  sample,
  tokensFor,
  usableToken,
} from './arbitraries.ts'
import { type Edit, editsAt, misspellings, nodesOf, snakeCased } from './edits.ts'
import { check } from './settings.ts'

const MODES: readonly (ParseOptions | undefined)[] = [
  undefined,
  { unknownFields: 'allow' },
  { profile: 'ultravox' },
  { profile: 'ultravox', unknownFields: 'allow' },
]

/** Why an edited definition opens the tool, or `null`: refused, or it still cannot run anonymously. */
function opened({ label, result }: Edit, modes = MODES): string | null {
  for (const mode of modes) {
    const parsed = parseDefinition(result, mode)
    if (!parsed.ok) continue
    if (describeAccess(parsed.value).anonymous) return `${label} opened the tool under ${JSON.stringify(mode)}`
    const nothing: Resolution = resolve(parsed.value, {})
    if (nothing.outcome === 'unauthenticated') return `${label} runs anonymously under ${JSON.stringify(mode)}`
  }
  return null
}

const CLOSED: Readonly<Record<string, JsonObject>> = {
  'one header key': {
    modelToolName: 'stock_price',
    requirements: {
      httpSecurityOptions: {
        options: [{ requirements: { myServiceApiKey: { headerApiKey: { name: 'X-API-Key' } } } }],
      },
    },
    http: { baseUrlPattern: 'https://api.example.com/v1/{symbol}', httpMethod: 'GET' },
    staticParameters: [{ name: 'currency', location: 'PARAMETER_LOCATION_QUERY', value: { a: [1] } }],
    dynamicParameters: [{ name: 'symbol', location: 'PARAMETER_LOCATION_PATH', schema: { type: 'string' } }],
  },
  'two names together': {
    requirements: {
      httpSecurityOptions: {
        options: [
          { requirements: { user_id: { queryApiKey: { name: 'u' } }, auth_token: { httpAuth: { scheme: 'Bearer' } } } },
        ],
      },
      requiredParameterOverrides: ['a'],
    },
  },
  'a call token alone': {
    requirements: { httpSecurityOptions: { options: [{ ultravoxCallTokenRequirement: { scopes: ['calls.read'] } }] } },
    client: {},
  },
  'a call token beside no requirements': {
    requirements: {
      httpSecurityOptions: {
        options: [{ requirements: {}, ultravoxCallTokenRequirement: { scopes: ['a', 'b'] } }],
      },
    },
  },
  'three options': {
    requirements: {
      httpSecurityOptions: {
        options: [
          { requirements: { '1': { httpAuth: { scheme: 'Basic' } } }, ultravoxCallTokenRequirement: { scopes: ['s'] } },
          { requirements: { a: { headerApiKey: { name: 'A' } }, b: { queryApiKey: { name: 'b' } } } },
          { requirements: { c: { httpAuth: { scheme: 'Bearer' } } } },
        ],
      },
    },
    http: { baseUrlPattern: 'https://api.example.com', httpMethod: 'POST' },
  },
}

/** Whether a pointer names a value of this JSON. */
function leadsInto(root: Json, pointer: string): boolean {
  let value: unknown = root
  for (const segment of pointerSegments(pointer)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return false
    value = (value as Record<string, unknown>)[segment]
  }
  return true
}

describe('validation', () => {
  it('P33 what parsing accepts, resolving never calls invalid', () => {
    const inputs = fc.oneof(sample, closedSample).chain(({ definition, names }) => {
      const nodes = nodesOf(definition)
      return fc.tuple(
        fc.constant(definition),
        fc.nat(nodes.length - 1).map((at) => nodes[at]),
        fc.nat(),
        tokensFor(names, usableToken),
        resolveOptions,
      )
    })
    check(
      fc.property(inputs, ([definition, node, which, tokens, options]) => {
        const edits = node === undefined ? [] : editsAt(definition, node)
        const candidate = edits[which % edits.length]?.().result ?? definition
        for (const one of [candidate, definition]) {
          const parsed = parseDefinition(one)
          if (!parsed.ok) {
            expect(() => resolve(one, tokens, options)).toThrow(
              expect.objectContaining({ code: 'ERR_DEFINITION_INVALID' }),
            )
            continue
          }
          expect(() => resolve(parsed.value, tokens, options)).not.toThrow()
          expect(() => resolve(one, tokens, options)).not.toThrow()
        }
        expect(parseDefinition(definition).ok).toBe(true)
      }),
    )
  })

  it('P34 anti-downgrade: one edit of any definition that needs a credential never opens the tool', () => {
    const inputs = fc
      .tuple(closedSample, fc.boolean(), fc.nat(), fc.nat())
      .map(([{ definition }, snake, where, which]) => {
        const spelled = snake ? snakeCased(definition) : definition
        const nodes = nodesOf(spelled)
        const node = nodes[where % nodes.length]
        const edits = node === undefined ? [] : editsAt(spelled, node)
        return { spelled, edit: edits[which % edits.length]?.() ?? { label: 'no edit', result: spelled } }
      })
    check(
      fc.property(inputs, ({ spelled, edit }) => {
        expect(parseDefinition(spelled).ok).toBe(true)
        expect(opened(edit)).toBeNull()
      }),
    )
  })

  it.each(Object.keys(CLOSED))('P34 anti-downgrade, every single edit there is: %s', (name) => {
    const definition = CLOSED[name] ?? {}
    for (const spelled of [definition, snakeCased(definition)]) {
      expect(parseDefinition(spelled)).toMatchObject({ ok: true })
      let tried = 0
      for (const node of nodesOf(spelled)) {
        for (const make of editsAt(spelled, node)) {
          tried += 1
          const reason = opened(make(), MODES.slice(0, 2))
          if (reason !== null) expect.fail(reason)
        }
      }
      expect(tried).toBeGreaterThan(1_000)
    }
  })

  it('P34 anti-downgrade in text: a key given twice, one of them misspelt or empty, never opens the tool', () => {
    const pairs = closedSample.chain(({ definition }) => {
      const text = JSON.stringify(definition)
      const quotes = [...text.matchAll(/"(requirements|httpSecurityOptions|options|scopes)":/g)]
      return fc.tuple(
        fc.constant(text),
        fc.constantFrom(...quotes.map(({ index, 1: key }) => ({ index, key: key ?? '' }))),
        fc.constantFrom('{}', '[]', 'null'),
        fc.boolean(),
      )
    })
    check(
      fc.property(pairs, ([text, { index, key }, empty, escaped]) => {
        const spelled = escaped ? `"\\u00${key.charCodeAt(0).toString(16)}${key.slice(1)}"` : `"${key}"`
        const before = parseDefinitionText(`${text.slice(0, index)}${spelled}:${empty},${text.slice(index)}`)
        expect(before.ok).toBe(false)
        expect(before.issues.map(({ code }) => code)).toContain('ERR_JSON_DUPLICATE_KEY')
      }),
    )
  })

  it('P35 an edit of a token name never turns unsatisfied into authenticated', () => {
    const far = ['alphaServiceKey', 'secondUserName', 'ThirdThing_99'] as const
    const definition = {
      requirements: {
        httpSecurityOptions: {
          options: [
            { requirements: { [far[0]]: { headerApiKey: { name: 'X-A' } }, [far[1]]: { queryApiKey: { name: 'b' } } } },
            { requirements: { [far[2]]: { httpAuth: { scheme: 'Bearer' } } } },
          ],
        },
      },
    }
    const inputs = fc
      .subarray([...far])
      .chain((names) => fc.tuple(fc.constant(names), fc.nat(), fc.nat(), resolveOptions))
    check(
      fc.property(inputs, ([names, which, how, options]) => {
        const tokens = Object.fromEntries(names.map((name) => [name, 'ZqToken']))
        const before = resolve(definition, tokens, options)
        const name = names[which % Math.max(names.length, 1)] ?? ''
        const wrong = misspellings(name)
        const entries = Object.entries(tokens).map(([key, value]): [string, string] => [
          key === name ? (wrong[how % wrong.length] ?? key) : key,
          value,
        ])
        const after = resolve(definition, Object.fromEntries(entries), options)
        if (before.outcome === 'unsatisfied') expect(after.outcome).not.toBe('authenticated')
        expect(after.outcome).not.toBe('unauthenticated')
        if (before.outcome === 'unsatisfied' && options.unusedTokens !== 'refuse') {
          expect(after.outcome).toBe('unsatisfied')
        }
      }),
    )
  })

  it('P35 nor does an edit of the whole tokens: null, a text, a list, or one unknown name more', () => {
    const wrong = fc.constantFrom<Json>(null, '', 0, true, [], ['ZqToken'])
    const inputs = closedSample.chain((known) => fc.tuple(fc.constant(known), wrong, resolveOptions))
    check(
      fc.property(inputs, ([{ definition }, tokens, options]) => {
        expect(resolve(definition, tokens as never, options).outcome).toBe('invalidTokens')
        const more = resolve(definition, { unknown: 'ZqToken' }, options)
        const none = resolve(definition, {}, options)
        if (none.outcome === 'unsatisfied') expect(more.ok).toBe(false)
        expect(none.outcome).not.toBe('unauthenticated')
      }),
    )
  })

  it('P33 every issue and lint points into the input as its author spelled it, and to a place of its text', () => {
    const inputs = fc
      .tuple(fc.oneof(sample, closedSample), fc.boolean(), fc.nat(), fc.nat())
      .map(([{ definition }, snake, where, which]) => {
        const spelled = snake ? snakeCased(definition) : definition
        const nodes = nodesOf(spelled)
        const node = nodes[where % nodes.length]
        const edits = node === undefined ? [] : editsAt(spelled, node)
        return [spelled, edits[which % edits.length]?.().result ?? null] as const
      })
    check(
      fc.property(inputs, (both) => {
        for (const one of both) {
          const lost = lintDefinition(one).filter(({ pointer }) => !leadsInto(one, pointer))
          expect(lost).toEqual([])
          const text = JSON.stringify(one, null, 1)
          for (const { pointer, range } of parseDefinitionText(text, { profile: 'ultravox' }).issues) {
            expect([pointer, leadsInto(one, pointer)]).toEqual([pointer, true])
            const line = text.split('\n')[Number(range?.start.line) - 1] ?? ''
            expect(line.length).toBeGreaterThanOrEqual(Number(range?.start.column))
          }
        }
      }),
      1 / 3,
    )
  })

  it('P33 every refusal of a definition is a SecurityError with the issues that parsing gives', () => {
    check(
      fc.property(closedSample, fc.nat(), fc.nat(), ({ definition }, where, which) => {
        const nodes = nodesOf(definition)
        const node = nodes[where % nodes.length]
        const edits = node === undefined ? [] : editsAt(definition, node)
        const broken = edits[which % edits.length]?.().result
        const parsed = parseDefinition(broken)
        if (parsed.ok) return
        expect(parsed.issues.some(({ severity }) => severity === 'error')).toBe(true)
        try {
          resolve(broken, {}, plainOptions(true))
          expect.unreachable()
        } catch (error) {
          expect(error).toBeInstanceOf(SecurityError)
          expect((error as SecurityError).issues).toEqual(parsed.issues)
        }
      }),
      1 / 3,
    )
  })
})
