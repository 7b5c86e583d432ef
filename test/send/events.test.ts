import * as api from '@opentelemetry/api'
import { afterAll, describe, expect, it } from 'vitest'
import { compile, resolve } from '../../src/index.ts'
import { tell } from '../../src/send/events.ts'
import { type Capabilities, type LatchkeyEvent, openTelemetryObserver, prepare, send } from '../../src/send/index.ts'
import { leaksOf } from '../properties/leaks.ts'
import { definitionAt, KEY, KINDS, type KindCase, resolutionAt } from './kinds.ts'
import { deadOrigin, serve } from './servers.ts'

const BODY = 'b0dy-canary-text'
const ECHO = 'ech0-canary-text'

/** Every event of every kind through every way that a request can go. */
async function collectEvents(one: KindCase): Promise<readonly LatchkeyEvent[]> {
  const events: LatchkeyEvent[] = []
  const capabilities: Capabilities = { ...one.capabilities, fetch, observe: (event) => events.push(event) }
  const tool = await serve(({ url }) => {
    if (url.startsWith('/tool/loop')) return { status: 307, headers: { location: '/tool/loop', 'x-echo': ECHO } }
    if (url.startsWith('/tool/away')) return { status: 302, headers: { location: `http://${ECHO}.invalid/` } }
    return { status: url.startsWith('/tool/401') ? 401 : 200, body: ECHO }
  })
  const dead = await deadOrigin()
  const paths = ['/tool', '/tool/401', '/tool/loop', '/tool/away', '/other', '/tool/../x']
  for (const path of paths) {
    const request = { method: 'POST', url: tool.origin + path, headers: { 'x-own': BODY }, body: BODY }
    const options = { redirects: 'sameOrigin', maxResponseBytes: 100 } as const
    await send(request, resolutionAt(tool.origin, one), capabilities, options).catch(() => undefined)
    await prepare(request, resolutionAt(tool.origin, one), capabilities).catch(() => undefined)
  }
  const request = { method: 'POST', url: `${dead}/tool`, headers: {}, body: BODY }
  await send(request, resolutionAt(dead, one), capabilities).catch(() => undefined)
  await send(request, resolutionAt(dead, one), { observe: (event) => events.push(event) }).catch(() => undefined)
  await send(request, resolve(compile(definitionAt(dead, one.requirements))), capabilities).catch(() => undefined)
  return events
}

const FIELDS: Readonly<Record<LatchkeyEvent['type'], readonly string[]>> = {
  resolve: ['type', 'tool', 'outcome', 'optionIndex'],
  problem: ['type', 'tool', 'code'],
  tokenFetch: ['type', 'requirement'],
  cacheHit: ['type', 'requirement'],
  credentialRead: ['type', 'requirement'],
  retry: ['type', 'requirements'],
  redirect: ['type', 'status', 'sameOrigin'],
  refusal: ['type', 'code', 'phase', 'retryable'],
}

describe.each(KINDS)('events: $name', (one) => {
  it('names and codes only: no event holds a secret, a URL or a text of the other side', async () => {
    const events = await collectEvents(one)
    const types = new Set(events.map(({ type }) => type))
    expect([...types]).toEqual(expect.arrayContaining(['redirect', 'refusal']))
    for (const secret of [...one.secrets, BODY, ECHO, 'client-1', '127.0.0.1', '/tool'])
      expect(leaksOf(events, secret)).toEqual([])
    for (const event of events) {
      expect(Object.keys(event)).toEqual(FIELDS[event.type])
      expect(Object.isFrozen(event)).toBe(true)
    }
  })
})

describe('an observer', () => {
  const [, one] = KINDS as unknown as [unknown, KindCase]

  it('can break nothing', async () => {
    const tool = await serve(() => ({ status: 302, headers: { location: '/other' } }))
    const request = { method: 'GET', url: `${tool.origin}/tool`, headers: {} }
    const options = { redirects: 'sameOrigin', maxRedirects: 1 } as const
    for (const observe of [
      () => {
        throw new Error('observer')
      },
      () => Promise.reject(new Error('observer')) as never,
    ]) {
      await expect(send(request, resolutionAt(tool.origin, one), { observe }, options)).rejects.toMatchObject({
        code: 'ERR_REDIRECT_REFUSED',
      })
    }
    expect(() => tell(undefined, { type: 'cacheHit', requirement: 'k' })).not.toThrow()
  })

  it('hears of each thing once', async () => {
    const tool = await serve(({ url }) =>
      url === '/tool' ? { status: 308, headers: { location: '/there' } } : { body: 'x' },
    )
    const events: LatchkeyEvent[] = []
    const stored = KINDS.find(({ name }) => name === 'a stored client') as KindCase
    const request = { method: 'GET', url: `${tool.origin}/tool`, headers: {} }
    await send(
      request,
      resolutionAt(tool.origin, stored),
      { ...stored.capabilities, fetch, observe: (event) => events.push(event) },
      { redirects: 'sameOrigin' },
    )
    expect(events).toEqual([
      { type: 'credentialRead', requirement: 'k' },
      { type: 'cacheHit', requirement: 'k' },
      { type: 'redirect', status: 308, sameOrigin: true },
    ])
  })
})

describe('openTelemetryObserver', () => {
  const added: unknown[] = []
  const counted: unknown[] = []
  const span = { addEvent: (name: string, attributes: unknown) => void added.push([name, attributes]) }
  const counter = { add: (value: number, attributes: unknown) => void counted.push([value, attributes]) }

  afterAll(() => {
    api.context.disable()
    api.metrics.disable()
  })

  it('is quiet without a provider', () => {
    expect(() => openTelemetryObserver(api)({ type: 'cacheHit', requirement: 'k' })).not.toThrow()
  })

  it('adds events to the active span, and counts by type and code', () => {
    const active = api.trace.setSpan(api.ROOT_CONTEXT, span as unknown as api.Span)
    api.context.setGlobalContextManager({
      active: () => active,
      with: () => undefined,
      bind: () => undefined,
      enable: () => undefined,
      disable: () => undefined,
    } as unknown as api.ContextManager)
    api.metrics.setGlobalMeterProvider({
      getMeter: () => ({ createCounter: () => counter }),
    } as unknown as api.MeterProvider)
    const observe = openTelemetryObserver(api)
    observe({ type: 'refusal', code: 'ERR_SEND_TIMEOUT', phase: 'response', retryable: true })
    observe({ type: 'resolve', tool: 'stock_price', outcome: 'unauthenticated', optionIndex: null })
    observe({ type: 'retry', requirements: ['a', 'b'] })
    observe({ type: 'redirect', status: 307, sameOrigin: true })
    expect(added).toEqual([
      [
        'latchkey.refusal',
        { 'latchkey.code': 'ERR_SEND_TIMEOUT', 'latchkey.phase': 'response', 'latchkey.retryable': true },
      ],
      ['latchkey.resolve', { 'latchkey.tool': 'stock_price', 'latchkey.outcome': 'unauthenticated' }],
      ['latchkey.retry', { 'latchkey.requirements': 'a,b' }],
      ['latchkey.redirect', { 'latchkey.status': 307, 'latchkey.same_origin': true }],
    ])
    expect(counted).toEqual([
      [1, { 'latchkey.type': 'refusal', 'latchkey.code': 'ERR_SEND_TIMEOUT' }],
      [1, { 'latchkey.type': 'resolve' }],
      [1, { 'latchkey.type': 'retry' }],
      [1, { 'latchkey.type': 'redirect' }],
    ])
  })

  it('carries no secret', () => {
    expect(leaksOf([added, counted], KEY)).toEqual([])
  })
})
