import { STDIN } from '../source/read-document.ts'
import { CouldNotRun } from '../terminal/failure.ts'
import type { FolderEntry, Io } from '../terminal/io.ts'
import { findFiles } from './find-files.ts'

/** A file to be read. @internal */
export interface FoundFile {
  readonly path: string
  /** Whether it was not named itself, but is one of the files of a folder. */
  readonly inFolder: boolean
}

const DOCUMENT = /\.(?:json|jsonc|yaml|yml)$/i

/**
 * As `findFiles`; a folder stands for the JSON and YAML files in it and in the folders below, in alphabetical order. What
 * begins with a dot and `node_modules` are passed over, and so are links to folders.
 * @throws A {@link CouldNotRun} for a pattern that no file matches, and for a folder that cannot be read or has none.
 * @internal
 */
export function findFolderFiles(io: Io, args: readonly string[]): readonly FoundFile[] {
  const found = new Map<string, FoundFile>()
  for (const path of findFiles(io, args)) {
    const folder = asFolder(path)
    const isFolder = path !== STDIN && tryToList(io, folder) !== null
    for (const file of isFolder ? filesOf(io, folder, path) : [path]) {
      found.set(file, { path: file, inFolder: isFolder && found.get(file)?.inFolder !== false })
    }
  }
  return [...found.values()]
}

/** With one slash behind it; empty for the current folder, so that it does not stand before every path. */
function asFolder(path: string): string {
  const folder = path.replaceAll('\\', '/')
  return folder === '.' || folder === './' ? '' : folder.endsWith('/') ? folder : `${folder}/`
}

function filesOf(io: Io, folder: string, shown: string): readonly string[] {
  const files = filesBelow(io, folder)
  if (files.length === 0) throw new CouldNotRun(`${shown}: no JSON or YAML file in it`)
  return [...files].sort()
}

/** @param folder Ends with a slash, or is empty. */
function filesBelow(io: Io, folder: string): readonly string[] {
  const entries = tryToList(io, folder)
  // A folder that is left out in silence would be taken for reviewed.
  if (entries === null) throw new CouldNotRun(`${folder}: cannot be read`)
  return entries.flatMap(({ name, kind }) => {
    if (name.startsWith('.') || name === 'node_modules') return []
    if (kind === 'folder') return filesBelow(io, `${folder}${name}/`)
    return kind === 'file' && DOCUMENT.test(name) ? [`${folder}${name}`] : []
  })
}

function tryToList(io: Io, folder: string): readonly FolderEntry[] | null {
  try {
    return io.listFolder(folder === '' ? '.' : folder)
  } catch {
    return null
  }
}
