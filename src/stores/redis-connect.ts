import { SecurityError } from '../errors.ts'
import { type Connect, type Connection, loadIoredis, loadNodeRedis } from './redis-packages.ts'
import { errorText, unavailable } from './unavailable.ts'

/** Connects with the first package that is installed. @internal */
export async function connectClient(url: string): Promise<Connection> {
  if (!isAddress(url)) {
    throw new SecurityError('ERR_ARGUMENT_INVALID', { message: 'the address is no URL of `redis:` or `rediss:`' })
  }
  for (const load of [loadIoredis, loadNodeRedis]) {
    const connect = await ifInstalled(load)
    if (connect !== null) return connect(url)
  }
  throw unavailable('neither of the packages `ioredis` and `redis` is installed', false)
}

/** Strict, because the packages differ in what they make of anything else. */
function isAddress(url: unknown): boolean {
  return typeof url === 'string' && /^rediss?:\/\/[^/?#]+(?:\/\d*)?$/.test(url) && URL.canParse(url)
}

async function ifInstalled(load: () => Promise<Connect>): Promise<Connect | null> {
  try {
    return await load()
  } catch (error) {
    if (errorText(error, 'code') === 'ERR_MODULE_NOT_FOUND') return null
    throw unavailable('the package of the Redis client could not be loaded', false)
  }
}
