import { type Issue, makeIssue } from '../result.ts'
import { createAdviser } from '../suggest.ts'
import { type FoundTool, isNameKnown, nameOf } from './find-tools.ts'
import type { RemovedTools } from './read-call.ts'
import type { ToolEntry } from './tool-entry.ts'

/**
 * Takes tools out of a call, by the name that the model would see: first those that `remove` names, then all for
 * `removeAll`; tools of `add` stay.
 *
 * A tool whose look-up failed may have any name: it stays, for its own problem to be reported, and a name that no other
 * tool has may be its.
 * @internal
 */
export function removeTools(
  entries: readonly ToolEntry[],
  removed: RemovedTools,
  found: ReadonlyMap<ToolEntry, FoundTool>,
): { readonly kept: readonly ToolEntry[]; readonly issues: readonly Issue[] } {
  const isAdded = ({ pointer }: ToolEntry): boolean => pointer.startsWith('/toolOverrides/')
  const base = entries.filter((entry) => !isAdded(entry))
  const names = new Map(base.flatMap((entry) => removableName(entry, found.get(entry))))
  const known = new Set(names.values())
  const gone = new Set(removed.names.map(({ name }) => name))
  const isRemoved = (entry: ToolEntry): boolean => {
    const name = names.get(entry)
    return removed.all || (name !== undefined && gone.has(name))
  }
  const kept = entries.filter((entry) => isAdded(entry) || !isRemoved(entry))
  const isAnyNameOpen = kept.some((entry) => !isAdded(entry) && !isNameKnown(entry, found.get(entry)))
  const unknown = isAnyNameOpen ? [] : removed.names.filter(({ name }) => !known.has(name))
  const didYouMean = createAdviser()
  const issues = unknown.map(({ name, pointer }) => {
    const message = `no selected tool is named \`${name}\``
    return makeIssue('ERR_TOOL_NOT_FOUND', pointer, message, didYouMean(name, known))
  })
  return { kept, issues }
}

/** A tool that is not stored goes by the name that it was looked for; one whose look-up failed may have another. */
function removableName(entry: ToolEntry, found: FoundTool | undefined): readonly (readonly [ToolEntry, string])[] {
  const name = nameOf(entry, found)
  const isOpen = found?.issue?.code === 'ERR_TOOL_LOOKUP' && entry.tool.nameOverride === undefined
  return name === undefined || isOpen ? [] : [[entry, name]]
}
