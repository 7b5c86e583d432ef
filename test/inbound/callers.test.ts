import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createAuthenticator } from '../../src/inbound/index.ts'
import { BEARER, CALLERS, HEADER, request, toolWith } from './tools.ts'

const make =
  (credentials: unknown, ...options: object[]) =>
  () =>
    createAuthenticator(toolWith(...(options.length === 0 ? [HEADER] : options)), { credentials } as never)

/** What is thrown, with all that can be printed of it. */
function thrownBy(run: () => unknown): { readonly error: unknown; readonly text: string } {
  try {
    run()
    return { error: null, text: '' }
  } catch (error) {
    return { error, text: inspect(error, { depth: 9, showHidden: true }) }
  }
}

describe('a caller who could never pass', () => {
  it('T28 a misspelt token is refused with what was probably meant', () => {
    const { error } = thrownBy(make([CALLERS[0], { principal: 'p', authTokens: { Kye: 'right-0123456789' } }]))
    expect(error).toMatchObject({ code: 'ERR_ARGUMENT_INVALID' })
    expect((error as Error).message).toMatch(/`credentials\[1\]`.*did you mean `key`/)
    const { error: strange } = thrownBy(make([{ principal: 'p', authTokens: { somethingElse: 'right-0123456789' } }]))
    expect(strange).toMatchObject({ code: 'ERR_ARGUMENT_INVALID' })
    expect((strange as Error).message).not.toContain('did you mean')
  })

  it.each([
    ['no tokens at all', [{ principal: 'p', authTokens: {} }], HEADER],
    ['others besides the one that counts', [{ principal: 'p', authTokens: { key: 'right', other: 'x' } }], HEADER],
    ['a definition that asks for nobody', [{ principal: 'p', authTokens: { other: 'x' } }], {}],
  ])('%s are no mistake', (_, credentials, option) => {
    expect(make(credentials, option)).not.toThrow()
  })
})

describe('T50, T92 tokens of a caller are read once', () => {
  it('a getter that throws is not quoted', () => {
    const authTokens = {
      get key(): string {
        throw new Error('CANARY')
      },
    }
    const { error, text } = thrownBy(make([{ principal: 'p', authTokens }]))
    expect(error).toMatchObject({ code: 'ERR_ARGUMENT_INVALID' })
    expect(text).not.toContain('CANARY')
  })

  it('a name that two options use is one read', async () => {
    let reads = 0
    const authTokens = {
      get key(): string {
        reads += 1
        return `right-${reads}-0123456789`
      },
    }
    const authenticator = make([{ principal: 'p', authTokens }], HEADER, BEARER)()
    expect(reads).toBe(1)
    for (const headers of [{ 'X-Key': 'right-1-0123456789' }, { Authorization: 'Bearer right-1-0123456789' }])
      expect(await authenticator.authenticate(request(headers))).toMatchObject({ ok: true })
  })

  it.each([
    ['no list', {}],
    ['no caller', [5]],
    ['no principal', [{ authTokens: {} }]],
    ['a principal that is ill-formed', [{ principal: '\ud800', authTokens: {} }]],
    ['no tokens', [{ principal: 'p' }]],
    ['tokens as a list', [{ principal: 'p', authTokens: [] }]],
    ['a field that is misspelt', [{ principal: 'p', authTokens: {}, authToken: {} }]],
    ['a principal of a prototype', [Object.create({ principal: 'p', authTokens: {} })]],
  ])('%s: refused', (_, credentials) => {
    expect(make(credentials)).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' }))
  })
})
