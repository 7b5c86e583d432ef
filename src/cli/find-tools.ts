import { makeIssue } from '../result.ts'
import { isCall, readCall } from './call.ts'
import { findDuplicateKeys } from './duplicate-keys.ts'
import { isObject, readField } from './field-names.ts'
import { type FoundTools, type PlacedValue, type StoredTool, standAlone } from './found-tool.ts'
import { describeNearForm } from './near-forms.ts'
import { placeOfField } from './selected-tools.ts'
import type { SourceDocument } from './source-document.ts'
import { readStoredTools, readToolOrDefinition } from './stored-tools.ts'

/**
 * Finds the tools of a file, whichever form it has: a definition, a stored tool, several of them, a tool with its call,
 * or a call.
 *
 * @param library Stored tools that a call may refer to.
 * @internal
 */
export function findTools(document: SourceDocument, library: readonly StoredTool[]): FoundTools {
  const duplicates = findDuplicateKeys(document)
  // Readers disagree on which of two equal keys counts, so nothing of the file is trusted.
  if (duplicates.length > 0) return { isCall: false, tools: [], definitions: [], issues: duplicates }
  return readRoot({ document, pointer: '', value: document.value }, library)
}

function readRoot(root: PlacedValue, library: readonly StoredTool[]): FoundTools {
  const tool = placeOfField(root, 'tool')
  if (tool !== null && isObject(tool.value)) return readToolWithCall(root, tool, library)
  if (isCall(root.value)) return readCall(root, library)
  const stored = readStoredTools(root)
  if (stored !== null) return withoutCall(stored)
  const near = describeNearForm(root.value)
  if (near !== null) return refuse(root, near.message, near.help)
  return withoutCall([readToolOrDefinition(root)])
}

/** `{ tool, call }`: the call selects the tool by its name, or brings more of them. */
function readToolWithCall(root: PlacedValue, tool: PlacedValue, library: readonly StoredTool[]): FoundTools {
  const own = readToolOrDefinition(tool)
  const call = placeOfField(root, 'call')
  if (call === null) {
    const others = Object.keys(root.value as object).filter((key) => key !== 'tool')
    if (others.length === 0) return withoutCall([own])
    return refuse(root, 'this is a tool without its call', 'write `{ "tool": …, "call": { "selectedTools": [ … ] } }`')
  }
  if (readField(call.value, 'selectedTools') === null && !isCall(call.value)) {
    return refuse(call, 'this call selects no tools', 'give it `selectedTools`')
  }
  const found = readCall(call, [own, ...library])
  const definitions = [own.definition, ...found.definitions.filter(({ pointer }) => pointer !== own.definition.pointer)]
  return { ...found, definitions }
}

function withoutCall(stored: readonly StoredTool[]): FoundTools {
  return {
    isCall: false,
    tools: stored.map(({ name, definition }) => standAlone(name, definition)),
    definitions: stored.map(({ definition }) => definition),
    issues: [],
  }
}

function refuse({ pointer }: PlacedValue, message: string, help: string): FoundTools {
  const issues = [makeIssue('ERR_DEFINITION_INVALID', pointer, message, help)]
  return { isCall: false, tools: [], definitions: [], issues }
}
