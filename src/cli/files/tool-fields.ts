import { SELECTED_TOOL_FIELDS } from '../../call/tool-entry.ts'
import { KINDS } from '../../kinds/table.ts'
import { camelCase, isObject } from '../source/field-names.ts'
import { DEFINITION_FIELDS, WRAPPER_FIELDS } from '../source/wrapper-fields.ts'

// Other files have these as well.
const COMMON = ['$schema', 'description', 'timeout', 'name', 'options', 'results', 'created', 'ownership']

const OWN: ReadonlySet<string> = new Set(
  [...DEFINITION_FIELDS, ...WRAPPER_FIELDS, ...SELECTED_TOOL_FIELDS, ...Object.keys(KINDS)].filter(
    (name) => !COMMON.includes(name),
  ),
)

// A name that someone chose stands above only these.
const BELOW_NAMES: ReadonlySet<string> = new Set(['definition', ...Object.keys(KINDS)])

/**
 * Whether a file of a folder is meant to hold tools, valid or not: some field of it, or of the items of its list, is one
 * of a definition, a stored tool or a call.
 * @internal
 */
export function mentionsTools(value: unknown): boolean {
  if (Array.isArray(value)) return value.some((item) => hasField(item, OWN))
  if (!isObject(value)) return false
  const { results } = value
  if (hasField(value, OWN) || (Array.isArray(results) && results.some((item) => hasField(item, OWN)))) return true
  return Object.values(value).some((member) => hasField(member, BELOW_NAMES))
}

function hasField(value: unknown, fields: ReadonlySet<string>): boolean {
  return isObject(value) && Object.keys(value).some((key) => fields.has(key) || fields.has(camelCase(key)))
}
