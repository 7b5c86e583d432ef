import { CouldNotRun } from '../terminal/failure.ts'
import type { Io } from '../terminal/io.ts'
import { readJson } from './json-document.ts'
import type { ReadDocument } from './source-document.ts'
import { readYaml } from './yaml-document.ts'

/** The path that stands for standard input. @internal */
export const STDIN = '-'

/**
 * Reads a JSON or YAML file, or standard input.
 *
 * @param stdinPath The name under which standard input is shown, and by whose ending its format is told.
 * @param needed What the file is read for, told where it is empty.
 * @throws A {@link CouldNotRun} for a file that cannot be read or is not UTF-8.
 * @internal
 */
export async function readDocument(io: Io, path: string, stdinPath?: string, needed?: string): Promise<ReadDocument> {
  const shown = path === STDIN ? (stdinPath ?? '<stdin>') : path.replaceAll('\\', '/')
  const text = decodeUtf8(path === STDIN ? await io.readStdin() : readBytes(io, path), shown)
  return isYaml(shown, text) ? readYaml(shown, text) : readJson(shown, text, needed)
}

/** @throws A {@link CouldNotRun} with the reason, and the path unless another text is to be shown for it. @internal */
export function readBytes(io: Io, path: string, shown: string = path): Uint8Array {
  try {
    return io.readFile(path)
  } catch (error) {
    const code = (error as { readonly code?: unknown }).code
    const reason = REASONS[String(code)]
    throw new CouldNotRun(`${shown}: ${reason ?? 'cannot be read'}`, code === 'EISDIR' ? FOLDER_HELP : undefined)
  }
}

const REASONS: { readonly [code: string]: string } = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EACCES: 'permission denied',
  EISDIR: 'is a folder',
}

const FOLDER_HELP = "name its files with a pattern, such as 'tools/**/*.json'"

/** Text without its byte order mark. @throws A {@link CouldNotRun} for what is not UTF-8. @internal */
export function decodeUtf8(bytes: Uint8Array, shown: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // A decoder that repairs would turn two different secrets, or keys, into one.
    throw new CouldNotRun(`${shown}: is not UTF-8 text`, 'save it as UTF-8')
  }
}

/** By the file's ending, else by the first character: JSON's values here start with a brace, bracket or quote. */
function isYaml(path: string, text: string): boolean {
  if (/\.ya?ml$/i.test(path)) return true
  return !/\.json[c5]?$/i.test(path) && !/^\s*(?:[[{"]|$)/.test(text)
}
