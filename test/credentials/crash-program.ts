import { createCredentialStore } from '../../src/credentials/index.ts'
import { createLibsqlStore } from '../../src/stores/libsql.ts'
import { work } from '../child.ts'

/**
 * Creates, rotates and renames credentials without an end, deletes every fifth one, each second of them in use and by
 * force, and tells each step once it is acknowledged.
 */
work<{ readonly path: string; readonly round: number }>(async ({ path, round }, { tell }) => {
  const store = await createLibsqlStore({ path })
  const credentials = createCredentialStore({ store, keys: [{ keyId: 'k1', key: new Uint8Array(32).fill(1) }] })
  for (let number = 0; ; number += 1) {
    const credentialId = `c-${round}-${number}`
    const address = { tenant: 'acme', credentialId }
    const value = `secret-of-${credentialId}`
    await credentials.create({ ...address, name: credentialId, type: 'signingSecrets', value })
    await tell({ done: 'created', credentialId, value })
    await credentials.rotate({ ...address, value: `${value}+`, overlapMs: 60_000 })
    await tell({ done: 'rotated', credentialId, value: `${value}+` })
    await credentials.update({ ...address, name: `${credentialId} renamed` })
    await tell({ done: 'renamed', credentialId, value: `${value}+` })
    if (number % 5 > 0) continue
    const force = number % 10 > 0
    const uses = force ? ['c1', 'c2', 'c3'] : []
    for (const id of uses) await credentials.recordUse({ ...address, resource: { type: 'call', id } })
    await credentials.delete({ ...address, force })
    await tell({ done: 'deleted', credentialId, value })
  }
})
