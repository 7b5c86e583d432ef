import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { processIo } from '../../src/cli/process-io.ts'
import { run } from '../../src/cli/run.ts'
import { memoryIo } from './memory-io.ts'

const folder = mkdtempSync(join(tmpdir(), 'latchkey-cli-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('files, links to files and folders of a real disk; links to folders are not followed', () => {
  mkdirSync(join(folder, 'inner'))
  writeFileSync(join(folder, 'a.json'), '{}')
  symlinkSync(join(folder, 'a.json'), join(folder, 'b.json'))
  symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'))
  symlinkSync(folder, join(folder, 'inner', 'up'))
  const io = processIo()
  const byName = (path: string) => Object.fromEntries(io.listFolder(path).map(({ name, kind }) => [name, kind]))
  expect(byName(folder)).toEqual({ 'a.json': 'file', 'b.json': 'file', dangling: 'other', inner: 'folder' })
  expect(byName(join(folder, 'inner'))).toEqual({ up: 'other' })
  expect(new TextDecoder().decode(io.readFile(join(folder, 'a.json')))).toBe('{}')
})

test('a command runs on a real disk', async () => {
  writeFileSync(join(folder, 'tool.json'), '{ "modelToolName": "t" }')
  const outcome = await run({ ...processIo(), argv: ['validate', join(folder, '*.json')], isTTY: false })
  expect(outcome).toEqual({ exitCode: 0, stdout: '', stderr: 'latchkey: 3 definitions in 3 files: no findings\n' })
})

test('a real folder, a missing file and a file that cannot be read each say why', async () => {
  const show = async (path: string) => (await run({ ...processIo(), argv: ['resolve', path] })).stderr
  expect(await show(folder)).toContain('is a folder')
  expect(await show(join(folder, 'nowhere.json'))).toContain('no such file')
  const denied = { ...memoryIo({ argv: ['resolve', 'a.json'] }), readFile: fail({ code: 'EACCES' }) }
  expect((await run(denied)).stderr).toBe('latchkey: a.json: permission denied\n')
  const odd = { ...memoryIo({ argv: ['resolve', 'a.json'] }), readFile: fail({ code: 'EIO' }) }
  expect((await run(odd)).stderr).toBe('latchkey: a.json: cannot be read\n')
})

test('a file of secrets is only for its owner, and never takes the place of another', async () => {
  const files = { token: join(folder, 'new', 'tokens.json'), migrated: join(folder, 'new', 'migrated.json') }
  const tool = { delivery: { api: { url: 'https://a.example.com', auth: { type: 'bearer', token: 'dummy-canary' } } } }
  writeFileSync(join(folder, 'tavus.json'), JSON.stringify(tool))
  const out = join(folder, 'new', 'tools')
  const argv = ['import', 'tavus', join(folder, 'tavus.json'), '--out', out, '--secrets-out', files.token]
  expect((await run({ ...processIo(), argv })).exitCode).toBe(0)
  expect(statSync(files.token).mode & 0o777).toBe(0o600)
  expect(readFileSync(files.token, 'utf8')).toContain('dummy-canary')
  expect(readFileSync(join(out, 'tool.json'), 'utf8')).not.toContain('canary')
  const again = await run({ ...processIo(), argv })
  expect(again).toMatchObject({ exitCode: 2, stdout: '' })
  expect(again.stderr).toContain('is there already')
  symlinkSync(join(folder, 'elsewhere.json'), files.migrated)
  const server = { server: { url: 'https://a.example.com', secret: 'dummy-canary' } }
  writeFileSync(join(folder, 'vapi.json'), JSON.stringify(server))
  const migrate = ['migrate', 'vapi', join(folder, 'vapi.json'), '--out', files.migrated]
  expect((await run({ ...processIo(), argv: migrate })).stderr).toContain('is there already')
  expect(() => statSync(join(folder, 'elsewhere.json'))).toThrow()
})

test('T50: an error of ours shows its name and nothing of what it says', async () => {
  const show = async (error: unknown) =>
    run({ ...memoryIo({ argv: ['resolve', '-'] }), readStdin: () => Promise.reject(error) })
  const outcome = await show(new TypeError('dummy-canary-token'))
  expect(outcome.exitCode).toBe(2)
  expect(outcome.stdout).toBe('')
  expect(outcome.stderr).toContain('internal error (TypeError)')
  expect(outcome.stderr).not.toContain('canary')
  expect((await show('dummy-canary-token')).stderr).toContain('internal error (unknown)')
  expect((await show(Object.assign(new Error('x'), { name: 'dummy-canary' }))).stderr).toContain('(unknown)')
})

test('the schema and the version are those of the package', async () => {
  const root = new URL('../../', import.meta.url)
  const schema = await run(memoryIo({ argv: ['schema'] }))
  expect(schema.stdout).toBe(readFileSync(new URL('spec/schema/tool-definition.schema.json', root), 'utf8'))
  const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version: string }
  expect((await run(memoryIo({ argv: ['--version'] }))).stdout).toBe(`${version}\n`)
})

test('text that is not UTF-8 is refused, wherever it stands', async () => {
  const files = new Map([['bad.json', Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d)]])
  const show = async (...argv: string[]) => run(memoryIo({ argv, files, stdin: Uint8Array.of(0xfe, 0xff) }))
  for (const argv of [
    ['validate', 'bad.json'],
    ['resolve', '-'],
    ['resolve', 'docs/examples/27-client-tool.json', '--tokens', 'bad.json'],
    ['resolve', 'docs/examples/27-client-tool.json', '--token', 'k=file:bad.json'],
  ]) {
    const { exitCode, stderr } = await show(...argv)
    expect([exitCode, stderr.includes('is not UTF-8 text')]).toEqual([2, true])
  }
})

function fail(properties: object): () => never {
  return () => {
    throw Object.assign(new Error('dummy-canary-token'), properties)
  }
}
