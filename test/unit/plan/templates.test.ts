import { describe, expect, it } from 'vitest'
import { fillTemplates, resolve, Secret } from '../../../src/index.ts'
import type { AuthTokens } from '../../../src/types.ts'
import { shown } from '../../properties/shown.ts'
import { header, option, places, query, tool } from '../../threats/tools.ts'

const CONTEXT = {
  a: 'A',
  'b-c_1': 'BC',
  user: { id: 'U', 'x-y': { z: 'Z' } },
  empty: '',
  number: 5,
  no: null,
  list: ['L'],
}

function filled(token: unknown, context: object = CONTEXT): unknown {
  const result = fillTemplates({ k: token } as AuthTokens, context as Record<string, unknown>)
  if (!result.ok) return places(result.issues)
  const { k } = result.value
  return k instanceof Secret ? k.reveal() : k
}

const refused = (code: string, pointer = '/authTokens/k'): readonly string[] => [`${code} ${pointer}`]

describe('fillTemplates', () => {
  it.each([
    ['{{a}}', 'A'],
    ['x{{a}}y{{ a }}z', 'xAyAz'],
    ['{{\ta\n}}', 'A'],
    ['{{b-c_1}}', 'BC'],
    ['{{user.id}}', 'U'],
    ['{{user.x-y.z}}', 'Z'],
    ['{{a}}{{a}}', 'AA'],
    ['{a}', '{a}'],
    ['}}', '}}'],
    ['{{a}}}}', 'A}}'],
    ['}}{{a}}', '}}A'],
    ['}{{a}}}', '}A}'],
    ['\u0024{a}', '\u0024{a}'],
    ['plain', 'plain'],
    ['', ''],
  ])('fills %j as %j', (text, expected) => {
    expect(filled(text)).toBe(expected)
  })

  it.each([
    '{{missing}}',
    '{{empty}}',
    '{{number}}',
    '{{no}}',
    '{{list}}',
    '{{user}}',
    '{{user.missing}}',
    '{{a.b}}',
    '{{list.0}}',
    '{{A}}',
    '{{toString}}',
    '{{user.constructor}}',
    '{{__proto__}}',
    '{{list.length}}',
    '{{a.length}}',
  ])('refuses a variable that is missing, empty or no text: %s', (text) => {
    expect(filled(text)).toEqual(refused('ERR_TEMPLATE_VARIABLE'))
  })

  it.each([
    '{{}}',
    '{{ }}',
    '{{a b}}',
    '{{#a}}',
    '{{1a}}',
    '{{a.}}',
    '{{.a}}',
    '{{-a}}',
    '{{',
    'x{{',
    '{{a',
    '{{a}',
    '{{a}x}}',
    '{{{a}}',
    '{{{a}}}',
    '{{{{a}}}}',
    '{ {{a}} }{{',
    '{{a{{b}}',
  ])('refuses what forms no template: %s', (text) => {
    expect(filled(text)).toEqual(refused('ERR_TEMPLATE_SYNTAX'))
  })

  it('says which variable, and why', () => {
    const message = (text: string): string | undefined => fillTemplates({ k: text }, CONTEXT).issues[0]?.message
    expect(message('{{missing}}')).toBe('variable `missing` is missing')
    expect(message('{{empty}}')).toBe('variable `empty` is empty')
    expect(message('{{number}}')).toBe('variable `number` is not a text')
  })

  it('gives one issue for each template, sorted, over all tokens', () => {
    const result = fillTemplates({ b: '{{x}}{{y}}', a: '{{', 'c/d': '{{a}}' }, CONTEXT)
    expect(places(result.issues)).toEqual([
      'ERR_TEMPLATE_SYNTAX /authTokens/a',
      'ERR_TEMPLATE_VARIABLE /authTokens/b',
      'ERR_TEMPLATE_VARIABLE /authTokens/b',
    ])
  })

  it('hides what it filled, and what was hidden', () => {
    const result = fillTemplates({ a: '{{a}}', b: new Secret('plain'), c: new Secret('x{{a}}'), d: 'plain' }, CONTEXT)
    if (!result.ok) throw new Error('expected tokens')
    expect(shown(result.value)).toEqual({ a: { secret: 'A' }, b: { secret: 'plain' }, c: { secret: 'xA' }, d: 'plain' })
    expect(Object.isFrozen(result.value)).toBe(true)
    expect(Object.getPrototypeOf(result.value)).toBeNull()
  })

  it('fills the texts inside structured tokens, never their names', () => {
    expect(filled({ credentialId: 'id-{{a}}' })).toEqual({ credentialId: 'id-A' })
    expect(filled({ '{{a}}': '{{a}}', deep: { x: '{{a}}' } })).toMatchObject({ '{{a}}': 'A' })
    expect(filled({ credentialId: '{{missing}}' })).toEqual(
      refused('ERR_TEMPLATE_VARIABLE', '/authTokens/k/credentialId'),
    )
    expect(filled({ credentialId: 'plain', n: 5 })).toEqual({ credentialId: 'plain', n: 5 })
    const named = fillTemplates({ '{{a}}': 'x' } as AuthTokens, CONTEXT)
    expect(named.ok && Object.keys(named.value)).toEqual(['{{a}}'])
  })

  it.each([5, null, undefined, true, ['{{a}}'], new Date(0), Symbol('s')])(
    'leaves what is no token for resolve to refuse: %s',
    (token) => {
      const definition = tool([option({ k: header('X-Key') }), {}])
      const result = fillTemplates({ k: token } as never, CONTEXT)
      if (!result.ok) throw new Error('expected tokens')
      expect(resolve(definition, result.value)).toMatchObject({
        outcome: 'invalidTokens',
        issues: [{ pointer: '/authTokens/k' }],
      })
    },
  )

  it('TOK-5 refuses a text that is longer than 16 KiB, before or after it is filled', () => {
    const long = (length: number): object => ({ a: 'v'.repeat(length), b: 'w' })
    expect(filled('{{a}}', long(16_384))).toHaveLength(16_384)
    expect(filled('{{a}}', long(16_385))).toEqual(refused('ERR_TOKEN_TOO_LONG'))
    expect(filled('x{{a}}', long(16_384))).toEqual(refused('ERR_TOKEN_TOO_LONG'))
    expect(filled('{{a}}{{a}}', long(8_192))).toHaveLength(16_384)
    expect(filled('{{a}}{{a}}', { a: 'é'.repeat(4_097) })).toEqual(refused('ERR_TOKEN_TOO_LONG'))
    expect(filled(`${'x'.repeat(16_379)}{{b}}`, long(1))).toHaveLength(16_380)
    expect(filled(`${'x'.repeat(16_380)}{{b}}`, long(1))).toEqual(refused('ERR_TOKEN_TOO_LONG'))
    expect(filled({ credentialId: 'x', n: ['{{a}}'] }, long(16_385))).toEqual(
      refused('ERR_TOKEN_TOO_LONG', '/authTokens/k/n/0'),
    )
    expect(filled('{{a}}{{c}}', long(16_385))).toEqual(
      [...refused('ERR_TEMPLATE_VARIABLE'), ...refused('ERR_TOKEN_TOO_LONG')].sort(),
    )
    // What has no template is for `resolve` to refuse.
    expect(filled('x'.repeat(16_385))).toHaveLength(16_385)
  })

  it('P36 builds no text that is too long: a variable of 2 MiB in 1,000 places', () => {
    // Written out, it would be longer than any text can be.
    expect(filled('{{a}}'.repeat(1_000), { a: 'v'.repeat(2 ** 21) })).toEqual(refused('ERR_TOKEN_TOO_LONG'))
  })

  it('P36 variables bring at most 1 MiB into all texts together', () => {
    const fill = (count: number) =>
      fillTemplates({ k: { texts: new Array(count).fill('{{a}}') } } as never, { a: 'v'.repeat(16_384) })
    expect(fill(64).ok).toBe(true)
    expect(places(fill(66).issues)).toEqual([
      'ERR_TOKEN_TOO_LONG /authTokens/k/texts/64',
      'ERR_TOKEN_TOO_LONG /authTokens/k/texts/65',
    ])
  })

  it('P36 a run of braces is looked at once: the longest in 500 tokens', () => {
    const tokens = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`k${index}`, '{'.repeat(16_384)]))
    const { issues } = fillTemplates(tokens, {})
    expect(new Set(issues.map(({ code }) => code))).toEqual(new Set(['ERR_TEMPLATE_SYNTAX']))
    expect(issues).toHaveLength(500)
  })

  it('does not change the choice: each name stays, each read once', () => {
    let reads = 0
    const tokens = {
      get k(): string {
        reads += 1
        return '{{a}}'
      },
    }
    const result = fillTemplates(tokens, CONTEXT)
    expect(result.ok && shown(result.value)).toEqual({ k: { secret: 'A' } })
    expect(reads).toBe(1)
    if (result.ok) expect(resolve(tool([option({ k: query('k') })]), result.value).outcome).toBe('authenticated')
  })

  it('keeps a name that is __proto__ as a name', () => {
    const result = fillTemplates(JSON.parse('{"__proto__":"{{a}}"}') as AuthTokens, CONTEXT)
    expect(result.ok && Object.keys(result.value)).toEqual(['__proto__'])
  })

  it('refuses tokens that are no plain object, and a context that is no JSON', () => {
    for (const tokens of [null, undefined, [], 'k', 5]) {
      expect(places(fillTemplates(tokens as never, {}).issues)).toEqual(['ERR_TOKENS_TYPE /authTokens'])
    }
    expect(places(fillTemplates({}, { a: () => 1 }).issues)).toEqual(['ERR_INPUT_NOT_JSON /context/a'])
    expect(places(fillTemplates({}, undefined as never).issues)).toEqual(['ERR_INPUT_NOT_JSON /context'])
    const throwing = Object.defineProperty({}, 'k', { enumerable: true, get: () => raise('quoted') })
    expect(JSON.stringify(fillTemplates(throwing, {}))).not.toContain('quoted')
    expect(fillTemplates(throwing, {}).ok).toBe(false)
  })
})

function raise(message: string): never {
  throw new Error(message)
}
