import { readdirSync, readFileSync } from 'node:fs'
import type { FolderEntry, Io } from '../../src/cli/terminal/io.ts'
import { createMemoryStore } from '../../src/stores/memory.ts'
import type { Store } from '../../src/stores/store.ts'

const EXAMPLES = new URL('../../docs/examples/', import.meta.url)

interface World {
  readonly argv: readonly string[]
  /** Files by path, with forward slashes. Those of `docs/examples` are there already. */
  readonly files?: ReadonlyMap<string, string | Uint8Array>
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string | Uint8Array
  readonly tty?: boolean
  /** What every `--store` names; empty unless it is given. */
  readonly store?: Store
  /** Where the files go that a command writes; each as its mode and text. */
  readonly written?: Map<string, readonly [mode: 'shared' | 'private', text: string]>
}

/** A process that has these files and nothing else. */
export function memoryIo({
  argv,
  files = new Map(),
  env = {},
  stdin = '',
  tty = false,
  store = createMemoryStore(),
  written = new Map(),
}: World): Io {
  return {
    argv,
    env,
    isTTY: tty,
    readFile: (path) => readFile(files, path),
    listFolder: (path) => listFolder(files, path),
    writeFile: (path, text, mode) => {
      const isThere = written.has(path) || files.has(path)
      if (mode === 'private' && isThere) throw Object.assign(new Error('not written'), { code: 'EEXIST' })
      written.set(path, [mode, text])
    },
    readStdin: () => Promise.resolve(bytesOf(stdin)),
    openStore: async () => store,
  }
}

function readFile(files: NonNullable<World['files']>, path: string): Uint8Array {
  const known = files.get(path)
  if (known !== undefined) return bytesOf(known)
  if (path.startsWith('docs/examples/')) return readFileSync(new URL(path.slice('docs/examples/'.length), EXAMPLES))
  const isFolder = [...files.keys()].some((each) => each.startsWith(`${path}/`))
  throw Object.assign(new Error('not read'), { code: isFolder ? 'EISDIR' : 'ENOENT' })
}

function listFolder(files: NonNullable<World['files']>, path: string): readonly FolderEntry[] {
  const prefix = path === '.' ? '' : path
  const examples = readdirSync(EXAMPLES).map((name) => `docs/examples/${name}`)
  const entries = new Map<string, FolderEntry>()
  for (const each of [...files.keys(), ...examples]) {
    if (!each.startsWith(prefix) || (prefix === '' && each.startsWith('/'))) continue
    const [name = '', ...rest] = each.slice(prefix.length).split('/')
    entries.set(name, { name, kind: rest.length === 0 ? 'file' : 'folder' })
  }
  if (entries.size === 0) throw Object.assign(new Error('not read'), { code: 'ENOENT' })
  return [...entries.values()]
}

export function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content
}
