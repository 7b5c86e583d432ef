import type { ParseOptions } from '../../types.ts'
import { readForm } from '../files/file-form.ts'
import type { PlacedValue } from '../source/placed-value.ts'
import { byPlace, placeIssue } from '../source/places.ts'
import { readDocument } from '../source/read-document.ts'
import type { FileIssue, Finding, SourceDocument } from '../source/source-document.ts'
import { CouldNotRun, outcomeOfFailure } from '../terminal/failure.ts'
import type { Io } from '../terminal/io.ts'
import { checkDefinition } from './check-definition.ts'
import { loadCall } from './load-call.ts'

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
    const read = await readDocument(io, path, stdinPath, 'a tool definition')
    return read.ok ? await checkDocument(read.document, options) : { ...EMPTY, syntax: [read.issue] }
  } catch (error) {
    if (!(error instanceof CouldNotRun)) throw error
    return { ...EMPTY, read: false, stderr: outcomeOfFailure(error).stderr }
  }
}

const EMPTY: CheckedFile = { findings: [], syntax: [], definitions: 0, read: true, stderr: '' }

async function checkDocument(document: SourceDocument, options: ParseOptions): Promise<CheckedFile> {
  const { definitions, findings: around, selects } = await readDefinitions(document, options)
  const findings = [...around, ...definitions.flatMap((place) => checkDefinition(place, options, true).findings)].sort(
    (a, b) => byPlace(a.issue, b.issue),
  )
  const empty = definitions.length === 0 && findings.length === 0
  const note = selects ? 'no definition in it: its selected tools are stored elsewhere' : 'no tool in it'
  return {
    ...EMPTY,
    findings,
    definitions: definitions.length,
    stderr: empty ? outcomeOfFailure(new CouldNotRun(`${document.path}: ${note}`)).stderr : '',
  }
}

interface Definitions {
  /** Every definition that stands in the file. */
  readonly definitions: readonly PlacedValue[]
  /** What is wrong around them. */
  readonly findings: readonly Finding[]
  /** Whether a call selects any tool. */
  readonly selects: boolean
}

async function readDefinitions(document: SourceDocument, parse: ParseOptions): Promise<Definitions> {
  const form = readForm(document)
  if (form.kind === 'tools')
    return { definitions: form.tools.map(({ definition }) => definition), findings: [], selects: false }
  if (form.kind === 'refused') {
    const findings = form.issues.map((issue) => ({ issue: placeIssue(document, issue), document }))
    return { definitions: [], findings, selects: false }
  }
  const { tools, findings, definitions } = await loadCall({ call: form.call, stored: [form.own], parse, tenant: null })
  // A stored tool that is kept elsewhere is for `resolve` to find.
  const ofTools = tools
    .flatMap(({ selectionFindings }) => selectionFindings)
    .filter(({ issue }) => issue.code !== 'ERR_TOOL_NOT_FOUND')
  return {
    definitions: [...form.own.map(({ definition }) => definition), ...definitions],
    findings: [...findings, ...ofTools],
    selects: tools.length > 0,
  }
}
