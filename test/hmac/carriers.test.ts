import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HmacForm } from '../../src/hmac/index.ts'
import { readCarrier } from '../../src/hmac/read-carrier.ts'
import { compileForm } from '../../src/kinds/signature-form.ts'
import { check } from '../properties/settings.ts'
import { checkAsync } from './check-async.ts'
import { NOW, post, SECRET, sign } from './messages.ts'

/** Reads the value of the header `S` of a form. */
function read(template: string, value: string, separator?: string) {
  const result = compileForm({ headers: { S: template }, ...(separator === undefined ? {} : { separator }) })
  if (result.form === null) throw new Error(result.issues.map(({ message }) => message).join())
  return readCarrier(result.form.signature, value, result.form.separator)
}

const NONE = { timestamp: null, id: null, keyId: null }

describe('readCarrier', () => {
  it.each<readonly [string, string, object | null]>([
    ['{signature}', 'abc', { signatures: ['abc'] }],
    ['{signature}', '', null],
    ['{signature}', 'a\nb', null],
    ['{signature}', 'é', null],
    ['v1={signature}', 'v1=abc', { signatures: ['abc'] }],
    ['v1={signature}', 'V1=abc', null],
    ['v1={signature}', 'xv1=abc', null],
    ['v1={signature}', 'v1=', null],
    ['{signature}=', 'abc=', { signatures: ['abc'] }],
    ['{signature};', 'a;b;', null],
    ['t={timestamp},v1={signature}', 't=1,v1=abc', { timestamp: '1', signatures: ['abc'] }],
    ['t={timestamp},v1={signature}', 't=1,v1=abc,v1=d', { timestamp: '1', signatures: ['abc,v1=d'] }],
    ['t={timestamp},v1={signature}', 't=,v1=abc', null],
    ['t={timestamp},v1={signature}', 'v1=abc,t=1', null],
    ['{keyId}:{id}:{signature}', 'k:i:abc', { keyId: 'k', id: 'i', signatures: ['abc'] }],
    ['^{id}$.*+?()|\\/-{signature}', '^i$.*+?()|\\/-abc', { id: 'i', signatures: ['abc'] }],
    ['{id}-{signature}', 'i-abc', { id: 'i', signatures: ['abc'] }],
    ['{id}]]{signature}', 'i]abc', { id: 'i', signatures: ['abc'] }],
    ['{id}^{signature}', 'i^abc', { id: 'i', signatures: ['abc'] }],
    ['{id}\\{signature}', 'i\\abc', { id: 'i', signatures: ['abc'] }],
    ['[{signature}]', 'abc', { signatures: ['abc'] }],
    ['a[{signature}]z', 'acz', { signatures: ['c'] }],
    ['{method} {signature}', 'POST abc', { signatures: ['abc'] }],
  ])('%s without a separator: %j', (template, value, expected) => {
    expect(read(template, value)).toEqual(expected === null ? null : { ...NONE, ...expected })
  })

  it.each<readonly [string, string, object | null]>([
    ['{signature}', 'a', { signatures: ['a'] }],
    ['{signature}', 'a,b', { signatures: ['a', 'b'] }],
    ['{signature}', 'a,', null],
    ['{signature}', ',a', null],
    ['{signature}', '', null],
    ['t={timestamp},[v1={signature}]', 't=1,v1=a,v1=b', { timestamp: '1', signatures: ['a', 'b'] }],
    ['t={timestamp},[v1={signature}]', 't=1,v0=x,v1=a', { timestamp: '1', signatures: ['a'] }],
    ['t={timestamp},[v1={signature}]', 't=1,v0=x', null],
    ['t={timestamp},[v1={signature}]', 't=1,v1=a,t=2', null],
    ['t={timestamp},[v1={signature}]', 't=1,t=2,v1=a', null],
    ['t={timestamp},[v1={signature}]', 't=1,v1=a,t=1', null],
    ['t={timestamp},[v1={signature}]', 't=1,v1=a, t=2', null],
    ['t={timestamp},[v1={signature}]', 'v1=a', null],
    ['t={timestamp},k={keyId},[v1={signature}]', 't=1,k=k,v1=a', { timestamp: '1', keyId: 'k', signatures: ['a'] }],
    ['t={timestamp},k={keyId},[v1={signature}]', 't=1,k=k,v1=a,k=l', null],
    ['<[{signature}]>', '<a,b>', { signatures: ['a', 'b'] }],
    ['<[{signature}]>', '<a,b', null],
    ['<[{signature}]>', 'a,b>', null],
  ])('%s with a comma as separator: %j', (template, value, expected) => {
    expect(read(template, value, ',')).toEqual(expected === null ? null : { ...NONE, ...expected })
  })

  it('reads what was written: parse ∘ render = id', async () => {
    const text = fc.stringMatching(/^[a-z0-9_]{1,12}$/)
    const forms = fc.record({
      order: fc.shuffledSubarray(['{timestamp}', '{id}', '{keyId}'] as const),
      glue: fc.constantFrom(',', ';', ' ', ':', '^', '|', '.', '/'),
      names: fc.boolean(),
      unit: fc.boolean(),
      secrets: fc.integer({ min: 1, max: 16 }),
      id: text,
      keyId: text,
    })
    await checkAsync(forms, async ({ order, glue, names, unit, secrets, id, keyId }) => {
      const parts = order.map((part, index) => (names ? `p${index}=${part}` : part))
      const head = parts.map((part) => part + glue).join('')
      const form: HmacForm = unit
        ? { headers: { S: `${head}[v1={signature}]` }, separator: glue }
        : { headers: { S: `${head}v1={signature}` } }
      const used = Array.from({ length: unit ? Math.max(1, secrets - order.length) : 1 }, (_, index) => SECRET + index)
      const { headers } = await sign(form, post('x'), { id, keyId }, used)
      const result = compileForm(form)
      const value = (headers as Record<string, string>)['S'] ?? ''
      const reading = result.form === null ? null : readCarrier(result.form.signature, value, result.form.separator)
      expect(reading).toMatchObject({
        timestamp: order.includes('{timestamp}') ? String(NOW / 1000) : null,
        id: order.includes('{id}') ? id : null,
        keyId: order.includes('{keyId}') ? keyId : null,
      })
      expect(reading?.signatures).toHaveLength(used.length)
      expect(value).toBe(
        value.slice(0, value.indexOf('v1=')) +
          (reading?.signatures ?? []).map((signature) => `v1=${signature}`).join(glue),
      )
    })
  })

  it('is total: any value is read or refused', () => {
    const templates = fc.constantFrom('{signature}', 't={timestamp},[v1={signature}]', '{id}:{keyId}:{signature}')
    check(
      fc.property(templates, fc.string({ unit: 'binary' }), fc.boolean(), (template, value, listed) => {
        const reading = read(template, value, listed ? ',' : undefined)
        if (reading !== null) expect(reading.signatures.every((each) => value.includes(each))).toBe(true)
      }),
    )
  })
})
