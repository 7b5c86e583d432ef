import { describe, expect, it } from 'vitest'
import {
  apply,
  type BuildInput,
  buildRequest,
  type HttpRequest,
  type JsonValue,
  type ParameterLocation,
  parseDefinition,
  resolve,
  SecurityError,
  type ToolDefinition,
} from '../../src/index.ts'
import { thrownBy } from '../properties/leaks.ts'
import { deepFreeze } from '../vectors/load.ts'

type Place = 'path' | 'query' | 'header' | 'body' | 'unspecified'

const at = (place: Place): ParameterLocation => `PARAMETER_LOCATION_${place.toUpperCase()}` as ParameterLocation

interface Parts {
  readonly url?: string
  readonly method?: string
  readonly dynamic?: readonly (readonly [name: string, place: Place, schema?: object | null, required?: boolean])[]
  readonly fixed?: readonly (readonly [name: string, place: Place, value?: JsonValue])[]
  readonly automatic?: readonly (readonly [name: string, place: Place, knownValue: string])[]
}

function define({
  url = 'https://api.example.com/v1',
  method = 'GET',
  dynamic,
  fixed,
  automatic,
}: Parts): ToolDefinition {
  return {
    http: { baseUrlPattern: url, httpMethod: method },
    ...(dynamic && {
      dynamicParameters: dynamic.map(([name, place, schema, required]) => ({
        name,
        location: at(place),
        ...(schema && { schema: schema as { [key: string]: JsonValue } }),
        ...(required !== undefined && { required }),
      })),
    }),
    ...(fixed && {
      staticParameters: fixed.map(([name, place, value]) => ({
        name,
        location: at(place),
        ...(value !== undefined && { value }),
      })),
    }),
    ...(automatic && {
      automaticParameters: automatic.map(([name, place, knownValue]) => ({ name, location: at(place), knownValue })),
    }),
  }
}

/** Builds with one dynamic parameter `x` at a place. */
function buildOne(place: Place, value: unknown, parts: Parts = {}): HttpRequest {
  const url = place === 'path' ? 'https://api.example.com/v1/{x}' : 'https://api.example.com/v1'
  return buildRequest(define({ url, dynamic: [['x', place]], ...parts }), { parameters: { x: value as JsonValue } })
}

/** Code and pointer of the issues that a build is refused with. */
function issuesOf(run: () => unknown): readonly string[] {
  const error = thrownBy(run)
  if (!(error instanceof SecurityError)) throw error
  expect(error).toMatchObject({ code: 'ERR_PARAMETERS_INVALID', phase: 'request', retryable: false })
  expect(error.message).toMatch(/^the request cannot be built: [^\n]+$/)
  return error.issues?.map(({ code, pointer }) => `${code} ${pointer}`) ?? []
}

describe('the whole request', () => {
  it('is method, URL, headers and JSON body, every value in its place', () => {
    const definition = define({
      url: 'https://api.example.com/v1/{symbol}/quotes?fixed=1',
      method: 'POST',
      dynamic: [
        ['symbol', 'path', { type: 'string' }, true],
        ['limit', 'query', { type: 'integer' }],
        ['X-Note', 'header'],
        ['text', 'body'],
        ['more', 'unspecified'],
      ],
      fixed: [
        ['currency', 'query', 'USD'],
        ['kind', 'body', { deep: [1] }],
      ],
      automatic: [
        ['call', 'body', 'KNOWN_PARAM_CALL_ID'],
        ['X-Call', 'header', 'KNOWN_PARAM_CALL_ID'],
      ],
    })
    const request = buildRequest(definition, {
      parameters: { symbol: 'BRK B', limit: 5, 'X-Note': 'hi there', text: 'été', more: null },
      automatic: { KNOWN_PARAM_CALL_ID: 'call-1', KNOWN_PARAM_OTHER: 'not asked for' },
    })
    expect(request).toEqual({
      method: 'POST',
      url: 'https://api.example.com/v1/BRK%20B/quotes?fixed=1&limit=5&currency=USD',
      headers: { 'X-Note': 'hi there', 'X-Call': 'call-1', 'content-type': 'application/json' },
      body: expect.any(String),
    })
    expect(JSON.parse(String(request.body))).toEqual({ text: 'été', more: null, kind: { deep: [1] }, call: 'call-1' })
  })

  it('without parameters is just the method and the URL', () => {
    expect(buildRequest(define({ method: 'DELETE' }))).toEqual({
      method: 'DELETE',
      url: 'https://api.example.com/v1',
      headers: {},
    })
  })

  it('takes frozen input and leaves it as it is', () => {
    const definition = define({ dynamic: [['x', 'body']] })
    const input = deepFreeze({ parameters: { x: { a: [1, { b: 2 }] } }, automatic: {} })
    expect(buildRequest(deepFreeze(definition), input).body).toBe('{"x":{"a":[1,{"b":2}]}}')
  })
})

