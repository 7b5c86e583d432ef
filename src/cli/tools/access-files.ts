import { readForm } from '../files/file-form.ts'
import { type FoundFile, findFolderFiles } from '../files/folder-files.ts'
import type { StoredTool } from '../files/stored-tools.ts'
import { mentionsTools } from '../files/tool-fields.ts'
import { readDocument } from '../source/read-document.ts'
import type { FileIssue, Finding, SourceDocument } from '../source/source-document.ts'
import { type Arguments, lastValue } from '../terminal/arguments.ts'
import { CouldNotRun, outcomeOfFailure } from '../terminal/failure.ts'
import type { Io } from '../terminal/io.ts'
import { type LoadSettings, loadFile, readLoadSettings } from './load-tools.ts'
import type { LoadedTool } from './loaded-tool.ts'
import { noteOnFile } from './notes.ts'

/** A file, and the tools in it. @internal */
export interface AccessFile {
  readonly path: string
  /** `passedOver`: a file of a folder that is not meant to hold tools. */
  readonly state: 'read' | 'passedOver' | 'unreadable'
  readonly tools: readonly LoadedTool[]
  /** What is wrong around the tools. */
  readonly findings: readonly Finding[]
  /** Why it does not parse. */
  readonly syntax: readonly FileIssue[]
  /** What is to be said on standard error. */
  readonly stderr: string
}

/**
 * Reads all files, and all files of all folders, that a command line names. Calls find the stored tools that stand in
 * other files.
 * @throws A {@link CouldNotRun} or `Unparsable` for what the options name, and for folders without a tool.
 * @internal
 */
export async function readAccessFiles(io: Io, args: Arguments): Promise<readonly AccessFile[]> {
  const settings = await readLoadSettings(io, args)
  const [, ...paths] = args.positionals
  const files: ReadFile[] = []
  for (const found of findFolderFiles(io, paths))
    files.push(await readFile(io, found, lastValue(args, 'stdin-filepath')))
  // A folder without a single tool is the wrong folder, and no success.
  if (files.every(({ state }) => state === 'passedOver')) throw new CouldNotRun(`${paths.join(', ')}: no tool in it`)
  const stored = [...settings.stored, files.flatMap(storedTools)]
  return Promise.all(files.map((file) => loadTools(file, { ...settings, stored })))
}

interface ReadFile extends AccessFile {
  readonly document: SourceDocument | null
}

async function readFile(io: Io, { path, inFolder }: FoundFile, stdinPath: string | undefined): Promise<ReadFile> {
  const nothing = { path, document: null, tools: [], findings: [], syntax: [], stderr: '' }
  try {
    const read = await readDocument(io, path, stdinPath, 'a tool definition')
    if (!read.ok) return { ...nothing, state: 'read', syntax: [read.issue] }
    if (inFolder && !mentionsTools(read.document.value)) return { ...nothing, state: 'passedOver' }
    return { ...nothing, path: read.document.path, state: 'read', document: read.document }
  } catch (error) {
    if (!(error instanceof CouldNotRun)) throw error
    return { ...nothing, state: 'unreadable', stderr: outcomeOfFailure(error).stderr }
  }
}

function storedTools({ document }: ReadFile): readonly StoredTool[] {
  const form = document === null ? null : readForm(document)
  return form?.kind === 'tools' ? form.tools : []
}

async function loadTools(file: ReadFile, settings: LoadSettings): Promise<AccessFile> {
  if (file.document === null) return file
  const loaded = await loadFile(file.document, settings)
  return { ...file, tools: loaded.tools, findings: loaded.findings, stderr: noteOnFile(loaded) }
}
