import { foldHeaderName } from '../../http/grammar.ts'
import { pointerTo } from '../../json-pointer.ts'
import { bindKind } from '../../kinds/table.ts'
import { type Issue, makeIssue } from '../../result.ts'
import { Secret } from '../../secret.ts'
import { didYouMean } from '../../suggest.ts'
import type { JsonValue, Requirement, StaticParameter, Token } from '../../types.ts'
import { ONLY_OPTION } from '../finish-tool.ts'
import { ownField } from '../json-object.ts'
import { type ObjectPlace, readFields } from '../read-fields.ts'
import { inexpressible } from '../read-tool.ts'
import { requirementNameFor } from '../requirement-name.ts'
import { planPlaces, readPlan } from './credential-plan.ts'
import type { InheritedCredential } from './resource-credential.ts'
import { hasLiquid, liquidIssue, type ReadHeader, readHeaders } from './vapi-headers.ts'
import type { VapiSettings } from './vapi-options.ts'

/** What a server, or another object that sends requests, says about them; filled step by step. @internal */
export interface ServerDraft {
  readonly requirements: Map<string, Requirement>
  readonly tokens: Map<string, Token>
  readonly fixed: StaticParameter[]
  /** Pointers into the document by pointers into the definition. */
  readonly places: Map<string, string>
  readonly issues: Issue[]
}

/** @internal */
export function emptyDraft(): ServerDraft {
  return { requirements: new Map(), tokens: new Map(), fixed: [], places: new Map(), issues: [] }
}

/** What Vapi's servers and API request tools have in common. @internal */
export interface SentBy {
  readonly credentialId: string | undefined
  readonly secret: string | undefined
  readonly headers: readonly ReadHeader[]
  readonly encryptedPaths: readonly JsonValue[] | undefined
}

const SERVER_RULES = {
  url: 'text!',
  timeoutSeconds: 'number',
  credentialId: 'text',
  secret: 'text',
  headers: 'object',
  encryptedPaths: 'list',
  staticIpAddressesEnabled: 'boolean',
  backoffPlan: 'object',
} as const

/** Reads a `server` object; `null` where an issue was added. @internal */
export function readServer(
  server: JsonValue | undefined,
  pointer: string,
  settings: VapiSettings,
  draft: ServerDraft,
): { readonly url: string; readonly timeoutSeconds: number | undefined } | null {
  const place: ObjectPlace = { pointer, what: 'server', issues: draft.issues }
  const read = readFields(server, SERVER_RULES, place)
  if (refuseNull(server, place) || read === null) return null
  for (const name of ['staticIpAddressesEnabled', 'backoffPlan'] as const) {
    if (read[name] !== undefined) draft.issues.push(dropped(pointerTo(pointer, name), name))
  }
  const headers = readHeaders(read.headers, { ...place, pointer: pointerTo(pointer, 'headers') }, settings)
  addSecrets({ ...read, headers }, pointer, settings, draft)
  const { url, timeoutSeconds } = read
  if (/[{}]/.test(url)) {
    draft.issues.push(inexpressible(pointerTo(pointer, 'url'), 'the URL is filled in by a template', 'write it out'))
  }
  draft.places.set('/http', pointerTo(pointer, 'url'))
  draft.places.set('/timeout', pointerTo(pointer, 'timeoutSeconds'))
  return { url, timeoutSeconds }
}

/** A secret that was not filled in must not become a request without one (T04). @internal */
export function refuseNull(sender: JsonValue | undefined, { pointer, issues }: ObjectPlace): boolean {
  const empty = ['secret', 'credentialId', 'headers'].filter((name) => ownField(sender, name) === null)
  for (const name of empty) {
    const help = 'leave it out where nothing is sent'
    issues.push(makeIssue('ERR_FIELD_TYPE', pointerTo(pointer, name), `\`${name}\` is \`null\``, help))
  }
  return empty.length > 0
}

/** @internal */
export function dropped(pointer: string, name: string): Issue {
  return makeIssue('WARN_DIALECT_DROPPED', pointer, `\`${name}\` has no word in a definition`)
}

