import { describe, expect, it } from 'vitest'
import { type HmacForm, type SignableRequest, signaturePresets } from '../../src/hmac/index.ts'
import { renderPayload } from '../../src/hmac/sign-request.ts'
import { refusal, sign, verify } from './messages.ts'

// RFC 9421 appendix B.1.5 and B.2.5
const SHARED_SECRET = 'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=='
const CREATED = 1_618_884_473_000
const PARAMETERS = '("date" "@authority" "content-type");created={timestamp};keyid="{keyId}"'
const FORM: HmacForm = {
  key: 'base64',
  encoding: 'base64',
  payload: [
    '"date": {header:Date}',
    '"@authority": {host}',
    '"content-type": {header:Content-Type}',
    `"@signature-params": ${PARAMETERS}`,
  ].join('\n'),
  headers: { 'Signature-Input': `sig-b25=${PARAMETERS}`, Signature: 'sig-b25=:{signature}:' },
}

/** RFC 9421 appendix B.2, `test-request`. */
const REQUEST: SignableRequest = {
  method: 'POST',
  url: 'https://example.com/foo?param=Value&Pet=dog',
  headers: {
    Host: 'example.com',
    Date: 'Tue, 20 Apr 2021 02:07:55 GMT',
    'Content-Type': 'application/json',
    'Content-Digest':
      'sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:',
    'Content-Length': '18',
  },
  body: '{"hello": "world"}',
}
const OPTIONS = { now: CREATED, keyId: 'test-shared-secret' }

describe('RFC 9421 appendix B.2.5', () => {
  it('the signature base', async () => {
    expect(new TextDecoder().decode(await renderPayload(FORM, REQUEST, OPTIONS))).toBe(
      [
        '"date": Tue, 20 Apr 2021 02:07:55 GMT',
        '"@authority": example.com',
        '"content-type": application/json',
        '"@signature-params": ("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
      ].join('\n'),
    )
  })

  it('the signature, signed and verified', async () => {
    const signed = await sign(FORM, REQUEST, OPTIONS, [SHARED_SECRET])
    expect(signed.headers).toMatchObject({
      'Signature-Input': 'sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
      Signature: 'sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:',
    })
    expect(await verify(FORM, signed, { now: CREATED }, [SHARED_SECRET])).toEqual({
      ok: true,
      timestamp: CREATED,
      id: null,
      keyId: 'test-shared-secret',
      secretIndex: 0,
    })
  })

  it.each([
    ['the date', { headers: { Date: 'Tue, 20 Apr 2021 02:07:56 GMT' } }],
    ['the content type', { headers: { 'Content-Type': 'text/plain' } }],
    ['the authority', { url: 'https://example.org/foo?param=Value&Pet=dog' }],
    [
      'the key id',
      {
        headers: {
          'Signature-Input': `sig-b25=${PARAMETERS}`.replace('{timestamp}', '1618884473').replace('{keyId}', 'x'),
        },
      },
    ],
    [
      'the time of creation',
      {
        headers: {
          'Signature-Input': `sig-b25=${PARAMETERS}`
            .replace('{timestamp}', '1618884474')
            .replace('{keyId}', 'test-shared-secret'),
        },
      },
    ],
  ])('a change of %s is refused', async (_, change: Partial<SignableRequest>) => {
    const signed = await sign(FORM, REQUEST, OPTIONS, [SHARED_SECRET])
    const changed = { ...signed, ...change, headers: { ...signed.headers, ...change.headers } } as SignableRequest
    expect(await refusal(verify(FORM, changed, { now: CREATED }, [SHARED_SECRET]))).toBe('ERR_SIGNATURE_MISMATCH')
  })

  it.each([
    'sig-b25=("date" "content-type" "@authority");created=1618884473;keyid="test-shared-secret"',
    'sig-b25=("@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
    'sig-b25=("date" "@authority" "content-type");keyid="test-shared-secret";created=1618884473',
    'sig-b25=("date" "@authority" "content-type");created=1618884473',
    'sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret";alg="hmac-sha256"',
    'sig1=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
  ])('the message does not choose what is covered: %s', async (input) => {
    const signed = await sign(FORM, REQUEST, OPTIONS, [SHARED_SECRET])
    const changed = { ...signed, headers: { ...signed.headers, 'Signature-Input': input } } as SignableRequest
    // A shorter key id that swallows the rest is refused by the MAC.
    expect(await refusal(verify(FORM, changed, { now: CREATED }, [SHARED_SECRET]))).toMatch(/^ERR_SIGNATURE_M/)
  })
})

it('the preset covers the URL without a query as `?`, the path without one as `/`', async () => {
  const { form } = signaturePresets.rfc9421
  const request = { method: 'GET', url: 'https://EXAMPLE.com:443', headers: {} }
  const payload = new TextDecoder().decode(await renderPayload(form, request, { ...OPTIONS, keyId: 'k' }))
  expect(payload.split('\n').slice(0, 4)).toEqual([
    '"@method": GET',
    '"@authority": example.com',
    '"@path": /',
    '"@query": ?',
  ])
})
