import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createLibsqlStore } from '../../src/stores/libsql.ts'
import { buildProgram, startProgram } from '../processes.ts'
import { credentialsOver, ROTATING, requestFor, revealed, TENANT } from './samples.ts'

/** What the process had been told to be done when it was killed. */
interface Told {
  readonly done: 'created' | 'rotated' | 'renamed' | 'deleted'
  readonly credentialId: string
  readonly value: string
}

const KILLS = process.env['CI'] ? 8 : 3
const TOLD_BEFORE_KILL = 60

describe('a process that is killed while it creates and rotates credentials in a libsql file', () => {
  const program = buildProgram(new URL('crash-program.ts', import.meta.url))
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-crash-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it(`has written every acknowledged one whole, ${KILLS} times in a row`, async () => {
    const path = join(folder, 'credentials.db')
    const last = new Map<string, Told>()
    for (let round = 0; round < KILLS; round += 1) {
      const told = await killedAfter(TOLD_BEFORE_KILL + round * 7, { path, round })
      for (const one of told) last.set(one.credentialId, one)
    }
    expect(existsSync(path)).toBe(true)
    const store = await createLibsqlStore({ path })
    const credentials = credentialsOver(store)
    let checked = 0
    for (const { done, credentialId, value } of last.values()) {
      const found = await credentials.get({ tenant: TENANT, credentialId })
      // One step after the last acknowledged one may have been done: a deletion after a renaming.
      if (done === 'deleted') expect(found).toBeNull()
      if (found === null) {
        expect(['renamed', 'deleted']).toContain(done)
        continue
      }
      if (done === 'renamed') expect(found.name).toBe(`${credentialId} renamed`)
      const { secrets } = revealed(await credentials.use(requestFor(credentialId, SIGNING))) as { secrets: string[] }
      expect(secrets.some((secret) => secret === value || secret.startsWith(`${value}+`))).toBe(true)
      checked += 1
    }
    expect(checked).toBeGreaterThan(KILLS * 5)
    // Names and records belong together, the last unacknowledged step included.
    const listed = await credentials.list({ tenant: TENANT })
    const index = new Map((await store.list('credential/name/')).map(({ key, value }) => [nameIn(key), value]))
    expect(index).toEqual(new Map(listed.map(({ name, credentialId }) => [name, credentialId])))
    for (const { credentialId } of listed) await credentials.use(requestFor(credentialId, SIGNING))
    await store.close()
  }, 120_000)

  const killedAfter = (count: number, input: unknown): Promise<readonly Told[]> =>
    new Promise((resolve, reject) => {
      const told: Told[] = []
      const running = startProgram(program, input, (message) => {
        told.push(message as Told)
        if (told.length === count) running.kill().then(() => resolve(told))
      })
      running.result.catch((error) => (told.length < count ? reject(error) : undefined))
    })
})

const SIGNING = { requirement: { hmacSignature: ROTATING } }

function nameIn(key: string): string {
  return decodeURIComponent(key.split('/').at(-1) ?? '')
}