describe('a path placeholder', () => {
  it.each<[unknown, string]>([
    ['NVDA', 'NVDA'],
    ['a b', 'a%20b'],
    ['a/b', 'a%2Fb'],
    ['a\\b', 'a%5Cb'],
    ['a?b#c', 'a%3Fb%23c'],
    ['50%', '50%25'],
    ['é€😀', '%C3%A9%E2%82%AC%F0%9F%98%80'],
    ["!'()*", '%21%27%28%29%2A'],
    ['...', '...'],
    ['.a', '.a'],
    ['{x}', '%7Bx%7D'],
    ['$&', '%24%26'],
    [5, '5'],
    [-0.5, '-0.5'],
    [true, 'true'],
    [false, 'false'],
    [0, '0'],
  ])('takes %j as one segment', (value, segment) => {
    expect(buildOne('path', value).url).toBe(`https://api.example.com/v1/${segment}`)
  })

  it.each([
    '.',
    '..',
    '%2e',
    '%2E%2e',
    '.%2e',
    '%252e%252e',
    '..;x',
    '../x',
    'x/..',
    '..\\x',
    'x%2f..',
    'x/%2e%2e/y',
    '..%2F',
  ])('refuses %j: no dot segment in any spelling', (value) => {
    expect(issuesOf(() => buildOne('path', value))).toEqual(['ERR_PARAMETER_VALUE /parameters/x'])
  })

  it.each<[string, unknown]>([
    ['nothing', ''],
    ['null', null],
    ['a list', ['a']],
    ['an object', { a: 1 }],
  ])('refuses %s', (_, value) => {
    expect(issuesOf(() => buildOne('path', value))).toEqual(['ERR_PARAMETER_VALUE /parameters/x'])
  })

  it('may stand several times, in the middle of a segment, and in the query', () => {
    const url = 'https://api.example.com/v1/{x}/a-{x}.json?of={x}#{y}'
    const definition = define({
      url,
      dynamic: [
        ['x', 'path'],
        ['y', 'path'],
      ],
    })
    expect(buildRequest(definition, { parameters: { x: 'N/V', y: '{x}' } }).url).toBe(
      'https://api.example.com/v1/N%2FV/a-N%2FV.json?of=N%2FV#%7Bx%7D',
    )
  })

  it('pieces that only together are a dot segment are refused', () => {
    const definition = define({
      url: 'https://api.example.com/v1/{a}{b}/x',
      dynamic: [
        ['a', 'path'],
        ['b', 'path'],
      ],
    })
    for (const [a, b] of [
      ['.', '.'],
      ['%2', 'e'],
      ['.', '%2e'],
    ] as const) {
      expect(thrownBy(() => buildRequest(definition, { parameters: { a, b } }))).toBeInstanceOf(SecurityError)
    }
    const half = define({ url: 'https://api.example.com/v1/.{a}/x', dynamic: [['a', 'path']] })
    expect(thrownBy(() => buildRequest(half, { parameters: { a: '.' } }))).toBeInstanceOf(SecurityError)
  })

  it('without a value is an issue, and so is a value without a placeholder', () => {
    const open = define({ url: 'https://api.example.com/{x}/{y}', dynamic: [['x', 'path']] })
    expect(issuesOf(() => buildRequest(open, {}))).toEqual([
      'ERR_PARAMETER_MISSING /parameters/x',
      'ERR_PARAMETER_MISSING /parameters/y',
    ])
    const none = define({ dynamic: [['x', 'path']] })
    expect(issuesOf(() => buildRequest(none, { parameters: { x: 'a' } }))).toEqual([
      'ERR_PARAMETER_VALUE /parameters/x',
    ])
  })
})

