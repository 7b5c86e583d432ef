import type { LookupFunction, Socket } from 'node:net'
import { request } from 'undici'
import { afterAll, describe, expect, it } from 'vitest'
import { SecurityError } from '../../src/index.ts'
import { createTokenCache } from '../../src/oauth2/index.ts'
import { send } from '../../src/send/index.ts'
import { createAddressCheck } from '../../src/send/node/addresses.ts'
import { guardConnector } from '../../src/send/node/egress-guard.ts'
import { createEgressGuard, type EgressGuard, type EgressGuardOptions } from '../../src/send/node.ts'
import { KEY, KINDS, type KindCase, resolutionAt } from './kinds.ts'
import { CERTIFICATE, serve } from './servers.ts'

const guards: EgressGuard[] = []
const guardOf = (options?: EgressGuardOptions): EgressGuard => {
  const guard = createEgressGuard(options)
  guards.push(guard)
  return guard
}
afterAll(() => Promise.all(guards.map((guard) => guard.close())))

const header = KINDS.find(({ name }) => name === 'headerApiKey') as KindCase
const codeOf = async (run: Promise<unknown>): Promise<unknown> =>
  run.then(
    () => 'connected',
    (error: { code?: string; cause?: { code?: string } }) => error.cause?.code ?? error.code,
  )
const sendTo = (origin: string, guard: EgressGuard): Promise<unknown> =>
  codeOf(
    send({ method: 'GET', url: `${origin}/tool`, headers: {} }, resolutionAt(origin, header), { fetch: guard.fetch }),
  )

/** A resolver that gives each list in turn. */
const lookupOf = (...lists: readonly (readonly string[])[]): LookupFunction & { asked: number } => {
  const lookup: LookupFunction & { asked: number } = Object.assign(
    ((_name, _options, callback) => {
      const list = lists[Math.min(lookup.asked++, lists.length - 1)] ?? []
      callback(
        null,
        list.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      )
    }) as LookupFunction,
    { asked: 0 },
  )
  return lookup
}

describe('T46 which addresses may be reached', () => {
  const mayConnect = createAddressCheck([])

  it.each([
    ['loopback', ['127.0.0.1', '127.255.255.254', '::1']],
    [
      'private',
      ['10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1', 'fc00::1', 'fd12:3456::1'],
    ],
    ['shared', ['100.64.0.1', '100.127.255.255']],
    ['link-local', ['169.254.0.1', 'fe80::1', 'fe80::1%eth0', 'febf::1']],
    ['metadata', ['169.254.169.254', '100.100.100.200', '168.63.129.16', '192.0.0.192', 'fd00:ec2::254']],
    ['unspecified', ['0.0.0.0', '0.255.255.255', '::']],
    ['multicast', ['224.0.0.1', '239.255.255.255', 'ff02::1']],
    ['broadcast and reserved', ['255.255.255.255', '240.0.0.1']],
    [
      'documentation and benchmarks',
      ['192.0.2.1', '198.51.100.1', '203.0.113.1', '198.18.0.1', '2001:db8::1', '3fff::1'],
    ],
    [
      'IPv4 mapped to IPv6',
      ['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:a9fe:a9fe', '::ffff:8.8.8.8', '0:0:0:0:0:ffff:a00:1'],
    ],
    ['IPv4 compatible with IPv6', ['::127.0.0.1', '::7f00:1']],
    ['NAT64', ['64:ff9b::7f00:1', '64:ff9b::8.8.8.8', '64:ff9b:1::1']],
    ['6to4 and Teredo', ['2002:7f00:1::', '2002:a9fe:a9fe::1', '2001::1', '2001:0:53aa:64c::1']],
    ['site-local and discard', ['fec0::1', '100::1']],
    ['no address', ['', 'localhost', '127.1', '0x7f000001', '2130706433', '127.0.0.1.', ' 127.0.0.1', '1.1.1.1\n']],
  ])('none that is %s', (_, addresses) => {
    expect(addresses.filter(mayConnect)).toEqual([])
  })

  it('public ones', () => {
    const edges = [
      '9.255.255.255',
      '11.0.0.0',
      '100.63.255.255',
      '100.128.0.0',
      '172.15.255.255',
      '172.32.0.0',
      '192.167.255.255',
      '192.169.0.0',
      '223.255.255.255',
      '169.253.255.255',
      '169.255.0.0',
    ]
    for (const address of ['1.1.1.1', '8.8.8.8', '2606:4700::1111', '2a00:1450::1', '2001:4860::8888', ...edges])
      expect([address, mayConnect(address)]).toEqual([address, true])
  })

  it('those that are allowed, and no others', () => {
    const allowed = createAddressCheck(['10.20.0.0/16', '127.0.0.1', 'fd00::/8', '::1'])
    for (const address of ['10.20.255.1', '127.0.0.1', 'fd00::1', '::1', '1.1.1.1'])
      expect([address, allowed(address)]).toEqual([address, true])
    expect(createAddressCheck(['fe80::/10'])('fe80::1%eth0')).toBe(false)
    for (const address of ['10.21.0.1', '127.0.0.2', 'fc00::1', '169.254.169.254'])
      expect([address, allowed(address)]).toEqual([address, false])
  })

  it.each([
    ['10.0.0.0/33'],
    ['10.0.0.0/'],
    ['10.0.0.0/8/8'],
    ['localhost'],
    [''],
    ['::1/129'],
    ['10.0.0.0/-1'],
    ['10.0.0.0/1e1'],
    ['10.0.0/8'],
    [7 as never],
  ])('`allow` takes addresses and subnets: %s', (entry) => {
    expect(() => createEgressGuard({ allow: [entry] })).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' }),
    )
  })

  it.each([[{ allowed: [] }], [{ allow: '10.0.0.0/8' }], [{ lookup: {} }], [{ tls: 1 }]])(
    'refuses unusable options: %o',
    (options) => {
      expect(() => createEgressGuard(options as EgressGuardOptions)).toThrow(
        expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' }),
      )
    },
  )
})

