import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { processIo } from '../../src/cli/process-io.ts'
import { run } from '../../src/cli/run.ts'
import { createKeyring, createMemoryStore, type Store } from '../../src/inbound/index.ts'
import { createLibsqlStore } from '../../src/stores/libsql.ts'
import { buildProgram } from '../processes.ts'
import { memoryIo } from './memory-io.ts'
import { reportValidator } from './report-schemas.ts'

const folder = mkdtempSync(join(tmpdir(), 'latchkey-cli-keys-'))
afterAll(() => rmSync(folder, { recursive: true }))

const KEY = /^demo_[0-9A-Za-z]{12}_[0-9A-Za-z]{36}\n$/
const TIME = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z/g

/** Runs commands on one store in memory. */
function session() {
  const memory = createMemoryStore()
  const store: Store = { ...memory, close: async () => {} }
  const latchkey = async (command: string) => {
    const argv = ['keys', ...command.split(' '), '--store', 'keys.db', '--tenant', 'acme']
    return run({ ...memoryIo({ argv, env: { PEPPER: 'sixteen-bytes-of-pepper' } }), openStore: async () => store })
  }
  const json = async (command: string) => {
    const report = JSON.parse((await latchkey(`${command} --json`)).stdout)
    const validate = reportValidator('keys')
    validate(report)
    expect(validate.errors ?? []).toEqual([])
    return report
  }
  return { memory, latchkey, json }
}

const ALLOW = 'tenant --by ada --api-access on --scope calls:read,calls:write --daily-limit 2'
const CREATE = 'create --by ada --prefix demo --scope calls:read'

describe('latchkey keys', () => {
  it('T81 shows the value of a key once: alone on standard output, so that it can go into a file', async () => {
    const { memory, latchkey } = session()
    expect((await latchkey(CREATE)).stdout).toContain('ERR_KEY_ISSUING_OFF')
    expect(await latchkey(ALLOW)).toEqual({
      exitCode: 0,
      stdout:
        'acme\n  API access   on\n  scopes       calls:read, calls:write\n  keys         2 at most\n  daily limit  2\n',
      stderr: '',
    })
    const { exitCode, stdout, stderr } = await latchkey(CREATE)
    expect([exitCode, KEY.test(stdout)]).toEqual([0, true])
    const value = stdout.trim()
    const [, id = ''] = value.split('_')
    expect(stderr).toBe(`latchkey: key ${id} was issued; its value is not shown again\n`)
    const keyring = createKeyring({ store: memory, prefix: 'demo' })
    const principal = await keyring.verify(value)
    expect(principal).toMatchObject({ tenant: 'acme', scopes: ['calls:read'] })
    if (principal !== null) await keyring.admit(principal)
    for (const command of ['list', `usage ${id}`, 'audit', 'tenant', `delete ${id} --by bob`, 'list', `usage ${id}`]) {
      for (const form of [command, `${command} --json`]) {
        const printed = await latchkey(form)
        expect(printed.stdout + printed.stderr).not.toContain(value.slice(-36))
      }
    }
  })

  it('lists by age, shows usage by day, and the trail', async () => {
    const { memory, latchkey, json } = session()
    await latchkey(ALLOW)
    const { created } = await json(`${CREATE} --name Billing`)
    const keyring = createKeyring({ store: memory, prefix: 'demo' })
    const principal = await keyring.verify(created.key)
    if (principal !== null) await keyring.admit(principal)
    const today = new Date().toISOString().slice(0, 10)
    const listed = await latchkey('list')
    expect(listed.stdout.replaceAll(TIME, 'TIME')).toBe(
      `${created.id}\n  name         Billing\n  scopes       calls:read\n  created      TIME by ada\n  last used    ${today}\n`,
    )
    expect(await latchkey('list --older-than 90d')).toEqual({ exitCode: 0, stdout: '', stderr: 'latchkey: no keys\n' })
    expect((await json('list --older-than 0d')).keys).toHaveLength(1)
    expect((await latchkey(`usage ${created.id}`)).stdout).toBe(`${today}  1\n`)
    expect(await latchkey(`delete ${created.id} --by bob`)).toMatchObject({
      exitCode: 0,
      stdout: `${created.id}: deleted\n`,
    })
    expect(await keyring.verify(created.key)).toBeNull()
    expect((await latchkey('audit')).stdout.replaceAll(TIME, 'TIME')).toBe(
      `TIME  ada  configured the tenant\nTIME  ada  created ${created.id} (calls:read)\nTIME  bob  deleted ${created.id}\n`,
    )
    expect((await json('audit')).events).toHaveLength(3)
  })

  it('refusals are findings, with the code', async () => {
    const { latchkey, json } = session()
    await latchkey(ALLOW)
    const scope = await latchkey('create --by ada --prefix demo --scope calls:delete')
    expect([scope.exitCode, scope.stdout.includes('ERR_KEY_SCOPE')]).toEqual([1, true])
    await latchkey(CREATE)
    await latchkey(CREATE)
    expect((await json(CREATE)).issues).toMatchObject([{ code: 'ERR_KEY_COUNT' }])
    for (const command of ['delete 0123456789ab --by ada', 'usage 0123456789ab'])
      expect(await latchkey(command)).toEqual({
        exitCode: 1,
        stdout: '',
        stderr: 'latchkey: the tenant has no key of this id\n',
      })
  })

  it.each([
    ['', 'keys takes an action'],
    ['lst', 'unknown action of keys'],
    ['delete --by ada', 'keys delete takes the id of a key'],
    ['list 0123456789ab', 'keys list takes fewer words'],
    ['delete 0123456789ab', '--by is missing'],
    ['delete demo_0123456789ab_canary0123456789canary --by ada', 'the id of a key has 12 letters and digits'],
    ['create --by ada --scope calls:read', '--prefix is missing'],
    ['create --by ada --prefix demo', '--scope is missing'],
    ['create --by ada --prefix Demo --scope x', 'ERR_ARGUMENT_INVALID'],
    ['create --by ada --prefix demo --scope x --pepper canary', '--pepper names no source'],
    ['create --by ada --prefix demo --scope x --pepper env:NONE', '--pepper: its variable is not set'],
    ['tenant --max-keys 1', '--by is missing'],
    ['tenant --max-keys two --by ada', '--max-keys takes a whole number'],
    ['tenant --daily-limit -1 --by ada', '--daily-limit needs a value'],
    ['tenant --api-access yes --by ada', '--api-access takes'],
    ['list --older-than 90', '--older-than takes a number of days'],
    ['list --prefix demo', 'keys list has no option --prefix'],
  ])('`keys %s` could not run', async (command, message) => {
    const { exitCode, stdout, stderr } = await session().latchkey(command)
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
    expect(stderr).not.toContain('canary')
  })

  it('a pepper of the API makes keys that are valid with it only', async () => {
    const { memory, latchkey } = session()
    await latchkey(ALLOW)
    const value = (await latchkey(`${CREATE} --pepper env:PEPPER`)).stdout.trim()
    const pepper = new TextEncoder().encode('sixteen-bytes-of-pepper')
    expect(await createKeyring({ store: memory, prefix: 'demo', pepper }).verify(value)).not.toBeNull()
    expect(await createKeyring({ store: memory, prefix: 'demo' }).verify(value)).toBeNull()
  })

  it('works on a file that only its owner reads, and makes one for the first tenant only', async () => {
    const path = join(folder, 'keys.db')
    const latchkey = (command: string) =>
      run({ ...processIo(), isTTY: false, argv: ['keys', ...command.split(' '), '--store', path, '--tenant', 'acme'] })
    for (const command of ['list', 'tenant'])
      expect(await latchkey(command)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('no such file') })
    expect(await latchkey(ALLOW)).toMatchObject({ exitCode: 0 })
    expect(statSync(path).mode & 0o077).toBe(0)
    const value = (await latchkey(CREATE)).stdout.trim()
    const store = await createLibsqlStore({ path })
    expect(await createKeyring({ store, prefix: 'demo' }).verify(value)).toMatchObject({ tenant: 'acme' })
    await store.close()
  })
})

