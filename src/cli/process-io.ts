import { type Dirent, readdirSync, readFileSync } from 'node:fs'
import type { FolderEntry, Io } from './io.ts'

/** The process that this runs in. @internal */
export function processIo(): Io {
  return {
    argv: process.argv.slice(2),
    env: process.env,
    isTTY: process.stdout.isTTY === true,
    readFile: (path) => readFileSync(path),
    listFolder: (path) => readdirSync(path, { withFileTypes: true }).map(entryOf),
    readStdin,
  }
}

function entryOf(entry: Dirent): FolderEntry {
  return { name: entry.name, kind: entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : 'other' }
}

async function readStdin(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks)
}
