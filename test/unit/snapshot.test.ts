import { describe, expect, it } from 'vitest'
import { Secret } from '../../src/secret.ts'
import { snapshot } from '../../src/snapshot.ts'
import { dagBomb, nested } from '../properties/hostile.ts'
import { unfrozen } from '../properties/shown.ts'

function refusal(input: unknown): string {
  const result = snapshot(input)
  return result.ok ? 'ok' : result.issues.map(({ code, pointer }) => `${code} ${pointer}`).join()
}

describe('snapshot', () => {
  it.each<[string, unknown]>([
    ['null', null],
    ['a boolean', false],
    ['a number', -0.5],
    ['a text', '𝒳'],
    ['an empty object', {}],
    ['an empty array', []],
    ['a nested value', { a: [1, { b: null }, [], ''], c: { d: true } }],
    ['integer-like keys', { 10: 'a', 2: 'b' }],
  ])('copies %s', (_, value) => {
    const copy = snapshot(value)
    expect(copy).toEqual({ ok: true, value, issues: [] })
    if (copy.ok) expect(unfrozen(copy.value)).toEqual([])
  })

  it('gives objects no prototype and keeps __proto__ as a key', () => {
    const copy = snapshot(JSON.parse('{"__proto__":{"a":1},"b":{}}'))
    if (!copy.ok) throw new Error('expected a copy')
    const value = copy.value as { readonly b: object }
    expect([Object.getPrototypeOf(value), Object.getPrototypeOf(value.b)]).toEqual([null, null])
    expect(Object.keys(value)).toEqual(['__proto__', 'b'])
  })

  it('leaves out what is undefined, inherited, hidden, or named by a symbol', () => {
    const given = Object.defineProperty({ a: undefined, b: 1, [Symbol('c')]: 2 }, 'd', { value: 3, enumerable: false })
    expect(snapshot(given)).toEqual({ ok: true, value: { b: 1 }, issues: [] })
    expect(snapshot(Object.create(Object.create(null) as object))).toMatchObject({ ok: true, value: {} })
  })

  it('shares nothing with the input, and each object of it once with itself', () => {
    const shared = { a: 1 }
    const copy = snapshot({ one: shared, two: [shared] })
    shared.a = 2
    expect(copy).toMatchObject({ value: { one: { a: 1 }, two: [{ a: 1 }] } })
    expect(snapshot(dagBomb(17))).toMatchObject({ ok: true })
  })

  it('takes objects of another realm', () => {
    const other = Object.create(Object.assign(Object.create(null) as object)) as object
    expect(refusal(Object.assign(other, { a: 1 }))).toBe('ok')
  })

  it.each<[string, unknown, string]>([
    ['undefined', undefined, 'ERR_INPUT_NOT_JSON '],
    ['a function', { a: () => 1 }, 'ERR_INPUT_NOT_JSON /a'],
    ['a symbol', [Symbol('a')], 'ERR_INPUT_NOT_JSON /0'],
    ['a bigint', { a: [0, 1n] }, 'ERR_INPUT_NOT_JSON /a/1'],
    ['not a number', { a: Number.NaN }, 'ERR_INPUT_NOT_JSON /a'],
    ['infinity', Number.POSITIVE_INFINITY, 'ERR_INPUT_NOT_JSON '],
    ['a date', { a: new Date(0) }, 'ERR_INPUT_NOT_JSON /a'],
    ['a map', new Map(), 'ERR_INPUT_NOT_JSON '],
    ['a class instance', { a: { b: new (class Own {})() } }, 'ERR_INPUT_NOT_JSON /a/b'],
    ['a boxed text', [new String('a')], 'ERR_INPUT_NOT_JSON /0'],
    ['a Secret', { a: new Secret('x') }, 'ERR_INPUT_NOT_JSON /a'],
    ['undefined in an array', [1, undefined], 'ERR_INPUT_NOT_JSON /1'],
    ['a hole', Object.assign(new Array(3), { 0: 1, 2: 2 }), 'ERR_INPUT_NOT_JSON /1'],
    ['a lone surrogate', { 'a/b': ['\ud800'] }, 'ERR_INPUT_ILL_FORMED /a~1b/0'],
    ['a lone surrogate alone', '\udc00', 'ERR_INPUT_ILL_FORMED '],
    ['a key that is one', { a: { '\ud800': 1 } }, 'ERR_INPUT_ILL_FORMED /a'],
    ['a key that is one at the root', { '\ud800': 1 }, 'ERR_INPUT_ILL_FORMED '],
  ])('refuses %s and says where', (_, value, expected) => {
    expect(refusal(value)).toBe(expected)
  })

  it('refuses cycles and more than 64 levels', () => {
    const cycle: Record<string, unknown> = { a: {} }
    ;(cycle['a'] as Record<string, unknown>)['b'] = cycle
    expect(refusal(cycle)).toBe('ERR_INPUT_TOO_DEEP /a/b')
    expect(refusal(nested(64))).toBe('ok')
    expect(refusal(nested(64, true))).toBe('ok')
    expect(refusal(nested(65))).toBe(`ERR_INPUT_TOO_DEEP ${'/a'.repeat(64)}`)
    const deep = nested(40)
    expect(refusal({ a: deep, b: { c: deep } })).toBe('ok')
    expect(
      refusal({ a: deep, b: Array.from({ length: 30 }).reduce<unknown>((inner) => ({ c: inner }), deep) }),
    ).toMatch(/^ERR_INPUT_TOO_DEEP \/b(?:\/c)+$/)
  })

  it('refuses more than 1,000,000 values', () => {
    expect(refusal(new Array(999_999).fill(0))).toBe('ok')
    expect(refusal({ a: new Array(999_998).fill(0) })).toBe('ok')
    expect(refusal({ a: new Array(999_999).fill(0) })).toMatch(/^ERR_INPUT_TOO_LARGE /)
    expect(refusal(new Array(1e9))).toBe('ERR_INPUT_NOT_JSON /0')
  })

  it('ends with an answer for what is shared 2^n ways', () => {
    for (const depth of [20, 40, 63]) expect(refusal(dagBomb(depth))).toMatch(/^ERR_INPUT_TOO_LARGE /)
    const shared = new Array(1_000).fill(0)
    expect(refusal(new Array(998).fill(shared))).toBe('ok')
    // Written out, 1 + 1,000 × 1,001 values; held in memory, 2,001.
    expect(refusal(new Array(1_000).fill(shared))).toMatch(/^ERR_INPUT_TOO_LARGE /)
    expect(refusal({ a: shared, b: new Array(998).fill(shared), c: new Array(900).fill(0) })).toMatch(
      /^ERR_INPUT_TOO_LARGE /,
    )
    expect(refusal(new Array(1_000_000).fill(shared))).toMatch(/^ERR_INPUT_TOO_LARGE /)
  })

  it('drops what getters and proxies throw', () => {
    const throwing = {
      a: 1,
      get b(): never {
        throw new Error('quoted')
      },
    }
    expect(refusal({ c: throwing })).toBe('ERR_INPUT_UNREADABLE /c/b')
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    expect(refusal(proxy)).toBe('ERR_INPUT_UNREADABLE ')
    expect(JSON.stringify(snapshot(throwing))).not.toContain('quoted')
  })

  it('reads each property once', () => {
    let reads = 0
    const given = {
      get a(): number {
        reads += 1
        return reads
      },
    }
    expect(snapshot(given)).toMatchObject({ value: { a: 1 } })
    expect(reads).toBe(1)
  })
})
