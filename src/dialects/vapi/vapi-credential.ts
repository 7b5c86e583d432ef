import { hasErrors, type Issue, makeIssue, type Result } from '../../result.ts'
import { snapshot } from '../../snapshot.ts'
import { total } from '../../total.ts'
import type { JsonValue, Requirement, Token } from '../../types.ts'
import { finishTool, ONLY_OPTION, oneOption } from '../finish-tool.ts'
import { isJsonObject, type JsonObject, ownField, sortedJson } from '../json-object.ts'
import { inexpressible } from '../read-tool.ts'
import { canonicalRequirement } from '../same-tool.ts'
import { planPlaces, readPlan, writePlan } from './credential-plan.ts'
import { readVapiOptions, type VapiOptions, type VapiSettings } from './vapi-options.ts'

/** A credential of Vapi's: how requests are authenticated with it, and its secret. */
export interface VapiCredential {
  /** What its plan asks for. */
  readonly requirement: Requirement
  /** The secret of the plan, for a credential store; `null` where the plan does not show it. */
  readonly token: Token | null
}

/**
 * Reads a Vapi credential: its `authenticationPlan` as a requirement, and the secret in it.
 *
 * @param json A credential as Vapi's API takes or gives it, parsed.
 * @param options What Vapi's documentation leaves open about signatures and OAuth clients.
 * @returns The requirement and the secret; or every error, with pointers into `json`.
 * @throws A {@link core.SecurityError} with code `ERR_ARGUMENT_INVALID` for unknown options.
 * @example
 * const read = fromVapiCredential({ authenticationPlan: { type: 'bearer', token: '<YOUR_TOKEN>' } })
 * if (read.ok) read.value.requirement // { httpAuth: { scheme: 'Bearer' } }
 */
export function fromVapiCredential(json: unknown, options?: VapiOptions): Result<VapiCredential> {
  const settings = readVapiOptions(options)
  const copy = snapshot(json)
  return copy.ok ? readCredential(copy.value, settings) : copy
}

function readCredential(json: JsonValue, settings: VapiSettings): Result<VapiCredential> {
  const issues: Issue[] = []
  const pointer = '/authenticationPlan'
  const plan = ownField(json, 'authenticationPlan')
  if (plan === undefined) {
    const message = 'a credential has its plan under `authenticationPlan`'
    return { ok: false, issues: [makeIssue('ERR_FIELD_MISSING', '', message)] }
  }
  const read = readPlan(plan, { pointer, what: 'authenticationPlan', issues }, settings)
  if (read === null) return { ok: false, issues }
  // Tried out in a definition of its own, so that what leaves here is valid wherever it goes.
  const at = `${ONLY_OPTION}/requirements/k`
  const tried = finishTool({
    definition: oneOption(new Map([['k', read.requirement]])),
    tokens: new Map(read.token === null ? [] : [['k', read.token]]),
    places: new Map([['', pointer], ...planPlaces(read.requirement, at, pointer)]),
    issues,
  })
  return tried.ok ? { ok: true, value: Object.freeze(read), issues: [] } : tried
}

/**
 * Writes a requirement as a Vapi credential, the way in which Vapi's API takes a new one.
 *
 * @param credential The requirement, and its secret; without one the plan has none.
 * @param options What Vapi's documentation leaves open; the same as for reading.
 * @returns The credential as JSON, which holds the secret in plain text; or what Vapi has no word for, with pointers into
 * the requirement.
 * @throws A {@link core.SecurityError} with code `ERR_ARGUMENT_INVALID` for unknown options.
 * @example
 * toVapiCredential({ requirement: { httpAuth: { scheme: 'Bearer' } }, token: '<YOUR_TOKEN>' })
 */
export function toVapiCredential(
  credential: { readonly requirement: Requirement; readonly token?: Token | null },
  options?: VapiOptions,
): Result<{ readonly [field: string]: JsonValue }> {
  const settings = readVapiOptions(options)
  return total('ERR_ARGUMENT_INVALID', () => writeCredential(credential, settings))
}

function writeCredential(credential: unknown, settings: VapiSettings): Result<JsonObject> {
  const { requirement: given, token: secret = null } = (credential ?? {}) as Partial<VapiCredential>
  const copy = snapshot({ requirement: given, token: secret }, { reveal: true })
  if (!copy.ok) return copy
  const requirement = ownField(copy.value, 'requirement')
  const token = ownField(copy.value, 'token') ?? undefined
  const definition = oneOption(new Map([['k', isJsonObject(requirement) ? requirement : {}]]))
  const places = new Map([['', '']])
  const tokens = new Map(token === undefined ? [] : [['k', token as unknown as Token]])
  const tried = finishTool({ definition, tokens, places, issues: [] })
  if (!tried.ok) return tried
  const written = writeChecked(requirement as unknown as Requirement, token, settings)
  if (Array.isArray(written)) return { ok: false, issues: written as readonly Issue[] }
  return { ok: true, value: { provider: 'custom-credential', authenticationPlan: written as JsonObject }, issues: [] }
}

/** A plan that is read back as the same requirement; or why there is none. @internal */
export function writeChecked(
  requirement: Requirement,
  token: JsonValue | undefined,
  settings: VapiSettings,
): JsonObject | readonly Issue[] {
  const plan = writePlan(requirement, token, settings)
  if (typeof plan === 'string') return [inexpressible('', plan)]
  const issues: Issue[] = []
  const back = readPlan(plan, { pointer: '', what: 'plan', issues }, settings)
  if (back === null || hasErrors(issues)) return [inexpressible('', 'Vapi would refuse its plan')]
  const same = sortedJson(canonicalRequirement(back.requirement)) === sortedJson(canonicalRequirement(requirement))
  return same ? plan : [inexpressible('', 'Vapi would read it back as another requirement')]
}
