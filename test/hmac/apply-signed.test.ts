import { describe, expect, it } from 'vitest'
import { applySigned, type HmacForm } from '../../src/hmac/index.ts'
import { type AuthTokens, type HttpRequest, type Resolution, resolve } from '../../src/index.ts'
import { option, query, tool } from '../threats/tools.ts'
import { BODY_ONLY, macOf, NOW, rejection, SECRET } from './messages.ts'

const REQUEST: HttpRequest = { method: 'GET', url: 'https://api.example.com/v1/things', headers: {} }
const KEYED: HmacForm = { headers: { 'X-Signature': '{keyId}:{signature}' } }

function resolutionOf(form: HmacForm, token: AuthTokens[string] = SECRET): Resolution {
  return resolve(tool([option({ signature: { hmacSignature: form } })]), { signature: token })
}

async function headersOf(resolution: Resolution, options = {}): Promise<Readonly<Record<string, string>>> {
  return (await applySigned(REQUEST, resolution, { now: NOW, ...options })).headers
}

describe('applySigned', () => {
  it('writes the other credentials first, and signs what they made of the request', async () => {
    const form = { payload: '{url}', headers: { 'X-Signature': '{signature}' } }
    const both = tool([option({ key: query('k'), signature: { hmacSignature: form } })])
    const url = `${REQUEST.url}?k=v`
    const signed = await applySigned(REQUEST, resolve(both, { key: 'v', signature: SECRET }))
    expect(signed).toEqual({ ...REQUEST, url, headers: { 'X-Signature': macOf(url) } })
  })

  it('signs under the key id of the options, else under that of the credential', async () => {
    const resolution = resolutionOf(KEYED, { secrets: [SECRET], keyId: 'own' })
    expect(await headersOf(resolution)).toEqual({ 'X-Signature': `own:${macOf('')}` })
    expect(await headersOf(resolution, { keyId: 'other' })).toEqual({ 'X-Signature': `other:${macOf('')}` })
    expect(await headersOf(resolutionOf(KEYED), { keyId: 'other' })).toEqual({ 'X-Signature': `other:${macOf('')}` })
    expect(await rejection(headersOf(resolutionOf(KEYED)))).toBe('ERR_SIGNATURE_INPUT')
  })

  it('T91 takes neither options nor a key id from a polluted prototype', async () => {
    const evil = { keyId: 'evil', origin: 'https://evil.example', now: 0, id: 'evil' }
    const resolution = resolutionOf({ headers: { 'X-Time': '{timestamp}', 'X-Signature': '{signature}' } })
    Object.assign(Object.prototype, evil)
    try {
      expect(await rejection(headersOf(resolutionOf(KEYED)))).toBe('ERR_SIGNATURE_INPUT')
      expect(await headersOf(resolution)).toMatchObject({ 'X-Time': '1700000000' })
    } finally {
      for (const name of Object.keys(evil)) Reflect.deleteProperty(Object.prototype, name)
    }
  })

  it.each(['X-Signature', 'x-signature', 'X_Signature'])('refuses a request that holds %s already', async (name) => {
    const request = { ...REQUEST, headers: { [name]: 'old' } }
    expect(await rejection(applySigned(request, resolutionOf(BODY_ONLY)))).toBe('ERR_CARRIER_OCCUPIED')
  })

  it('refuses a request that holds the parameter of the signature already', async () => {
    const form: HmacForm = { headers: {}, query: { sig: '{signature}' } }
    const request = { ...REQUEST, url: `${REQUEST.url}?s%69g=1` }
    expect(await rejection(applySigned(request, resolutionOf(form)))).toBe('ERR_CARRIER_OCCUPIED')
  })

  it('applies what owes no signature as `apply` does', async () => {
    const plain = resolve(tool([option({ key: query('k') })]), { key: 'v' })
    expect((await applySigned(REQUEST, plain)).url).toBe(`${REQUEST.url}?k=v`)
  })

  it('lets no foreign exception out', async () => {
    const fail = (): never => {
      throw new RangeError('foreign')
    }
    for (const none of [null, undefined, {}, { outcome: 'authenticated' }, new Proxy({}, { get: fail })]) {
      expect(await rejection(applySigned(REQUEST, none as never))).toBe('ERR_NOT_RESOLVED')
    }
    for (const options of [null, 'x', new Proxy({}, { ownKeys: fail }), { nwo: 1 }]) {
      expect(await rejection(applySigned(REQUEST, resolutionOf(BODY_ONLY), options as never))).toBe(
        'ERR_ARGUMENT_INVALID',
      )
    }
  })
})
