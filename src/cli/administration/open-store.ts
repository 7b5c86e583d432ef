import { existsSync } from 'node:fs'
import { createLibsqlStore } from '../../stores/libsql.ts'
import { connectRedisStore } from '../../stores/redis.ts'
import type { Store } from '../../stores/store.ts'
import { CouldNotRun } from '../terminal/failure.ts'

/**
 * Opens the store that `--store` names: `redis://…` or `rediss://…`, else a file.
 * @param isNew Whether a file that is not there is made; else a mistyped path would be an empty store.
 * @throws A {@link CouldNotRun} for such a file; what else fails is a `SecurityError`.
 * @internal
 */
export function openStore(location: string, isNew: boolean): Promise<Store> {
  if (/^rediss?:/i.test(location)) return connectRedisStore(location)
  if (!isNew && !existsSync(location))
    throw new CouldNotRun('--store: no such file', '`credentials create` and `keys tenant` make a new one')
  return createLibsqlStore({ path: location })
}
