import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { processIo } from '../../src/cli/process-io.ts'
import { run } from '../../src/cli/run.ts'
import type { Io } from '../../src/cli/terminal/io.ts'
import { createCredentialStore, createMemoryStore, type Store } from '../../src/credentials/index.ts'
import { SecurityError } from '../../src/index.ts'
import { leaksOf } from '../properties/leaks.ts'
import { describeWithRedis } from '../redis-server.ts'
import { memoryIo } from './memory-io.ts'
import { reportValidator } from './report-schemas.ts'

const SECRET = 'Zq7Wv9Kx2Jp5Rt8Ym3Lb6Nc4'
const NEXT = 'Rt8Ym3Lb6Nc4Zq7Wv9Kx2Jp5'
const ENV = {
  KEY: Buffer.alloc(32, 1).toString('base64'),
  HEX: Buffer.alloc(32, 2).toString('hex'),
  BASE64URL: Buffer.alloc(32, 250).toString('base64url'),
  SECRET,
  NEXT,
  USER: JSON.stringify({ username: 'ada', password: SECRET }),
  CLIENT: JSON.stringify({ clientId: 'client-1', clientSecret: SECRET }),
  SECRETS: JSON.stringify([SECRET, NEXT]),
}
const TIME = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z/g

/** A process in which every command works on one store, with everything that was printed. */
function session(base: (argv: readonly string[]) => Io, location: string) {
  const printed: string[] = []
  const latchkey = async (command: string, io: Partial<Io> = {}) => {
    const argv = ['credentials', ...command.split(' '), '--store', location]
    const outcome = await run({ ...base(argv), ...io, argv })
    printed.push(outcome.stdout, outcome.stderr)
    return { ...outcome, stdout: outcome.stdout.replaceAll(TIME, 'TIME') }
  }
  const json = async (command: string) => {
    const { stdout } = await latchkey(`${command} --json`)
    const report = JSON.parse(stdout.replaceAll('TIME', '2026-11-20T12:00:00.000Z'))
    const validate = reportValidator('credentials')
    validate(report)
    expect(validate.errors ?? []).toEqual([])
    return report
  }
  return { latchkey, json, printed }
}

function keptOpen(store: Store): Store {
  return { ...store, close: async () => {} }
}

const ACME = '--tenant acme'
const KEY = '--key k1=env:KEY'

/** The whole life of a credential, by the command line. */
async function live({ latchkey, json, printed }: ReturnType<typeof session>): Promise<void> {
  const created = await latchkey(
    `create key --name Signing --type signingSecrets --value env:SECRET --host api.example.com ${ACME} ${KEY}`,
  )
  expect(created).toEqual({
    exitCode: 0,
    stdout: 'key: created\n  name         Signing\n  type         signingSecrets\n  hosts        api.example.com\n',
    stderr: '',
  })
  const taken = await latchkey(`create --name Signing --type secretText --value env:SECRET ${ACME} ${KEY}`)
  expect([taken.exitCode, taken.stdout]).toEqual([1, expect.stringContaining('ERR_CREDENTIAL_NAME_TAKEN /name')])
  expect((await latchkey(`list ${ACME}`)).stdout).toBe(
    'key\n  name         Signing\n  type         signingSecrets\n  hosts        api.example.com\n',
  )
  const rotated = await latchkey(`rotate key --value env:NEXT --overlap 24h ${ACME} ${KEY}`)
  expect(rotated.stdout).toContain('key: rotated\n')
  expect(rotated.stdout).toContain('overlap      earlier versions stay valid until TIME')
  expect((await latchkey(`get key ${ACME}`)).stdout).toContain('  created      TIME\n  rotated      TIME\n')
  expect((await json(`get key ${ACME}`)).credentials).toMatchObject([{ credentialId: 'key', environment: null }])
  expect((await latchkey(`update key --name Renamed --any-host ${ACME} ${KEY}`)).stdout).toContain('hosts        any')
  expect((await latchkey(`update key --host b.example ${ACME} ${KEY}`)).stdout).toContain('hosts        b.example')
  expect((await latchkey(`update key --name Again ${ACME}`)).stdout).toContain('name         Again')
  expect((await latchkey(`uses key ${ACME}`)).stdout).toBe('key: not in use\n')
  expect((await json(`uses key ${ACME}`)).uses).toEqual([])
  expect((await latchkey(`reseal --key k2=env:HEX ${KEY}`)).stdout).toBe(
    '1 sealed anew, 0 sealed with the current key already\n',
  )
  expect((await json(`reseal --key k3=env:BASE64URL`)).reseal.failed).toHaveLength(1)
  const unopened = await latchkey('reseal --key k3=env:BASE64URL')
  expect([unopened.exitCode, unopened.stdout]).toEqual([1, expect.stringContaining('  not opened   acme / key\n')])
  const withoutKey = await latchkey(`rotate key --value env:NEXT --overlap 1h ${ACME} ${KEY}`)
  expect([withoutKey.exitCode, withoutKey.stderr]).toEqual([2, expect.stringContaining('ERR_SEAL_KEY')])
  expect((await latchkey(`delete key ${ACME}`)).stdout).toContain('key: deleted\n')
  expect((await latchkey(`delete key ${ACME}`)).exitCode).toBe(1)
  for (const secret of [SECRET, NEXT, ENV.KEY, ENV.HEX]) expect(leaksOf(printed.join('\n'), secret)).toEqual([])
}

