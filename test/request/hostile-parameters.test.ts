import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  apply,
  type BuildInput,
  buildRequest,
  type HttpRequest,
  type JsonValue,
  resolve,
  SecurityError,
  type ToolDefinition,
} from '../../src/index.ts'
import { dagBomb, HOSTILE, hostileValue } from '../properties/hostile.ts'
import { check } from '../properties/settings.ts'

const TOKENS = { key: 'k&=%+#/?1', id: 'u 1é', auth: 't-1234567' }
const REQUIREMENTS = {
  httpSecurityOptions: {
    options: [
      {
        requirements: {
          key: { headerApiKey: { name: 'X-My_Key' } },
          id: { queryApiKey: { name: 'api key' } },
          auth: { httpAuth: { scheme: 'Bearer' } },
        },
      },
    ],
  },
}
/** Patterns with their literal texts around the placeholders, as an independent reader must find them again. */
const PATTERNS = [
  '/v1/stocks/{a}',
  '/v1/stocks/{a}/quotes/{b}',
  '/v1/stocks/{a}/quotes/{b}?fixed=1&x={a}',
  '/v1/a{a}.json',
  '/v1/{a}-{b}/end',
  '/v1/..{a}',
  '/{a}',
  '/v1;{a}/x',
  '/v1/x?q={a}&{b}',
  '/v1/x#{a}',
] as const

function toolAt(pattern: string, more: object = {}): ToolDefinition {
  const inPath = ['a', 'b'].filter((name) => pattern.includes(`{${name}}`))
  return {
    http: { baseUrlPattern: `https://api.example.com:8443${pattern}`, httpMethod: 'PATCH' },
    requirements: REQUIREMENTS,
    dynamicParameters: [
      ...inPath.map((name) => ({ name, location: 'PARAMETER_LOCATION_PATH' as const })),
      { name: 'query', location: 'PARAMETER_LOCATION_QUERY' },
      { name: 'X-Note', location: 'PARAMETER_LOCATION_HEADER' },
      { name: 'body', location: 'PARAMETER_LOCATION_BODY' },
    ],
    ...more,
  }
}

const PIECES = [
  '../',
  '..',
  '.',
  '%2e%2e',
  '%2E',
  '%252e%252e',
  '/',
  '//evil.example',
  '\\',
  '..\\',
  '%5c',
  '%2f',
  '..%2f',
  ';x',
  '..;',
  '?',
  '#',
  '&',
  '=',
  '@',
  ':',
  'evil.example',
  'https://evil.example/',
  '\r\n',
  '\n',
  '\t',
  '\0',
  ' ',
  '%',
  '%00',
  '%zz',
  '+',
  '{a}',
  '{b}',
  '{host}',
  '{{x}}',
  '$&',
  '$1',
  "$'",
  '`',
  'X-My-Key: evil',
  'Authorization',
  'api key=evil',
  'api%20key',
  'apiKey',
  '__proto__',
  'constructor',
  '．．',
  '／',
  '\u2024',
  '\u202e',
  '\u00ad',
  '\ufeff',
  'é',
  '😀',
  '\ud800',
  'a',
  'NVDA',
  '0',
  'localhost',
  '127.0.0.1',
]

const hostileText = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ maxLength: 12 }),
)
const hostileJson: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: hostileText, weight: 5 },
  { arbitrary: fc.array(hostileText, { maxLength: 3 }), weight: 1 },
  { arbitrary: fc.dictionary(hostileText, hostileText, { maxKeys: 2 }), weight: 1 },
  { arbitrary: fc.jsonValue({ maxDepth: 2 }), weight: 1 },
)

const someValue = fc.oneof(
  { arbitrary: fc.constantFrom<unknown>('NVDA', 'a b', 'été', 7, true), weight: 3 },
  { arbitrary: hostileJson, weight: 1 },
)

