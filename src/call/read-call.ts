import { normalise } from '../definition/normalise.ts'
import { checkSchema } from '../definition/schema-issues.ts'
import { pointerTo } from '../json-pointer.ts'
import { type Issue, makeIssue } from '../result.ts'
import { snapshot } from '../snapshot.ts'
import type { JsonValue } from '../types.ts'
import { brokenFields, SELECTED_TOOL_FIELDS, type ToolEntry } from './tool-entry.ts'
import type { SelectedTool } from './types.ts'
import { callSchema } from './validator.generated.ts'

type JsonObject = { readonly [key: string]: JsonValue }

/** A call payload, read once. Pointers lead into the normalised payload. @internal */
export interface ReadCall {
  readonly entries: readonly ToolEntry[]
  readonly issues: readonly Issue[]
  readonly templateContext: JsonValue | undefined
  /** Keys that lead to the array of selected tools, as spelled; `null` without one. */
  readonly listPath: readonly string[] | null
  /** Keys of `toolOverrides` and `templateContext` as spelled. */
  readonly overridesKey: string
  readonly contextKey: string
  /** Translates a pointer to the author's spelling. */
  readonly toInput: (pointer: string) => string
  readonly removed: RemovedTools
}

/** What `toolOverrides` takes out of a call's tools. @internal */
export interface RemovedTools {
  readonly all: boolean
  readonly names: readonly { readonly name: string; readonly pointer: string }[]
}

/** Reads a call payload: `selectedTools` at its root or in `callTemplate`, and `toolOverrides`. @internal */
export function readCall(call: unknown): ReadCall {
  const copy = snapshot(call)
  if (!copy.ok) return { ...NOTHING, issues: copy.issues }
  const { value, issues, toInput } = normalise(copy.value, callSchema.shape)
  const root = objectOf(value)
  const template = objectOf(root['callTemplate'])
  const overrides = objectOf(root['toolOverrides'])
  const tooLong = findLongLists({ root, template, overrides })
  if (tooLong.length > 0) return { ...NOTHING, toInput, issues: tooLong }
  const schemaIssues = [...issues, ...checkSchema(value, callSchema)]
  const base = template['selectedTools'] !== undefined ? '/callTemplate/selectedTools' : '/selectedTools'
  const selected = template['selectedTools'] ?? root['selectedTools']
  const broken = brokenFields(schemaIssues)
  const entries = [...entriesOf(selected, base, broken), ...entriesOf(overrides['add'], '/toolOverrides/add', broken)]
  return {
    entries,
    issues: [
      ...schemaIssues,
      ...findMisplaced(root, ''),
      ...findMisplaced(template, '/callTemplate'),
      ...twoLists(root, template),
    ],
    templateContext: root['templateContext'],
    listPath: selected === undefined && entries.length === 0 ? null : toInput(base).slice(1).split('/'),
    overridesKey: toInput('/toolOverrides').slice(1),
    contextKey: toInput('/templateContext').slice(1),
    toInput,
    removed: { all: overrides['removeAll'] === true, names: removedNames(overrides['remove']) },
  }
}

const NOTHING: Omit<ReadCall, 'issues'> = {
  entries: [],
  templateContext: undefined,
  listPath: null,
  overridesKey: 'toolOverrides',
  contextKey: 'templateContext',
  toInput: (pointer) => pointer,
  removed: { all: false, names: [] },
}

/** A small payload could make a platform look up thousands of tools at once. */
const MAX_TOOLS = 256

function findLongLists(call: { readonly [place in 'root' | 'template' | 'overrides']: JsonObject }): readonly Issue[] {
  const lists = {
    '/selectedTools': call.root['selectedTools'],
    '/callTemplate/selectedTools': call.template['selectedTools'],
    '/toolOverrides/add': call.overrides['add'],
  }
  const tooLong = Object.entries(lists).filter(([, list]) => Array.isArray(list) && list.length > MAX_TOOLS)
  const help = 'give a call the tools that it needs'
  return tooLong.map(([pointer]) => makeIssue('ERR_INPUT_TOO_LARGE', pointer, `more than ${MAX_TOOLS} tools`, help))
}

function entriesOf(
  list: JsonValue | undefined,
  base: string,
  broken: ReadonlyMap<string, ReadonlySet<string>>,
): readonly ToolEntry[] {
  if (!Array.isArray(list)) return []
  return list.flatMap((tool: JsonValue, index) => {
    const pointer = pointerTo(base, index)
    return isObject(tool) ? [{ tool: tool as SelectedTool, pointer, broken: broken.get(pointer) ?? new Set() }] : []
  })
}

function removedNames(list: JsonValue | undefined): RemovedTools['names'] {
  if (!Array.isArray(list)) return []
  return list.flatMap((name: JsonValue, index) =>
    typeof name === 'string' ? [{ name, pointer: pointerTo('/toolOverrides/remove', index) }] : [],
  )
}

/** A selected tool's field beside `selectedTools` would be ignored, and a token with it. */
function findMisplaced(object: JsonObject, pointer: string): readonly Issue[] {
  return Object.keys(object)
    .filter((key) => SELECTED_TOOL_FIELDS.includes(key) || SELECTED_TOOL_FIELDS.includes(camelCase(key)))
    .map((key) => {
      const message = `\`${key}\` belongs in an entry of \`selectedTools\`; here it would be ignored`
      return makeIssue('ERR_FIELD_MISPLACED', pointerTo(pointer, key), message, 'move it into the tool that it is for')
    })
}

function twoLists(root: JsonObject, template: JsonObject): readonly Issue[] {
  if (root['selectedTools'] === undefined || template['selectedTools'] === undefined) return []
  const message = '`selectedTools` stands at the root and in `callTemplate`'
  return [makeIssue('ERR_FIELD_MISPLACED', '/selectedTools', message, 'keep one of them')]
}

function camelCase(key: string): string {
  return key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const EMPTY: JsonObject = Object.freeze(Object.create(null) as JsonObject)

function objectOf(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? value : EMPTY
}
