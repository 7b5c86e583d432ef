import { describe, expect, it } from 'vitest'
import { createFetch, scrubResponse } from '../../src/send/index.ts'
import { KEY, KINDS, type KindCase, resolutionAt } from './kinds.ts'
import { type Received, serve } from './servers.ts'

const header = KINDS.find(({ name }) => name === 'headerApiKey') as KindCase
const tool = await serve(({ url }) =>
  url === '/tool/away' ? { status: 307, headers: { location: 'http://127.0.0.2:9/' } } : { body: 'fine' },
)
const resolution = resolutionAt(tool.origin, header)
const last = (): Received => tool.received.at(-1) as Received

describe('createFetch', () => {
  const ours = createFetch(resolution)

  it.each<readonly [string, Parameters<typeof fetch>, Partial<Received>]>([
    ['a text', [`${tool.origin}/tool`], { method: 'GET', body: '' }],
    ['a URL', [new URL(`${tool.origin}/tool?a=1`)], { url: '/tool?a=1' }],
    [
      'a Request',
      [new Request(`${tool.origin}/tool`, { method: 'PUT', body: 'b', headers: { 'x-own': '1' } })],
      { method: 'PUT', body: 'b' },
    ],
    [
      'a Request and more',
      [new Request(`${tool.origin}/tool`), { method: 'POST', body: 'c' }],
      { method: 'POST', body: 'c' },
    ],
    ['a form', [`${tool.origin}/tool`, { method: 'POST', body: new URLSearchParams({ a: '1 2' }) }], { body: 'a=1+2' }],
    ['bytes', [`${tool.origin}/tool`, { method: 'POST', body: new Uint8Array([65, 255]) }], { body: 'A\u00ff' }],
    ['a blob', [`${tool.origin}/tool`, { method: 'POST', body: new Blob(['blob']) }], { body: 'blob' }],
    ['an empty text', [`${tool.origin}/tool`, { method: 'POST', body: '' }], { body: '' }],
  ])('takes %s', async (_, args, expected) => {
    const response = await ours(...args)
    expect(await response.text()).toBe('fine')
    expect(last()).toMatchObject(expected)
    expect(last().headers['x-api-key']).toEqual([KEY])
  })

  it('keeps what fetch adds for a body', async () => {
    await ours(`${tool.origin}/tool`, { method: 'POST', body: new URLSearchParams({ a: '1' }) })
    expect(last().headers['content-type']).toEqual(['application/x-www-form-urlencoded;charset=UTF-8'])
  })

  it('gives an answer that the scrubber knows', async () => {
    expect(await scrubResponse(await ours(`${tool.origin}/tool`))).toBe('fine')
  })

  it('asks for the resolution of each request', async () => {
    const asked: unknown[] = []
    const chosen = createFetch(async (request) => {
      asked.push(request)
      return resolution
    })
    await chosen(`${tool.origin}/tool`, { method: 'POST', body: 'b', headers: { a: 'b' } })
    expect(asked).toEqual([
      {
        method: 'POST',
        url: `${tool.origin}/tool`,
        headers: { a: 'b', 'content-type': 'text/plain;charset=UTF-8' },
        body: expect.any(Uint8Array),
      },
    ])
    await expect(createFetch(() => Promise.reject(new RangeError('mine')))(tool.origin)).rejects.toThrow(RangeError)
  })

  it.each<readonly [string, Parameters<typeof fetch>, string]>([
    ['another origin', ['http://127.0.0.2:9/tool'], 'ERR_ORIGIN_MISMATCH'],
    ['another path', [`${tool.origin}/other`], 'ERR_PATH_MISMATCH'],
    ['dots that a URL object would hide', [`${tool.origin}/tool/../tool/x`], 'ERR_PATH_DOTS'],
    ['what is no URL', ['/tool'], 'ERR_REQUEST_INVALID'],
    ['a header that none can be', [`${tool.origin}/tool`, { headers: { a: `${KEY}\r\nc: d` } }], 'ERR_REQUEST_INVALID'],
  ])('refuses %s, and sends nothing', async (_, args, code) => {
    const before = tool.received.length
    await expect(ours(...args)).rejects.toMatchObject({ code, name: 'SecurityError' })
    expect(tool.received).toHaveLength(before)
  })

  it('follows no redirect but as the options say', async () => {
    for (const redirect of ['follow', 'manual', 'error'] as const) {
      await expect(ours(`${tool.origin}/tool/away`, { redirect })).rejects.toMatchObject({
        code: 'ERR_REDIRECT_REFUSED',
      })
    }
  })

  it('is called off by either signal', async () => {
    await expect(ours(`${tool.origin}/tool`, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ERR_SEND_ABORTED',
    })
    const always = createFetch(resolution, {}, { signal: AbortSignal.abort() })
    await expect(always(`${tool.origin}/tool`)).rejects.toMatchObject({ code: 'ERR_SEND_ABORTED' })
    const never = createFetch(resolution, {}, { signal: new AbortController().signal })
    expect((await never(`${tool.origin}/tool`)).status).toBe(200)
  })

  it('refuses unusable options at once', () => {
    expect(() => createFetch(resolution, {}, { redirects: 'follow' as never })).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' }),
    )
    expect(() => createFetch(resolution, { fetch: 1 as never })).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' }),
    )
  })
})