/** Some parameters that the tool has, some of them hostile, and sometimes one that it has not. */
const choices = fc.tuple(
  fc.constantFrom(...PATTERNS),
  fc.record({ a: someValue, b: someValue, query: someValue, 'X-Note': someValue, body: someValue }),
  fc.subarray(['query', 'X-Note', 'body'] as const),
  fc.oneof({ arbitrary: fc.constant(null), weight: 9 }, { arbitrary: fc.tuple(hostileText, hostileJson), weight: 1 }),
)

/** What goes on the wire, or `null` where that was refused with an error of ours. */
function wire(tool: ToolDefinition, input: BuildInput): HttpRequest | null {
  const resolution = resolve(tool, TOKENS)
  expect(resolution.outcome).toBe('authenticated')
  try {
    return apply(buildRequest(tool, input), resolution)
  } catch (error) {
    expect(error).toBeInstanceOf(SecurityError)
    return null
  }
}

/** The literal path before the first placeholder. */
function literalPrefix(pattern: string): string {
  return pattern.split(/[{?#]/)[0] ?? ''
}

/** Checks a request with readers that share nothing with ours: WHATWG URL, Headers, URLSearchParams. */
function expectUntouched(request: HttpRequest, pattern: string, sent: readonly string[]): void {
  const url = new URL(request.url)
  expect([url.origin, url.username, url.password]).toEqual(['https://api.example.com:8443', '', ''])
  expect(request.method).toBe('PATCH')
  expect(url.pathname.startsWith(literalPrefix(pattern))).toBe(true)
  expect(url.pathname.split('/').length).toBe(pattern.split(/[?#]/)[0]?.split('/').length)
  expect(request.url.startsWith(`https://api.example.com:8443${literalPrefix(pattern)}`)).toBe(true)

  expect(url.searchParams.getAll('api key')).toEqual([TOKENS.id])
  const names = [...url.searchParams.keys()].filter((name) => !['api key', 'query', 'fixed', 'x', 'q'].includes(name))
  // A placeholder may stand where the definition's own query has a name: the model then chooses this one name.
  expect(names.length).toBeLessThanOrEqual(pattern.includes('&{b}') ? 1 : 0)

  const headers = new Headers(request.headers)
  expect(headers.get('x-my_key')).toBe(TOKENS.key)
  expect(headers.get('authorization')).toBe(`Bearer ${TOKENS.auth}`)
  const others = [...headers.keys()].filter((name) => name !== 'x-my_key' && name !== 'authorization')
  expect(others.every((name) => name === 'x-note' || name === 'content-type')).toBe(true)
  expect(Object.keys(request.headers).length).toBe([...headers.keys()].length)

  const members = request.body === undefined ? [] : Object.keys(JSON.parse(String(request.body)))
  expect(members).toEqual(sent.includes('body') ? ['body'] : [])
}

describe('LLM-chosen parameters never change origin, method, literal path prefix or any credential carrier', () => {
  it('whatever texts and values they are: the request stands, or is refused with a SecurityError (property)', () => {
    let stood = 0
    let tried = 0
    check(
      fc.property(choices, ([pattern, values, optional, extra]) => {
        const tool = toolAt(pattern)
        const used = [...['a', 'b'].filter((name) => pattern.includes(`{${name}}`)), ...optional]
        const parameters = Object.fromEntries(used.map((name) => [name, values[name as 'a']])) as Record<
          string,
          JsonValue
        >
        if (extra !== null)
          Object.defineProperty(parameters, extra[0], { value: extra[1], enumerable: true, configurable: true })
        const request = wire(tool, { parameters })
        tried += 1
        if (request === null) return
        stood += 1
        expectUntouched(request, pattern, Object.keys(parameters))
        // A parameter that the tool has not is never let through.
        expect(used).toContain(extra?.[0] ?? used[0])
      }),
    )
    expect(stood).toBeGreaterThan(tried / 5)
  })

  it('texts that one segment can hold arrive as they are (property)', () => {
    check(
      fc.property(hostileText, hostileText, (a, b) => {
        const request = wire(toolAt('/v1/stocks/{a}/quotes/{b}'), { parameters: { a, b } })
        if (request === null) return
        const [, , , first = '', , second = ''] = new URL(request.url).pathname.split('/')
        expect([decodeURIComponent(first), decodeURIComponent(second)]).toEqual([a, b])
      }),
    )
  })

  it('plain texts are never refused (property)', () => {
    const plain = fc.string({ unit: fc.constantFrom(..."abcXYZ019 _-~!é😀&=+%:@$(),'*"), minLength: 1, maxLength: 12 })
    check(
      fc.property(plain, plain, (a, b) => {
        expect(wire(toolAt('/v1/stocks/{a}/quotes/{b}'), { parameters: { a, b, query: a, body: b } })).not.toBeNull()
      }),
    )
  })

  it.each(
    [
      '../',
      '..',
      '%2e%2e',
      '%2E%2E%2F',
      '//evil',
      '//evil.example/x',
      '\r\nX-My-Key: evil',
      '{host}',
      '{a}',
      '$&',
      "$'",
      '..;x',
      '..\\..\\',
      '\\\\evil.example',
      'https://evil.example/',
      '@evil.example',
      '?api key=evil',
      '#',
      '&api%20key=evil',
      '\ud800',
      '．．／',
      '\u2024\u2024/',
      '__proto__',
      'x'.repeat(1_000_000),
      '../'.repeat(333_333),
      '%2e%2e%2f'.repeat(111_111),
      `${'%25'.repeat(333_333)}2e`,
      '\r\n'.repeat(500_000),
      ' '.repeat(1_000_000),
      '{a}'.repeat(333_333),
      '%'.repeat(1_000_000),
    ].map(
      (text) =>
        [
          text.length > 60
            ? `${JSON.stringify(text.slice(0, 12))} and on to ${text.length} characters`
            : JSON.stringify(text),
          text,
        ] as const,
    ),
  )('%s in every place, alone and inside a text', (_, text) => {
    for (const value of [text, `NVDA${text}`, `${text}NVDA`, `NV${text}DA`]) {
      for (const pattern of PATTERNS) {
        const inPath = Object.fromEntries(
          ['a', 'b'].filter((name) => pattern.includes(`{${name}}`)).map((name) => [name, 'ok']),
        )
        for (const name of [...Object.keys(inPath), 'query', 'X-Note', 'body']) {
          // One long text in one place of one pattern is enough.
          if (text.length > 1000 && (pattern !== PATTERNS[0] || value !== text)) continue
          const parameters = { ...inPath, [name]: value }
          const request = wire(toolAt(pattern), { parameters })
          if (request !== null) expectUntouched(request, pattern, Object.keys(parameters))
        }
      }
    }
  })

  it('names of parameters that the tool has not are refused, whatever they are called', () => {
    for (const name of [
      'api key',
      'X-My_Key',
      'x-my-key',
      'Authorization',
      'Host',
      'a/../b',
      '__proto__',
      'toString',
      '{a}',
      '',
    ]) {
      const parameters = Object.defineProperty({ a: 'NVDA' }, name, { value: 'evil', enumerable: true })
      expect(wire(toolAt('/v1/stocks/{a}'), { parameters })).toBeNull()
    }
  })

  it('a name that the model chooses inside the query cannot be that of the credential', () => {
    const parameters = { a: 'x', b: 'api key' }
    expect(wire(toolAt('/v1/x?q={a}&{b}'), { parameters })).toBeNull()
  })

  it('a tool that declares the place of a credential as a parameter is refused as a definition', () => {
    for (const [name, location] of [
      ['api key', 'QUERY'],
      ['x-my-key', 'HEADER'],
      ['AUTHORIZATION', 'HEADER'],
      ['Host', 'HEADER'],
      ['Connection', 'HEADER'],
    ]) {
      const dynamicParameters = [{ name, location: `PARAMETER_LOCATION_${location}` }]
      const tool = toolAt('/v1/x', { dynamicParameters })
      expect(() => buildRequest(tool, { parameters: { [name as string]: 'evil' } })).toThrow(
        expect.objectContaining({ code: 'ERR_DEFINITION_INVALID' }),
      )
    }
  })
})

// What is shared many ways has a test of its own: it would be written out in full.
const isBomb = (make: () => unknown): boolean => make === HOSTILE['a DAG bomb']
const hostileInput = hostileValue.filter((make) => !isBomb(make))

describe('totality', () => {
  it('buildRequest gives a request or an error of ours for any input (property)', () => {
    check(
      fc.property(
        hostileInput,
        fc.constantFrom('tool', 'definition', 'overrides', 'input', 'parameters', 'automatic', 'body', 'value'),
        (make, place) => {
          const hostile = make() as never
          const tool = toolAt('/v1/stocks/{a}')
          const attempts: Record<string, () => unknown> = {
            tool: () => buildRequest(hostile),
            definition: () => buildRequest({ definition: hostile }),
            overrides: () => buildRequest({ definition: tool, overrides: hostile }, { parameters: { a: 'x' } }),
            input: () => buildRequest(tool, hostile),
            parameters: () => buildRequest(tool, { parameters: hostile }),
            automatic: () => buildRequest(tool, { automatic: hostile }),
            body: () => buildRequest(tool, { parameters: { a: 'x' }, body: hostile }),
            value: () => buildRequest(tool, { parameters: { a: hostile, body: hostile, query: hostile } }),
          }
          try {
            expect(attempts[place]?.()).toMatchObject({ method: 'PATCH' })
          } catch (error) {
            expect(error).toBeInstanceOf(SecurityError)
          }
        },
      ),
    )
  })

  it('a value that is shared 2^20 ways is refused: written out it would be endless', () => {
    const shared = dagBomb(20) as JsonValue
    const tool = toolAt('/v1/stocks/{a}')
    for (const place of ['body', 'query', 'X-Note']) {
      const build = () => buildRequest(tool, { parameters: { a: 'x', [place]: shared } })
      expect(build).toThrow(expect.objectContaining({ code: 'ERR_PARAMETERS_INVALID' }))
    }
  })

  it('overrides that are no object are refused', () => {
    for (const overrides of [null, 'length', 5, true, ['a']]) {
      const build = () =>
        buildRequest({ definition: toolAt('/{a}'), overrides: overrides as never }, { parameters: { a: 'x' } })
      expect(build).toThrow(SecurityError)
    }
  })

  it('inherited values are no values: a polluted Object.prototype changes nothing', () => {
    const tool = toolAt('/v1/stocks/{a}', {
      automaticParameters: [{ name: 'c', location: 'PARAMETER_LOCATION_QUERY', knownValue: 'KNOWN_PARAM_CALL_ID' }],
    })
    const NAMES = [
      'a',
      'query',
      'X-Note',
      'body',
      'parameters',
      'automatic',
      'overrides',
      'definition',
      'value',
      'type',
      'schema',
      'required',
      'KNOWN_PARAM_CALL_ID',
    ]
    const build = () => {
      try {
        return JSON.stringify(buildRequest(tool, { parameters: { a: 'x' } }))
      } catch (error) {
        return JSON.stringify((error as SecurityError).issues)
      }
    }
    const expected = build()
    for (const name of NAMES) {
      let polluted: string
      try {
        Object.defineProperty(Object.prototype, name, { value: 'polluted', configurable: true, writable: true })
        polluted = build()
      } finally {
        delete (Object.prototype as Record<string, unknown>)[name]
      }
      expect(polluted, name).toBe(expected)
    }
  })
})
