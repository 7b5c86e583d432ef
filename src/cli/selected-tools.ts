import { pointerTo } from '../json-pointer.ts'
import { type Issue, makeIssue } from '../result.ts'
import { didYouMean } from '../suggest.ts'
import { camelCase, isObject, readField, readText } from './field-names.ts'
import type { FoundTool, PlacedValue, StoredTool } from './found-tool.ts'
import { SELECTED_TOOL_FIELDS } from './wrapper-fields.ts'

/** One entry of `selectedTools`, looked up among the stored tools. @internal */
export function readSelectedTool(
  place: PlacedValue,
  stored: readonly StoredTool[],
  templateContext: PlacedValue | null,
): FoundTool {
  const found = findDefinition(place, stored)
  return {
    name: readText(place.value, 'nameOverride') ?? found.name ?? readText(place.value, 'toolName'),
    definition: found.definition,
    authTokens: placeOfField(place, 'authTokens'),
    templateContext,
    issues: [...checkFields(place, SELECTED_TOOL_FIELDS), ...found.issues],
    notFound: found.notFound,
  }
}

/** A field with its place, or `null`. @internal */
export function placeOfField({ document, pointer, value }: PlacedValue, name: string): PlacedValue | null {
  const field = readField(value, name)
  return field === null ? null : { document, pointer: pointerTo(pointer, field.key), value: field.value }
}

/** An unknown field is refused: a misspelt `authTokens` would leave a tool without its tokens. @internal */
export function checkFields({ pointer, value }: PlacedValue, known: readonly string[]): readonly Issue[] {
  if (!isObject(value)) return [makeIssue('ERR_FIELD_TYPE', pointer, 'expected an object')]
  return Object.keys(value).flatMap((key) => {
    const name = camelCase(key)
    if (!known.includes(key) && !known.includes(name)) {
      const help = didYouMean(key, known) ?? `known here: ${known.map((each) => `\`${each}\``).join(', ')}`
      return [makeIssue('ERR_FIELD_UNKNOWN', pointerTo(pointer, key), `unknown field \`${key}\``, help)]
    }
    if (name === key || !Object.hasOwn(value, name)) return []
    return [makeIssue('ERR_FIELD_SPELLED_TWICE', pointerTo(pointer, key), `\`${key}\` and \`${name}\` are one field`)]
  })
}

type Found = Pick<FoundTool, 'name' | 'definition' | 'issues' | 'notFound'>

function findDefinition(place: PlacedValue, stored: readonly StoredTool[]): Found {
  const given = (['temporaryTool', 'toolName', 'toolId'] as const).flatMap((name) => placeOfField(place, name) ?? [])
  const [only] = given
  if (only === undefined || given.length > 1) {
    const message = `a selected tool has ${given.length === 0 ? 'none' : 'more than one'} of \`toolId\`, \`toolName\`, \`temporaryTool\``
    const code = given.length === 0 ? 'ERR_FIELD_MISSING' : 'ERR_FIELD_VALUE'
    return refused(
      isObject(place.value) ? [makeIssue(code, place.pointer, message, 'give it exactly one of them')] : [],
    )
  }
  if (readField(place.value, 'temporaryTool') !== null) {
    return { name: readText(only.value, 'modelToolName'), definition: only, issues: [], notFound: false }
  }
  return lookUp(only, readField(place.value, 'toolName') !== null ? 'name' : 'toolId', stored)
}

function lookUp({ pointer, value }: PlacedValue, by: 'name' | 'toolId', stored: readonly StoredTool[]): Found {
  if (typeof value !== 'string') return refused([makeIssue('ERR_FIELD_TYPE', pointer, 'expected a string')])
  const found = stored.find((tool) => tool[by] === value)
  if (found !== undefined) {
    const name = readText(found.definition.value, 'modelToolName') ?? found.name
    return { name, definition: found.definition, issues: [], notFound: false }
  }
  const message = `no stored tool has the ${by === 'name' ? 'name' : 'id'} \`${value}\``
  const known = stored.flatMap((tool) => tool[by] ?? [])
  const help = didYouMean(value, known) ?? 'give the file that holds it with `--tools FILE`'
  return { ...refused([makeIssue('ERR_TOOL_NOT_FOUND', pointer, message, help)]), notFound: true }
}

function refused(issues: readonly Issue[]): Found {
  return { name: null, definition: null, issues, notFound: false }
}
