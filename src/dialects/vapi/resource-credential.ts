import { pointerTo } from '../../json-pointer.ts'
import { type Issue, makeIssue } from '../../result.ts'
import { suggest } from '../../suggest.ts'
import type { JsonValue } from '../../types.ts'
import { entriesOf, isJsonObject, type JsonObject, ownField } from '../json-object.ts'
import { inexpressible } from '../read-tool.ts'

/** A credential that holds for everything in a resource; or why nobody knows which one does. @internal */
export type InheritedCredential = {
  readonly pointer: string
  /** Every credential that it may be. */
  readonly places: readonly string[]
  /** Whether it stands in overrides, which are merged into whatever is below. */
  readonly overrides?: boolean
} & ({ readonly credential: JsonValue; readonly issue: null } | { readonly credential: null; readonly issue: Issue })

/** Fields whose names begin alike and which hold no credential. */
const OTHERS = ['credentialId', 'credentialIds']

/** The credential for webhooks that a resource has: an entry of its list, or the `webhook` of older versions. @internal */
export function credentialsOf(json: JsonValue | undefined, pointer: string): readonly InheritedCredential[] {
  return entriesOf(json).flatMap(([name, value]) => {
    const at = pointerTo(pointer, name)
    if (name === 'credentials') return Array.isArray(value) ? readList(value, at) : readOlder(value, at)
    if (OTHERS.includes(name) || suggest(name, ['credentials']) === undefined) return []
    return [unknown(makeIssue('ERR_FIELD_UNKNOWN', at, `unknown field \`${name}\``, 'did you mean `credentials`?'))]
  })
}

function readList(list: readonly JsonValue[], pointer: string): readonly InheritedCredential[] {
  return list.flatMap((entry, index) => {
    const at = pointerTo(pointer, index)
    if (!isJsonObject(entry)) return [unknown(makeIssue('ERR_FIELD_TYPE', at, 'a credential is an object'))]
    const plan = ownField(entry, 'authenticationPlan')
    if (entry['provider'] === 'webhook') return [known(plan ?? null, pointerTo(at, 'authenticationPlan'))]
    if (plan === undefined) return []
    const message = 'of a credential with a plan whose `provider` is not `webhook` nobody knows which server sends it'
    return [unknown(inexpressible(at, message, 'refer to it by `credentialId`, and give it with `credentials`'))]
  })
}

function readOlder(credentials: JsonValue, pointer: string): readonly InheritedCredential[] {
  if (!isJsonObject(credentials)) {
    return [unknown(makeIssue('ERR_FIELD_TYPE', pointer, '`credentials` is neither a list nor an object'))]
  }
  return Object.entries(credentials).flatMap(([name, webhook]) => {
    const at = pointerTo(pointer, name)
    if (name === 'webhook') return [known(isJsonObject(webhook) ? withUrl(webhook) : webhook, at)]
    if (suggest(name, ['webhook']) === undefined) return []
    return [unknown(makeIssue('ERR_FIELD_UNKNOWN', at, `unknown field \`${name}\``, 'did you mean `webhook`?'))]
  })
}

function withUrl({ tokenUrl, ...rest }: JsonObject): JsonObject {
  return tokenUrl === undefined ? rest : { url: tokenUrl, ...rest }
}

function known(credential: JsonValue, pointer: string): InheritedCredential {
  return { pointer, places: [pointer], credential, issue: null }
}

function unknown(issue: Issue): InheritedCredential {
  return { pointer: issue.pointer, places: [], credential: null, issue }
}

/** The one credential of several; which of more than one is sent, nobody knows. @internal */
export function onlyOne(all: readonly InheritedCredential[]): InheritedCredential | undefined {
  const [first, second] = all
  if (first === undefined || second === undefined) return first
  const places = all.flatMap((each) => each.places)
  const broken = all.find(({ issue }) => issue !== null)?.issue
  const message = 'several credentials of webhooks hold for one server: nobody knows which of them is sent'
  const issue = broken ?? inexpressible(second.pointer, message, 'give each server a `credentialId`')
  return { pointer: issue.pointer, places, credential: null, issue }
}

/** Every credential for webhooks anywhere in a resource. @internal */
export function credentialsBelow(json: JsonValue | undefined, pointer: string): readonly InheritedCredential[] {
  const children = Array.isArray(json)
    ? [...json.entries()]
    : entriesOf(json).filter(([name]) => name !== 'credentials')
  const below = children.flatMap(([key, child]) => credentialsBelow(child, pointerTo(pointer, key)))
  return [...(Array.isArray(json) ? [] : credentialsOf(json, pointer)), ...below]
}
