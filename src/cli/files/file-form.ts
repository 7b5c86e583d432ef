import { type Issue, makeIssue } from '../../result.ts'
import { findDuplicateKeys } from '../source/duplicate-keys.ts'
import { isObject, readField } from '../source/field-names.ts'
import { type PlacedValue, placeOfField } from '../source/placed-value.ts'
import type { SourceDocument } from '../source/source-document.ts'
import { describeNearForm } from './near-forms.ts'
import { readStoredTools, readToolOrDefinition, type StoredTool } from './stored-tools.ts'

/** What a file holds. @internal */
export type FileForm =
  | { readonly kind: 'tools'; readonly tools: readonly StoredTool[] }
  | {
      readonly kind: 'call'
      readonly call: PlacedValue
      /** The stored tool that stands beside the call, if one does. */
      readonly own: readonly StoredTool[]
    }
  | { readonly kind: 'refused'; readonly issues: readonly Issue[] }

/**
 * Tells which form a file has: a definition, a stored tool, several of them, a tool with its call, or a call.
 * @internal
 */
export function readForm(document: SourceDocument): FileForm {
  const duplicates = findDuplicateKeys(document)
  // Readers disagree on which of two equal keys counts, so nothing of the file is trusted.
  if (duplicates.length > 0) return { kind: 'refused', issues: duplicates }
  return readRoot({ document, pointer: '', value: document.value })
}

function readRoot(root: PlacedValue): FileForm {
  const tool = placeOfField(root, 'tool')
  if (tool !== null && isObject(tool.value)) return readToolWithCall(root, tool)
  if (isCall(root.value)) return { kind: 'call', call: root, own: [] }
  const stored = readStoredTools(root)
  if (stored !== null) return { kind: 'tools', tools: stored }
  const near = describeNearForm(root.value)
  if (near !== null) return refuse(root, near.message, near.help)
  return { kind: 'tools', tools: [readToolOrDefinition(root)] }
}

/** `{ selectedTools }`, `{ callTemplate }`, or what starts an agent's call. */
function isCall(value: unknown): boolean {
  return ['selectedTools', 'callTemplate', 'toolOverrides'].some((name) => readField(value, name) !== null)
}

/** `{ tool, call }`: the call selects the tool by its name, or brings more of them. */
function readToolWithCall(root: PlacedValue, tool: PlacedValue): FileForm {
  const own = readToolOrDefinition(tool)
  const call = placeOfField(root, 'call')
  if (call === null) {
    const others = Object.keys(root.value as object).filter((key) => key !== 'tool')
    if (others.length === 0) return { kind: 'tools', tools: [own] }
    return refuse(root, 'this is a tool without its call', 'write `{ "tool": …, "call": { "selectedTools": [ … ] } }`')
  }
  if (!isCall(call.value)) return refuse(call, 'this call selects no tools', 'give it `selectedTools`')
  return { kind: 'call', call, own: [own] }
}

function refuse({ pointer }: PlacedValue, message: string, help: string): FileForm {
  return { kind: 'refused', issues: [makeIssue('ERR_DEFINITION_INVALID', pointer, message, help)] }
}