describe('T46 the address that is connected to', () => {
  it('an address in the URL is refused before anything is sent', async () => {
    const tool = await serve(() => ({ body: 'inside' }))
    const guard = guardOf()
    expect(await sendTo(tool.origin, guard)).toBe('ERR_ADDRESS_REFUSED')
    expect(await codeOf(guard.fetch('http://169.254.169.254/latest/meta-data'))).toBe('ERR_ADDRESS_REFUSED')
    for (const host of ['2130706433', '0x7f.1', '127.1', '[::1]', '[::ffff:127.0.0.1]', '0', '[::]']) {
      expect([host, await codeOf(guard.fetch(`http://${host}:8080/`))]).toEqual([host, 'ERR_ADDRESS_REFUSED'])
    }
    expect(tool.received).toEqual([])
  })

  it('a name that resolves to metadata, or to any inside', async () => {
    for (const address of [
      '169.254.169.254',
      '127.0.0.1',
      '10.0.0.1',
      '::1',
      '::ffff:169.254.169.254',
      '64:ff9b::a9fe:a9fe',
    ]) {
      const guard = guardOf({ lookup: lookupOf([address]) })
      expect([address, await sendTo('https://tool.example.com', guard)]).toEqual([address, 'ERR_ADDRESS_REFUSED'])
    }
  })

  it('a name that is bound to another address when it is used again', async () => {
    // What is connected to is what was checked: there is no second look-up between.
    const tool = await serve(() => ({ body: 'x', headers: { connection: 'close' } }))
    const { port } = new URL(tool.origin)
    const lookup = lookupOf(['127.0.0.1'], ['169.254.169.254'])
    const guard = guardOf({ allow: ['127.0.0.1'], lookup })
    const origin = `http://tool.example.com:${port}`
    expect(await codeOf(guard.fetch(`${origin}/tool`))).toBe('connected')
    expect(lookup.asked).toBe(1)
    await expect.poll(() => codeOf(guard.fetch(`${origin}/tool`))).toBe('ERR_ADDRESS_REFUSED')
    expect(lookup.asked).toBe(2)
    expect(tool.received).toHaveLength(1)
  })

  it('of several addresses only those that may be', async () => {
    const tool = await serve(() => ({ body: 'x' }))
    const { port } = new URL(tool.origin)
    const guard = guardOf({ allow: ['127.0.0.1'], lookup: lookupOf(['169.254.169.254', '10.0.0.1', '127.0.0.1']) })
    expect(await codeOf(guard.fetch(`http://tool.example.com:${port}/`))).toBe('connected')
    expect(tool.received).toHaveLength(1)
  })

  it('a resolver of the old form, one without an answer, one that fails', async () => {
    const single = guardOf({ lookup: (_name, _options, callback) => callback(null, '169.254.169.254', 4) })
    expect(await sendTo('https://tool.example.com', single)).toBe('ERR_ADDRESS_REFUSED')
    const none = guardOf({ lookup: lookupOf([]) })
    expect(await sendTo('https://tool.example.com', none)).toBe('ERR_SEND_FAILED')
    const failing = guardOf({
      lookup: (_name, _options, callback) => callback(Object.assign(new Error('x'), { code: 'EAI_AGAIN' }), []),
    })
    expect(await sendTo('https://tool.example.com', failing)).toBe('ERR_SEND_FAILED')
  })

  it.each([
    ['8.8.8.8', null],
    ['169.254.169.254', 'ERR_ADDRESS_REFUSED'],
    [undefined, 'ERR_ADDRESS_REFUSED'],
  ])('is checked again once connected, whatever was looked up: %s', async (remoteAddress, code) => {
    let destroyed = false
    const socket = {
      remoteAddress,
      destroy: () => {
        destroyed = true
      },
    } as unknown as Socket
    const connect = guardConnector((_options, callback) => callback(null, socket), createAddressCheck([]))
    const options = { hostname: 'tool.example.com', protocol: 'https:', port: '443' }
    const error = await new Promise<Error | null>((resolve) => connect(options, (...[thrown]) => resolve(thrown)))
    expect([(error as SecurityError | null)?.code ?? null, destroyed]).toEqual([code, code !== null])
  })

  it('each redirect, where `fetch` itself follows it', async () => {
    const inside = await serve(() => ({ body: 'inside' }), { host: '127.0.0.2' })
    const tool = await serve(() => ({ status: 302, headers: { location: inside.origin } }))
    const guard = guardOf({ allow: ['127.0.0.1'] })
    expect(await codeOf(guard.fetch(tool.origin))).toBe('ERR_ADDRESS_REFUSED')
    expect(inside.received).toEqual([])
  })

  it('the token endpoint', async () => {
    const guard = guardOf()
    const one = {
      requirements: { k: { oauth2ClientCredentials: { tokenUrl: 'http://127.0.0.1:8080/token' } } },
      tokens: { k: { clientId: 'c', clientSecret: KEY } },
    }
    const tokenCache = createTokenCache({ allowLoopbackHttp: true })
    const sent = send(
      { method: 'GET', url: 'https://tool.example.com/tool', headers: {} },
      resolutionAt('https://tool.example.com', one),
      { tokenCache, fetch: guard.fetch },
    )
    await expect(sent).rejects.toMatchObject({ code: 'ERR_ADDRESS_REFUSED' })
  })

  it('is told as an error of ours, without the address', async () => {
    const guard = guardOf({ lookup: lookupOf(['169.254.169.254']) })
    const sent = send(
      { method: 'GET', url: 'https://tool.example.com/tool', headers: {} },
      resolutionAt('https://tool.example.com', header),
      { fetch: guard.fetch },
    )
    const error = await sent.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(SecurityError)
    expect(error).toMatchObject({ code: 'ERR_ADDRESS_REFUSED', phase: 'request', retryable: false })
    expect(String(error)).not.toMatch(/169|example/)
  })
})

