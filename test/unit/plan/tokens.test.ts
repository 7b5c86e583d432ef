import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { IssueCode } from '../../../src/errors.ts'
import { compile, parseDefinition, resolve, Secret } from '../../../src/index.ts'
import { defectText, tokenIssue } from '../../../src/plan/tokens.ts'
import type { AuthTokens } from '../../../src/types.ts'
import { auth, header, option, places, query, tool } from '../../threats/tools.ts'

const definition = tool([option({ k: query('k') })])
const codeFor = (token: unknown, given: unknown = definition): string | undefined => {
  const resolution = resolve(given, { k: token } as AuthTokens)
  return resolution.outcome === 'invalidTokens' ? resolution.issues[0]?.code : resolution.outcome
}

describe('tokens', () => {
  it('are read as own enumerable properties of a plain object', () => {
    const hidden = Object.defineProperty({}, 'k', { value: 'token', enumerable: false })
    expect(resolve(definition, hidden).outcome).toBe('unsatisfied')
    expect(resolve(definition, { [Symbol('k')]: 'token' } as never).outcome).toBe('unsatisfied')
    expect(resolve(definition, Object.assign(Object.create(null), { k: 'token' })).outcome).toBe('authenticated')
    const other = Object.assign(Object.create(Object.create(null) as object), { k: 'token' }) as object
    expect(resolve(definition, other).outcome).toBe('authenticated')
    expect(resolve(definition, undefined).outcome).toBe('unsatisfied')
    expect(resolve(definition, Object.setPrototypeOf(['token'], null)).outcome).toBe('invalidTokens')
  })

  it('count as supplied with undefined and null for a value (TOK-1)', () => {
    expect([undefined, null].map((value) => codeFor(value))).toEqual(['ERR_TOKEN_TYPE', 'ERR_TOKEN_TYPE'])
  })

  it('are not read where no option uses their name', () => {
    const tokens = Object.defineProperty({ k: 'token' }, 'unused', { enumerable: true, get: () => raise() })
    expect(resolve(definition, tokens).outcome).toBe('authenticated')
  })

  it.each<[string, unknown, string]>([
    ['a text', 'token', 'authenticated'],
    ['a Secret', new Secret('token'), 'authenticated'],
    ['a Secret without text', new Secret(''), 'ERR_TOKEN_EMPTY'],
    ['a Secret that holds no text', new Secret(5 as never), 'ERR_TOKEN_TYPE'],
    ['an empty text', '', 'ERR_TOKEN_EMPTY'],
    ['an empty reference', { credentialId: '' }, 'ERR_TOKEN_EMPTY'],
    ['an ill-formed reference', { credentialId: '\ud800' }, 'ERR_TOKEN_ILL_FORMED'],
    ['a reference without text', { credentialId: null }, 'ERR_TOKEN_TYPE'],
    ['a reference with more', { credentialId: 'a', b: 1 }, 'ERR_TOKEN_TYPE'],
    ['an empty object', {}, 'ERR_TOKEN_TYPE'],
    ['an array', ['token'], 'ERR_TOKEN_TYPE'],
    ['a number', 5, 'ERR_TOKEN_TYPE'],
    ['a date', new Date(0), 'ERR_TOKEN_TYPE'],
  ])('%s is %s', (_, token, expected) => {
    expect(codeFor(token)).toBe(expected)
  })

  it('that throw while they are looked at are unreadable', () => {
    const getter = Object.defineProperty({}, 'credentialId', { enumerable: true, get: raise })
    expect([getter, new Proxy({}, { getPrototypeOf: raise })].map((token) => codeFor(token))).toEqual([
      'ERR_TOKEN_UNREADABLE',
      'ERR_TOKEN_UNREADABLE',
    ])
  })

  it('that cannot be read are unusable, not missing', () => {
    const tokens = Object.defineProperty({}, 'k', { enumerable: true, get: raise })
    const resolution = resolve(tool([option({ k: query('k') }), {}]), tokens)
    expect(resolution.outcome === 'invalidTokens' && places(resolution.issues)).toEqual([
      'ERR_TOKEN_UNREADABLE /authTokens/k',
    ])
  })

  it('must fit every use of their name', () => {
    const twice = tool([option({ k: query('k') }), option({ k: header('X'), l: header('Y') })])
    expect(codeFor('é', twice)).toBe('ERR_TOKEN_HEADER')
    expect(codeFor('e', twice)).toBe('authenticated')
  })

  it('are texts alone for a definition that was read in profile `ultravox` (KND-3)', () => {
    const basic = tool([option({ k: auth('Basic') })])
    const userPassword = { username: 'u', password: 'p' }
    expect(codeFor(userPassword, basic)).toBe('authenticated')
    const parsed = parseDefinition(basic, { profile: 'ultravox' })
    const plans = [compile(basic, { profile: 'ultravox' }), parsed.ok && parsed.value]
    for (const plan of plans) {
      expect(codeFor(userPassword, plan)).toBe('ERR_TOKEN_TYPE')
      expect(codeFor('dTpw', plan)).toBe('authenticated')
      expect(codeFor('u:p', plan)).toBe('ERR_TOKEN_BASIC')
      expect(resolve(plan, { k: { credentialId: 'c' } }, { tenant: 't' }).outcome).toBe('authenticated')
    }
  })

  it('have words for whatever is wrong with them, of their own for each code in TOK-2', () => {
    const clauses = readFileSync(new URL('../../../spec/README.md', import.meta.url), 'utf8')
    const [, table = ''] = clauses.split(/^### TOK-[23]$/m)
    const codes = new Set([...table.matchAll(/`(ERR_[A-Z_]+)`/g)].map(([, code]) => code as IssueCode))
    expect(codes.size).toBeGreaterThan(12)
    const words = [...codes].map((code) => defectText(code).message)
    expect(new Set(words).size).toBe(codes.size)
    expect(words).not.toContain(defectText('ERR_FIELD_TYPE').message)
    expect(tokenIssue('ERR_FIELD_TYPE', 'k').message).toBe('token `k` cannot be used')
  })

  it('have issues that say what is wrong and what would help, frozen', () => {
    const resolution = resolve(definition, { k: '' })
    if (resolution.outcome !== 'invalidTokens') throw new Error('expected bad tokens')
    expect(resolution.issues).toEqual([
      {
        code: 'ERR_TOKEN_EMPTY',
        pointer: '/authTokens/k',
        severity: 'error',
        message: 'token `k` is empty',
        help: 'a variable that holds it was probably not set; leave the name out if there is no token',
      },
    ])
    expect([resolution, resolution.issues, ...resolution.issues].every((one) => Object.isFrozen(one))).toBe(true)
  })
})

function raise(): never {
  throw new Error('quoted')
}
