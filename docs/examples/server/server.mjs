import { createServer as createHttpServer } from 'node:http'
import { pathToFileURL } from 'node:url'
import { buildRequest, SecurityError } from 'latchkey'
import { openTools, sealTools, toProblemDetails } from 'latchkey/call'
import { createLatchkey } from 'latchkey/platform'
import { scrubResponse } from 'latchkey/send'
import { createStockTool, stockPrice } from './stock-tool.mjs'

async function createCall(payload, { calls, latchkey, key }) {
  const callId = crypto.randomUUID()
  const result = await latchkey.resolveCall(payload, { callId })
  if (!result.ok) return problem(toProblemDetails(result))
  calls.set(callId, { call: result.call, sealed: await sealTools(result.tools, { callId, key }) })
  return { status: 201, type: 'application/json', body: { callId, call: result.call } }
}

async function invokeTool(callId, name, input, { calls, latchkey, key }) {
  const record = calls.get(callId)
  const tools = record === undefined ? new Map() : await openTools(record.sealed, { callId, keys: [key] })
  const tool = tools.get(name)
  if (tool === undefined) return problem({ status: 404, title: 'No such call or tool' })

  const request = buildRequest(tool, { parameters: input?.parameters, automatic: { KNOWN_PARAM_CALL_ID: callId } })
  const answer = await latchkey.send(request, tool.resolution)
  const text = await scrubResponse(answer)
  return { status: 200, type: 'application/json', body: { status: answer.status, text } }
}

/**
 * Makes the platform's server; it does not listen yet.
 *
 * @param findTool Looks up a stored tool by `{ toolName }` or `{ toolId }`.
 * @param key The key that call records are sealed with. Share it between your workers; here each server has its own.
 */
export function createServer({
  findTool,
  key = { keyId: 'k1', key: crypto.getRandomValues(new Uint8Array(32)) },
} = {}) {
  const platform = { calls: new Map(), latchkey: createLatchkey({ findTool }), key }
  return createHttpServer(async (request, response) => {
    const { status, type, body } = await answer(request, platform).catch(refuse)
    response.writeHead(status, { 'content-type': type })
    response.end(`${JSON.stringify(body, null, 2)}\n`)
  })
}

async function answer(request, platform) {
  const [, collection, callId, tools, name, ...rest] = request.url.split('/')
  const known = request.method === 'POST' && collection === 'calls' && rest.length === 0
  if (known && callId === undefined) return createCall(await readJson(request), platform)
  if (known && tools === 'tools' && name) return invokeTool(callId, name, await readJson(request), platform)
  return problem({ status: 404, title: 'Not found' })
}

async function readJson(request) {
  const chunks = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > 1_000_000) throw new SyntaxError('too large')
    chunks.push(chunk)
  }
  return JSON.parse(Buffer.concat(chunks).toString())
}

function problem(details) {
  return { status: details.status, type: 'application/problem+json', body: { type: 'about:blank', ...details } }
}

function refuse(error) {
  if (error instanceof SyntaxError) return problem({ status: 400, title: 'The body is not JSON' })
  if (!(error instanceof SecurityError)) return problem({ status: 500, title: 'Something else went wrong' })
  const { code, message, phase, retryable, issues } = error
  if (phase === 'need' || /^ERR_(?:SEND|REDIRECT|RESPONSE|ADDRESS)_/.test(code)) {
    return problem({ status: retryable ? 503 : 502, title: 'The tool gave no answer', detail: message, code })
  }
  return problem({ status: 400, title: 'The request cannot be built', detail: message, code, issues })
}

/** Starts a server on a free port of this machine; gives its origin. */
export function listen(server) {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`))
  })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const definition = stockPrice(await listen(createStockTool()))
  const findTool = ({ toolName }) => (toolName === 'stock_price' ? { name: toolName, definition } : null)
  process.stdout.write(`PLATFORM=${await listen(createServer({ findTool }))}\n`)
}
