import { type Issue, makeIssue, type Result } from '../../result.ts'
import { snapshot } from '../../snapshot.ts'
import type { JsonValue } from '../../types.ts'
import { type JsonObject, ownField, sortedJson } from '../json-object.ts'
import { canonicalRequirement } from '../same-tool.ts'
import type { ToolWithTokens } from '../tool-with-tokens.ts'
import { type ReadPlan, readPlan } from './credential-plan.ts'
import { type FoundServer, findServers } from './find-servers.ts'
import { readFound } from './from-vapi-resource.ts'
import { findInlineSecrets, senderOf } from './inline-secrets.ts'
import { hidesSecret } from './lost-fields.ts'
import type { MigratedServer, MigrationOptions, VapiMigration } from './migration.ts'
import { type NewCredentials, newCredentials } from './new-credentials.ts'
import { dropCredential, type MutableDocument, moveSecret, mutableCopy } from './rewrite-server.ts'
import { describeSent, hasUserInfo, shownUrl, wireText } from './sent-headers.ts'
import { readMigrationOptions, type VapiSettings } from './vapi-options.ts'

/**
 * Moves the inline secrets of a Vapi resource into credentials, as Vapi's documentation describes the migration: an inline
 * `secret`, a secret header, or the OAuth client of an assistant becomes a credential, and the server refers to it. The
 * requests stay the same, byte for byte; the report says of each server what it sends before and after.
 *
 * A server takes one credential: one with several secrets, or with a credential already, stays as it is, with a warning.
 *
 * @param json An assistant, phone number, squad, tool, or a list of them, parsed.
 * @param options As for {@link fromVapi}, and the ids of the created credentials.
 * @returns The migrated resource, the credentials to create, and the report; warnings for secrets that stay.
 * @throws A {@link core.SecurityError} with code `ERR_ARGUMENT_INVALID` for unknown options.
 * @example
 * const migrated = migrateVapi({ server: { url: 'https://api.example.com/webhook', secret: '<YOUR_TOKEN>' } })
 * if (migrated.ok) migrated.value.report[0]?.after // ['X-Vapi-Secret: [secret]']
 * @see {@link https://docs.vapi.ai/server-url/server-authentication#migration-from-inline-authentication Migration}
 */
export function migrateVapi(json: unknown, options?: MigrationOptions): Result<VapiMigration> {
  const { settings, ids } = readMigrationOptions(options)
  const copy = snapshot(json)
  if (!copy.ok) return copy
  const { servers: found, usedElsewhere } = findServers(copy.value)
  if (found.length === 0) {
    return { ok: false, issues: [makeIssue('ERR_FIELD_MISSING', '', 'no `server` anywhere in it')] }
  }
  const document = mutableCopy(copy.value)
  const credentials = newCredentials(ids)
  const issues: Issue[] = []
  const report = found.map((server) => migrateServer(server, settings, { document, credentials, issues }))
  for (const pointer of unusedCredentials(found, report)) {
    if (usedElsewhere.has(pointer)) issues.push(stays(pointer))
    else dropCredential(document, pointer)
  }
  const used = new Set(report.map(({ credential }) => credential))
  const created = credentials.list().filter(({ name }) => used.has(name))
  return { ok: true, value: { resource: document.root, credentials: created, report }, issues }
}

function stays(pointer: string): Issue {
  const message = 'the credential stays: what is named here by its id may use it'
  const help = 'remove it once each tool and assistant that is named has a credential of its own'
  return makeIssue('WARN_DIALECT_SECRET_INLINE', pointer, message, help)
}

interface Migrating {
  readonly document: MutableDocument
  readonly credentials: NewCredentials
  readonly issues: Issue[]
}

function migrateServer(found: FoundServer, settings: VapiSettings, work: Migrating): MigratedServer {
  const url = ownField(senderOf(found), 'url')
  const about = { pointer: found.pointer, url: shownUrl(url) }
  const read = readFound(found, settings)
  const before = read.ok ? describeSent(read.value) : []
  const secrets = findInlineSecrets(found, settings)
  const [secret, second] = secrets
  const hidden = hasUserInfo(url) ? 'its URL has user info' : read.issues.find(hidesSecret)?.message
  if (secret === undefined && hidden !== undefined) return keep(hidden)
  if (secret === undefined)
    return { ...about, status: 'unchanged', credential: null, before, after: before, identical: true }
  const credentialId = ownField(senderOf(found), 'credentialId') ?? null
  const reason =
    second !== undefined || credentialId !== null
      ? `a server has one credential, and this one would need ${secrets.length + (credentialId === null ? 0 : 1)}`
      : read.ok
        ? null
        : (read.issues[0]?.message ?? 'it cannot be read')
  if (reason !== null) return keep(reason)
  const credential = work.credentials.take(secret.plan, about.url ?? '')
  const { name, credentialId: id } = credential
  const trial = mutableCopy(found.json)
  moveSecret(trial, { ...found, pointer: '', isLegacy: false }, secret, id)
  const after = readMigrated(trial.root, found, id, credential.plan, settings)
  const identical = read.ok && after !== null && wireText(read.value) === wireText(after)
  if (!identical) return keep('a credential would not send the same')
  if (isAnother(settings.plans.get(id), credential.plan, settings))
    return keep('the credential of that id has another plan')
  moveSecret(work.document, found, secret, id)
  return { ...about, status: 'migrated', credential: name, before, after: describeSent(after), identical }

  function keep(why: string): MigratedServer {
    const help = 'create the credential by hand, and move what remains to the tool or the receiver'
    work.issues.push(makeIssue('WARN_DIALECT_SECRET_INLINE', found.pointer, `secrets stay inline: ${why}`, help))
    return { ...about, status: 'kept', credential: null, before, after: before, identical: true }
  }
}

function readMigrated(
  json: JsonValue,
  found: FoundServer,
  id: string,
  plan: JsonObject,
  settings: VapiSettings,
): ToolWithTokens | null {
  const plans = new Map([...settings.plans, [id, { id, authenticationPlan: plan }]])
  const read = readFound(
    { ...found, json: json as JsonObject, inherited: undefined, isLegacy: false },
    { ...settings, plans },
  )
  return read.ok ? read.value : null
}

/** Whether the credential that has the id already would send something else. Its secret counts where it is shown. */
function isAnother(standing: JsonObject | undefined, plan: JsonObject, settings: VapiSettings): boolean {
  if (standing === undefined) return false
  const place = { pointer: '', what: 'plan', issues: [] }
  const [there, wanted] = [ownField(standing, 'authenticationPlan'), plan].map((each) =>
    readPlan(each, place, settings),
  )
  if (there == null || wanted == null) return true
  const told = ({ requirement, token }: ReadPlan): string => {
    const copy = snapshot([canonicalRequirement(requirement), there.token === null ? null : token], { reveal: true })
    return sortedJson(copy.ok ? copy.value : null)
  }
  return told(there) !== told(wanted)
}

/** The webhook credentials of resources of which every server has one of its own by now. */
function unusedCredentials(found: readonly FoundServer[], report: readonly MigratedServer[]): readonly string[] {
  const users = new Map<string, boolean>()
  for (const [index, server] of found.entries()) {
    const { inherited } = server
    const own = (ownField(senderOf(server), 'credentialId') ?? null) !== null
    const gone = inherited?.issue === null && (own || report[index]?.status === 'migrated')
    for (const place of inherited?.places ?? []) users.set(place, (users.get(place) ?? true) && gone)
  }
  // Later entries of a list first, so that the earlier ones keep their places.
  return [...users]
    .filter(([, gone]) => gone)
    .map(([pointer]) => pointer)
    .reverse()
}
