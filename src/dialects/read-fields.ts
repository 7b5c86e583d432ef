import { pointerTo } from '../json-pointer.ts'
import { type Issue, makeIssue } from '../result.ts'
import { createAdviser, didYouMean } from '../suggest.ts'
import type { JsonValue } from '../types.ts'
import { isJsonObject, type JsonObject } from './json-object.ts'

interface Types {
  readonly text: string
  readonly number: number
  readonly boolean: boolean
  readonly object: JsonObject
  readonly list: readonly JsonValue[]
  readonly any: JsonValue
}

/** A field that may be there; `!` behind its type says that it must be. */
type Rule = keyof Types | `${keyof Types}!`

/** The known fields of an object, each with its type. @internal */
export type FieldRules = { readonly [name: string]: Rule }

type Read<R extends Rule> = R extends `${infer T extends keyof Types}!`
  ? Types[T]
  : R extends keyof Types
    ? Types[R] | undefined
    : never

/** The fields that were read, by their rules. @internal */
export type Fields<Rules extends FieldRules> = { readonly [N in keyof Rules]: Read<Rules[N]> }

/** Where an object stands and what is said of it. @internal */
export interface ObjectPlace {
  /** JSON Pointer to it. */
  readonly pointer: string
  /** What it is, for messages: `auth`. */
  readonly what: string
  readonly issues: Issue[]
}

/**
 * Reads the fields of an object that says how a request is authenticated: an unknown field is refused, because it may be
 * a misspelt one. `null` means that a field is absent.
 *
 * @returns `null` where an issue was added.
 * @internal
 */
export function readFields<const Rules extends FieldRules>(
  value: JsonValue | undefined,
  rules: Rules,
  { pointer, what, issues }: ObjectPlace,
): Fields<Rules> | null {
  const before = issues.length
  if (!isJsonObject(value)) {
    issues.push(makeIssue('ERR_FIELD_TYPE', pointer, `\`${what}\` is not an object`))
    return null
  }
  const known = Object.keys(rules)
  const unknown = Object.keys(value).filter((name) => !Object.hasOwn(rules, name))
  const advise = createAdviser()
  for (const name of unknown) {
    const help = advise(name, known) ?? `\`${what}\` has ${known.map((each) => `\`${each}\``).join(', ')}`
    issues.push(makeIssue('ERR_FIELD_UNKNOWN', pointerTo(pointer, name), `unknown field \`${name}\``, help))
  }
  const read: Record<string, JsonValue | undefined> = Object.create(null)
  for (const [name, rule] of Object.entries(rules)) {
    const field = Object.hasOwn(value, name) ? (value[name] ?? undefined) : undefined
    const type = rule.replace('!', '') as keyof Types
    if (field !== undefined && !fits(field, type)) {
      issues.push(makeIssue('ERR_FIELD_TYPE', pointerTo(pointer, name), `\`${name}\` is not ${WORDS[type]}`))
    } else if (field === undefined && rule.endsWith('!') && !unknown.some((each) => didYouMean(each, [name]))) {
      issues.push(makeIssue('ERR_FIELD_MISSING', pointer, `\`${what}\` has no \`${name}\``))
    }
    read[name] = field
  }
  return issues.length > before ? null : (read as Fields<Rules>)
}

/**
 * Tells which fields of an object have no word in a definition: a warning each, and an error for a misspelt known one.
 * @param silent Fields that say nothing about the request, such as ids.
 * @param vital Fields without which the request would be authenticated in another way: an error, even where they are empty.
 * @internal
 */
export function reportDropped(
  value: JsonObject,
  known: readonly string[],
  silent: readonly string[],
  { pointer, what, issues }: ObjectPlace,
  vital: readonly string[] = [],
): void {
  for (const name of Object.keys(value)) {
    if (known.includes(name) || silent.includes(name)) continue
    const at = pointerTo(pointer, name)
    if (vital.includes(name)) {
      issues.push(lostField(at, name))
      continue
    }
    if (value[name] === null) continue
    const help = didYouMean(name, [...known, ...vital])
    if (help !== undefined) issues.push(makeIssue('ERR_FIELD_UNKNOWN', at, `unknown field \`${name}\``, help))
    else issues.push(makeIssue('WARN_DIALECT_DROPPED', at, `\`${name}\` of \`${what}\` has no word in a definition`))
  }
}

/** Says that a field which authenticates a request stands where it is not read. @internal */
export function lostField(pointer: string, name: string): Issue {
  const help = 'move it to where the request is described, or remove it'
  return makeIssue('ERR_DIALECT_INEXPRESSIBLE', pointer, `\`${name}\` would be lost: it is not read here`, help)
}

function fits(value: JsonValue, type: keyof Types): boolean {
  if (type === 'any') return true
  if (type === 'object') return isJsonObject(value)
  if (type === 'list') return Array.isArray(value)
  return typeof value === (type === 'text' ? 'string' : type)
}

const WORDS: { readonly [type in keyof Types]: string } = {
  text: 'a text',
  number: 'a number',
  boolean: '`true` or `false`',
  object: 'an object',
  list: 'an array',
  any: 'a value',
}
