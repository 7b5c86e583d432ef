import { expect, it } from 'vitest'
import { run } from '../../src/cli/run.ts'
import { memoryIo } from './memory-io.ts'

const DEPTH = 20_000

it.each<[string, string]>([
  ['lists in brackets', `${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`],
  ['mappings in braces', `a: ${'{ a: '.repeat(DEPTH)}1${' }'.repeat(DEPTH)}`],
  ['lists on one line', `${'- '.repeat(DEPTH)}a`],
])(
  'YAML of %s that is too deep for its reader: that is said, and at a place that no stack decides',
  async (_, text) => {
    const { exitCode, stdout } = await run(
      memoryIo({ argv: ['validate', 'tool.yaml'], files: new Map([['tool.yaml', text]]) }),
    )
    expect([exitCode, stdout.split('\n').slice(0, 3)]).toEqual([
      2,
      ['tool.yaml:1:1 error ERR_JSON_SYNTAX', '', '  the text is nested too deeply'],
    ])
  },
)
