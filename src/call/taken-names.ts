import { type Issue, makeIssue } from '../result.ts'
import { isNameKnown } from './find-tools.ts'
import type { KeptTool } from './read-tool.ts'

/** Model names are how the model calls a tool: the second of two is a problem. @internal */
export function findTakenNames(tools: readonly KeptTool[], toInput: (pointer: string) => string): readonly Issue[] {
  const first = new Map<string, string>()
  return tools.flatMap(({ entry, found, name }) => {
    if (name === null || !isNameKnown(entry, found)) return []
    const earlier = first.get(name)
    if (earlier === undefined) {
      first.set(name, entry.pointer)
      return []
    }
    const message = `the name \`${name}\` is taken by the tool at \`${toInput(earlier)}\``
    return [makeIssue('ERR_TOOL_NAME_TAKEN', entry.pointer, message, 'give one of them a `nameOverride`')]
  })
}
