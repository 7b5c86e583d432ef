import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findFolderFiles } from '../../src/cli/files/folder-files.ts'
import { mentionsTools } from '../../src/cli/files/tool-fields.ts'
import { processIo } from '../../src/cli/process-io.ts'
import { run } from '../../src/cli/run.ts'
import { memoryIo } from './memory-io.ts'

const FILES = [
  'tools/b.json',
  'tools/a.yml',
  'tools/B.YAML',
  'tools/inner/c.jsonc',
  'tools/inner/deeper/d.json',
  'tools/.hidden.json',
  'tools/.git/e.json',
  'tools/node_modules/f.json',
  'tools/README.md',
  'tools/jsonl',
  'odd*name/g.json',
  'other.json',
]
const ALL = ['tools/B.YAML', 'tools/a.yml', 'tools/b.json', 'tools/inner/c.jsonc', 'tools/inner/deeper/d.json']

function find(...args: string[]): readonly string[] {
  const io = memoryIo({ argv: [], files: new Map(FILES.map((file) => [file, ''])) })
  return findFolderFiles(io, args).map(({ path, inFolder }) => (inFolder ? path : `${path}!`))
}

test.each<[string, readonly string[], readonly string[]]>([
  ['a folder: JSON and YAML in it and below, in order', ['tools'], ALL],
  ['a folder with slashes behind it', ['tools/'], ALL],
  ['a folder of a folder', ['tools/inner'], ['tools/inner/c.jsonc', 'tools/inner/deeper/d.json']],
  ['a folder inside another', ['tools/inner', 'tools'], [...ALL.slice(3), ...ALL.slice(0, 3)]],
  ['a folder that would be passed over, by its name', ['tools/.git'], ['tools/.git/e.json']],
  [
    'a file in a folder, named before it',
    ['tools/b.json', 'tools'],
    ['tools/b.json!', ...ALL.filter((file) => file !== 'tools/b.json')],
  ],
  [
    'a file in a folder, named behind it',
    ['tools/inner', 'tools/inner/c.jsonc'],
    ['tools/inner/c.jsonc!', 'tools/inner/deeper/d.json'],
  ],
  ['what is no folder', ['other.json', '-', 'nowhere.json'], ['other.json!', '-!', 'nowhere.json!']],
])('%s', (_, args, expected) => {
  expect(find(...args)).toEqual(expected)
})

test('a folder without JSON and YAML, or a pattern without a match, could not run', () => {
  const io = memoryIo({ argv: [], files: new Map([['texts/a.md', '']]) })
  expect(() => findFolderFiles(io, ['texts'])).toThrow('texts: no JSON or YAML file in it')
  expect(() => findFolderFiles(io, ['texts/*.json'])).toThrow('no file matches')
})

test('a real disk: links to folders are not followed, and a folder that cannot be read is no empty one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-folder-'))
  try {
    mkdirSync(join(folder, 'inner'))
    writeFileSync(join(folder, 'a.json'), '{ "modelToolName": "a", "client": {} }')
    symlinkSync(folder, join(folder, 'inner', 'up'))
    const io = processIo()
    expect(findFolderFiles(io, [folder]).map(({ path }) => path)).toEqual([join(folder, 'a.json')])
    const listFolder: typeof io.listFolder = (path) => {
      if (path.endsWith('/inner/')) throw Object.assign(new Error('dummy-canary-token'), { code: 'EACCES' })
      return io.listFolder(path)
    }
    const outcome = await run({ ...io, listFolder, argv: ['explain', folder] })
    expect([outcome.exitCode, outcome.stdout]).toEqual([2, ''])
    expect(outcome.stderr.replace(/\n {2}/, () => ' ')).toBe(`latchkey: ${folder}/inner/: cannot be read\n`)
  } finally {
    chmodSync(folder, 0o700)
    rmSync(folder, { recursive: true })
  }
})

test.each<[boolean, unknown]>([
  [true, { modelToolName: 'a' }],
  [true, { model_tool_name: 'a' }],
  [true, { description: 'A tool', http: {} }],
  [true, { name: 'a', definition: {} }],
  [true, { results: [{ name: 'a', definition: {} }] }],
  [true, { price: { definition: {} } }],
  [true, [{ toolName: 'a' }]],
  [true, { selected_tools: [] }],
  [true, { call_template: {} }],
  [true, { httpSecurityOptions: {} }],
  [true, { headerApiKey: { name: 'X-Key' } }],
  [true, { k: { headerApiKey: { name: 'X-Key' } } }],
  [false, { name: 'agent', description: 'An agent', version: '1.0.0', dependencies: { http: '^1', client: '^2' } }],
  [false, { compilerOptions: {}, include: ['src'] }],
  [false, { openapi: '3.1.0', info: {}, paths: {} }],
  [false, { results: [1, { ok: true }] }],
  [false, []],
  [false, ['modelToolName']],
  [false, 'modelToolName'],
  [false, null],
  [false, 5],
])('%s: a file of a folder that holds %j is meant to hold tools', (expected, value) => {
  expect(mentionsTools(value)).toBe(expected)
})
