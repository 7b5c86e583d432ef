import type { ParseOptions } from '../../types.ts'
import { readForm } from '../files/file-form.ts'
import { readToolLibrary, type StoredTool } from '../files/stored-tools.ts'
import { Unparsable } from '../report/unparsable.ts'
import { findDuplicateKeys } from '../source/duplicate-keys.ts'
import { placeIssue } from '../source/places.ts'
import { readDocument, STDIN } from '../source/read-document.ts'
import type { Finding, SourceDocument } from '../source/source-document.ts'
import { type Arguments, lastValue } from '../terminal/arguments.ts'
import { CouldNotRun } from '../terminal/failure.ts'
import type { Io } from '../terminal/io.ts'
import { checkDefinition, readParseOptions } from './check-definition.ts'
import { loadCall } from './load-call.ts'
import type { LoadedFile, LoadedTool } from './loaded-tool.ts'

/** What every file of a command is read with. @internal */
export interface LoadSettings {
  readonly parse: ParseOptions
  readonly tenant: string | null
  /** The stored tools that calls may refer to; those of an earlier list hide those of a later one. */
  readonly stored: readonly (readonly StoredTool[])[]
}

/**
 * Reads the options of `resolve` and `explain` that say how files are read.
 * @throws A {@link CouldNotRun} or {@link Unparsable}.
 * @internal
 */
export async function readLoadSettings(io: Io, args: Arguments): Promise<LoadSettings> {
  refuseSecondStdin(args)
  const libraryPath = lastValue(args, 'tools')
  return {
    parse: readParseOptions(args),
    tenant: lastValue(args, 'tenant') ?? null,
    stored: libraryPath === undefined ? [] : [await readLibrary(io, libraryPath)],
  }
}

/**
 * Reads the one FILE of `resolve` and `explain`, and the stored tools that it refers to.
 * @throws A {@link CouldNotRun} or {@link Unparsable}.
 * @internal
 */
export async function loadTools(io: Io, args: Arguments): Promise<LoadedFile> {
  const [, path = STDIN] = args.positionals
  const settings = await readLoadSettings(io, args)
  return loadFile(await parseFile(io, path, lastValue(args, 'stdin-filepath')), settings)
}

/** Reads the tools of a file. @internal */
export async function loadFile(document: SourceDocument, { parse, tenant, stored }: LoadSettings): Promise<LoadedFile> {
  const form = readForm(document)
  if (form.kind === 'call') {
    const { tools, findings } = await loadCall({ call: form.call, stored: [form.own, ...stored], parse, tenant })
    return { document, isCall: true, tools, findings }
  }
  if (form.kind === 'tools') {
    const tools = form.tools.map((tool) => loadStored(tool, parse))
    return { document, isCall: false, tools, findings: [] }
  }
  const findings: readonly Finding[] = form.issues.map((issue) => ({ issue: placeIssue(document, issue), document }))
  return { document, isCall: false, tools: [], findings }
}

function loadStored({ name, definition: place }: StoredTool, options: ParseOptions): LoadedTool {
  const { definition, findings } = checkDefinition(place, options, false)
  return {
    ...{ name, pointer: place.pointer, definition },
    definitionFindings: findings,
    selectionFindings: [],
    notFound: false,
    selection: null,
  }
}

async function parseFile(io: Io, path: string, stdinPath?: string): Promise<SourceDocument> {
  const read = await readDocument(io, path, stdinPath, 'a tool definition')
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

function refuseSecondStdin(args: Arguments): void {
  const [, ...paths] = args.positionals
  const readers = [...paths, lastValue(args, 'tokens'), lastValue(args, 'tools')].filter((each) => each === STDIN)
  if (readers.length > 1) throw new CouldNotRun('standard input can be read once only', 'name a file for the other')
}
