import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { StoreEntry } from '../../src/credentials/index.ts'
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
    const ends = new Set<Told>()
    for (let round = 0; round < KILLS; round += 1) {
      const told = await killedAfter(TOLD_BEFORE_KILL + round * 7, round % 2 === 1, { path, round })
      for (const one of told) last.set(one.credentialId, one)
      ends.add(told.at(-1) as Told)
    }
    expect(existsSync(path)).toBe(true)
    // Of 16 steps that are told five create, and one deletes.
    expect(last.size).toBeGreaterThanOrEqual(KILLS * Math.floor((TOLD_BEFORE_KILL / 16) * 5))
    const store = await createLibsqlStore({ path })
    const credentials = credentialsOver(store)
    const gone: Told[] = []
    for (const one of last.values()) {
      const { done, credentialId, value } = one
      const found = await credentials.get({ tenant: TENANT, credentialId })
      if (found === null) {
        gone.push(one)
        continue
      }
      if (done === 'renamed') expect(found.name).toBe(`${credentialId} renamed`)
      const { secrets } = revealed(await credentials.use(requestFor(credentialId, SIGNING))) as { secrets: string[] }
      expect(secrets.some((secret) => secret === value || secret.startsWith(`${value}+`))).toBe(true)
    }
    // One step after the last acknowledged one of a process may have been done: the deletion of what it deletes.
    const deleted = [...last.values()].filter(({ done }) => done === 'deleted')
    const cut = [...ends].filter(isDeletedNext)
    expect(gone).toEqual(expect.arrayContaining(deleted))
    expect([...deleted, ...cut]).toEqual(expect.arrayContaining(gone))
    // A deletion that was cut is finished by the next one, and leaves nothing.
    for (const { credentialId } of cut) {
      await credentials.delete({ tenant: TENANT, credentialId, force: true })
      const isOfIt = ({ key, value }: StoreEntry): boolean =>
        value === credentialId || key.split('/').includes(credentialId)
      expect((await store.list('')).filter(isOfIt)).toEqual([])
    }
    // Names and records belong together, the last unacknowledged step included.
    const listed = await credentials.list({ tenant: TENANT })
    const index = new Map((await store.list('credential/name/')).map(({ key, value }) => [nameIn(key), value]))
    expect(index).toEqual(new Map(listed.map(({ name, credentialId }) => [name, credentialId])))
    for (const { credentialId } of listed) await credentials.use(requestFor(credentialId, SIGNING))
    await store.close()
  }, 120_000)

  /** Kills it after so many steps; where `inDeletion`, as soon after them as a deletion has begun. */
  const killedAfter = (count: number, inDeletion: boolean, input: unknown): Promise<readonly Told[]> =>
    new Promise((resolve, reject) => {
      const told: Told[] = []
      let isKilled = false
      const running = startProgram(program, input, (message) => {
        const one = message as Told
        told.push(one)
        if (isKilled || told.length < count || (inDeletion && !isDeletedNext(one))) return
        isKilled = true
        running.kill().then(() => resolve(told))
      })
      running.result.catch((error) => (isKilled ? undefined : reject(error)))
    })
})

/** Whether the program's next step is the deletion of the credential. */
function isDeletedNext({ done, credentialId }: Told): boolean {
  return done === 'renamed' && Number(credentialId.split('-')[2]) % 5 === 0
}

const SIGNING = { requirement: { hmacSignature: ROTATING } }

function nameIn(key: string): string {
  return decodeURIComponent(key.split('/').at(-1) ?? '')
}
