import { describe, expect, it } from 'vitest'
import { expectSignature } from '../../src/hmac/expected-signature.ts'
import type { HmacForm } from '../../src/hmac/index.ts'
import { BODY_ONLY, macOf, post, SECRET, TIMED } from './messages.ts'

const textOf = (bytes: Uint8Array | null): string | null => (bytes === null ? null : new TextDecoder().decode(bytes))

describe('expectSignature', () => {
  it('makes the headers of the form itself, whatever the message holds', async () => {
    const form: HmacForm = { payload: '{header:digest}', headers: { Digest: '{body:sha256}', ...BODY_ONLY.headers } }
    const { payload } = await expectSignature(form, [SECRET], post('x', { digest: 'of another body' }))
    expect(textOf(payload)).toBe('2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881')
  })

  it('takes the other headers as they were received', async () => {
    const form: HmacForm = { ...BODY_ONLY, payload: '{header:X-Other}' }
    const { payload, carriers } = await expectSignature(form, [SECRET], post('x', { 'x-other': 'a' }))
    expect(textOf(payload)).toBe('a')
    expect(carriers).toEqual([[{ kind: 'header', name: 'X-Signature', value: macOf('a') }]])
  })

  it('expects nothing where a part is missing', async () => {
    expect(await expectSignature(TIMED, [SECRET], post('x'))).toEqual({ payload: null, carriers: [] })
  })
})
