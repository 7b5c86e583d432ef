import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { type SignableRequest, signRequest, verifySignature } from '../../src/hmac/index.ts'
import { renderPayload } from '../../src/hmac/sign-request.ts'
import { SecurityError } from '../../src/index.ts'
import { loadSignatureVectors, type SignVector, type VerifyVector } from './load-vectors.ts'

const files = loadSignatureVectors()
const vectors = files.flatMap(({ content }) => content.vectors)
const schema = JSON.parse(readFileSync(new URL('signature-vectors.schema.json', import.meta.url), 'utf8'))

function cases<T extends SignVector | VerifyVector>(test: T['test']): readonly (readonly [string, T])[] {
  return vectors
    .filter((vector): vector is T => vector.test === test)
    .map((vector) => [`${vector.id} ${vector.clause} ${vector.flags.join(' ')}: ${vector.comment}`, vector])
}

function requestOf({ request: { bodyBase64, ...request } }: SignVector | VerifyVector): SignableRequest {
  return { ...request, body: new Uint8Array(Buffer.from(bodyBase64, 'base64')) }
}

/** What a promise gives, or the code that it is refused with. */
async function codeOf(outcome: Promise<unknown>): Promise<unknown> {
  try {
    return await outcome
  } catch (error) {
    if (error instanceof SecurityError) return { code: error.code }
    throw error
  }
}

describe('signature vector files', () => {
  it.each(files.map((file) => [file.path, file] as const))(
    '%s has the form that its schema gives',
    (_, { content }) => {
      const validate = new Ajv({ strict: false, allErrors: true }).compile(schema)
      validate(content)
      expect(validate.errors ?? []).toEqual([])
    },
  )

  it.each(files.map((file) => [file.path, file] as const))(
    '%s explains each flag it uses, and no other',
    (_, { content }) => {
      const used = new Set(content.vectors.flatMap(({ flags }) => flags))
      expect(Object.keys(content.notes).sort()).toEqual([...used].sort())
    },
  )

  it('have ids that are unique and in order', () => {
    const ids = vectors.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('hold at least 300 vectors, at least 60 % of them refusals', () => {
    const refused = vectors.filter((vector) => vector.refused).length
    expect(vectors.length).toBeGreaterThanOrEqual(300)
    expect(refused / vectors.length).toBeGreaterThanOrEqual(0.6)
  })

  it('say of themselves what they expect', () => {
    const wrong = vectors.filter(({ refused, expected }) => refused !== 'code' in expected)
    expect(wrong.map(({ id }) => id)).toEqual([])
  })

  it('hold payloads whose HMAC is in the message that is accepted', () => {
    const accepted = vectors.filter(({ refused }) => !refused)
    expect(accepted.length).toBeGreaterThan(100)
    for (const vector of accepted) expect(signaturesIn(vector), vector.id).not.toEqual([])
  })
})

const KEY_TEXT = { utf8: 'utf8', hex: 'hex', base64: 'base64', base64url: 'base64url' } as const

/** The signatures of a vector's payload that its carriers hold, computed apart from the code under test. */
function signaturesIn(vector: SignVector | VerifyVector): readonly string[] {
  const { form, secrets, request, payloadBase64 = '' } = vector
  const { algorithm = 'sha256', key = 'utf8', keyPrefix = '', encoding = 'hex' } = form
  const sent = 'headers' in vector.expected ? vector.expected : request
  const carriers = [decodeURIComponent(sent.url), ...Object.values<string | readonly string[]>(sent.headers).flat()]
  const signatures = secrets.map((secret) => {
    const text = keyPrefix !== '' && secret.startsWith(keyPrefix) ? secret.slice(keyPrefix.length) : secret
    const mac = createHmac(algorithm, Buffer.from(text, KEY_TEXT[key]))
    return mac.update(Buffer.from(payloadBase64, 'base64')).digest(encoding)
  })
  return signatures.filter((signature) => carriers.some((carrier) => carrier.includes(signature)))
}

describe('signRequest', () => {
  it.each(cases<SignVector>('sign'))('%s', async (_, vector) => {
    const { form, secrets, now, messageId, keyId, payloadBase64, expected } = vector
    const options = {
      now,
      ...(messageId === undefined ? {} : { id: messageId }),
      ...(keyId === undefined ? {} : { keyId }),
    }
    const request = requestOf(vector)
    expect(await codeOf(signRequest(form, secrets, request, options))).toEqual(expected)
    if (payloadBase64 === undefined) return
    const payload = await renderPayload(form, request, options)
    expect(Buffer.from(payload).toString('base64')).toBe(payloadBase64)
  })
})

describe('verifySignature', () => {
  it.each(cases<VerifyVector>('verify'))('%s', async (_, vector) => {
    const { form, secrets, now, toleranceMs = 300_000, allowShortSecret = false, expected } = vector
    const verdict = await codeOf(
      verifySignature(form, secrets, requestOf(vector), { now, toleranceMs, allowShortSecret }),
    )
    expect({ ok: false, ...(verdict as object) }).toEqual(expected)
  })
})
