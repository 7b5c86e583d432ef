import { describe, expect, it } from 'vitest'
import { guard, guardFetch } from '../../src/inbound/index.ts'
import { createTestKeyring, issue } from './fixtures.ts'

const URL_TEXT = 'https://api.example.com/orders'

async function start(dailyLimit: number | null = null) {
  const keyring = await createTestKeyring()
  const { key, id } = await issue(keyring, 'a')
  await keyring.configureTenant('a', { dailyLimit }, 'ada')
  const headers = { Authorization: `Bearer ${key.reveal()}` }
  const keyGuard = guard({ keyring, exempt: ['/health'], trustedProxies: ['10.0.0.1'] })
  return { keyGuard, headers, id }
}

describe('a server of Web-standard requests', () => {
  it('hands the principal and whatever else the server gave to the handler', async () => {
    const { keyGuard, headers, id } = await start()
    const handle = guardFetch(keyGuard, (_, principal, env: { readonly name: string }) =>
      Response.json({ principal, env }),
    )
    const response = await handle(new Request(URL_TEXT, { headers }), { name: 'env' })
    expect(await response.json()).toEqual({
      principal: { tenant: 'a', scopes: ['read:orders'], keyId: id },
      env: { name: 'env' },
    })
  })

  it('refuses as the guard says', async () => {
    const { keyGuard, headers } = await start()
    const handle = guardFetch(keyGuard, () => new Response('reached'))
    const missing = await handle(new Request(URL_TEXT))
    expect(missing.status).toBe(401)
    expect(missing.headers.get('www-authenticate')).toBe('Bearer realm="api"')
    expect(await missing.json()).toMatchObject({ error: { code: 'missing_api_key', requestId: expect.any(String) } })
    const twice = new Headers(headers)
    twice.append('Authorization', headers.Authorization)
    expect((await handle(new Request(URL_TEXT, { headers: twice }))).status).toBe(400)
    expect((await handle(new Request(URL_TEXT.replace('https', 'http'), { headers }))).status).toBe(403)
    expect(await (await handle(new Request('http://api.example.com/health'))).text()).toBe('reached')
  })

  it('adds its fields to any answer, to one whose headers cannot be changed, too', async () => {
    const { keyGuard, headers } = await start(10)
    const fixed = await fetch('data:text/plain,hello')
    expect(() => fixed.headers.set('x', 'y')).toThrow()
    for (const answer of [new Response('hello'), new Response(null, { status: 204 }), fixed]) {
      const response = await guardFetch(keyGuard, () => answer)(new Request(URL_TEXT, { headers }))
      expect(response.status).toBe(answer.status)
      expect(response.headers.get('ratelimit')).toMatch(/^"daily";r=\d;t=\d+$/)
    }
    expect(fixed.headers.get('ratelimit')).toBeNull()
  })

  it('the address of the other end comes from what the server passes besides', async () => {
    const { keyGuard, headers } = await start()
    const handle = guardFetch(
      keyGuard,
      (_request, _principal, _info: { readonly ip: string }) => new Response('reached'),
      (info) => ({ remoteAddress: info.ip }),
    )
    const request = () =>
      new Request(URL_TEXT.replace('https', 'http'), { headers: { ...headers, 'X-Forwarded-Proto': 'https' } })
    expect((await handle(request(), { ip: '10.0.0.1' })).status).toBe(200)
    expect((await handle(request(), { ip: '10.0.0.2' })).status).toBe(403)
  })

  it('whether it was encrypted, too: a URL may be the sender’s word', async () => {
    const { keyGuard, headers } = await start()
    const ask = async (url: string, isSecure: boolean) => {
      const handle = guardFetch(
        keyGuard,
        (_request, _principal, _info: object) => new Response('reached'),
        (_info) => ({ isSecure }),
      )
      return (await handle(new Request(url, { headers }), {})).status
    }
    expect([await ask(URL_TEXT, false), await ask(URL_TEXT.replace('https', 'http'), true)]).toEqual([403, 200])
  })
})
