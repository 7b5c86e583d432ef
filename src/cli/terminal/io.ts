import type { Store } from '../../stores/store.ts'
import type { ExitCode } from './exit-codes.ts'

/** One entry of a folder. @internal */
export interface FolderEntry {
  readonly name: string
  readonly kind: 'file' | 'folder' | 'other'
}

/** Everything that the commands know of the process they run in. @internal */
export interface Io {
  /** Arguments behind the program's name. */
  readonly argv: readonly string[]
  readonly env: { readonly [name: string]: string | undefined }
  /** Whether the report goes to a terminal. */
  readonly isTTY: boolean
  /** Throws an error with a `code`, as Node's file system does. */
  readFile(path: string): Uint8Array
  /** Throws an error with a `code`, as Node's file system does. */
  listFolder(path: string): readonly FolderEntry[]
  /**
   * Writes a file, and the folders that it stands in. Throws an error with a `code`, as Node's file system does.
   * @param mode `private`: only the owner can read it, and a file that is there already is not touched.
   */
  writeFile(path: string, text: string, mode: 'shared' | 'private'): void
  readStdin(): Promise<Uint8Array>
  /** Opens the store that `--store` names; a file that is not there is made only where it may be new. */
  openStore(location: string, isNew: boolean): Promise<Store>
}

/** What a command leaves behind; only `main` prints it. @internal */
export interface Outcome {
  readonly exitCode: ExitCode
  readonly stdout: string
  readonly stderr: string
}
