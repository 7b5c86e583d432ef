import { execFile, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { readFences } from '../docs/fences.ts'
import { isFile } from '../docs/run-page.ts'
import { runSnippet } from '../docs/run-snippet.ts'

const GUIDES = ['protect-endpoint', 'issue-api-keys']
const PORT = 4300
const hasCurl = spawnSync('curl', ['--version']).status === 0

/** The server of a guide, and a key for it where there is one. */
async function serverOf(page: string): Promise<{ readonly server: Server; readonly key: string }> {
  const modules = new Map<string, unknown>()
  for (const fence of readFences(page).filter(isFile)) {
    modules.set(`./${fence.purpose}`, (await runSnippet(fence.text, modules)).exports)
  }
  const { server } = modules.get('./server.ts') as { server: Server }
  const { key = '' } = (modules.get('./keys.ts') ?? {}) as { key?: string }
  return { server, key }
}

/** Each command of the blocks that speak to the server, with what the page shows below it. */
function commandsOf(page: string): readonly (readonly [string, string])[] {
  const blocks = readFences(page).filter(({ language, text }) => language === 'console' && text.includes('curl'))
  return blocks.flatMap(({ text }) =>
    `\n${text}`
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

  async function runCommands(): Promise<void> {
    const { server, key } = await serverOf(page)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    try {
      const commands = commandsOf(page)
      expect(commands.length).toBeGreaterThan(3)
      for (const [command, shown] of commands) {
        const line = command.replaceAll(`:${PORT}`, `:${port}`)
        const { stdout } = await promisify(execFile)('bash', ['-c', line], { env: { ...process.env, KEY: key } })
        expect([command, stdout.trim()]).toEqual([command, shown])
      }
    } finally {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }

  if (hasCurl) it(title, runCommands)
  else if (process.env['CI'] === 'true') {
    it(title, () => {
      throw new Error('curl is not installed')
    })
  } else {
    console.warn(`SKIPPED, because curl is not installed: the commands of docs/guide/${name}.md`)
    it.skip(title, () => {})
  }
})
