import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Secret, secretText } from '../../src/secret.ts'

describe('Secret', () => {
  it('shows as [secret], and is revealed by one call', () => {
    const secret = new Secret('value')
    expect([secret.toString(), `${secret}`, JSON.stringify([secret]), inspect([secret])]).toEqual([
      '[secret]',
      '[secret]',
      '["[secret]"]',
      '[ [secret] ]',
    ])
    expect(secret.reveal()).toBe('value')
  })
})

describe('secretText', () => {
  it('reads secrets of this copy and of another copy of the package', () => {
    class Foreign {
      reveal(): string {
        return 'value'
      }
    }
    Object.defineProperty(Foreign.prototype, Symbol.for('latchkey.Secret'), { value: true })
    expect([new Secret(''), new Secret('value'), new Foreign()].map(secretText)).toEqual(['', 'value', 'value'])
  })

  it.each([
    ['an object', {}],
    ['something that only reveals', { reveal: () => 'value' }],
    ['something that is only marked', { [Symbol.for('latchkey.Secret')]: true }],
    ['something marked otherwise', { [Symbol.for('latchkey.Secret')]: 1, reveal: () => 'value' }],
    ['something that reveals no text', { [Symbol.for('latchkey.Secret')]: true, reveal: () => 5 }],
    ['the class', Secret],
  ])('does not take %s for one', (_, value) => {
    expect(secretText(value)).toBeUndefined()
  })
})