/** Adds a requirement with its token for each secret, and a static parameter for each plain header. @internal */
export function addSecrets(sent: SentBy, pointer: string, settings: VapiSettings, draft: ServerDraft): void {
  const { credentialId, secret, headers, encryptedPaths = [] } = sent
  if (encryptedPaths.length > 0) {
    const message = 'parts of the body are encrypted, and a definition has no word for that'
    draft.issues.push(inexpressible(pointerTo(pointer, 'encryptedPaths'), message))
  }
  if (secret !== undefined) {
    const at = pointerTo(pointer, 'secret')
    const name = 'X-Vapi-Secret'
    if (hasLiquid(secret)) draft.issues.push(liquidIssue(name, at))
    addRequirement(name, { headerApiKey: { name } }, new Secret(secret), at, settings, draft)
  }
  const overrides = headers.some(({ name }) => foldHeaderName(name) === 'authorization')
  if (credentialId !== undefined) addCredential(credentialId, pointer, overrides, settings, draft)
  else if (settings.inherited !== undefined) addInherited(settings.inherited, overrides, settings, draft)
  for (const header of headers) {
    const { pointer: at } = header
    if (header.secret !== null) addRequirement(header.name, header.requirement, header.secret, at, settings, draft)
    else {
      draft.places.set(pointerTo('', 'staticParameters', draft.fixed.length), at)
      draft.fixed.push({ name: header.name, location: 'PARAMETER_LOCATION_HEADER', value: header.value })
    }
  }
}

function addRequirement(
  suggestion: string,
  requirement: Requirement,
  token: Token,
  source: string,
  settings: VapiSettings,
  { requirements, tokens, places, issues }: ServerDraft,
): void {
  const name = requirementNameFor(suggestion, settings)
  if (requirements.has(name)) {
    issues.push(makeIssue('ERR_REQUIREMENT_NAME', source, `two requirements would have the name \`${name}\``))
    return
  }
  requirements.set(name, requirement)
  tokens.set(name, token)
  places.set(pointerTo(ONLY_OPTION, 'requirements', name), source)
  places.set(pointerTo('/authTokens', name), source)
}

/** A credential that the server names; its plan says what it does, its secret stays where it is stored. */
function addCredential(id: string, at: string, overrides: boolean, settings: VapiSettings, draft: ServerDraft): void {
  const pointer = pointerTo(at, 'credentialId')
  const credential = settings.plans.get(id)
  if (credential === undefined) {
    const help = didYouMean(id, settings.plans.keys()) ?? 'give it among the `credentials`, with its plan'
    draft.issues.push(makeIssue('ERR_DIALECT_CREDENTIAL', pointer, 'the plan of this credential is not known', help))
    return
  }
  const plan = readPlan(
    ownField(credential, 'authenticationPlan'),
    { pointer, what: 'plan', issues: draft.issues },
    settings,
  )
  if (plan === null || isOverridden(plan.requirement, overrides, pointer, draft)) return
  const inline = settings.credentialTokens === 'inline' ? plan.token : null
  addRequirement(id, plan.requirement, inline ?? { credentialId: id }, pointer, settings, draft)
}

/** A credential of the assistant or phone number around the server. */
function addInherited(
  { pointer, credential, issue }: InheritedCredential,
  overrides: boolean,
  settings: VapiSettings,
  draft: ServerDraft,
): void {
  if (issue !== null) {
    draft.issues.push(issue)
    return
  }
  const plan = readPlan(credential, { pointer, what: 'credential', issues: draft.issues }, settings)
  if (plan === null || isOverridden(plan.requirement, overrides, pointer, draft)) return
  if (plan.token === null) {
    draft.issues.push(makeIssue('ERR_FIELD_MISSING', pointer, 'the credential has no secret'))
    return
  }
  addRequirement('webhook', plan.requirement, plan.token, pointer, settings, draft)
  for (const [ours, theirs] of planPlaces(plan.requirement, pointerTo(ONLY_OPTION, 'requirements', 'webhook'), pointer))
    draft.places.set(ours, theirs)
}

/** Vapi documents that an `Authorization` among the headers takes the place of the credential's. */
function isOverridden(requirement: Requirement, overrides: boolean, pointer: string, { issues }: ServerDraft): boolean {
  const { carriers } = bindKind(requirement)
  if (!overrides || !carriers.some(({ name }) => foldHeaderName(name) === 'authorization')) return false
  const message = 'the credential is not sent: the `Authorization` among the headers takes its place'
  issues.push(makeIssue('WARN_DIALECT_DROPPED', pointer, message))
  return true
}