describe('a query parameter', () => {
  it.each<[unknown, string]>([
    ['a b&c=d#é%', '?x=a%20b%26c%3Dd%23%C3%A9%25'],
    ['', '?x='],
    [5, '?x=5'],
    [false, '?x=false'],
    [null, ''],
    [['a', 'b c', 3], '?x=a&x=b%20c&x=3'],
    [['a', null, 'b'], '?x=a&x=b'],
    [[], ''],
    [{ a: ['é', 1] }, '?x=%7B%22a%22%3A%5B%22%5Cu00e9%22%2C1%5D%7D'],
    [[{ a: 1 }], '?x=%7B%22a%22%3A1%7D'],
  ])('with %j', (value, query) => {
    expect(buildOne('query', value).url).toBe(`https://api.example.com/v1${query}`)
  })

  it.each([
    ['https://api.example.com', 'https://api.example.com?x=1'],
    ['https://api.example.com/v1?', 'https://api.example.com/v1?x=1'],
    ['https://api.example.com/v1?a=1', 'https://api.example.com/v1?a=1&x=1'],
    ['https://api.example.com/v1?a=1&', 'https://api.example.com/v1?a=1&x=1'],
    ['https://api.example.com/v1#top', 'https://api.example.com/v1?x=1#top'],
    ['https://api.example.com/v1?a#t?op', 'https://api.example.com/v1?a&x=1#t?op'],
    ['https://api.example.com/v1#t?op', 'https://api.example.com/v1?x=1#t?op'],
  ])('is appended to %s', (url, expected) => {
    expect(buildOne('query', 1, { url }).url).toBe(expected)
  })

  it('has an encoded name', () => {
    const definition = define({ dynamic: [['a b&[]', 'query']] })
    expect(buildRequest(definition, { parameters: { 'a b&[]': 1 } }).url).toBe(
      'https://api.example.com/v1?a%20b%26%5B%5D=1',
    )
  })
})

describe('a header parameter', () => {
  it.each<[unknown, string | undefined]>([
    ['plain', 'plain'],
    ['two words\tand a tab', 'two words\tand a tab'],
    [5, '5'],
    [true, 'true'],
    [null, undefined],
    [['é', 1], '["\\u00e9",1]'],
    [{ a: '😀' }, '{"a":"\\ud83d\\ude00"}'],
  ])('with %j', (value, text) => {
    expect(buildOne('header', value).headers).toEqual(text === undefined ? {} : { x: text })
  })

  it.each(['', ' ', ' a', 'a ', 'a\r\nX-Evil: 1', 'a\nb', 'a\u0000b', 'é', 'a\u007f', '\u00a0a', '\t'])(
    'refuses %j',
    (value) => {
      expect(issuesOf(() => buildOne('header', value))).toEqual(['ERR_PARAMETER_VALUE /parameters/x'])
    },
  )

  it.each(['Host', 'connection', 'Transfer-Encoding', 'content_length', 'Proxy-Authorization'])(
    'that steers the message, %s, is refused also where no credential is sent',
    (name) => {
      const definition = define({ dynamic: [[name, 'header']] })
      expect(issuesOf(() => buildRequest(definition, { parameters: { [name]: 'x' } }))).toEqual([
        `ERR_HEADER_FORBIDDEN /parameters/${name}`,
      ])
    },
  )

  it('named __proto__ is sent or refused, never lost', () => {
    const definition = define({ dynamic: [['__proto__', 'header']] })
    let names: readonly string[] = []
    try {
      names = Object.keys(buildRequest(definition, { parameters: JSON.parse('{"__proto__":"x"}') }).headers)
    } catch (error) {
      expect(error).toBeInstanceOf(SecurityError)
      return
    }
    expect(names).toEqual(['__proto__'])
  })
})

