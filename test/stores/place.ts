import { createLibsqlStore } from '../../src/stores/libsql.ts'
import { createRedisStore } from '../../src/stores/redis.ts'
import type { Store } from '../../src/stores/store.ts'

/** Where a store stands that several processes open. */
export type Place =
  | { readonly type: 'libsql'; readonly path: string }
  | { readonly type: 'ioredis' | 'redis'; readonly url: string; readonly prefix: string }

/** Opens it; with a deadline that a busy machine keeps. */
export async function openPlace(place: Place): Promise<{ readonly store: Store; readonly end: () => unknown }> {
  const deadlineMs = 60_000
  if (place.type === 'libsql') {
    const store = await createLibsqlStore({ path: place.path, deadlineMs })
    return { store, end: () => store.close() }
  }
  const { url, prefix } = place
  if (place.type === 'ioredis') {
    const { Redis } = await import('ioredis')
    const client = new Redis(url)
    return { store: createRedisStore({ client, prefix, deadlineMs }), end: () => client.disconnect() }
  }
  const { createClient } = await import('redis')
  const client = createClient({ url })
  await client.connect()
  return { store: createRedisStore({ client, prefix, deadlineMs }), end: () => client.destroy() }
}
