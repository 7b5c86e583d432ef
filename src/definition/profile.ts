import { pointerTo } from '../json-pointer.ts'
import { bindKind } from '../kinds/table.ts'
import { type Issue, makeIssue } from '../result.ts'
import type { ToolDefinition } from '../types.ts'
import { OPTIONS_POINTER, optionsOf, requirementsOf } from './options.ts'

/** Finds what Ultravox's own API refuses although Latchkey takes it: extra fields at the root, and extensions of kinds. @internal */
export function findExtensions(definition: ToolDefinition): readonly Issue[] {
  const root = Object.keys(definition).filter((key) => key === '$schema' || key.startsWith('x-'))
  const pointers = root.map((key) => pointerTo('', key))
  optionsOf(definition).forEach((option, index) => {
    for (const [name, requirement] of requirementsOf(option)) {
      const kind = bindKind(requirement)
      const at = pointerTo(OPTIONS_POINTER, index, 'requirements', name, kind.kind)
      pointers.push(...kind.extensions().map((place) => at + place))
    }
  })
  return pointers.map((pointer) => {
    const name = pointer.slice(pointer.lastIndexOf('/') + 1)
    return makeIssue('ERR_EXTENSION', pointer, `Ultravox does not know \`${name}\``, 'remove it before upload')
  })
}
