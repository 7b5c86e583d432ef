/** Runs every case in a process of its own and prints the ratios: `node run.mjs [--json] [--quick] [--only TEXT]`. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { CASES } from './cases.mjs'

const ROUNDS = 11
const QUICK_ROUNDS = 3
/** Upper / lower quartile of the rounds from which on a ratio is shown with `~`. */
const UNSTEADY = 1.25
const MEASURE = fileURLToPath(new URL('measure.mjs', import.meta.url))

const { values: flags } = parseArgs({
  options: { json: { type: 'boolean' }, quick: { type: 'boolean' }, only: { type: 'string', default: '' } },
})
const rounds = flags.quick ? QUICK_ROUNDS : ROUNDS

const cases = CASES.filter(({ name }) => name.includes(flags.only))
if (cases.length === 0) throw new Error(`no case has \`${flags.only}\` in its name`)
const results = []
for (const { name } of cases) {
  process.stderr.write(`${name} …\n`)
  results.push(await measureApart(name))
}
if (flags.json) console.log(JSON.stringify({ node: process.version, rounds, cases: results }, null, 2))
else for (const job of new Set(results.map((result) => result.job))) printJob(job)

/** One process a case: object shapes that one case brings must not slow the next one down. */
function measureApart(name) {
  return new Promise((resolve, reject) => {
    const stdio = ['ignore', 2, 2, 'ipc']
    const child = fork(MEASURE, [name, String(rounds)], { execArgv: ['--expose-gc'], stdio })
    child.once('message', resolve)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`case \`${name}\` gave no result (exit code ${code})`)))
  })
}

function printJob(job) {
  const ours = results.filter((result) => result.job === job)
  printTable(`${job}: time / floor`, ours, 'toFloor')
  printTable(`${job}: time / checked floor`, ours, 'toCheckedFloor')
}

function printTable(title, columns, key) {
  const heads = columns.map((column) => column.case.slice(column.job.length + 1))
  const names = columns[0].rows.map((row) => row.name)
  const body = names.map((name, index) => [name, ...columns.map((column) => cell(column.rows[index], key))])
  printRows([[title, ...heads], ...body])
}

function cell(row, key) {
  if (!row.right) return 'wrong'
  const [low, high] = row.quartiles
  return `${high > UNSTEADY * low ? '~' : ''}${digits(row[key])}`
}

/** Two digits that mean something: the third changes from run to run. */
function digits(ratio) {
  return ratio < 10 ? ratio.toFixed(1) : ratio.toFixed(0)
}

function printRows(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  const lines = rows.map((row) => {
    const cells = row.map((text, column) => (column === 0 ? text.padEnd(widths[0]) : text.padStart(widths[column])))
    return `| ${cells.join(' | ')} |`
  })
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  console.log(`${[lines[0], rule, ...lines.slice(1)].join('\n')}\n`)
}
