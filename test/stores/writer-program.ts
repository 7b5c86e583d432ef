import { createLibsqlStore } from '../../src/stores/libsql.ts'
import { work } from '../child.ts'

/** A writer that is killed: it tells each number once it was acknowledged. */
work(async ({ path, first }: { readonly path: string; readonly first: number }, { tell }) => {
  const store = await createLibsqlStore({ path })
  for (let n = first; ; n += 1) {
    const made = await store.commit([
      { key: `record:${n}`, expected: null, value: `value of ${n}` },
      { key: `index:${n}`, expected: null, value: String(n) },
      { key: 'last', value: String(n) },
    ])
    await store.takeUnderLimit('written', Number.MAX_SAFE_INTEGER, { nowMs: 0 })
    if (!made) throw new Error(`${n} stood there before it was written`)
    await tell(n)
  }
})