describe('latchkey credentials', () => {
  it('takes a credential through its life, and never shows a value (T81)', async () => {
    const store = keptOpen(createMemoryStore())
    await live(session((argv) => memoryIo({ argv, env: ENV, store }), 'c.db'))
    expect(await store.list('')).toEqual([])
  })

  it.each([
    ['userPassword', 'USER', { httpAuth: { scheme: 'Basic' } }],
    ['oauthClient', 'CLIENT', { oauth2ClientCredentials: { tokenUrl: 'https://auth.example.com/token' } }],
    ['signingSecrets', 'SECRETS', { hmacSignature: { headers: { a: '{signature}' }, separator: ',' } }],
    ['secretText', 'USER', { queryApiKey: { name: 'key' } }],
  ])('reads a %s from %s', async (type, variable, requirement) => {
    const store = keptOpen(createMemoryStore())
    const { latchkey, printed } = session((argv) => memoryIo({ argv, env: ENV, store }), 'c.db')
    const done = await latchkey(`create key --name A --type ${type} --value env:${variable} ${ACME} ${KEY}`)
    expect(done.exitCode).toBe(0)
    expect((await latchkey(`rotate key --value env:${variable} ${ACME} ${KEY}`)).exitCode).toBe(0)
    const keys = [{ keyId: 'k1', key: new Uint8Array(32).fill(1) }]
    const request = { tenant: 'acme', credentialId: 'key', requirement, origin: 'https://api.example.com' }
    expect(await createCredentialStore({ store, keys }).check(request)).toBeNull()
    expect(leaksOf(printed.join('\n'), SECRET)).toEqual([])
  })

  it.each(['-', 'file:secret.txt'])('reads a value from %s, without the one line break at its end', async (source) => {
    const store = keptOpen(createMemoryStore())
    const files = new Map([['secret.txt', `${SECRET}\r\n`]])
    const { latchkey } = session((argv) => memoryIo({ argv, env: ENV, store, files, stdin: `${SECRET}\n` }), 'c.db')
    const done = await latchkey(`create key --name A --type secretText --value ${source} ${ACME} ${KEY}`)
    expect(done.exitCode).toBe(0)
  })

  it('keeps environments apart, and falls back only when asked', async () => {
    const store = keptOpen(createMemoryStore())
    const { latchkey } = session((argv) => memoryIo({ argv, env: ENV, store }), 'c.db')
    await latchkey(`create key --name A --type secretText --value env:SECRET ${ACME} ${KEY}`)
    const staging = `get key ${ACME} --environment staging`
    expect((await latchkey(staging)).exitCode).toBe(1)
    expect((await latchkey(`${staging} --fallback`)).exitCode).toBe(0)
    await latchkey(`create key --name A --type secretText --value env:NEXT --environment staging ${ACME} ${KEY}`)
    expect((await latchkey(staging)).stdout).toContain('  environment  staging\n')
    await latchkey(`reseal --key k4=env:HEX ${KEY}`)
    expect((await latchkey('reseal --key k1=env:KEY')).stdout).toContain('  not opened   acme / staging / key\n')
  })

  it('deletes what is in use only by force', async () => {
    const store = keptOpen(createMemoryStore())
    const { latchkey, json } = session((argv) => memoryIo({ argv, env: ENV, store }), 'c.db')
    await latchkey(`create key --name A --type secretText --value env:SECRET ${ACME} ${KEY}`)
    const credentials = createCredentialStore({ store, keys: [{ keyId: 'k1', key: new Uint8Array(32).fill(1) }] })
    await credentials.recordUse({ tenant: 'acme', credentialId: 'key', resource: { type: 'call', id: 'call-1' } })
    expect((await latchkey(`uses key ${ACME}`)).stdout).toBe('key: in use\n  call         call-1\n')
    expect((await json(`uses key ${ACME}`)).uses).toMatchObject([{ type: 'call', id: 'call-1' }])
    const refused = await latchkey(`delete key ${ACME}`)
    expect([refused.exitCode, refused.stdout]).toEqual([1, expect.stringContaining('`--force` deletes it')])
    expect((await latchkey(`delete key --force ${ACME}`)).exitCode).toBe(0)
  })

  it('deletes one whose record was damaged only by force', async () => {
    const store = keptOpen(createMemoryStore())
    const { latchkey, json } = session((argv) => memoryIo({ argv, env: ENV, store }), 'c.db')
    const damage = async (): Promise<void> => {
      await latchkey(`create key --name A --type secretText --value env:SECRET ${ACME} ${KEY}`)
      await store.set('credential/record/acme//key', '{}')
    }
    await damage()
    const refused = await latchkey(`delete key ${ACME}`)
    expect([refused.exitCode, refused.stdout]).toEqual([2, ''])
    expect(refused.stderr).toContain('ERR_SEAL_INVALID: the record of the credential `key` is damaged')
    const deleted = await latchkey(`delete key --force ${ACME}`)
    expect([deleted.exitCode, deleted.stdout]).toEqual([0, 'key: deleted\n  record       was damaged\n'])
    await damage()
    expect(await json(`delete key --force ${ACME}`)).toMatchObject({ credentials: [], issues: [] })
    expect(await store.list('')).toEqual([])
  })

  it('a store that does not answer is exit status 2, and what it throws is not shown', async () => {
    const fail = (error: unknown) => ({ openStore: () => Promise.reject(error) })
    const env = { ...ENV, REDIS_URL: 'redis://user:password@db.internal' }
    const { latchkey } = session((argv) => memoryIo({ argv, env }), 'env:REDIS_URL')
    const away = await latchkey(`list ${ACME}`, fail(new SecurityError('ERR_STORE_UNAVAILABLE')))
    expect(away).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('ERR_STORE_UNAVAILABLE') })
    const odd = await latchkey(`list ${ACME}`, fail(new Error('redis://user:password@db.internal')))
    expect([odd.exitCode, odd.stdout + odd.stderr]).toEqual([2, expect.not.stringContaining('password')])
  })
})

