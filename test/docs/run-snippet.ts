import { createRequire } from 'node:module'
import { formatWithOptions } from 'node:util'
import ts from 'typescript'
import * as call from '../../src/call/index.ts'
import * as credentials from '../../src/credentials/index.ts'
import * as dialects from '../../src/dialects/index.ts'
import * as hmac from '../../src/hmac/index.ts'
import * as inbound from '../../src/inbound/index.ts'
import * as latchkey from '../../src/index.ts'
import * as oauth2 from '../../src/oauth2/index.ts'
import * as platform from '../../src/platform/index.ts'
import * as send from '../../src/send/index.ts'
import * as sendNode from '../../src/send/node.ts'
import * as libsqlStore from '../../src/stores/libsql.ts'
import * as redisStore from '../../src/stores/redis.ts'

/** Modules of a page by the name that its examples import them by. */
export type Modules = ReadonlyMap<string, unknown>

const ENTRIES: { readonly [name: string]: unknown } = {
  latchkey,
  'latchkey/call': call,
  'latchkey/credentials': credentials,
  'latchkey/dialects': dialects,
  'latchkey/hmac': hmac,
  'latchkey/oauth2': oauth2,
  'latchkey/platform': platform,
  'latchkey/send': send,
  'latchkey/send/node': sendNode,
  'latchkey/inbound': inbound,
  'latchkey/stores/libsql': libsqlStore,
  'latchkey/stores/redis': redisStore,
}

interface Ran {
  readonly printed: string
  readonly exports: unknown
}

const require = createRequire(import.meta.url)

/** Runs a TypeScript example as a reader would, with `latchkey` from the source; gives what it printed and exports. */
export async function runSnippet(code: string, modules: Modules = new Map()): Promise<Ran> {
  // CommonJS, so that its imports can be answered here; `await` at the top level works inside the async function.
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS, esModuleInterop: true }
  const { outputText } = ts.transpileModule(code, { compilerOptions })
  let printed = ''
  const log = (...values: unknown[]): void => {
    printed += `${formatWithOptions({ colors: false, breakLength: 100 }, ...values)}\n`
  }
  const load = (name: string): unknown => {
    const found = ENTRIES[name] ?? modules.get(name)
    if (found !== undefined) return found
    if (name.startsWith('node:')) return require(name)
    throw new Error(`an example imports \`${name}\``)
  }
  const AsyncFunction = (async () => {}).constructor as new (
    ...texts: string[]
  ) => (require: typeof load, console: object, exports: object) => Promise<void>
  const exports = {}
  await new AsyncFunction('require', 'console', 'exports', outputText)(load, { log, error: log }, exports)
  return { printed, exports }
}
