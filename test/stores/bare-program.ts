import { createLibsqlStore } from '../../src/stores/libsql.ts'
import { createMemoryStore } from '../../src/stores/memory.ts'
import { connectRedisStore } from '../../src/stores/redis.ts'
import { work } from '../child.ts'

/** Opens every kind of store with whichever packages are installed; says what comes of it. */
work(async ({ url }: { readonly url: string }, { together }) => {
  await together()
  await createMemoryStore().set('k', '1')
  const outcomes = [createLibsqlStore({ path: ':memory:' }), connectRedisStore(url)].map((opening) =>
    opening.then(
      async (store) => {
        await store.set('k', '1')
        const value = await store.get('k')
        await store.close()
        return value
      },
      ({ code, message, retryable }) => ({ code, message, retryable }),
    ),
  )
  return Promise.all(outcomes)
})
