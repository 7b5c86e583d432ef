import { STDIN } from '../source/read-document.ts'
import { CouldNotRun } from '../terminal/failure.ts'
import type { FolderEntry, Io } from '../terminal/io.ts'

/**
 * Turns file arguments into paths: a pattern gives its files in alphabetical order; each file is named once.
 *
 * In a pattern `*` and `?` stand for what a name holds, a `**` for any number of folders. Folders that begin with a dot
 * and `node_modules` are passed over unless they are written out.
 * @throws A {@link CouldNotRun} for a pattern that no file matches.
 * @internal
 */
export function findFiles(io: Io, args: readonly string[]): readonly string[] {
  return [...new Set(args.flatMap((arg) => (arg === STDIN || !/[*?]/.test(arg) ? [arg] : expand(io, arg))))]
}

function expand(io: Io, pattern: string): readonly string[] {
  const segments = pattern.replaceAll('\\', '/').split('/')
  const root = segments[0] === '' ? '/' : ''
  const found = new Set(walk(io, root, segments[0] === '' ? segments.slice(1) : segments))
  if (found.size === 0) throw new CouldNotRun(`${pattern}: no file matches`, 'quote the pattern, or check the folder')
  return [...found].sort()
}

function walk(io: Io, folder: string, [segment, ...rest]: readonly string[]): readonly string[] {
  if (segment === undefined) return []
  if (segment === '**') {
    const below = rest.length === 0 ? ['*'] : rest
    const deeper = folders(io, folder).filter(isOrdinary)
    return [
      ...walk(io, folder, below),
      ...deeper.flatMap(({ name }) => walk(io, `${folder}${name}/`, ['**', ...below])),
    ]
  }
  if (rest.length > 0 && !/[*?]/.test(segment)) return walk(io, `${folder}${segment}/`, rest)
  const matches = matcher(segment)
  return entries(io, folder)
    .filter(({ name, kind }) => matches(name) && kind === (rest.length === 0 ? 'file' : 'folder'))
    .flatMap(({ name }) => (rest.length === 0 ? [`${folder}${name}`] : walk(io, `${folder}${name}/`, rest)))
}

/** A name that begins with a dot has to be asked for, as in a shell. */
function matcher(segment: string): (name: string) => boolean {
  const body = segment
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '[^/]*')
    .replaceAll('?', '[^/]')
  const expression = new RegExp(`^${body}$`, 'u')
  return (name) => expression.test(name) && (segment.startsWith('.') || !name.startsWith('.'))
}

function isOrdinary({ name }: FolderEntry): boolean {
  return name !== 'node_modules' && !name.startsWith('.')
}

function folders(io: Io, folder: string): readonly FolderEntry[] {
  return entries(io, folder).filter(({ kind }) => kind === 'folder')
}

function entries(io: Io, folder: string): readonly FolderEntry[] {
  try {
    return io.listFolder(folder === '' ? '.' : folder)
  } catch {
    return []
  }
}
