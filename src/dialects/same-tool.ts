import { encodeBytes, utf8 } from '../bytes.ts'
import type { Issue, Result } from '../result.ts'
import { snapshot } from '../snapshot.ts'
import type { JsonValue, Requirement } from '../types.ts'
import { isJsonObject, type JsonObject, ownField, sortedJson } from './json-object.ts'
import { inexpressible, type OutgoingTool } from './read-tool.ts'
import type { ToolWithTokens } from './tool-with-tokens.ts'

/**
 * Refuses what would not come back: a tool is written only if the same format read again gives the same tool. What is
 * written out though it is the default, the order of parameters, and Basic credentials as a text, make no difference.
 * @internal
 */
export function checkReadBack(tool: OutgoingTool, back: Result<ToolWithTokens>, format: string): readonly Issue[] {
  if (!back.ok) {
    return back.issues
      .filter(({ severity }) => severity === 'error')
      .map(({ message }) => inexpressible('', `${format} would refuse it: ${message}`))
  }
  const tokens = snapshot(back.value.tokens, { reveal: true })
  const again = { definition: back.value.definition, tokens: tokens.ok ? (tokens.value as JsonObject) : {} }
  if (canonicalText(again) === canonicalText(tool)) return []
  return [inexpressible('', `${format} would read it back as another tool`)]
}

/** A tool in one spelling, so that equal ones have equal texts. @internal */
export function canonicalText({ definition, tokens }: OutgoingTool): string {
  const own = Object.fromEntries(Object.entries(tokens).map(([name, token]) => [name, canonicalToken(token)]))
  return sortedJson([prune(definition as unknown as JsonValue, ''), own])
}

/** A requirement without what is written out though it is the default. @internal */
export function canonicalRequirement(requirement: Requirement): JsonValue {
  return prune(requirement as unknown as JsonValue, '')
}

/** A Basic credential as the text that is sent (RFC 7617 section 2); any other as it is. @internal */
export function canonicalToken(token: JsonValue): JsonValue {
  const username = ownField(token, 'username')
  const password = ownField(token, 'password')
  if (typeof username !== 'string' || typeof password !== 'string') return token
  return encodeBytes(utf8(`${username}:${password}`), 'base64')
}

/** What a field means when it is left out, by its name; none of these names is one that users choose. */
const DEFAULTS: { readonly [field: string]: JsonValue } = {
  required: false,
  precomputable: false,
  algorithm: 'sha256',
  key: 'utf8',
  keyPrefix: '',
  payload: '{body}',
  encoding: 'hex',
  timestamp: 's',
  clientAuthentication: 'client_secret_post',
}

/** Fields whose content is not ours to read. */
const OPEN = new Set(['schema', 'value', 'headers', 'query', 'parameters', 'requirements'])

function prune(value: JsonValue, field: string): JsonValue {
  if (Array.isArray(value)) {
    const items = value.map((item: JsonValue) => prune(item, ''))
    // Their order means nothing.
    return field.endsWith('Parameters') ? items.sort((a, b) => (sortedJson(a) < sortedJson(b) ? -1 : 1)) : items
  }
  if (!isJsonObject(value) || (OPEN.has(field) && field !== 'requirements')) return value
  const chosenNames = field === 'requirements' && !Object.hasOwn(value, 'httpSecurityOptions')
  const kept = Object.entries(value).flatMap(([name, child]): readonly (readonly [string, JsonValue])[] => {
    if (chosenNames) return [[name, prune(child, '')]]
    if (field === '' && (name === '$schema' || name.startsWith('x-'))) return []
    const pruned = prune(child, name)
    return isDefault(name, pruned) ? [] : [[name, pruned]]
  })
  return Object.fromEntries(kept)
}

function isDefault(name: string, value: JsonValue): boolean {
  if (Object.hasOwn(DEFAULTS, name)) return DEFAULTS[name] === value
  if (name === 'options' || name.endsWith('Parameters') || name === 'requiredParameterOverrides')
    return Array.isArray(value) && value.length === 0
  if (name !== 'requirements' && name !== 'httpSecurityOptions' && name !== 'parameters' && name !== 'query')
    return false
  return isJsonObject(value) && Object.keys(value).length === 0
}
