import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { open, seal } from '../../src/envelope.ts'
import { checkAsync } from './check-async.ts'

const KEY = { keyId: 'k_1-A', key: new Uint8Array(32).fill(3) }

describe('seal and open', () => {
  it('are inverse for any text and context (property)', async () => {
    const context = fc.array(fc.string({ unit: 'grapheme', maxLength: 8 }), { maxLength: 3 })
    await checkAsync(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), context, async (text, parts) => {
        expect(await open(await seal(text, KEY, parts), [KEY], parts)).toBe(text)
      }),
      0.2,
    )
  })

  it('tell contexts apart whose texts run together (property)', async () => {
    const context = fc.array(fc.constantFrom('a', 'b', 'ab', '"', ',', ''), { maxLength: 3 })
    await checkAsync(
      fc.asyncProperty(context, context, async (one, other) => {
        const opened = open(await seal('text', KEY, one), [KEY], other).then(
          () => true,
          () => false,
        )
        expect(await opened).toBe(JSON.stringify(one) === JSON.stringify(other))
      }),
      0.2,
    )
  })

  it('copy the key first: changing the bytes later changes nothing', async () => {
    const key = new Uint8Array(32).fill(4)
    const sealing = seal('text', { keyId: 'k', key }, [])
    expect(await open(await sealing, [{ keyId: 'k', key: new Uint8Array(32).fill(4) }], [])).toBe('text')
  })

  it('take bytes that are a part of a larger buffer', async () => {
    const buffer = new Uint8Array(64).map((_, index) => index)
    const part = buffer.subarray(16, 48)
    const sealed = await seal('text', { keyId: 'k', key: part }, [])
    expect(await open(sealed, [{ keyId: 'k', key: new Uint8Array(part) }], [])).toBe('text')
  })

  it('refuse bytes that are no text', async () => {
    const iv = new Uint8Array(12)
    const key = await crypto.subtle.importKey('raw', KEY.key, 'AES-GCM', false, ['encrypt'])
    const additionalData = new TextEncoder().encode(JSON.stringify(['lk1', KEY.keyId]))
    const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, Uint8Array.of(0xff, 0xfe))
    const text = ['lk1', KEY.keyId, Buffer.from(iv).toString('base64url'), Buffer.from(sealed).toString('base64url')]
    await expect(open(text.join('.'), [KEY], [])).rejects.toMatchObject({ code: 'ERR_SEAL_INVALID' })
  })

  it('use a nonce once: a thousand seals have a thousand nonces', async () => {
    const nonces = new Set<string>()
    for (let count = 0; count < 1000; count += 1) nonces.add((await seal('', KEY, [])).split('.')[2] ?? '')
    expect(nonces.size).toBe(1000)
  })
})
