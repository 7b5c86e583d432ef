import type { Json, JsonObject } from './arbitraries.ts'

/** One small mistake: where and what, in words, and the definition with it. */
export interface Edit {
  readonly label: string
  readonly result: Json
}

/** Characters that stand in for any: letters of field names, separators, invisible and look-alike ones. */
const INSERTED = ['s', 'S', '_', '-', 'x', ' ', '\u200b', '\u0455'] as const

/** What people and merge tools write into objects by mistake; fields that are known elsewhere included. */
const ADDED_KEYS = [
  'requirement',
  'option',
  'httpSecurity',
  'requirments',
  'anonymous',
  'queryApiKey',
  'query_api_key',
  'headerApiKey',
  'options',
  'httpSecurityOptions',
  'http_security_options',
  'requirements',
  'ultravoxCallTokenRequirement',
  'scopes',
  'name',
  'scheme',
  'x-own',
  '$schema',
  '',
  '__proto__',
  'constructor',
  'toString',
] as const

const ADDED_VALUES: readonly Json[] = [null, '', 0, true, {}, [], { requirements: {} }]

const SCALARS: readonly Json[] = [null, '', 0, true]

/** Every key that differs from one by one edit: removal, swap of neighbours, insertion, replacement, case. */
export function misspellings(key: string): readonly string[] {
  const found = new Set<string>()
  const units = [...key]
  units.forEach((unit, at) => {
    const before = units.slice(0, at).join('')
    const after = units.slice(at + 1).join('')
    found.add(before + after)
    found.add(before + (unit === unit.toLowerCase() ? unit.toUpperCase() : unit.toLowerCase()) + after)
    const next = units[at + 1]
    if (next !== undefined) found.add(before + next + unit + units.slice(at + 2).join(''))
    for (const other of INSERTED) {
      found.add(before + other + after)
      found.add(before + other + unit + after)
    }
  })
  for (const other of INSERTED) found.add(key + other)
  found.delete(key)
  return [...found]
}

interface Node {
  readonly path: readonly (string | number)[]
  readonly value: Json[] | JsonObject
}

/** Every object and array of a definition. */
export function nodesOf(root: Json): readonly Node[] {
  const nodes: Node[] = []
  const walk = (value: Json, path: readonly (string | number)[]): void => {
    if (typeof value !== 'object' || value === null) return
    nodes.push({ path, value })
    if (Array.isArray(value)) for (const [index, child] of value.entries()) walk(child, [...path, index])
    else for (const [key, child] of Object.entries(value)) walk(child, [...path, key])
  }
  walk(root, [])
  return nodes
}

/** A copy with one value changed; along the path objects are copied entry by entry, so that `__proto__` is a key. */
function replaced(root: Json, path: readonly (string | number)[], change: (old: Json) => Json): Json {
  const [step, ...rest] = path
  if (step === undefined) return change(root)
  if (Array.isArray(root)) return root.map((child, index) => (index === step ? replaced(child, rest, change) : child))
  return fromEntries(
    Object.entries(root as JsonObject).map(([key, child]) => [
      key,
      key === step ? replaced(child, rest, change) : child,
    ]),
  )
}

function fromEntries(entries: readonly (readonly [string, Json])[]): JsonObject {
  return Object.fromEntries(entries)
}

/** Renames one key and keeps its place among the others. */
function renameIn(object: JsonObject, from: string, to: string): JsonObject {
  return fromEntries(Object.entries(object).map(([key, value]) => [key === from ? to : key, value]))
}

/** All edits of one object or array: each key renamed by one edit, unknown keys added, the whole replaced. */
export function editsAt(root: Json, { path, value }: Node): readonly (() => Edit)[] {
  const at = `/${path.join('/')}`
  const change = (label: string, to: (old: Json) => Json) => (): Edit => ({
    label: `${label} at ${at}`,
    result: replaced(root, path, to),
  })
  const edits = SCALARS.map((scalar) => change(`replaced by ${JSON.stringify(scalar)}`, () => scalar))
  if (Array.isArray(value)) return edits
  edits.push(change('replaced by []', () => []))
  for (const key of Object.keys(value)) {
    for (const wrong of misspellings(key)) {
      edits.push(change(`${key} renamed ${JSON.stringify(wrong)}`, (old) => renameIn(old as JsonObject, key, wrong)))
    }
  }
  for (const key of ADDED_KEYS) {
    if (Object.hasOwn(value, key)) continue
    for (const added of ADDED_VALUES) {
      edits.push(
        change(`${JSON.stringify(key)} added as ${JSON.stringify(added)}`, (old) =>
          fromEntries([...Object.entries(old as JsonObject), [key, added]]),
        ),
      )
    }
  }
  return edits
}

/** The same definition with its fields in `snake_case`, as ProtoJSON takes them. */
export function snakeCased(definition: JsonObject): JsonObject {
  const requirements = definition['requirements'] as JsonObject
  const { httpSecurityOptions, ...others } = requirements
  const options = (httpSecurityOptions as { options: JsonObject[] }).options.map((option) => {
    const { ultravoxCallTokenRequirement: callToken, requirements: named, ...rest } = option
    return {
      ...rest,
      ...(callToken === undefined ? {} : { ultravox_call_token_requirement: callToken }),
      ...(named === undefined
        ? {}
        : {
            requirements: fromEntries(
              Object.entries(named as JsonObject).map(([name, kind]) => [
                name,
                fromEntries(Object.entries(kind as JsonObject).map(([field, value]) => [snake(field), value])),
              ]),
            ),
          }),
    }
  })
  const top = Object.entries(definition).map(([key, value]): [string, Json] => [
    key.startsWith('x-') ? key : snake(key),
    value,
  ])
  return { ...fromEntries(top), requirements: { ...others, http_security_options: { options } } }
}

function snake(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
