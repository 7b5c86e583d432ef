import { describe, expect, it } from 'vitest'
import {
  apply,
  compile,
  describeAccess,
  explain,
  parseDefinition,
  parseDefinitionText,
  resolve,
} from '../../src/index.ts'
import { misspellings } from '../properties/edits.ts'
import { reachable, shown } from '../properties/shown.ts'
import { applied, auth, codeOr, header, option, permutations, places, query, REQUEST, tool } from './tools.ts'

const KEYED = [option({ k: header('X-Key') })]

describe('A. choosing the option', () => {
  it.each([
    [
      'a forgotten plural',
      tool([{ requirement: { k: header('X-Key') } }]),
      '/requirements/httpSecurityOptions/options/0/requirement',
    ],
    [
      'options misspelt',
      { requirements: { httpSecurityOptions: { option: KEYED } } },
      '/requirements/httpSecurityOptions/option',
    ],
    ['a shortened field', { requirements: { httpSecurity: { options: KEYED } } }, '/requirements/httpSecurity'],
    ['the top level misspelt', { requirments: { httpSecurityOptions: { options: KEYED } } }, '/requirments'],
    ['a forgotten wrapper', tool([{ k: header('X-Key') }]), '/requirements/httpSecurityOptions/options/0/k'],
    ['options without their wrapper', { requirements: { options: KEYED } }, '/requirements/options'],
    ['the options as requirements', { requirements: KEYED }, '/requirements'],
    [
      'an unknown kind',
      tool([option({ k: { cookieKey: { name: 'a' } } })]),
      '/requirements/httpSecurityOptions/options/0/requirements/k/cookieKey',
    ],
    [
      'a kind in another case',
      tool([option({ k: { headerapikey: { name: 'a' } } })]),
      '/requirements/httpSecurityOptions/options/0/requirements/k/headerapikey',
    ],
    ['no kind', tool([option({ k: {} })]), '/requirements/httpSecurityOptions/options/0/requirements/k'],
  ])('T01 a typo downgrade is refused and named, never an empty option: %s', (_, definition, pointer) => {
    for (const unknownFields of ['refuse', 'allow'] as const) {
      const result = parseDefinition(definition, { unknownFields })
      expect(result.ok).toBe(false)
      expect(result.issues.map((issue) => issue.pointer)).toContain(pointer)
    }
    expect(codeOr(() => resolve(definition as object, {}))).toBe('ERR_DEFINITION_INVALID')
  })

  it('T01 the vendor sample that is malformed at this place is no JSON and no definition', () => {
    const sample =
      '{"requirements":{"httpSecurityOptions":{"options":["requirements":{"k":{"headerApiKey":{"name":"A"}}}]}}}'
    expect(parseDefinitionText(sample)).toMatchObject({ ok: false, issues: [{ code: 'ERR_JSON_SYNTAX' }] })
    const nearest = { requirements: { httpSecurityOptions: { options: ['requirements'] } } }
    expect(parseDefinition(nearest).ok).toBe(false)
  })

  it.each(['requirements', 'httpSecurityOptions', 'options'])(
    'T01 no one-letter slip in %s opens the tool',
    (field) => {
      const definition = tool(KEYED)
      for (const wrong of misspellings(field)) {
        const text = JSON.stringify(definition).replace(`"${field}"`, () => JSON.stringify(wrong))
        const result = parseDefinition(JSON.parse(text), { unknownFields: 'allow' })
        if (result.ok) expect(describeAccess(result.value).anonymous).toBe(false)
      }
    },
  )

  it('T02 an empty option that stands first loses against a satisfied one', () => {
    expect(resolve(tool([{}, ...KEYED]), { k: 'token' })).toMatchObject({ outcome: 'authenticated', optionIndex: 1 })
    expect(resolve(tool([{}, { requirements: {} }]), {})).toMatchObject({ outcome: 'unauthenticated', optionIndex: 0 })
    expect(resolve(tool([{ requirements: {} }, {}]), {})).toMatchObject({ optionIndex: 0 })
    expect(resolve(tool([...KEYED, { requirements: {} }, {}]), {})).toMatchObject({ optionIndex: 1 })
  })

  it('T03 a partial option leaks nothing: its tokens are not sent with the option taken instead', () => {
    const definition = tool([option({ a: header('X-A'), b: query('b') }), {}])
    const resolution = resolve(definition, { a: 'secretA' })
    expect(resolution).toMatchObject({ outcome: 'unauthenticated', mutations: [] })
    expect(apply(REQUEST, resolution)).toEqual(REQUEST)
    const both = tool([option({ a: header('X-A'), b: query('b') }), option({ c: auth('Bearer') })])
    expect(apply(REQUEST, resolve(both, { a: 'secretA', c: 'secretC' }))).toEqual({
      ...REQUEST,
      headers: { Authorization: 'Bearer secretC' },
    })
  })

  it('T03 of two satisfied options only the first is written', () => {
    const definition = tool([option({ h: header('X-H') }), option({ b: auth('Basic') })])
    const outgoing = apply(REQUEST, resolve(definition, { h: 'secretH', b: 'dTpw' }))
    expect(outgoing).toEqual({ ...REQUEST, headers: { 'X-H': 'secretH' } })
  })

  it.each([
    ['an empty text', ''],
    ['null', null],
    ['undefined', undefined],
    ['white space', '  '],
    ['a line break', '\n'],
    ['an empty object', {}],
    ['an empty reference', { credentialId: '' }],
    ['a boxed empty text', new String('')],
    ['false', false],
  ])('T04 a secret that did not expand never falls through to anonymous: %s', (_, token) => {
    const resolution = resolve(tool([...KEYED, {}]), { k: token as string })
    expect(resolution).toMatchObject({ ok: false, outcome: 'invalidTokens', issues: [{ pointer: '/authTokens/k' }] })
    expect(resolve(tool([option({ k: header('X'), other: query('q') }), {}]), { k: token as string }).outcome).toBe(
      'invalidTokens',
    )
  })

  it('T04 a token that only one use of its name refuses is refused there, too', () => {
    const definition = tool([option({ k: query('q'), other: query('r') }), option({ k: header('X-K') }), {}])
    expect(resolve(definition, { k: 'é' })).toMatchObject({ outcome: 'invalidTokens' })
  })

  it('T05 what is owed is never skipped: no anonymous call, no later option', () => {
    const definition = tool([option({ k: header('X-Key') }), option({ l: query('l') }), {}])
    const resolution = resolve(definition, { k: { credentialId: 'c' }, l: 'secretL' }, { tenant: 't' })
    expect(resolution).toMatchObject({ outcome: 'authenticated', optionIndex: 0, mutations: [] })
    expect(applied(resolution)).toBe('ERR_NEED_UNMET')
  })

  it('T06 the order of keys decides nothing: 3! orders of names, integer-like ones among them', () => {
    const requirements: [string, object][] = [
      ['b', header('X-B')],
      ['10', query('ten')],
      ['2', auth('Bearer')],
    ]
    const tokens: [string, string][] = [
      ['b', 'secretB'],
      ['10', 'secretTen'],
      ['2', 'secretTwo'],
    ]
    const answers = permutations(requirements).map((names) =>
      permutations(tokens).map((given) =>
        shown([
          resolve(tool([option(Object.fromEntries(names))]), Object.fromEntries(given)),
          resolve(tool([option(Object.fromEntries(names))]), {}),
        ]),
      ),
    )
    for (const answer of answers.flat()) expect(answer).toEqual(answers[0]?.[0])
    expect(resolve(tool([option(Object.fromEntries(requirements))]), {})).toMatchObject({
      missing: [{ names: ['10', '2', 'b'] }],
    })
  })

  it.each(['toString', 'constructor', 'hasOwnProperty', 'valueOf', 'isPrototypeOf'])(
    'T07 an inherited name does not count as a token: %s',
    (name) => {
      const definition = tool([option({ [name]: header('X-Key') })])
      expect(resolve(definition, {})).toMatchObject({ outcome: 'unsatisfied', missing: [{ names: [name] }] })
      expect(resolve(definition, Object.create({ [name]: 'inherited' }) as object).outcome).toBe('invalidTokens')
      expect(resolve(definition, { [name]: 'own' }).outcome).toBe('authenticated')
      expect(explain(definition, []).outcome).toBe('unsatisfied')
    },
  )

  it('T07 tokens of a class instance, with values on its prototype, are refused as a whole', () => {
    class Tokens {
      get k(): string {
        return 'inherited'
      }
    }
    const resolution = resolve(tool([...KEYED, {}]), new Tokens() as object)
    expect(resolution).toMatchObject({ outcome: 'invalidTokens', issues: [{ pointer: '/authTokens' }] })
  })

  it('T08 __proto__ is refused as a requirement name, and no option shrinks by it', () => {
    const definition = JSON.parse(
      '{"requirements":{"httpSecurityOptions":{"options":[{"requirements":{"__proto__":{"headerApiKey":{"name":"A"}}}}]}}}',
    ) as object
    const result = parseDefinition(definition)
    expect(places(result.issues)).toEqual([
      'ERR_REQUIREMENT_NAME /requirements/httpSecurityOptions/options/0/requirements/__proto__',
    ])
    expect(codeOr(() => resolve(definition, {}))).toBe('ERR_DEFINITION_INVALID')
  })

  it('T08 __proto__ as a token name or an option field is an own key, never a prototype', () => {
    const tokens = JSON.parse('{"__proto__":{"k":"inherited"}}') as object
    expect(resolve(tool([...KEYED, {}]), tokens)).toMatchObject({ outcome: 'unauthenticated' })
    expect(resolve(tool(KEYED), tokens).outcome).toBe('unsatisfied')
    const inOption = JSON.parse('{"__proto__":{"requirements":{}}}') as object
    expect(parseDefinition(tool([inOption])).ok).toBe(false)
    const onTop = JSON.parse('{"__proto__":{"requirements":{}}}') as object
    expect(places(parseDefinition(onTop).issues)).toEqual(['ERR_FIELD_UNKNOWN /__proto__'])
  })

  it('T08 a header named __proto__ is refused or written, never lost', () => {
    const definition = tool([option({ k: header('__proto__') })])
    if (!parseDefinition(definition).ok) return
    const { headers } = apply(REQUEST, resolve(definition, { k: 'secretK' }))
    expect(Object.entries(headers)).toEqual([['__proto__', 'secretK']])
  })

  it('T09 a getter is read once: the value that was checked is the value that is sent', () => {
    let reads = 0
    const tokens = {
      get k(): string {
        reads += 1
        return reads === 1 ? 'GOOD' : 'EVIL\r\nX-Evil: 1'
      },
    }
    const resolution = resolve(tool(KEYED), tokens)
    expect(applied(resolution)).toMatchObject({ headers: { 'X-Key': 'GOOD' } })
    expect(reads).toBe(1)
  })

  it('T09 a reference, a definition and options that change between reads show one value', () => {
    const flipping = <T>(first: T, then: T): { readonly read: () => T; count: number } => {
      const state = { count: 0, read: () => (state.count++ === 0 ? first : then) }
      return state
    }
    const id = flipping('first', 'then')
    const reference = Object.defineProperty({}, 'credentialId', { enumerable: true, get: id.read })
    const resolution = resolve(tool(KEYED), { k: reference as never }, { tenant: 't' })
    expect(resolution).toMatchObject({ needs: [{ credentialId: 'first' }] })
    const name = flipping('X-Good', 'Host')
    const kind = { headerApiKey: Object.defineProperty({}, 'name', { enumerable: true, get: name.read }) }
    expect(resolve(tool([option({ k: kind })]), { k: 'token' })).toMatchObject({ mutations: [{ name: 'X-Good' }] })
    const anonymous = flipping('never', 'lastResort')
    const options = Object.defineProperty({}, 'anonymous', { enumerable: true, get: anonymous.read })
    expect(resolve(tool([{}]), {}, options).outcome).toBe('unsatisfied')
    expect([id.count, name.count, anonymous.count]).toEqual([1, 1, 1])
  })

  it('T09 a bad token that reads well the second time is still refused, with an issue', () => {
    let reads = 0
    const reference = {
      get credentialId(): string {
        reads += 1
        return reads === 1 ? '' : 'good'
      },
    }
    const resolution = resolve(tool(KEYED), { k: reference }, { tenant: 't' })
    expect(resolution).toMatchObject({ outcome: 'invalidTokens', issues: [{ code: 'ERR_TOKEN_EMPTY' }] })
  })

  it('T10 changing definition or tokens afterwards changes no plan and no result', () => {
    const definition = tool(structuredClone(KEYED)) as { requirements: { httpSecurityOptions: { options: object[] } } }
    const tokens: Record<string, string> = { k: 'secretK' }
    const plan = compile(definition)
    const resolution = resolve(plan, tokens)
    const before = shown(resolution)
    tokens['k'] = 'EVIL'
    definition.requirements.httpSecurityOptions.options.unshift({})
    Object.assign(definition, { http: { baseUrlPattern: 'https://evil.example', httpMethod: 'GET' } })
    expect(shown(resolution)).toEqual(before)
    expect(resolve(plan, { k: 'secretK' })).toMatchObject({
      optionIndex: 0,
      binding: { origin: 'https://api.example.com' },
    })
  })

  it('T10 nothing of a resolution or description leads back into the plan', () => {
    const plan = compile(
      tool([{ ...option({ k: header('X-Real') }), ultravoxCallTokenRequirement: { scopes: ['s'] } }]),
    )
    const mintCallToken = (): string => 'unused'
    const before = shown(resolve(plan, { k: 'secretK' }, { mintCallToken }))
    const resolution = resolve(plan, { k: { credentialId: 'c' } }, { tenant: 't', mintCallToken })
    for (const [object] of [...reachable(resolution), ...reachable(describeAccess(plan.definition))]) {
      if (typeof object === 'function' || object === Object.prototype || object === Array.prototype) continue
      for (const key of Object.keys(object)) Reflect.set(object, key, 'X-Evil')
      if (Array.isArray(object)) codeOrNothing(() => object.push('evil'))
    }
    expect(shown(resolve(plan, { k: 'secretK' }, { mintCallToken }))).toEqual(before)
  })

  it.each([
    ['case', 'myKey', 'mykey'],
    ['white space', 'myKey', ' myKey'],
    ['a homoglyph', 'myKey', 'my\u041aey'],
    ['normal forms', 'clé', 'cle\u0301'],
    ['a zero-width space', 'myKey', 'my\u200bKey'],
    ['the Kelvin sign', 'K', '\u212A'],
  ])('T11 names that look alike are not alike: %s', (_, name, lookAlike) => {
    const definition = tool([option({ [name]: header('X-Key') })])
    expect(resolve(definition, { [lookAlike]: 'token' }).outcome).toBe('unsatisfied')
    expect(resolve(definition, { [name]: 'token' }).outcome).toBe('authenticated')
  })

  it.each(['a\u0000', 'a\n', 'a\u007f', 'a\u0085', '\u202ea', 'a\u2066', '\u061ca', 'a\u200f', '', 'n'.repeat(129)])(
    'T11 controls, bidirectional controls and odd lengths are refused in names: %j',
    (name) => {
      const codes = parseDefinition(tool([option({ [name]: header('X-Key') })])).issues.map(({ code }) => code)
      expect(codes).toEqual(['ERR_REQUIREMENT_NAME'])
    },
  )

  it('T12 a token given for one tool never satisfies another that uses the same name', () => {
    const [a, b] = [compile(tool(KEYED)), compile(tool(KEYED))]
    expect(resolve(a, { k: 'secretA' }).outcome).toBe('authenticated')
    expect(resolve(b, {}).outcome).toBe('unsatisfied')
    expect(resolve(a, {}).outcome).toBe('unsatisfied')
  })
})

function codeOrNothing(run: () => unknown): void {
  try {
    run()
  } catch {
    // Frozen, as it should be.
  }
}
