import { readFileSync } from 'node:fs'
import type { IncomingMessage, Server } from 'node:http'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ResolveCallOptions } from '../../src/call/index.ts'
import { type Fence, readFences, replaceFences } from '../docs/fences.ts'

const DOCS = new URL('../../docs/', import.meta.url)
const PAGE_PATH = fileURLToPath(new URL('guide/embed-call-creation.md', DOCS))
const PAGE = readFileSync(PAGE_PATH, 'utf8')
const FENCES = readFences(PAGE)

// Ids and ports differ from run to run.
const SHOWN_CALL = '5f0c2b1e-8d57-4a63-9b1c-27d4f6a0e913'
const SHOWN_ORIGIN = 'http://127.0.0.1:4200'

interface Platform {
  readonly createServer: (options?: { findTool?: ResolveCallOptions['findTool'] }) => Server
  readonly listen: (server: Server) => Promise<string>
}

interface StockTool {
  readonly createStockTool: (key?: string) => Server
  readonly stockPrice: (origin: string) => unknown
}

/** Imports one of the example's files, in which `latchkey` is the source of this repository. */
function load(name: string): Promise<unknown> {
  return import(/* @vite-ignore */ fileURLToPath(new URL(`examples/server/${name}`, DOCS)))
}

const servers: Server[] = []
/** What reached the tool. */
const reached: IncomingMessage[] = []
let platform = ''
let toolOrigin = ''

beforeAll(async () => {
  const { createServer, listen } = (await load('server.mjs')) as Platform
  const { createStockTool, stockPrice } = (await load('stock-tool.mjs')) as StockTool
  const stockTool = createStockTool().on('request', (request) => reached.push(request))
  toolOrigin = await listen(stockTool)
  // As the program at the end of the page does.
  const definition = stockPrice(toolOrigin)
  const findTool: ResolveCallOptions['findTool'] = (reference) =>
    'toolName' in reference && reference.toolName === 'stock_price' ? { name: 'stock_price', definition } : null
  const server = createServer({ findTool })
  platform = await listen(server)
  servers.push(stockTool, server)
})

afterAll(() => {
  for (const server of servers) server.close()
})

/** One `curl` of the page and the answer shown below it. */
interface Step {
  readonly path: string
  readonly body: string
  readonly shown: Fence
}

const CURL = /^\$ curl -s "\$PLATFORM([^"]*)" -d '([^']*)'\n$/

function readSteps(): readonly Step[] {
  return FENCES.flatMap((fence, index) => {
    const match = CURL.exec(fence.text)
    const shown = FENCES[index + 1]
    return match === null || shown === undefined ? [] : [{ path: match[1] ?? '', body: match[2] ?? '', shown }]
  })
}

const post = (path: string, body: string): Promise<Response> => fetch(platform + path, { method: 'POST', body })

describe('the guide "Embed Latchkey in a call-creation endpoint"', () => {
  it.each(['server.mjs', 'stock-tool.mjs'])('shows the whole of %s, in pieces and in order', (name) => {
    const pieces = FENCES.filter(({ language, purpose }) => language === 'mjs' && purpose === name)
    expect(pieces.map(({ text }) => text).join('\n')).toBe(
      readFileSync(new URL(`examples/server/${name}`, DOCS), 'utf8'),
    )
  })

  it('runs as written: every request of the page gets the answer shown', async () => {
    const steps = readSteps()
    expect(steps).toHaveLength(FENCES.filter(({ text }) => text.includes('curl ')).length)
    const answers = new Map<Fence, string>()
    let call = ''
    for (const { path, body, shown } of steps) {
      const response = await post(
        path.replace('$CALL', () => call),
        body,
      )
      const text = await response.text()
      call = /"callId": "([^"]+)"/.exec(text)?.[1] ?? call
      expect(`${response.status} ${response.headers.get('content-type')}`).toBe(shown.purpose)
      answers.set(shown, text.replaceAll(call, SHOWN_CALL).replaceAll(toolOrigin, SHOWN_ORIGIN))
    }
    await expect(replaceFences(PAGE, answers)).toMatchFileSnapshot(PAGE_PATH)
  })

  it('sends the tool the header with the token of the call, and nothing for what was refused', () => {
    expect(reached.map(({ method, url, headers }) => [method, url, headers['x-stock-key']])).toEqual([
      ['GET', '/stocks/NVDA', '<YOUR_TOKEN>'],
    ])
  })

  it('shows no token in an answer', () => {
    for (const { shown } of readSteps()) expect(shown.text).not.toContain('<YOUR_TOKEN>')
  })
})

