import { pointerTo } from '../json-pointer.ts'
import { type Issue, makeIssue } from '../result.ts'
import { didYouMean } from '../suggest.ts'
import { readField } from './field-names.ts'
import type { FoundTool, FoundTools, PlacedValue, StoredTool } from './found-tool.ts'
import { checkFields, placeOfField, readSelectedTool } from './selected-tools.ts'
import { SELECTED_TOOL_FIELDS, TOOL_OVERRIDES_FIELDS } from './wrapper-fields.ts'

/** Whether a value is a call: `{ selectedTools }`, `{ callTemplate }`, or what starts an agent's call. @internal */
export function isCall(value: unknown): boolean {
  return ['selectedTools', 'callTemplate', 'toolOverrides'].some((name) => readField(value, name) !== null)
}

/** The tools of a call: those of its template, then its own, then what `toolOverrides` takes away and adds. @internal */
export function readCall(call: PlacedValue, stored: readonly StoredTool[]): FoundTools {
  const template = placeOfField(call, 'callTemplate')
  const context = placeOfField(call, 'templateContext')
  const bodies = template === null ? [call] : [template, call]
  const lists = bodies.flatMap((body) => placeOfField(body, 'selectedTools') ?? [])
  const selected = lists.map((list) => readList(list, stored, context))
  const overrides = placeOfField(call, 'toolOverrides')
  const tools = selected.flatMap((list) => list.tools)
  const overridden = overrides === null ? null : applyOverrides(overrides, tools, stored, context)
  const added = overridden?.added ?? []
  return {
    isCall: true,
    tools: overridden?.tools ?? tools,
    definitions: [...tools, ...added].flatMap(({ definition }) =>
      definition === null || definition.document !== call.document ? [] : [definition],
    ),
    issues: [
      ...bodies.flatMap(findMisplaced),
      ...selected.flatMap((list) => list.issues),
      ...(overridden?.issues ?? []),
    ],
  }
}

interface ReadList {
  readonly tools: readonly FoundTool[]
  readonly issues: readonly Issue[]
}

const NO_TOOLS: ReadList = { tools: [], issues: [] }

function readList(list: PlacedValue, stored: readonly StoredTool[], context: PlacedValue | null): ReadList {
  const { document, pointer, value } = list
  if (!Array.isArray(value)) return { tools: [], issues: [makeIssue('ERR_FIELD_TYPE', pointer, 'expected an array')] }
  const items = value.map((item: unknown, index) => ({ document, pointer: pointerTo(pointer, index), value: item }))
  return { tools: items.map((item) => readSelectedTool(item, stored, context)), issues: [] }
}

/** First what is removed by the name that the model sees, then what is added (as `resolveCall` does). */
function applyOverrides(
  overrides: PlacedValue,
  tools: readonly FoundTool[],
  stored: readonly StoredTool[],
  context: PlacedValue | null,
): ReadList & { readonly added: readonly FoundTool[] } {
  const add = placeOfField(overrides, 'add')
  const added = add === null ? NO_TOOLS : readList(add, stored, context)
  const removed = readRemoved(placeOfField(overrides, 'remove'), tools)
  const removeAll = readField(overrides.value, 'removeAll')?.value === true
  const kept = tools.filter(({ name }) => !removeAll && !removed.names.includes(name))
  const issues = [...checkFields(overrides, TOOL_OVERRIDES_FIELDS), ...removed.issues, ...added.issues]
  return { tools: [...kept, ...added.tools], added: added.tools, issues }
}

function readRemoved(
  list: PlacedValue | null,
  tools: readonly FoundTool[],
): { readonly names: readonly unknown[]; readonly issues: readonly Issue[] } {
  if (list === null) return { names: [], issues: [] }
  const { pointer, value } = list
  if (!Array.isArray(value)) return { names: [], issues: [makeIssue('ERR_FIELD_TYPE', pointer, 'expected an array')] }
  const known = tools.flatMap(({ name }) => name ?? [])
  const issues = value.flatMap((name: unknown, index) => {
    if (typeof name === 'string' && known.includes(name)) return []
    const help = typeof name === 'string' ? didYouMean(name, known) : undefined
    return [makeIssue('ERR_TOOL_NOT_FOUND', pointerTo(pointer, index), 'no selected tool has this name', help)]
  })
  return { names: value, issues }
}

/** A selected tool's field beside `selectedTools` would be ignored, and a token with it. */
function findMisplaced({ pointer, value }: PlacedValue): readonly Issue[] {
  return SELECTED_TOOL_FIELDS.flatMap((name) => {
    const field = readField(value, name)
    if (field === null) return []
    const message = `\`${field.key}\` belongs into an entry of \`selectedTools\`; here it would be ignored`
    const help = 'move it into the tool that it is for'
    return [makeIssue('ERR_FIELD_MISPLACED', pointerTo(pointer, field.key), message, help)]
  })
}
