import { normalise } from '../definition/normalise.ts'
import { checkSchema } from '../definition/schema-issues.ts'
import { pointerTo } from '../json-pointer.ts'
import { type Issue, makeIssue } from '../result.ts'
import { snapshot } from '../snapshot.ts'
import type { JsonValue } from '../types.ts'
import type { SelectedTool } from './types.ts'
import { callSchema } from './validator.generated.ts'

type JsonObject = { readonly [key: string]: JsonValue }

/** One selected tool and where it stands. @internal */
export interface ToolEntry {
  readonly tool: SelectedTool
  /** JSON Pointer into the normalised payload. */
  readonly pointer: string
  /** Whether its fields are what they should be; else it is not resolved, and has problems already. */
  readonly sound: boolean
}

/** A call payload, read once. @internal */
export interface ReadCall {
  readonly entries: readonly ToolEntry[]
  readonly issues: readonly Issue[]
  readonly templateContext: JsonValue | undefined
  /** Keys that lead to the array of selected tools, as spelled; `null` without one. */
  readonly listPath: readonly string[] | null
  /** Keys of `toolOverrides` and `templateContext` as spelled. */
  readonly overridesKey: string
  readonly contextKey: string
  /** Translates a pointer inside a selected tool to the author's spelling. */
  readonly toInput: (pointer: string) => string
}

/** Names to take out of a call's tools by `toolOverrides.remove`. @internal */
export interface RemovedTools {
  readonly all: boolean
  readonly names: readonly { readonly name: string; readonly pointer: string }[]
}

/** Reads a call payload: `selectedTools` at its root or in `callTemplate`, and `toolOverrides`. @internal */
export function readCall(call: unknown): ReadCall & { readonly removed: RemovedTools } {
  const copy = snapshot(call)
  if (!copy.ok) return unreadable(copy.issues)
  const { value, issues, toInput } = normalise(copy.value, callSchema.shape)
  const schemaIssues = [...issues, ...checkSchema(value, callSchema)]
  const root = (isObject(value) ? value : {}) as JsonObject
  const template = isObject(root['callTemplate']) ? root['callTemplate'] : undefined
  const all = [...schemaIssues, ...findMisplaced(root, ''), ...findMisplaced(template ?? {}, '/callTemplate')]
  const base =
    template !== undefined && template['selectedTools'] !== undefined ? '/callTemplate/selectedTools' : '/selectedTools'
  if (template?.['selectedTools'] !== undefined && root['selectedTools'] !== undefined) {
    all.push(
      makeIssue(
        'ERR_FIELD_MISPLACED',
        '/selectedTools',
        '`selectedTools` stands at the root and in `callTemplate`',
        'keep one of them',
      ),
    )
  }
  const selected = base === '/selectedTools' ? root['selectedTools'] : template?.['selectedTools']
  const overrides = isObject(root['toolOverrides']) ? root['toolOverrides'] : {}
  const isSound = (pointer: string): boolean => !schemaIssues.some((issue) => isWithin(issue, pointer))
  const entries = [...entriesOf(selected, base, isSound), ...entriesOf(overrides['add'], '/toolOverrides/add', isSound)]
  return {
    entries,
    issues: all,
    templateContext: root['templateContext'],
    listPath: selected === undefined && entries.length === 0 ? null : toInput(base).slice(1).split('/'),
    overridesKey: toInput('/toolOverrides').slice(1),
    contextKey: toInput('/templateContext').slice(1),
    toInput,
    removed: { all: overrides['removeAll'] === true, names: removedNames(overrides['remove']) },
  }
}

function unreadable(issues: readonly Issue[]): ReturnType<typeof readCall> {
  return {
    entries: [],
    issues,
    templateContext: undefined,
    listPath: null,
    overridesKey: 'toolOverrides',
    contextKey: 'templateContext',
    toInput: (pointer) => pointer,
    removed: { all: false, names: [] },
  }
}

/** Whether an error stands at this place or inside of it. */
function isWithin({ severity, pointer }: Issue, place: string): boolean {
  return severity === 'error' && (pointer === place || pointer.startsWith(`${place}/`))
}

function entriesOf(
  list: JsonValue | undefined,
  base: string,
  isSound: (pointer: string) => boolean,
): readonly ToolEntry[] {
  if (!Array.isArray(list)) return []
  return list.flatMap((tool: JsonValue, index) => {
    const pointer = pointerTo(base, index)
    return isObject(tool) ? [{ tool: tool as SelectedTool, pointer, sound: isSound(pointer) }] : []
  })
}

function removedNames(list: JsonValue | undefined): RemovedTools['names'] {
  if (!Array.isArray(list)) return []
  return list.flatMap((name: JsonValue, index) =>
    typeof name === 'string' ? [{ name, pointer: pointerTo('/toolOverrides/remove', index) }] : [],
  )
}

const SELECTED_TOOL_FIELDS = callSchema.shape.fields?.['selectedTools']?.items?.fields ?? {}

/** A selected tool's field beside `selectedTools` would be ignored, and a token with it. */
function findMisplaced(object: JsonObject, pointer: string): readonly Issue[] {
  return Object.keys(object)
    .filter((key) => Object.hasOwn(SELECTED_TOOL_FIELDS, key) || Object.hasOwn(SELECTED_TOOL_FIELDS, camelCase(key)))
    .map((key) => {
      const message = `\`${key}\` belongs in an entry of \`selectedTools\`; here it would be ignored`
      return makeIssue('ERR_FIELD_MISPLACED', pointerTo(pointer, key), message, 'move it into the tool that it is for')
    })
}

function camelCase(key: string): string {
  return key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