describe('the example server', () => {
  const created = async (payload: object): Promise<string> => {
    const { callId } = (await (await post('/calls', JSON.stringify(payload))).json()) as { callId: string }
    return callId
  }
  const payload = { selectedTools: [{ toolName: 'stock_price', authTokens: { stockApiKey: 'another-key' } }] }

  it('passes on that the tool refused the key, without the key', async () => {
    const answer = await post(`/calls/${await created(payload)}/tools/stock_price`, '{"parameters":{"symbol":"A"}}')
    const text = await answer.text()
    expect(JSON.parse(text)).toEqual({ status: 401, text: '{"error":"unknown key"}' })
    expect(text).not.toContain('another-key')
  })

  it.each([
    ['a body that is not JSON', '/calls', '{', 400],
    ['a body that is too large', '/calls', JSON.stringify('x'.repeat(1_000_001)), 400],
    ['a payload that is null', '/calls', 'null', 400],
    ['another path', '/other', '{}', 404],
    ['a call that is not there', '/calls/nobody/tools/stock_price', '{}', 404],
  ])('%s gets problem details', async (_, path, body, status) => {
    const response = await post(path, body)
    expect([response.status, response.headers.get('content-type')]).toEqual([status, 'application/problem+json'])
    expect(await response.json()).toMatchObject({ status, title: expect.any(String) })
  })

  it.each([
    ['another tool', 'other', '{}', 404],
    ['no input', 'stock_price', 'null', 400],
    ['parameters that are no object', 'stock_price', '{"parameters":"NVDA"}', 400],
    ['an unknown parameter', 'stock_price', '{"parameters":{"symbol":"A","X-Stock-Key":"evil"}}', 400],
  ])('%s gets problem details, and the tool hears nothing', async (_, name, body, status) => {
    const before = reached.length
    const response = await post(`/calls/${await created(payload)}/tools/${name}`, body)
    expect([response.status, response.headers.get('content-type')]).toEqual([status, 'application/problem+json'])
    expect(reached.length).toBe(before)
  })

  it('follows no redirect', async () => {
    const { listen } = (await load('server.mjs')) as Platform
    const { createServer } = await import('node:http')
    const redirecting = createServer((_, response) => {
      response.writeHead(307, { location: `${toolOrigin}/stocks/NVDA` })
      response.end()
    })
    servers.push(redirecting)
    const { stockPrice } = (await load('stock-tool.mjs')) as StockTool
    const temporaryTool = stockPrice(await listen(redirecting))
    const callId = await created({ selectedTools: [{ temporaryTool, authTokens: { stockApiKey: '<YOUR_TOKEN>' } }] })
    const before = reached.length
    const response = await post(`/calls/${callId}/tools/stock_price`, '{"parameters":{"symbol":"NVDA"}}')
    expect([response.status, reached.length]).toEqual([502, before])
  })

  it('says no more than that, when the tool cannot be reached', async () => {
    const { stockPrice } = (await load('stock-tool.mjs')) as StockTool
    // Port 9 of this machine: fetch asks nobody there.
    const call = {
      selectedTools: [{ temporaryTool: stockPrice('http://127.0.0.1:9'), authTokens: { stockApiKey: 'k-1234567' } }],
    }
    const response = await post(`/calls/${await created(call)}/tools/stock_price`, '{"parameters":{"symbol":"NVDA"}}')
    expect(await response.json()).toEqual({
      type: 'about:blank',
      status: 503,
      title: 'The tool gave no answer',
      detail: 'the exchange with the tool failed',
      code: 'ERR_SEND_FAILED',
    })
  })
})
