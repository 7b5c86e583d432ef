import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { FolderEntry, Io } from './io.ts'
import { openStore } from './open-store.ts'

/** The process that this runs in. @internal */
export function processIo(): Io {
  return {
    argv: process.argv.slice(2),
    env: process.env,
    isTTY: process.stdout.isTTY === true,
    readFile: (path) => readFileSync(path),
    listFolder: (path) => readdirSync(path, { withFileTypes: true }).map((entry) => entryOf(path, entry)),
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
