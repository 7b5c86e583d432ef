import type { ParseOptions } from '../types.ts'
import { checkDefinition, type Finding } from './check-definition.ts'
import { CouldNotRun, outcomeOfFailure } from './failure.ts'
import { findTools } from './find-tools.ts'
import type { Io } from './io.ts'
import { byPlace, placeIssue } from './places.ts'
import { readDocument } from './read-document.ts'
import type { FileIssue, SourceDocument } from './source-document.ts'

/** What came of one file. @internal */
export interface CheckedFile {
  readonly findings: readonly Finding[]
  /** What of it does not parse. */
  readonly syntax: readonly FileIssue[]
  readonly definitions: number
  /** Whether it could be read at all. */
  readonly read: boolean
  readonly stderr: string
}

/** Reads a file and checks every definition in it. @internal */
export async function checkFile(
  io: Io,
  path: string,
  options: ParseOptions,
  stdinPath: string | undefined,
): Promise<CheckedFile> {
  try {
    const read = await readDocument(io, path, stdinPath)
    return read.ok ? checkDocument(read.document, options) : { ...EMPTY, syntax: [read.issue] }
  } catch (error) {
    if (!(error instanceof CouldNotRun)) throw error
    return { ...EMPTY, read: false, stderr: outcomeOfFailure(error).stderr }
  }
}

const EMPTY: CheckedFile = { findings: [], syntax: [], definitions: 0, read: true, stderr: '' }

function checkDocument(document: SourceDocument, options: ParseOptions): CheckedFile {
  const { tools, definitions, issues } = findTools(document, [])
  // A stored tool that is kept elsewhere is for `resolve` to find.
  const ofTools = tools.flatMap((tool) => (tool.notFound ? [] : tool.issues))
  const findings = [
    ...[...issues, ...ofTools].map((issue) => ({ issue: placeIssue(document, issue), document })),
    ...definitions.flatMap((place) => checkDefinition(place, options, true).findings),
  ].sort((a, b) => byPlace(a.issue, b.issue))
  const empty = definitions.length === 0 && findings.length === 0
  const note = tools.length > 0 ? 'no definition in it: its selected tools are stored elsewhere' : 'no tool in it'
  return {
    ...EMPTY,
    findings,
    definitions: definitions.length,
    stderr: empty ? outcomeOfFailure(new CouldNotRun(`${document.path}: ${note}`)).stderr : '',
  }
}