describe('the store that --store names', () => {
  const open = async (location: string, command: string, more: Partial<Parameters<typeof memoryIo>[0]> = {}) => {
    const opened: (readonly [location: string, isNew: boolean])[] = []
    const io = memoryIo({ env: ENV, ...more, argv: [...command.split(' '), '--store', location] })
    const openStore: Io['openStore'] = async (...given) => {
      opened.push(given)
      return createMemoryStore()
    }
    return { ...(await run({ ...io, openStore })), opened }
  }

  it.each([
    ['env:REDIS_URL', { env: { REDIS_URL: `redis://:${SECRET}@db.internal` } }],
    ['file:redis-url', { files: new Map([['redis-url', `redis://:${SECRET}@db.internal\n`]]) }],
  ])('may stand in %s, since its password is none of the other processes’ business', async (location, world) => {
    for (const command of [`credentials list ${ACME}`, `keys list ${ACME}`]) {
      const { opened, exitCode, stdout, stderr } = await open(location, command, world)
      expect([exitCode, opened]).toEqual([0, [[`redis://:${SECRET}@db.internal`, false]]])
      expect(leaksOf(stdout + stderr, SECRET)).toEqual([])
    }
  })

  it.each([
    [`redis://:${SECRET}@db.internal`, '--store holds a password'],
    [`rediss://user:${SECRET}@db.internal/0`, '--store holds a password'],
    ['env:NONE', '--store: its variable is not set'],
    ['env:EMPTY', '--store: what it names is empty'],
    ['file:none', '--store: no such file'],
    [':memory:', '--store names no file'],
  ])('%s is refused, and not opened', async (location, message) => {
    for (const command of [
      `credentials list ${ACME}`,
      `credentials create --name A --type secretText --value env:SECRET ${ACME} ${KEY}`,
      `keys list ${ACME}`,
      'serve --example --prefix demo',
    ]) {
      const { opened, exitCode, stdout, stderr } = await open(location, command, { env: { ...ENV, EMPTY: '' } })
      expect([exitCode, stdout, opened]).toEqual([2, '', []])
      expect(stderr).toContain(message)
      expect(leaksOf(stderr, SECRET)).toEqual([])
    }
  })

  it('is opened where it is needed only: what is refused before leaves no file', async () => {
    for (const [command, exitCode] of [
      [`create --name A --value env:SECRET ${ACME} ${KEY}`, 2],
      [`create --name A --type secretText ${ACME} ${KEY}`, 2],
      [`create --name A --type userPassword --value env:SECRET ${ACME} ${KEY}`, 1],
      [`create a/b --name A --type secretText --value env:SECRET ${ACME} ${KEY}`, 1],
      [`create --name A --type secretText --value env:SECRET --host a/b ${ACME} ${KEY}`, 1],
    ] as const) {
      expect(await open('c.db', `credentials ${command}`)).toMatchObject({ exitCode, opened: [] })
    }
    const created = await open(
      'c.db',
      `credentials create --name A --type secretText --value env:SECRET ${ACME} ${KEY}`,
    )
    expect(created).toMatchObject({ exitCode: 0, opened: [['c.db', true]] })
    const changing = `keys tenant ${ACME} --api-access on`
    expect(await open('c.db', changing)).toMatchObject({ exitCode: 2, opened: [] })
    expect(await open('c.db', `${changing} --by ada`)).toMatchObject({ exitCode: 0, opened: [['c.db', true]] })
    expect((await open('c.db', `keys tenant ${ACME}`)).opened).toEqual([['c.db', false]])
  })
})

