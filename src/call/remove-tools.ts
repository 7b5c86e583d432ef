import { type Issue, makeIssue } from '../result.ts'
import { didYouMean } from '../suggest.ts'
import { type FoundTool, nameOf } from './find-tools.ts'
import type { RemovedTools, ToolEntry } from './read-call.ts'

/**
 * Takes tools out of a call, by the name that the model would see: first those that `remove` names, then all for
 * `removeAll`; tools of `add` stay.
 * @internal
 */
export function removeTools(
  entries: readonly ToolEntry[],
  removed: RemovedTools,
  found: ReadonlyMap<ToolEntry, FoundTool>,
): { readonly kept: readonly ToolEntry[]; readonly issues: readonly Issue[] } {
  const isAdded = ({ pointer }: ToolEntry): boolean => pointer.startsWith('/toolOverrides/')
  const base = entries.filter((entry) => !isAdded(entry))
  const names = new Map(base.map((entry) => [entry, nameOf(entry, found.get(entry))]))
  const known = [...names.values()].filter((name) => name !== undefined)
  const issues = removed.names
    .filter(({ name }) => !known.includes(name))
    .map(({ name, pointer }) =>
      makeIssue('ERR_TOOL_NOT_FOUND', pointer, `no selected tool is named \`${name}\``, didYouMean(name, known)),
    )
  const gone = new Set(removed.names.map(({ name }) => name))
  const kept = entries.filter((entry) => isAdded(entry) || !(removed.all || gone.has(names.get(entry) ?? '')))
  return { kept, issues }
}