describe('latchkey serve --example', () => {
  const program = buildProgram(new URL('../../src/cli/main.ts', import.meta.url))

  /** Starts it, and reads what it prints until the last request to try. */
  async function serve(
    ...options: readonly string[]
  ): Promise<{ readonly text: string; readonly end: () => Promise<void> }> {
    const child = spawn(process.execPath, [program.file, 'serve', '--example', '--port', '0', ...options])
    const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
    const text = await new Promise<string>((resolve, reject) => {
      let printed = ''
      child.stdout.setEncoding('utf8').on('data', (piece: string) => {
        printed += piece
        if (printed.includes('# 403: plain HTTP') && printed.trimEnd().endsWith('/calls')) resolve(printed)
      })
      child.stderr.setEncoding('utf8').on('data', reject)
    })
    return {
      text,
      end: () => {
        child.kill('SIGKILL')
        return gone
      },
    }
  }

  it('serves an API on this machine, and prints requests that do what they say', async () => {
    const { text, end } = await serve()
    try {
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0] ?? ''
      const key = /example_\w+/.exec(text)?.[0] ?? ''
      const ask = async (path: string, headers: Record<string, string>, method = 'GET') =>
        (await fetch(url + path, { method, headers })).status
      const https = { 'X-Forwarded-Proto': 'https' }
      const bearer = { Authorization: `Bearer ${key}` }
      expect(await ask('/health', {})).toBe(200)
      expect(await ask('/calls', https)).toBe(401)
      expect(await ask('/calls', { ...https, ...bearer })).toBe(200)
      expect(await ask('/calls', { ...https, ...bearer }, 'POST')).toBe(403)
      expect(await ask('/calls', bearer)).toBe(403)
    } finally {
      await end()
    }
  })

  it('takes the keys of a store', async () => {
    const path = join(folder, 'served.db')
    const store = await createLibsqlStore({ path })
    const keyring = createKeyring({ store, prefix: 'demo' })
    await keyring.configureTenant('acme', { apiAccess: true, scopes: ['calls:read'] }, 'ada')
    const created = await keyring.create({ tenant: 'acme', scopes: ['calls:read'], createdBy: 'ada' })
    await store.close()
    writeFileSync(join(folder, 'address'), `${path}\n`)
    const { text, end } = await serve('--store', `file:${join(folder, 'address')}`, '--prefix', 'demo')
    try {
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0] ?? ''
      const key = created.ok ? created.value.key.reveal() : ''
      const headers = { 'X-Forwarded-Proto': 'https', Authorization: `Bearer ${key}` }
      expect(await (await fetch(`${url}/calls`, { headers })).json()).toMatchObject({ tenant: 'acme' })
    } finally {
      await end()
    }
  })

  it.each([
    [[], 'serve has an example only'],
    [['--example', '--port', '70000'], '--port takes a number'],
    [['--example', '--port', 'x'], '--port takes a number'],
    [['--example', '--store', 'keys.db'], '--prefix is missing'],
    [['--example', 'x'], 'serve takes no file'],
  ])('`serve %j` could not run', async (options, message) => {
    const outcome = await run(memoryIo({ argv: ['serve', ...options] }))
    expect([outcome.exitCode, outcome.stderr.includes(message)]).toEqual([2, true])
  })
})