describe('a body', () => {
  it('is JSON with its content type, one member a parameter', () => {
    expect(buildOne('body', { a: [null, 'é'] }, { method: 'POST' })).toMatchObject({
      headers: { 'content-type': 'application/json' },
      body: '{"x":{"a":[null,"é"]}}',
    })
    expect(buildOne('unspecified', null).body).toBe('{"x":null}')
  })

  it('holds members called __proto__, constructor and toString', () => {
    const definition = define({
      dynamic: [
        ['__proto__', 'body'],
        ['constructor', 'body'],
        ['toString', 'body'],
      ],
    })
    const parameters = JSON.parse('{"__proto__":{"polluted":1},"constructor":2,"toString":3}')
    expect(buildRequest(definition, { parameters }).body).toBe(
      '{"__proto__":{"polluted":1},"constructor":2,"toString":3}',
    )
  })

  it('keeps a content type that the definition gives', () => {
    const definition = define({
      dynamic: [['x', 'body']],
      fixed: [['Content-TYPE', 'header', 'application/vnd.api+json']],
    })
    expect(buildRequest(definition, { parameters: { x: 1 } }).headers).toEqual({
      'Content-TYPE': 'application/vnd.api+json',
    })
  })

  it('of a prescribed shape comes from the caller, such as a Tavus callback', () => {
    const callback = JSON.stringify({
      event_type: 'conversation.tool_call',
      properties: { name: 'x', arguments: '{}' },
    })
    const definition = define({
      method: 'POST',
      dynamic: [
        ['x', 'body'],
        ['q', 'query'],
      ],
    })
    expect(buildRequest(definition, { parameters: { x: 1, q: 'a' }, body: callback })).toEqual({
      method: 'POST',
      url: 'https://api.example.com/v1?q=a',
      headers: { 'content-type': 'application/json' },
      body: callback,
    })
  })

  it('of a prescribed shape may be bytes, empty, and without parameters', () => {
    const bytes = Uint8Array.of(0xff, 0x00)
    expect(buildRequest(define({ method: 'POST' }), { body: bytes }).body).toBe(bytes)
    expect(buildRequest(define({ method: 'POST' }), { body: '' }).body).toBe('')
  })
})

describe('who decides a value', () => {
  it('static wins over dynamic in one place, and only there', () => {
    const definition = define({
      dynamic: [
        ['x', 'query'],
        ['x', 'body'],
      ],
      fixed: [['x', 'query', 'fixed']],
    })
    const request = buildRequest(definition, { parameters: { x: 'chosen' } })
    expect([request.url, request.body]).toEqual(['https://api.example.com/v1?x=fixed', '{"x":"chosen"}'])
  })

  it('an override wins over both', () => {
    const definition = define({
      dynamic: [
        ['d', 'query'],
        ['both', 'query'],
      ],
      fixed: [
        ['s', 'query', 'fixed'],
        ['both', 'query', 'fixed'],
      ],
    })
    const tool = { definition, overrides: { d: 'over-d', s: 'over-s', both: 'over-both' } }
    expect(buildRequest(tool, { parameters: { d: 'chosen', both: 'chosen' } }).url).toBe(
      'https://api.example.com/v1?d=over-d&both=over-both&s=over-s',
    )
  })

  it('an override of null, false, 0 or an empty text wins, too', () => {
    const definition = define({ dynamic: [['d', 'body', { type: 'string' }]], fixed: [['s', 'body', 'fixed']] })
    for (const value of [null, false, 0, '']) {
      const tool = { definition, overrides: { d: value, s: value } }
      expect(JSON.parse(String(buildRequest(tool, { parameters: { d: 'chosen' } }).body))).toEqual({
        d: value,
        s: value,
      })
    }
  })

  it('an override makes a required parameter present, and its type is for the call to check', () => {
    const definition = define({ dynamic: [['d', 'query', { type: 'integer' }, true]] })
    expect(buildRequest({ definition, overrides: { d: 'x' } }).url).toBe('https://api.example.com/v1?d=x')
  })

  it('an automatic value wins over all of them in its place', () => {
    const definition = define({
      dynamic: [['x', 'query']],
      fixed: [['x', 'query', 'fixed']],
      automatic: [['x', 'query', 'KNOWN_PARAM_CALL_ID']],
    })
    const request = buildRequest(
      { definition, overrides: { x: 'over' } },
      { parameters: { x: 'chosen' }, automatic: { KNOWN_PARAM_CALL_ID: 'call-1' } },
    )
    expect(request.url).toBe('https://api.example.com/v1?x=call-1')
  })

  it('a static parameter without a value is null', () => {
    expect(buildRequest(define({ fixed: [['s', 'body']] })).body).toBe('{"s":null}')
    expect(
      buildRequest(
        define({
          fixed: [
            ['s', 'query'],
            ['h', 'header'],
          ],
        }),
      ),
    ).toMatchObject({ url: 'https://api.example.com/v1', headers: {} })
  })
})

