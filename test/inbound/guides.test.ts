import { execFile, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { readFences } from '../docs/fences.ts'
import { runSnippet } from '../docs/run-snippet.ts'

const GUIDES = ['protect-endpoint', 'issue-api-keys', 'verify-signatures']
const PORT = 4300
const SECRET = 'the-signing-secret-of-an-example'
const PROGRAMS = ['curl', 'openssl']
const missing = PROGRAMS.filter((program) => spawnSync(program, ['version']).error !== undefined)

/** What the files of a guide export. */
interface Exports {
  readonly server?: Server
  readonly serve?: (secrets: readonly string[]) => Server
  readonly key?: string
}

/** The server of a guide, and a key for it where there is one. */
async function serverOf(page: string): Promise<{ readonly server: Server; readonly key: string }> {
  const modules = new Map<string, unknown>()
  for (const fence of readFences(page).filter(({ purpose }) => purpose.endsWith('.ts'))) {
    modules.set(`./${fence.purpose}`, (await runSnippet(fence.text, modules)).exports)
  }
  const { server, serve, key = '' }: Exports = Object.assign({}, ...modules.values())
  const found = server ?? serve?.([SECRET])
  if (found === undefined) throw new Error('the guide has no server')
  return { server: found, key }
}

/** Begins a body, and goes away in the middle of it. */
async function breakOff(server: Server, port: number): Promise<void> {
  const gone = new Promise<void>((resolve) => {
    server.once('connection', (accepted) => accepted.once('close', () => setImmediate(resolve)))
  })
  const socket = connect(port, '127.0.0.1')
  server.once('request', () => setImmediate(() => socket.destroy()))
  socket.on('error', () => undefined).write('POST /orders HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc')
  await gone
}

/** Each command of the blocks that speak to the server, with what the page shows below it. */
function commandsOf(page: string): readonly (readonly [string, string])[] {
  const blocks = readFences(page).filter(({ language, text }) => language === 'console' && text.includes('curl'))
  return blocks.flatMap(({ text }) =>
    `\n${text.replaceAll('\\\n', '')}`
      .split('\n$ ')
      .slice(1)
      .map((part): readonly [string, string] => {
        const [command = '', ...output] = part.split('\n')
        return [command, output.join('\n').trim()]
      }),
  )
}

describe.each(GUIDES)('docs/guide/%s.md', (name) => {
  const page = readFileSync(new URL(`../../docs/guide/${name}.md`, import.meta.url), 'utf8')
  const title = 'shows what curl prints'

  async function withServer(run: (server: Server, port: number, key: string) => Promise<void>): Promise<void> {
    const { server, key } = await serverOf(page)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      await run(server, (server.address() as AddressInfo).port, key)
    } finally {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }

  const runCommands = () =>
    withServer(async (_server, port, key) => {
      const commands = commandsOf(page)
      expect(commands.length).toBeGreaterThan(1)
      for (const [command, shown] of commands) {
        const line = command.replaceAll(`:${PORT}`, `:${port}`)
        const { stdout } = await promisify(execFile)('bash', ['-c', line], {
          env: { ...process.env, KEY: key, SECRET },
        })
        expect([command, stdout.trim()]).toEqual([command, shown])
      }
    })

  it('goes on after a client that went away in the middle of its body', () =>
    withServer(async (server, port) => {
      const unhandled: unknown[] = []
      const note = (reason: unknown): void => void unhandled.push(reason)
      process.on('unhandledRejection', note)
      try {
        await breakOff(server, port)
        const { status } = await fetch(`http://127.0.0.1:${port}/orders`, { method: 'POST', body: 'abc' })
        expect([401, 403]).toContain(status)
        await new Promise((resolve) => setTimeout(resolve, 20))
        expect(unhandled).toEqual([])
      } finally {
        process.off('unhandledRejection', note)
      }
    }))

  if (missing.length === 0) it(title, runCommands)
  else if (process.env['CI'] === 'true') {
    it(title, () => {
      throw new Error(`not installed: ${missing}`)
    })
  } else {
    console.warn(`SKIPPED, because ${missing} is not installed: the commands of docs/guide/${name}.md`)
    it.skip(title, () => {})
  }
})
