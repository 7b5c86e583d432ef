import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { guard, guardNode, readNodeMessage } from '../../src/inbound/index.ts'
import { AWAY, createTestKeyring, issue } from './fixtures.ts'

const ORIGIN = 'https://tools.example.com'

function incoming(more: object = {}) {
  const body = (async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from('body')
  })()
  return Object.assign(body, { method: 'POST', url: '/orders', rawHeaders: [], socket: {}, ...more })
}

describe('a message that cannot be what was sent is refused', () => {
  it.each([
    ['no options', undefined],
    ['no origin', {}],
    ['an origin that ends in a slash', { origin: `${ORIGIN}/` }],
    ['an origin with a path', { origin: `${ORIGIN}/a` }],
    ['an origin that is none', { origin: 5 }],
    ['a limit that is none', { origin: ORIGIN, maxBodyBytes: 0 }],
    ['a limit as text', { origin: ORIGIN, maxBodyBytes: '10' }],
    ['an option that is misspelt', { origin: ORIGIN, maxBodybytes: 10 }],
  ])('%s', async (_, options) => {
    await expect(readNodeMessage(incoming(), options as never)).rejects.toMatchObject({ code: 'ERR_ARGUMENT_INVALID' })
  })

  it('T66 a body that a parser has read, of a real server', async () => {
    const seen: unknown[] = []
    const server = createServer(async (request, response) => {
      if (request.url === '/parsed') for await (const _piece of request);
      seen.push(
        await readNodeMessage(request, { origin: ORIGIN }).then(
          ({ body }) => Buffer.from(body).toString(),
          ({ code }) => code,
        ),
      )
      response.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    for (const path of ['/parsed', '/raw']) {
      await new Promise((resolve) => {
        const sent = httpRequest({ host: '127.0.0.1', port, path, method: 'POST', agent: false }, (response) =>
          response.resume().on('end', resolve),
        )
        sent.end('body')
      })
    }
    await new Promise((resolve) => server.close(resolve))
    expect(seen).toEqual(['ERR_ARGUMENT_INVALID', 'body'])
  })
})

describe('a request that somebody else has answered meanwhile', () => {
  /** As Node's, which throws once the headers were sent. */
  function responseOf(headersSent: boolean | undefined) {
    const called: string[] = []
    const write = (name: string) => () => {
      called.push(name)
      if (headersSent === true) throw new Error('ERR_HTTP_HEADERS_SENT')
    }
    const response = { setHeader: write('setHeader'), writeHead: write('writeHead'), end: write('end') }
    return { called, response: headersSent === undefined ? response : { ...response, headersSent } }
  }

  it.each([
    ['refused', null],
    ['that may pass', 'key'],
  ])('one %s is left alone, and nothing is rejected', async (_, kind) => {
    const keyring = await createTestKeyring()
    const { key } = await issue(keyring, 'a')
    await keyring.configureTenant('a', { dailyLimit: 9 }, 'ada')
    const rawHeaders = kind === null ? [] : ['authorization', `Bearer ${key.reveal()}`]
    const request = { url: '/orders', rawHeaders, socket: { encrypted: true } }
    for (const headersSent of [true, false, undefined]) {
      const { called, response } = responseOf(headersSent)
      await guardNode(guard({ keyring }))(request, response, () => called.push('next'))
      if (headersSent === true) expect(called).toEqual([])
      else expect(called.at(-1)).toBe(kind === null ? 'end' : 'next')
    }
  })

  it('a store that is away rejects nothing either', async () => {
    const keyring = { prefix: 'acme', verify: () => AWAY.get('x') as never, admit: () => AWAY.get('x') as never }
    const { called, response } = responseOf(true)
    await guardNode(guard({ keyring }))({ rawHeaders: [], socket: {} }, response, () => called.push('next'))
    expect(called).toEqual([])
  })
})
