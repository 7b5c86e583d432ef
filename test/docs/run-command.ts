import { readdirSync, readFileSync } from 'node:fs'
import { run } from '../../src/cli/run.ts'
import type { Io, Outcome } from '../../src/cli/terminal/io.ts'
import { createMemoryStore } from '../../src/stores/memory.ts'
import type { Store } from '../../src/stores/store.ts'

/** Stores by the page, which has the files, and by what `--store` names; they outlive a command, as on a disk. */
const stores = new WeakMap<ReadonlyMap<string, string>, Map<string, Store>>()

function storeOf(page: ReadonlyMap<string, string>, location: string): Store {
  const ofPage = stores.get(page) ?? new Map<string, Store>()
  stores.set(page, ofPage)
  const store = ofPage.get(location) ?? { ...createMemoryStore(), close: async () => {} }
  ofPage.set(location, store)
  return store
}

const ROOT = new URL('../../', import.meta.url)

/** Splits a command line as a shell does, as far as examples need it: blanks, and texts in single or double quotes. */
function splitWords(commandLine: string): readonly string[] {
  return [...commandLine.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)].map(([word]) => word.replaceAll(/['"]/g, ''))
}

/**
 * Runs Latchkey's command line in this process.
 * @param commandLine What stands behind the program's name.
 * @param env Variables that the example sets.
 * @param files Files of the page; all others are those of the repository.
 */
export function runCommand(
  commandLine: string,
  env: { readonly [name: string]: string },
  files: ReadonlyMap<string, string>,
): Promise<Outcome> {
  const io: Io = {
    argv: splitWords(commandLine),
    env,
    isTTY: false,
    readFile: (path) => {
      const own = files.get(path)
      return own === undefined ? readFileSync(new URL(path, ROOT)) : new TextEncoder().encode(own)
    },
    listFolder: (path) =>
      readdirSync(new URL(`${path}/`, ROOT), { withFileTypes: true }).map((entry) => ({
        name: entry.name,
        kind: entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : 'other',
      })),
    // What a page shows is written nowhere.
    writeFile: () => {},
    readStdin: async () => new Uint8Array(),
    openStore: async (location) => storeOf(files, location),
  }
  return run(io)
}
