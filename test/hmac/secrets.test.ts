import { describe, expect, it } from 'vitest'
import { type HmacForm, signaturePresets, signRequest, verifySignature } from '../../src/hmac/index.ts'
import { Secret, SecurityError } from '../../src/index.ts'
import { leaksIn, printsOf } from '../vectors/canary.ts'
import { BODY_ONLY, LISTED, NOW, post, TIMED } from './messages.ts'

const CANARY = 'cañary "secret" of/the+tests=0123456789'
const HEX = Buffer.from(CANARY).toString('hex')
const SECRETS = [CANARY, HEX, Buffer.from(CANARY).toString('base64'), Buffer.from(CANARY).toString('base64url')]

const FORMS: readonly HmacForm[] = [
  BODY_ONLY,
  TIMED,
  LISTED,
  { headers: {} },
  { headers: { S: '{oops}' } },
  { headers: { S: '{id}{signature}' } },
  { ...BODY_ONLY, key: 'hex' },
  { ...BODY_ONLY, key: 'base64' },
  { ...BODY_ONLY, key: 'base64url' },
  { ...BODY_ONLY, keyPrefix: CANARY },
  { ...BODY_ONLY, algorithm: 'md5' as never },
  { ...BODY_ONLY, payload: '{header:X-Missing}' },
  { ...BODY_ONLY, payload: '{keyId}' },
  { ...BODY_ONLY, payload: '{url}' },
  ...Object.values(signaturePresets).map(({ form }) => form),
]

const REQUESTS = [
  post('x'),
  post(undefined, {}, 'not a URL'),
  post({ parsed: true } as never),
  post('x', { 'X-Signature': 'junk', 'X-Timestamp': 'junk' }),
  post('x', { 'X-Signature': ['a', 'b'] }),
  post('x', null as never),
]

/** Everything that a call says: its result or its error, whatever that is. */
async function outcomeOf(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call()
  } catch (error) {
    return error
  }
}

describe('secrets', () => {
  const cases = FORMS.flatMap((form) => REQUESTS.map((request) => [form, request] as const))

  it('no outcome of signing or verifying holds one, in any of eight encodings', async () => {
    let errors = 0
    for (const [form, request] of cases) {
      for (const secrets of [SECRETS, ...SECRETS.map((each) => [each]), [new Secret(CANARY)], [CANARY, '']]) {
        for (const outcome of [
          await outcomeOf(() => signRequest(form, secrets, request, { now: NOW, id: 'a\nb' })),
          await outcomeOf(() => signRequest(form, secrets, request, { now: Number.NaN })),
          await outcomeOf(() => signRequest(form, secrets, request, { now: NOW })),
          await outcomeOf(() => verifySignature(form, secrets, request, { now: NOW })),
        ]) {
          if (outcome instanceof Error) errors += 1
          expect(leaksIn(printsOf(outcome), [CANARY])).toEqual([])
        }
      }
    }
    expect(errors).toBeGreaterThan(500)
  })

  it('what an error says does not depend on the secret', async () => {
    for (const [form, request] of cases) {
      const says = async (secret: string) => {
        const outcome = await outcomeOf(() => verifySignature(form, [secret], request, { now: NOW }))
        return outcome instanceof SecurityError ? [outcome.code, outcome.message] : outcome
      }
      expect(await says('one-secret-of-thirty-one-bytes!')).toEqual(
        await says('other-secret-of-many-more-bytes-than-that!'),
      )
    }
  })

  it('the signature that was expected is not told', async () => {
    const { headers } = await signRequest(BODY_ONLY, [CANARY], post('x'))
    const wrong = post('x', { 'X-Signature': '0'.repeat(64) })
    const verdict = await verifySignature(BODY_ONLY, [CANARY], wrong)
    expect(verdict).toEqual({ ok: false, code: 'ERR_SIGNATURE_MISMATCH' })
    expect(printsOf(verdict)).not.toContain(headers['X-Signature'])
  })
})
