import { getEventListeners } from 'node:events'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Capabilities, createFetch, prepare, send } from '../../src/send/index.ts'
import { KINDS, type KindCase, resolutionAt } from './kinds.ts'

const ORIGIN = 'https://api.example.com'
const header = KINDS.find(({ name }) => name === 'headerApiKey') as KindCase
const resolution = resolutionAt(ORIGIN, header)
const request = { method: 'GET', url: `${ORIGIN}/tool`, headers: {} }
const fine: Capabilities = { fetch: async () => new Response('fine') }
const failing: Capabilities = { fetch: () => Promise.reject(new Error('down')) }

afterEach(() => {
  vi.useRealTimers()
})

describe('the limit of time', () => {
  it.each([
    ['succeeds', fine],
    ['fails', failing],
  ])('leaves no timer and no listener when a request %s', async (_, capabilities) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { signal } = new AbortController()
    await send(request, resolution, capabilities, { signal }).catch(() => undefined)
    await createFetch(resolution, capabilities, { signal })(request.url).catch(() => undefined)
    await prepare(request, resolution, capabilities, { signal })
    expect([vi.getTimerCount(), getEventListeners(signal, 'abort').length]).toEqual([0, 0])
  })

  it('ends what goes on when it is over: the signal that `fetch` got aborts', async () => {
    const signals: (AbortSignal | null | undefined)[] = []
    const watched: Capabilities = {
      fetch: async (_url, init) => {
        signals.push(init?.signal)
        return new Response('fine')
      },
    }
    await send(request, resolution, watched)
    expect(signals.map((signal) => signal?.aborted)).toEqual([true])
  })

  it('one signal serves many sends at once: Node warns of no leak', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    const controller = new AbortController()
    const hanging: Capabilities = { fetch: () => new Promise(() => undefined) }
    const { signal } = controller
    const sends = Array.from({ length: 30 }, () => send(request, resolution, hanging, { signal }))
    const outcomes = Promise.allSettled(sends)
    await new Promise((resolve) => setImmediate(resolve))
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    controller.abort()
    for (const outcome of await outcomes)
      expect(outcome).toMatchObject({ reason: { code: 'ERR_SEND_ABORTED', phase: 'request' } })
    expect([warned.mock.calls, getEventListeners(signal, 'abort').length]).toEqual([[], 0])
    warned.mockRestore()
  })

  it('a send that is done takes the signal from no other', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const hanging: Capabilities = { fetch: () => new Promise(() => undefined) }
    const sent = send(request, resolution, hanging, { signal, timeoutMs: 300 })
    const ended = expect(sent).rejects.toMatchObject({ code: 'ERR_SEND_ABORTED' })
    await send(request, resolution, fine, { signal })
    controller.abort()
    await ended
  })

  it('nothing begins once it is called off', async () => {
    const asked: string[] = []
    const stored = resolutionAt(ORIGIN, KINDS.find(({ name }) => name === 'a stored key') as KindCase)
    const capabilities: Capabilities = {
      fetch: async () => new Response(String(asked.push('fetch'))),
      credentialStore: { use: async () => String(asked.push('store')) },
    }
    const options = { signal: AbortSignal.abort() }
    const choose = () => {
      asked.push('resolution')
      return resolution
    }
    for (const run of [
      ...[resolution, stored].flatMap((each) => [
        () => send(request, each, capabilities, options),
        () => prepare(request, each, capabilities, options),
      ]),
      () => createFetch(choose, capabilities)(request.url, options),
      () => createFetch(choose, capabilities, options)(request.url),
    ]) {
      await expect(run()).rejects.toMatchObject({ code: 'ERR_SEND_ABORTED', phase: 'need', retryable: false })
    }
    expect(asked).toEqual([])
  })

  it('`createFetch` covers the body of the request and what gives the resolution', async () => {
    const asked: string[] = []
    const capabilities: Capabilities = { fetch: async () => new Response(String(asked.push('fetch'))) }
    const endless = () =>
      new Request(request.url, { method: 'POST', body: new ReadableStream(), duplex: 'half' } as never)
    const never = () => new Promise<never>(() => undefined)
    for (const signal of [undefined, AbortSignal.timeout(20)]) {
      const options = signal === undefined ? { timeoutMs: 20 } : { signal }
      const ended = { code: signal === undefined ? 'ERR_SEND_TIMEOUT' : 'ERR_SEND_ABORTED', phase: 'need' }
      await expect(createFetch(resolution, capabilities, options)(endless())).rejects.toMatchObject(ended)
      const again = signal === undefined ? options : { signal: AbortSignal.timeout(20) }
      await expect(createFetch(never, capabilities, again)(request.url)).rejects.toMatchObject(ended)
    }
    expect(asked).toEqual([])
  })

  it('`createFetch` tells its observer of what it refuses itself, and of nothing that `resolutionOf` throws', async () => {
    const codes: unknown[] = []
    const capabilities: Capabilities = { observe: (event) => codes.push(event.type === 'refusal' && event.code) }
    await createFetch(resolution, capabilities)('/relative').catch(() => undefined)
    await expect(createFetch(() => Promise.reject(new RangeError('mine')), capabilities)(request.url)).rejects.toThrow(
      RangeError,
    )
    expect(codes).toEqual(['ERR_REQUEST_INVALID'])
  })
})
