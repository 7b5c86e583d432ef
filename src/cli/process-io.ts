import { type Dirent, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { openStore } from './administration/open-store.ts'
import type { FolderEntry, Io } from './terminal/io.ts'

/** The process that this runs in. @internal */
export function processIo(): Io {
  return {
    argv: process.argv.slice(2),
    env: process.env,
    isTTY: process.stdout.isTTY === true,
    readFile: (path) => readFileSync(path),
    listFolder: (path) => readdirSync(path, { withFileTypes: true }).map((entry) => entryOf(path, entry)),
    writeFile,
    readStdin,
    openStore: async (location, isNew) => openStore(location, isNew),
  }
}

function entryOf(folder: string, entry: Dirent): FolderEntry {
  if (entry.isDirectory()) return { name: entry.name, kind: 'folder' }
  // A link to a folder is not followed: it may lead back up.
  const isFile = entry.isSymbolicLink()
    ? statSync(join(folder, entry.name), { throwIfNoEntry: false })?.isFile() === true
    : entry.isFile()
  return { name: entry.name, kind: isFile ? 'file' : 'other' }
}

async function readStdin(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks)
}

function writeFile(path: string, text: string, mode: 'shared' | 'private'): void {
  mkdirSync(dirname(path), { recursive: true })
  // A file that exists keeps its own mode: who could read it before could read the secrets.
  writeFileSync(path, text, mode === 'private' ? { mode: 0o600, flag: 'wx' } : {})
}
