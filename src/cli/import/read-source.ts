import { haveOwnIds } from '../../dialects/vapi/vapi-options.ts'
import { Unparsable } from '../report/unparsable.ts'
import { findDuplicateKeys } from '../source/duplicate-keys.ts'
import { placeIssue } from '../source/places.ts'
import { readDocument } from '../source/read-document.ts'
import type { SourceDocument } from '../source/source-document.ts'
import { type Arguments, lastValue } from '../terminal/arguments.ts'
import { CouldNotRun } from '../terminal/failure.ts'
import type { Io } from '../terminal/io.ts'

/**
 * Reads a document of another format. Keys that stand twice are refused: readers disagree on which of them says how a
 * request is authenticated.
 * @throws An {@link Unparsable}, or a {@link CouldNotRun}.
 * @internal
 */
export async function readSource(io: Io, args: Arguments, path: string): Promise<SourceDocument> {
  const read = await readDocument(io, path, lastValue(args, 'stdin-filepath'))
  if (!read.ok) throw new Unparsable([read.issue])
  const duplicates = findDuplicateKeys(read.document)
  if (duplicates.length === 0) return read.document
  throw new Unparsable(duplicates.map((issue) => placeIssue(read.document, issue)))
}

/** Texts behind an option that is written `NAME=VALUE`, by name. @throws A {@link CouldNotRun}. @internal */
export function readPairs(args: Arguments, option: string): { readonly [name: string]: string } {
  const pairs = new Map<string, string>()
  for (const pair of args.values.get(option) ?? []) {
    // Names of credentials have spaces and dots; a value may have an equals sign.
    const [, name, value] = /^([^=]+)=(.+)$/s.exec(pair) ?? []
    if (name === undefined || value === undefined) {
      throw new CouldNotRun(`--${option} names nothing`, `write it as \`--${option} NAME=VALUE\``)
    }
    if (pairs.has(name)) throw new CouldNotRun(`--${option} names \`${name}\` twice`, 'give it one value')
    pairs.set(name, value)
  }
  return Object.fromEntries(pairs)
}

/** The list in the file that `--credentials` names; Vapi's API gives one. @throws A {@link CouldNotRun}. @internal */
export async function readCredentials(io: Io, args: Arguments): Promise<readonly unknown[]> {
  const path = lastValue(args, 'credentials')
  if (path === undefined) return []
  const { value } = await readSource(io, args, path)
  if (Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null)) {
    if (haveOwnIds(value)) return value
    throw new CouldNotRun(`${path}: two credentials have one id`, 'leave the one that is meant')
  }
  throw new CouldNotRun(`${path}: is no array of credentials`, "write what Vapi's API lists, an array of objects")
}

/** @throws A {@link CouldNotRun} with the reason. @internal */
export function writeFile(io: Io, path: string, text: string, mode: 'shared' | 'private'): void {
  try {
    io.writeFile(path, text, mode)
  } catch (error) {
    const code = String((error as { readonly code?: unknown }).code)
    const reason = Object.hasOwn(REASONS, code) ? REASONS[code] : 'cannot be written'
    throw new CouldNotRun(`${path}: ${reason}`, code === 'EEXIST' ? 'name another file, or remove it first' : undefined)
  }
}

const REASONS: { readonly [code: string]: string } = {
  EEXIST: 'is there already',
  EACCES: 'permission denied',
  EISDIR: 'is a folder',
  ENOTDIR: 'stands in what is no folder',
}
