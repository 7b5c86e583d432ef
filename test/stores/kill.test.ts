import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { createLibsqlStore } from '../../src/stores/libsql.ts'
import { buildProgram, startProgram } from '../processes.ts'

const ROUNDS = process.env['CI'] ? 25 : 5

const program = buildProgram(new URL('writer-program.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'latchkey-kill-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Lets a writer acknowledge some numbers, and kills it in the middle of the next. */
async function writeAndKill(path: string, first: number, count: number): Promise<readonly number[]> {
  const acknowledged: number[] = []
  let kill = (): void => {}
  const enough = new Promise<void>((resolve) => {
    kill = resolve
  })
  const writer = startProgram(program, { path, first }, (n) => {
    acknowledged.push(n as number)
    if (acknowledged.length >= count) kill()
  })
  await Promise.race([enough, writer.result])
  await writer.kill()
  return acknowledged
}

it(`kill -9 of a writer, ${ROUNDS} times: all that was acknowledged is there, and nothing is half there`, async () => {
  const path = join(folder, 'killed.db')
  const acknowledged: number[] = []
  let next = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    acknowledged.push(...(await writeAndKill(path, next, 1 + ((round * 13) % 40))))
    const store = await createLibsqlStore({ path })
    const records = await store.list('record:')
    const numbers = records.map(({ key }) => Number(key.slice('record:'.length))).sort((a, b) => a - b)
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, n) => n))
    expect(numbers.length).toBeGreaterThanOrEqual(acknowledged.length)
    for (const { key, value } of records) expect(value).toBe(key.replace('record:', 'value of '))
    expect(await store.list('index:')).toHaveLength(numbers.length)
    expect(await store.get('last')).toBe(String(numbers.length - 1))
    // A value may have been written and its count not: those are two operations.
    const written = (await store.readCounts('written')).get('1970-01-01') ?? 0
    expect(written).toBeGreaterThanOrEqual(acknowledged.length)
    expect(written).toBeLessThanOrEqual(numbers.length)
    await store.close()
    next = numbers.length
  }
  expect(acknowledged.length).toBeGreaterThanOrEqual(ROUNDS)
})