describe('what a command needs', () => {
  const created = async () => {
    const store = keptOpen(createMemoryStore())
    const own = session((argv) => memoryIo({ argv, env: ENV, store }), 'c.db')
    await own.latchkey(`create key --name A --type signingSecrets --value env:SECRET ${ACME} ${KEY}`)
    return { ...own, store }
  }

  it('a change of hosts needs a key, and a change of name does not', async () => {
    const { latchkey } = await created()
    for (const change of ['--host a.example', '--any-host', '--name B --any-host']) {
      const refused = await latchkey(`update key ${change} ${ACME}`)
      expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--key is missing') })
    }
    expect((await latchkey(`update key --name B ${ACME}`)).exitCode).toBe(0)
  })

  it('a wrong key under the right id is told, and nothing is rotated but by force', async () => {
    const { latchkey, store } = await created()
    const before = await store.list('')
    const wrong = `rotate key --value env:NEXT ${ACME} --key k1=env:HEX`
    const refused = await latchkey(wrong)
    expect([refused.exitCode, refused.stdout]).toEqual([2, ''])
    expect(refused.stderr).toMatch(/ERR_SEAL_INVALID: the credential `key` does not open[\s\S]*help {2}check `--key`/)
    expect((await latchkey('reseal --key k1=env:HEX')).stdout).toContain('  not opened   acme / key\n')
    expect(await store.list('')).toEqual(before)
    expect((await latchkey(`${wrong} --force`)).stdout).toContain('key: rotated\n')
    expect((await latchkey('reseal --key k1=env:HEX')).stdout).toContain('1 sealed with the current key')
  })

  it('what is not there is said before its value is read', async () => {
    const { latchkey } = await created()
    const readStdin = () => Promise.reject(new Error('not to be read'))
    const missing = await latchkey(`rotate nosuch --value - ${ACME} ${KEY}`, { readStdin })
    expect([missing.exitCode, missing.stdout]).toEqual([1, expect.stringContaining('ERR_CREDENTIAL_NOT_FOUND')])
  })

  it('no reason repeats its finding', async () => {
    const { latchkey } = await created()
    const taken = await latchkey(`create other --name A --type secretText --value env:SECRET ${ACME} ${KEY}`)
    expect(taken.stdout).toContain('why   people tell credentials apart by their names\n')
    const same = await latchkey(`create key --name B --type secretText --value env:SECRET ${ACME} ${KEY}`)
    expect(same.stdout).toContain('why   tools refer to a credential by its id')
    await latchkey(`create text --name T --type secretText --value env:SECRET ${ACME} ${KEY}`)
    const overlap = await latchkey(`rotate text --value env:NEXT --overlap 1h ${ACME} ${KEY}`)
    expect([overlap.exitCode, overlap.stdout]).toEqual([1, expect.not.stringContaining('another type')])
  })
})