describe('the guard as a fetch and as a dispatcher', () => {
  it('carries methods, headers, bodies and answers', async () => {
    const tool = await serve(
      () => ({ status: 201, headers: { 'x-answer': ['a', 'b'], 'set-cookie': ['c=1', 'd=2'] }, body: 'made' }),
      { tls: true },
    )
    const guard = guardOf({ allow: ['127.0.0.0/8'], tls: { ca: CERTIFICATE.cert } })
    const response = await guard.fetch(
      new Request(`${tool.origin}/x?y`, { method: 'PUT', headers: { 'x-own': '1' }, body: 'body' }),
    )
    expect(response).toBeInstanceOf(Response)
    expect([
      response.status,
      response.headers.get('x-answer'),
      response.headers.getSetCookie(),
      await response.text(),
    ]).toEqual([201, 'a, b', ['c=1', 'd=2'], 'made'])
    expect(tool.received[0]).toMatchObject({ method: 'PUT', url: '/x?y', body: 'body' })
    expect((await guard.fetch(new URL(tool.origin))).status).toBe(201)
    await expect(guard.fetch(tool.origin, { signal: AbortSignal.abort() })).rejects.toThrow()
  })

  it.each([204, 205, 304])('an answer of %i, which has no body', async (status) => {
    const tool = await serve(() => ({ status }))
    const guard = guardOf({ allow: ['127.0.0.0/8'] })
    expect((await guard.fetch(tool.origin)).status).toBe(status)
  })

  it('refuses for undici itself', async () => {
    const tool = await serve(() => ({ body: 'x' }))
    const refusing = guardOf()
    expect(await codeOf(request(tool.origin, { dispatcher: refusing.dispatcher }))).toBe('ERR_ADDRESS_REFUSED')
    const allowing = guardOf({ allow: ['127.0.0.1'] })
    expect((await request(tool.origin, { dispatcher: allowing.dispatcher })).statusCode).toBe(200)
  })
})
