import { pointerTo } from '../../json-pointer.ts'
import type { StaticParameter } from '../../types.ts'
import { type JsonObject, ownField } from '../json-object.ts'
import { readFields } from '../read-fields.ts'
import { inexpressible } from '../read-tool.ts'
import type { ServerDraft } from './read-server.ts'
import { hasLiquid } from './vapi-headers.ts'

/** The fixed fields of a tool's body, which Vapi calls `parameters`: a list of keys and values. @internal */
export function readToolParameters(
  tool: JsonObject,
  pointer: string,
  { issues, places }: ServerDraft,
): readonly StaticParameter[] {
  const parameters = ownField(tool, 'parameters')
  if (!Array.isArray(parameters)) return []
  return parameters.flatMap((parameter, index): readonly StaticParameter[] => {
    const at = pointerTo(pointer, 'parameters', index)
    const read = readFields(parameter, { key: 'text!', value: 'any' }, { pointer: at, what: 'parameter', issues })
    if (read === null) return []
    const { key: name, value = null } = read
    places.set(pointerTo('', 'staticParameters', index), at)
    if (!hasLiquid(value)) return [{ name, location: 'PARAMETER_LOCATION_BODY', value }]
    issues.push(inexpressible(pointerTo(at, 'value'), `field \`${name}\` is filled in by a Liquid template`))
    return []
  })
}
