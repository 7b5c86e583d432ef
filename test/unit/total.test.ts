import { expect, it } from 'vitest'
import { SecurityError } from '../../src/errors.ts'
import { total } from '../../src/total.ts'

const raise = (error: unknown) => (): never => {
  throw error
}

it('a result is given back', () => {
  expect(total('ERR_ARGUMENT_INVALID', () => 5)).toBe(5)
})

it('an error of ours passes', () => {
  const own = new SecurityError('ERR_URL_INVALID')
  expect(() => total('ERR_ARGUMENT_INVALID', raise(own))).toThrow(own)
})

it('anything else becomes one, whatever was thrown', () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  for (const thrown of [new TypeError('quoted'), 'quoted', null, undefined, proxy]) {
    try {
      total('ERR_ARGUMENT_INVALID', raise(thrown))
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ name: 'SecurityError', code: 'ERR_ARGUMENT_INVALID' })
      expect(String((error as Error).stack)).not.toContain('quoted')
    }
  }
})
