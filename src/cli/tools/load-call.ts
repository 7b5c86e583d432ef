import type { KeptTool } from '../../call/read-tool.ts'
import { type SelectedTools, selectTools } from '../../call/select-tools.ts'
import { isReadable, type ToolEntry } from '../../call/tool-entry.ts'
import type { ParameterValues } from '../../request/parameters.ts'
import type { Issue } from '../../result.ts'
import type { ParseOptions } from '../../types.ts'
import type { StoredTool } from '../files/stored-tools.ts'
import { type Shelves, stockShelves } from '../files/tool-shelves.ts'
import { isObject } from '../source/field-names.ts'
import type { PlacedValue } from '../source/placed-value.ts'
import { byPlace, placeIssue } from '../source/places.ts'
import type { FileIssue, Finding } from '../source/source-document.ts'
import { placeFindings } from './check-definition.ts'
import type { LoadedTool, Selection } from './loaded-tool.ts'

/** What a call is read with. @internal */
export interface CallSource {
  readonly call: PlacedValue
  /** Stored tools that the call may refer to; those of an earlier list hide those of a later one. */
  readonly stored: readonly (readonly StoredTool[])[]
  readonly parse: ParseOptions
  readonly tenant: string | null
}

/** A call, read. @internal */
export interface LoadedCall {
  readonly tools: readonly LoadedTool[]
  /** What is wrong with the call around its tools. */
  readonly findings: readonly Finding[]
  /** The definitions that stand in the call, also those of tools that it leaves out. */
  readonly definitions: readonly PlacedValue[]
}

/** Reads the tools of a call by the rules of `resolveCall`, with the place of everything in the file. @internal */
export async function loadCall({ call, stored, parse, tenant }: CallSource): Promise<LoadedCall> {
  const shelves = stockShelves(stored)
  const selected = await selectTools(call.value, { findTool: shelves.find, tenant, parse })
  const { entries } = selected.read
  const findings = findingsByTool(call, selected, shelves)
  return {
    tools: selected.tools.map((tool) => loadTool(call, selected, shelves, tool, findings.get(tool.entry) ?? [])),
    findings: findings.get(null) ?? [],
    definitions: entries.flatMap((entry) => temporaryTool(call, selected, entry) ?? []),
  }
}

/** What is wrong with each tool that the call keeps, and under `null` with everything else. */
function findingsByTool(
  call: PlacedValue,
  selected: SelectedTools,
  shelves: Shelves,
): ReadonlyMap<ToolEntry | null, readonly Finding[]> {
  const findings = new Map<ToolEntry | null, Finding[]>([[null, []]])
  for (const { entry } of selected.tools) findings.set(entry, [])
  for (const issue of selected.issues) {
    const entry = selected.entryAt(issue.pointer)
    const finding = { issue: placeInCall(call, selected, shelves.advise(issue, entry)), document: call.document }
    const list = findings.get(entry ?? null) ?? findings.get(null)
    list?.push(finding)
  }
  for (const list of findings.values()) list.sort((a, b) => byPlace(a.issue, b.issue))
  return findings
}

function loadTool(
  call: PlacedValue,
  selected: SelectedTools,
  shelves: Shelves,
  { entry, found, name, definition, definitionIssues, overrides }: KeptTool,
  findings: readonly Finding[],
): LoadedTool {
  const place = found === undefined ? temporaryTool(call, selected, entry) : shelves.placeOf(found.tool?.given)
  return {
    name: name === '' ? null : name,
    pointer: pointerInFile(call, selected, entry.pointer),
    definition,
    definitionFindings: place === null ? [] : placeFindings(place, definitionIssues),
    selectionFindings: findings,
    notFound: found?.issue?.code === 'ERR_TOOL_NOT_FOUND',
    selection: selectionOf(call, selected, entry, overrides),
  }
}

function selectionOf(
  call: PlacedValue,
  selected: SelectedTools,
  entry: ToolEntry,
  overrides: ParameterValues,
): Selection {
  const { tool, pointer } = entry
  const { templateContext } = selected.read
  return {
    hasReadableTokens: isReadable(entry, 'authTokens'),
    authTokens: tool.authTokens,
    templateContext: isObject(templateContext) ? templateContext : {},
    overrides,
    place: (issue) => placeInCall(call, selected, { ...issue, pointer: `${pointer}${issue.pointer}` }),
  }
}

function temporaryTool(call: PlacedValue, selected: SelectedTools, { tool, pointer }: ToolEntry): PlacedValue | null {
  if (tool.temporaryTool === undefined) return null
  const place = pointerInFile(call, selected, `${pointer}/temporaryTool`)
  return { document: call.document, pointer: place, value: tool.temporaryTool }
}

function pointerInFile(call: PlacedValue, { read }: SelectedTools, pointer: string): string {
  return `${call.pointer}${read.toInput(pointer)}`
}

function placeInCall(call: PlacedValue, { read }: SelectedTools, issue: Issue): FileIssue {
  return placeIssue(call.document, { ...issue, pointer: read.toInput(issue.pointer) }, call.pointer)
}
