/**
 * Loads guarded and unguarded servers over loopback from this process, and prints the ratios:
 * `node guard.mjs [--quick] [--write]`; `--write` puts the table into docs/benchmarks.md.
 */
import { fork } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import autocannon from 'autocannon'

const SERVER = fileURLToPath(new URL('guard-server.mjs', import.meta.url))
const PAGE = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url))
const CONNECTIONS = 20
/** Each with what it is compared to. */
const VARIANTS = [
  ['node http', 'node http'],
  ['node http, guarded', 'node http'],
  ['express', 'express'],
  ['express, guarded', 'express'],
  ['express, passport-http-bearer and express-rate-limit', 'express'],
]

const { values: flags } = parseArgs({ options: { quick: { type: 'boolean' }, write: { type: 'boolean' } } })
const [rounds, seconds] = flags.quick ? [1, 1] : [7, 5]

const servers = new Map()
try {
  for (const [name] of VARIANTS) servers.set(name, await start(name))
  for (const [name] of VARIANTS) await load(servers.get(name), flags.quick ? 1 : 3)
  const rates = new Map(VARIANTS.map(([name]) => [name, []]))
  for (let round = 0; round < rounds; round += 1) {
    // In an order that rotates, so that no variant always follows the same one.
    for (let turn = 0; turn < VARIANTS.length; turn += 1) {
      const [name] = VARIANTS[(turn + round) % VARIANTS.length]
      process.stderr.write(`round ${round + 1} of ${rounds}: ${name} …\n`)
      rates.get(name).push(await load(servers.get(name), seconds))
    }
  }
  const table = tableOf(rates)
  console.log(table)
  if (flags.write) writePage(table)
} finally {
  for (const { child } of servers.values()) child.kill()
}

async function start(name) {
  const child = fork(SERVER, [name])
  const { port, key } = await new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', (code) => reject(new Error(`the server \`${name}\` ended with ${code}`)))
  })
  const url = `http://127.0.0.1:${port}/orders`
  const headers = { 'X-Forwarded-Proto': 'https', ...(key === '' ? {} : { Authorization: `Bearer ${key}` }) }
  await expectStatus(name, url, headers, 200)
  if (key !== '') await expectStatus(name, url, { ...headers, Authorization: `Bearer ${key.slice(0, -1)}!` }, 401)
  return { child, url, headers }
}

/** A server that answers wrongly is not measured. */
async function expectStatus(name, url, headers, expected) {
  const { status } = await fetch(url, { headers })
  if (status !== expected) throw new Error(`\`${name}\` answered ${status} instead of ${expected}`)
}

/** Requests a second. */
async function load({ url, headers }, duration) {
  const result = await autocannon({ url, headers, duration, connections: CONNECTIONS })
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx + result.errors} requests failed`)
  return result.requests.total / result.duration
}

function tableOf(rates) {
  const rows = VARIANTS.map(([name, base]) => {
    const ratios = rates.get(name).map((rate, round) => rate / rates.get(base)[round])
    const shown = name === base ? '1' : median(ratios).toFixed(2)
    const added = name === base ? '' : `${((median(ratios) ** -1 - 1) * 100).toFixed(0)} %`
    return [name, shown, added, String(Math.round(median(rates.get(name))))]
  })
  const head = [
    'server',
    'requests a second / unguarded',
    'time added to a request',
    'requests a second, for orientation',
  ]
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)))
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

function writePage(table) {
  const section = `<!-- guard: npm run bench:guard -- --write -->\n\n${table}\n\n<!-- /guard -->`
  const page = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '# Benchmarks\n'
  const marked = /<!-- guard: .*?<!-- \/guard -->/s
  writeFileSync(
    PAGE,
    marked.test(page) ? page.replace(marked, () => section) : `${page}\n## Guarded requests\n\n${section}\n`,
  )
}
