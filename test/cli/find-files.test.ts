import { expect, test } from 'vitest'
import { findFiles } from '../../src/cli/files/find-files.ts'
import { memoryIo } from './memory-io.ts'

const FILES = [
  'a.json',
  'b.yaml',
  'x/c.json',
  'x/y/d.json',
  'x/y/.e.json',
  '.git/f.json',
  'x/node_modules/g.json',
  '/abs/h.json',
]

function find(...patterns: string[]): readonly string[] {
  return findFiles(memoryIo({ argv: [], files: new Map(FILES.map((file) => [file, ''])) }), patterns)
}

test.each([
  ['*.json', ['a.json']],
  ['?.*', ['a.json', 'b.yaml']],
  ['**/*.json', ['a.json', 'x/c.json', 'x/y/d.json']],
  ['x/**', ['x/c.json', 'x/y/d.json']],
  ['x/**/d.json', ['x/y/d.json']],
  ['x/**/**/d.json', ['x/y/d.json']],
  ['*/c.json', ['x/c.json']],
  ['x/y/.*.json', ['x/y/.e.json']],
  ['.git/*.json', ['.git/f.json']],
  ['x/node_modules/*.json', ['x/node_modules/g.json']],
  ['/abs/*.json', ['/abs/h.json']],
  ['x\\*.json', ['x/c.json']],
])('%s', (pattern, expected) => {
  expect(find(pattern).filter((file) => !file.startsWith('docs/'))).toEqual(expected)
})

test('paths keep their order, and each is named once', () => {
  expect(find('x/c.json', 'a.json', 'x/*.json', '-', 'a.json', 'nowhere.json')).toEqual([
    'x/c.json',
    'a.json',
    '-',
    'nowhere.json',
  ])
})

test.each(['*.toml', 'nowhere/*.json', 'a.json/*', 'x/**/nothing', '[a].jso?'])('%s matches nothing', (pattern) => {
  expect(() => find(pattern)).toThrow('no file matches')
})
