import { readdirSync, readFileSync } from 'node:fs'
import type { Io, Outcome } from '../../src/cli/io.ts'
import { run } from '../../src/cli/run.ts'

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
    readStdin: async () => new Uint8Array(),
  }
  return run(io)
}
