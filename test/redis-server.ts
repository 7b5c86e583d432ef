import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, it } from 'vitest'

/** A Redis of a test's own, on loopback, with nothing on disk. */
export interface RedisServer {
  /** As `redis://127.0.0.1:<port>`; stays the same. */
  readonly url: string
  /** Starts it, empty. */
  readonly start: () => Promise<void>
  /** Ends it at once, and waits until it is gone. */
  readonly stop: () => Promise<void>
  /** Makes it hang: connections stay, answers do not come. */
  readonly pause: () => void
  /** Lets it go on. */
  readonly resume: () => void
}

const isInstalled = spawnSync('redis-server', ['--version']).status === 0

/**
 * Describes tests that need a Redis, which runs while they do. Where `redis-server` is not installed they are skipped,
 * which is said aloud; in CI they fail.
 * @param settings Of the server, beyond those that keep it off the disk.
 */
export function describeWithRedis(
  name: string,
  define: (server: RedisServer) => void,
  settings: { readonly [name: string]: string } = {},
): void {
  if (isInstalled) {
    describe(name, () => {
      const server = createRedisServer(settings)
      beforeAll(() => server.start())
      afterAll(() => server.stop())
      define(server)
    })
  } else if (process.env['CI'] === 'true') {
    it(name, () => {
      throw new Error('redis-server is not installed')
    })
  } else {
    console.warn(`SKIPPED, because redis-server is not installed: ${name}`)
    describe.skip(name, () => it('needs redis-server', () => {}))
  }
}

function createRedisServer(settings: { readonly [name: string]: string }): RedisServer {
  let running: ChildProcess | null = null
  let port = 0
  let folder = ''
  const start = async (): Promise<void> => {
    if (port === 0) port = await findFreePort()
    folder = mkdtempSync(join(tmpdir(), 'latchkey-redis-'))
    running = await launch(folder, { ...settings, port: String(port) })
  }
  const stop = async (): Promise<void> => {
    const gone = new Promise((resolve) => running?.once('exit', resolve))
    if (running?.kill('SIGKILL') === true) await gone
    running = null
    rmSync(folder, { recursive: true, force: true })
  }
  return {
    get url() {
      return `redis://127.0.0.1:${port}`
    },
    start,
    stop,
    pause: () => void running?.kill('SIGSTOP'),
    resume: () => void running?.kill('SIGCONT'),
  }
}

/** A node of a Cluster has a second port, 10,000 above. */
const MAX_PORT = 55_535

async function findFreePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return port <= MAX_PORT ? port : findFreePort()
}

function launch(folder: string, given: { readonly [name: string]: string }): Promise<ChildProcess> {
  const settings = { ...given, bind: '127.0.0.1', save: '', appendonly: 'no', daemonize: 'no' }
  const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
  const child = spawn('redis-server', flags, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  // A test that is stopped leaves no server behind.
  process.once('exit', () => child.kill('SIGKILL'))
  return new Promise((resolve, reject) => {
    let printed = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text
      if (printed.includes('Ready to accept connections')) resolve(child)
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`redis-server ended with ${code}\n${printed}`)))
  })
}