describe('issues', () => {
  it('are all there at once, sorted, in words', () => {
    const definition = define({
      url: 'https://api.example.com/{symbol}',
      dynamic: [
        ['symbol', 'path', { type: 'string' }],
        ['limit', 'query', { type: 'integer' }],
        ['X-Note', 'header', null, true],
        ['unit', 'body', null, true],
      ],
      automatic: [['call', 'query', 'KNOWN_PARAM_CALL_ID']],
    })
    const error = thrownBy(() =>
      buildRequest(definition, { parameters: { limit: 'five', symbl: 'NVDA', 'X-Note': '\n' } }),
    )
    expect(error).toMatchObject({
      code: 'ERR_PARAMETERS_INVALID',
      issues: [
        { code: 'ERR_PARAMETER_MISSING', pointer: '/automatic/KNOWN_PARAM_CALL_ID', severity: 'error' },
        { code: 'ERR_PARAMETER_VALUE', pointer: '/parameters/X-Note' },
        {
          code: 'ERR_PARAMETER_TYPE',
          pointer: '/parameters/limit',
          message: 'parameter `limit` is not of type `integer`',
        },
        { code: 'ERR_PARAMETER_UNKNOWN', pointer: '/parameters/symbl', help: 'did you mean `symbol`?' },
        {
          code: 'ERR_PARAMETER_MISSING',
          pointer: '/parameters/symbol',
          message: 'the path needs a value for `{symbol}`',
        },
        { code: 'ERR_PARAMETER_MISSING', pointer: '/parameters/unit', message: 'parameter `unit` is required' },
      ],
    })
  })

  it('P36 ask what was meant by the first 50 unknown parameters only', () => {
    const definition = define({ dynamic: [['symbol', 'query']] })
    const parameters = Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`symbol${index}`, 1]))
    const { issues } = thrownBy(() => buildRequest(definition, { parameters })) as SecurityError
    expect(issues).toHaveLength(80)
    expect(issues?.filter(({ help }) => help === 'did you mean `symbol`?')).toHaveLength(50)
  })

  it('point to where the value was given', () => {
    const definition = define({
      dynamic: [
        ['a', 'header'],
        ['b', 'header'],
        ['Host', 'header'],
      ],
      fixed: [
        ['c', 'header', 'fine'],
        ['d', 'header', '\n'],
        ['e', 'header', '\n'],
        ['TE', 'header', 'trailers'],
      ],
      automatic: [['f', 'header', 'KNOWN_PARAM_CALL_ID']],
    })
    const given = { parameters: { a: '\n' }, automatic: { KNOWN_PARAM_CALL_ID: '\n' } }
    const overrides = { b: '\n', c: '\n', e: 'fine', Host: 'x' }
    expect(issuesOf(() => buildRequest({ definition, overrides }, given))).toEqual([
      'ERR_PARAMETER_VALUE /automatic/KNOWN_PARAM_CALL_ID',
      'ERR_HEADER_FORBIDDEN /overrides/Host',
      'ERR_PARAMETER_VALUE /overrides/b',
      'ERR_PARAMETER_VALUE /overrides/c',
      'ERR_PARAMETER_VALUE /parameters/a',
      'ERR_PARAMETER_VALUE /staticParameters/1/value',
      'ERR_HEADER_FORBIDDEN /staticParameters/3/value',
    ])
  })

  it('name no value', () => {
    const definition = define({
      url: 'https://api.example.com/{p}',
      dynamic: [
        ['p', 'path'],
        ['h', 'header'],
        ['n', 'query', { type: 'number' }],
      ],
    })
    const error = thrownBy(() =>
      buildRequest(definition, { parameters: { p: '../card-4111', h: 'card-4111\n', n: 'card-4111' } }),
    )
    expect(JSON.stringify([String(error), error])).not.toContain('4111')
  })

  it.each<[unknown, readonly unknown[], readonly unknown[]]>([
    ['string', ['', 'a'], [1, null, true, [], {}]],
    ['number', [0, 1.5, -1e300], ['1', null, true]],
    ['integer', [0, -5, 1e20], [1.5, '1', null]],
    ['boolean', [true, false], ['true', 0, null]],
    ['null', [null], ['', 0, false, {}]],
    ['array', [[], [1]], [{}, 'a', null]],
    ['object', [{}, { a: 1 }], [[], null, 'a']],
    [
      ['string', 'null'],
      ['a', null],
      [1, []],
    ],
    ['unheard-of', ['a', 1, null], []],
    [['integer', 'unheard-of'], ['a', 1], []],
    [5, ['a', 1], []],
    [undefined, ['a', 1], []],
    ['toString', ['a', 1], []],
  ])('type %j', (type, fitting, others) => {
    const schema = type === undefined ? {} : { type, pattern: '^(a+)+$', enum: ['never'], maxLength: 0 }
    const definition = define({ method: 'POST', dynamic: [['x', 'body', schema]] })
    const build = (x: unknown) => buildRequest(definition, { parameters: { x: x as JsonValue } })
    for (const value of fitting) expect(JSON.parse(String(build(value).body))).toEqual({ x: value })
    for (const value of others) expect(issuesOf(() => build(value))).toEqual(['ERR_PARAMETER_TYPE /parameters/x'])
  })

  it('of values that are no JSON point to them', () => {
    const build = (parameters: unknown) => () =>
      buildRequest(define({ dynamic: [['x', 'body']] }), { parameters } as BuildInput)
    expect(issuesOf(build({ x: '\ud800' }))).toEqual(['ERR_INPUT_ILL_FORMED /parameters/x'])
    expect(issuesOf(build({ x: { y: Number.NaN } }))).toEqual(['ERR_INPUT_NOT_JSON /parameters/x/y'])
    expect(issuesOf(build([]))).toEqual(['ERR_PARAMETER_TYPE /parameters'])
    expect(
      issuesOf(
        build({
          get x() {
            throw new Error('secret')
          },
        }),
      ),
    ).toEqual(['ERR_INPUT_UNREADABLE /parameters/x'])
    const automatic = (values: unknown) => () => buildRequest(define({}), { automatic: values } as BuildInput)
    expect(issuesOf(automatic({ KNOWN_PARAM_CALL_ID: 1n }))).toEqual([
      'ERR_INPUT_NOT_JSON /automatic/KNOWN_PARAM_CALL_ID',
    ])
    const overridden = () => buildRequest({ definition: define({}), overrides: { x: new Date(0) as never } })
    expect(issuesOf(overridden)).toEqual(['ERR_INPUT_NOT_JSON /overrides/x'])
  })
})