describe('a store on a real disk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-cli-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const processWith = (argv: readonly string[]): Io => ({ ...processIo(), argv, env: ENV, isTTY: false })

  it('is made by `create` alone; a mistyped path is no empty store', async () => {
    const path = join(folder, 'credentials.db')
    const missing = await session(processWith, path).latchkey(`list ${ACME}`)
    expect(missing).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--store: no such file') })
    await live(session(processWith, path))
    expect(statSync(path).mode & 0o077).toBe(0)
  })

  it('is not made by a `create` that is refused', async () => {
    const path = join(folder, 'refused.db')
    const { latchkey } = session(processWith, path)
    expect((await latchkey(`create key --name A --value env:SECRET ${ACME} ${KEY}`)).exitCode).toBe(2)
    expect((await latchkey(`create a/b --name A --type secretText --value env:SECRET ${ACME} ${KEY}`)).exitCode).toBe(1)
    expect(existsSync(path)).toBe(false)
  })

  it('may be named by a variable', async () => {
    const path = join(folder, 'named.db')
    const env = { ...ENV, STORE: path }
    await live(session((argv) => ({ ...processWith(argv), env }), 'env:STORE'))
    expect(existsSync(path)).toBe(true)
  })

  it('says when a file is no store', async () => {
    const path = join(folder, 'other.db')
    writeFileSync(path, 'no database, but long enough to be looked at. '.repeat(100))
    const outcome = await session(processWith, path).latchkey(`list ${ACME}`)
    expect(outcome).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('ERR_STORE_UNAVAILABLE') })
  })
})

describeWithRedis('a store in Redis', (server) => {
  it('is reached by its URL', async () => {
    await live(session((argv) => ({ ...processIo(), argv, env: ENV, isTTY: false }), server.url))
  })

  it('that is away is exit status 2', async () => {
    const outcome = await session(
      (argv) => ({ ...processIo(), argv, env: ENV, isTTY: false }),
      'redis://127.0.0.1:9',
    ).latchkey(`list ${ACME}`)
    expect(outcome).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('ERR_STORE_UNAVAILABLE') })
  })
})
