import { expect, it } from 'vitest'
import { buildProgram, runTogether } from '../processes.ts'
import { describeWithRedis } from '../redis-server.ts'

const ENTRY = new URL('bare-program.ts', import.meta.url)
const missing = (message: string): object => ({ code: 'ERR_STORE_UNAVAILABLE', retryable: false, message })

describeWithRedis('the optional packages', (server) => {
  const programs = [[], ['ioredis'], ['redis'], ['libsql', 'redis', 'ioredis']].map(
    (packages) => [packages, buildProgram(ENTRY, packages)] as const,
  )
  it.each(programs)(
    'with no more than %j installed, what needs another says so, and the rest works',
    async (packages, program) => {
      const [outcomes] = await runTogether(program, [{ url: server.url }])
      const has = (name: string): boolean => packages.includes(name)
      expect(outcomes).toEqual([
        has('libsql') ? '1' : missing('the package `libsql` is not installed'),
        has('redis') || has('ioredis') ? '1' : missing('neither of the packages `ioredis` and `redis` is installed'),
      ])
    },
  )
})
