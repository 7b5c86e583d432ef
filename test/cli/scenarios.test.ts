import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { run } from '../../src/cli/run.ts'
import { memoryIo } from './memory-io.ts'
import { reportValidator } from './report-schemas.ts'
import { readScenario, writeScenario } from './scenario.ts'

const FOLDER = new URL('scenarios/', import.meta.url)
const UPDATE = process.env['UPDATE_SCENARIOS'] === '1'

const names = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.txt'))

describe.each(names.sort())('scenario %s', (name) => {
  const file = new URL(name, FOLDER)
  const text = readFileSync(file, 'utf8')
  const scenario = readScenario(text)

  test(scenario.about, async () => {
    const files = new Map<string, readonly [mode: 'shared' | 'private', text: string]>()
    const { exitCode, stdout, stderr } = await run(memoryIo({ ...scenario, written: files }))
    const written = new Map([...files].map(([path, [mode, content]]) => [`${mode} ${path}`, content]))
    const outcome = { exitCode, stdout, stderr, ...(files.size === 0 ? {} : { written }) }
    if (UPDATE) writeFileSync(file, writeScenario(text, outcome))
    else expect(outcome).toEqual(scenario.expected)
    const json = scenario.argv.includes('--json') || scenario.argv.join(' ').includes('--format json')
    if (json && stdout !== '') checkReport(reportOf(scenario.argv), stdout)
    else expect(tooWide(stdout + stderr)).toEqual([])
  })
})

/** `explain` answers two questions. */
function reportOf(argv: readonly string[]): string {
  const [command = ''] = argv
  return command === 'explain' && !argv.includes('--have') ? 'access' : command
}

function checkReport(command: string, stdout: string): void {
  const validate = reportValidator(command)
  validate(JSON.parse(stdout))
  expect(validate.errors ?? []).toEqual([])
}

/** Lines beyond 80 columns; pointers, URLs, paths, and what stands behind `| ` to be compared, are never broken. */
function tooWide(output: string): readonly string[] {
  const plain = output.replaceAll(/\u001b\[[0-9;]*m/g, '')
  return plain
    .split('\n')
    .filter((line) => line.length > 80 && !/^ +(?:at #\/|at \/|\w* +(?:\w+ )?https:|\| )|^\S+:\d+:\d+ /.test(line))
}
