import { pointerTo } from '../../json-pointer.ts'
import { type JsonObject, ownField } from '../json-object.ts'
import { credentialsBelow, credentialsOf, type InheritedCredential, onlyOne } from './resource-credential.ts'

/** What is merged into the assistants beside it. */
const OVERRIDES = ['assistantOverrides', 'squadOverrides', 'memberOverrides', 'membersOverrides']

const MERGED = ['assistant', 'squad', 'members']

/** The credential that holds in an object: the nearest, unless overrides around it have one, too. @internal */
export function inheritedIn(
  json: JsonObject,
  pointer: string,
  above: InheritedCredential | undefined,
): InheritedCredential | undefined {
  const own = credentialsOf(json, pointer)
  if (own.length === 0) return above
  return onlyOne(above?.overrides === true ? [...own, above] : own)
}

/** The credential that holds in a part of an object: overrides and what they are merged into share theirs. @internal */
export function inheritedBelow(
  json: JsonObject,
  key: string,
  pointer: string,
  inherited: InheritedCredential | undefined,
): InheritedCredential | undefined {
  if (OVERRIDES.includes(key)) {
    const merged = MERGED.flatMap((name) => credentialsBelow(ownField(json, name), pointerTo(pointer, name)))
    return onlyOne(merged) ?? inherited
  }
  const overriding = MERGED.includes(key) ? onlyOne(overridesIn(json, pointer)) : undefined
  return overriding === undefined ? inherited : { ...overriding, overrides: true }
}

function overridesIn(json: JsonObject, pointer: string): readonly InheritedCredential[] {
  return OVERRIDES.flatMap((name) => credentialsOf(ownField(json, name), pointerTo(pointer, name)))
}

/** The credentials that something may use which an object names by its id. @internal */
export function refersElsewhere(
  json: JsonObject,
  pointer: string,
  inherited: InheritedCredential | undefined,
): readonly string[] {
  const { toolIds, assistantId, squadId } = json
  const names = (Array.isArray(toolIds) && toolIds.length > 0) || isId(assistantId) || isId(squadId)
  if (!names) return []
  return [...(inherited?.places ?? []), ...overridesIn(json, pointer).flatMap(({ places }) => places)]
}

function isId(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}