describe('the tool', () => {
  it('is a definition, a parsed one, or anything with a definition and overrides', () => {
    const definition = define({ dynamic: [['x', 'query']] })
    const parsed = parseDefinition(definition)
    if (!parsed.ok) throw new Error('not valid')
    const expected = 'https://api.example.com/v1?x=1'
    for (const tool of [definition, parsed.value, { definition }, { definition: parsed.value, overrides: {} }]) {
      expect(buildRequest(tool, { parameters: { x: 1 } }).url).toBe(expected)
    }
  })

  it.each<[string, unknown, string]>([
    ['a definition that is not valid', { http: { baseUrlPattern: 'https://x.example' } }, 'ERR_DEFINITION_INVALID'],
    ['one inside a tool', { definition: { htpp: {} } }, 'ERR_DEFINITION_INVALID'],
    ['null', null, 'ERR_DEFINITION_INVALID'],
    ['undefined', undefined, 'ERR_DEFINITION_INVALID'],
    ['a text', 'tool', 'ERR_DEFINITION_INVALID'],
    ['a client tool', { client: {} }, 'ERR_NOT_HTTP'],
    ['a tool without an implementation', {}, 'ERR_NOT_HTTP'],
  ])('%s is refused', (_, tool, code) => {
    expect(thrownBy(() => buildRequest(tool as ToolDefinition))).toMatchObject({ name: 'SecurityError', code })
  })

  it.each<[string, () => unknown]>([
    [
      'a getter for the definition',
      () => ({
        get definition() {
          throw new Error('secret')
        },
      }),
    ],
    [
      'a getter for the overrides',
      () => ({
        definition: define({}),
        get overrides() {
          throw new Error('secret')
        },
      }),
    ],
    [
      'a proxy',
      () =>
        new Proxy(
          {},
          {
            getOwnPropertyDescriptor: () => {
              throw new Error('secret')
            },
          },
        ),
    ],
    [
      'a revoked proxy',
      () => {
        const { proxy, revoke } = Proxy.revocable({}, {})
        revoke()
        return proxy
      },
    ],
  ])('with %s that throws: an error of ours', (_, make) => {
    const error = thrownBy(() => buildRequest(make() as ToolDefinition))
    expect(error).toBeInstanceOf(SecurityError)
    expect(String(error)).not.toContain('secret')
  })

  it.each<[string, unknown]>([
    ['null', null],
    ['a list', []],
    ['an unknown member', { params: {} }],
    ['parameters that are a text', { parameters: 'x' }],
    ['parameters that are null', { parameters: null }],
    ['a body that is an object', { body: {} }],
    [
      'a getter that throws',
      {
        get parameters() {
          throw new Error('secret')
        },
      },
    ],
  ])('input: %s is ERR_ARGUMENT_INVALID', (_, input) => {
    expect(thrownBy(() => buildRequest(define({}), input as BuildInput))).toMatchObject({
      code: 'ERR_ARGUMENT_INVALID',
    })
  })

  it('chooses no host: a placeholder there is refused, also where no credential is sent', () => {
    for (const url of [
      'https://{x}.example.com/',
      'https://{x}/',
      'https://api.example.com:{x}/',
      '{x}://api.example.com/',
      'https://api.example.com{x}',
    ]) {
      const definition = define({ url, dynamic: [['x', 'path']] })
      expect(issuesOf(() => buildRequest(definition, { parameters: { x: 'evil' } }))).toEqual([
        'ERR_BASE_URL /http/baseUrlPattern',
      ])
    }
  })

  it.each([
    'https://user:pass@api.example.com/',
    'https://api.example.com\\@evil.com/',
    'ftp://api.example.com/',
    'https://api.example.com/a/../b',
    '/relative',
    '',
  ])('at %j is refused', (url) => {
    expect(thrownBy(() => buildRequest(define({ url })))).toBeInstanceOf(SecurityError)
  })
})

it('apply(buildRequest(…), resolution) is what goes on the wire', () => {
  const definition = {
    ...define({
      url: 'https://api.example.com/v1/{id}',
      dynamic: [
        ['id', 'path'],
        ['q', 'query'],
      ],
    }),
    requirements: {
      httpSecurityOptions: {
        options: [{ requirements: { a: { queryApiKey: { name: 'apiKey' } }, b: { httpAuth: { scheme: 'Bearer' } } } }],
      },
    },
  }
  const request = buildRequest(definition, { parameters: { id: '7', q: 'a' } })
  expect(apply(request, resolve(definition, { a: 'k&1', b: 't-1' }))).toEqual({
    method: 'GET',
    url: 'https://api.example.com/v1/7?q=a&apiKey=k%261',
    headers: { Authorization: 'Bearer t-1' },
  })
})
