import { type Arguments, lastValue } from './arguments.ts'
import type { ReadTool } from './assign-tokens.ts'
import { checkDefinition, type Finding, readParseOptions } from './check-definition.ts'
import { findDuplicateKeys } from './duplicate-keys.ts'
import { CouldNotRun } from './failure.ts'
import { findTools } from './find-tools.ts'
import type { FoundTools, StoredTool } from './found-tool.ts'
import type { Io } from './io.ts'
import { placeIssue } from './places.ts'
import { readDocument, STDIN } from './read-document.ts'
import type { SourceDocument } from './source-document.ts'
import { readToolLibrary } from './stored-tools.ts'
import { Unparsable } from './unparsable.ts'

/** A tool of FILE with what was found in it. @internal */
export interface LoadedTool extends ReadTool {
  readonly findings: readonly Finding[]
}

/** FILE, read. @internal */
export interface LoadedTools {
  readonly found: FoundTools
  readonly tools: readonly LoadedTool[]
  /** Problems of the file itself. */
  readonly findings: readonly Finding[]
  readonly document: SourceDocument
}

/**
 * Reads the one FILE of `resolve` and `explain`, and the stored tools that it refers to.
 * @throws A {@link CouldNotRun} or {@link Unparsable}.
 * @internal
 */
export async function loadTools(io: Io, args: Arguments): Promise<LoadedTools> {
  const [, path = STDIN] = args.positionals
  refuseSecondStdin(args, path)
  const options = readParseOptions(args)
  const document = await parseFile(io, path, lastValue(args, 'stdin-filepath'))
  const libraryPath = lastValue(args, 'tools')
  const library = libraryPath === undefined ? [] : await readLibrary(io, libraryPath)
  const found = findTools(document, library)
  const tools = found.tools.map((tool): LoadedTool => {
    const own = tool.issues.map((issue) => ({ issue: placeIssue(document, issue), document }))
    if (tool.definition === null || own.length > 0) return { tool, definition: null, findings: own }
    return { tool, ...checkDefinition(tool.definition, options, false) }
  })
  const findings = found.issues.map((issue) => ({ issue: placeIssue(document, issue), document }))
  return { found, tools, findings, document }
}

async function parseFile(io: Io, path: string, stdinPath?: string): Promise<SourceDocument> {
  const read = await readDocument(io, path, stdinPath)
  if (!read.ok) throw new Unparsable([read.issue])
  return read.document
}

async function readLibrary(io: Io, path: string): Promise<readonly StoredTool[]> {
  const document = await parseFile(io, path)
  const duplicates = findDuplicateKeys(document)
  if (duplicates.length > 0) throw new Unparsable(duplicates.map((issue) => placeIssue(document, issue)))
  const library = readToolLibrary({ document, pointer: '', value: document.value })
  if (library !== null) return library
  throw new CouldNotRun(`${document.path}: holds no stored tools`, 'write `[{ "name": "…", "definition": { … } }]`')
}

function refuseSecondStdin(args: Arguments, path: string): void {
  const readers = [path, lastValue(args, 'tokens'), lastValue(args, 'tools')].filter((each) => each === STDIN)
  if (readers.length > 1) throw new CouldNotRun('standard input can be read once only', 'name a file for the other')
}
