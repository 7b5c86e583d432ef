import type { CredentialUse, ResealReport, StoredCredential } from '../../credentials/types.ts'
import type { Issue } from '../../result.ts'
import { issueJson } from '../report/json.ts'
import { issueLines, joinBlocks, labelled } from '../report/text.ts'
import type { Paint } from '../terminal/paint.ts'
import { printable } from '../terminal/printable.ts'

/** What a command on credentials found or did; no value is in it. @internal */
export interface CredentialsReport {
  readonly action: string
  /** What was done, in a word; `null` where something was only read. */
  readonly done: string | null
  readonly credentials: readonly StoredCredential[]
  /** The id of one that was deleted, and whose record was damaged; else `null`. */
  readonly damaged: string | null
  /** `null` where nobody asked. */
  readonly uses: readonly CredentialUse[] | null
  /** `null` where nobody asked. */
  readonly reseal: ResealReport | null
  readonly issues: readonly Issue[]
}

/** @internal */
export function credentialsLines(report: CredentialsReport, paint: Paint): readonly string[] {
  const { action, done, credentials, damaged, uses, reseal, issues } = report
  const blocks = credentials.map((credential) => [
    heading(credential.credentialId, done, uses, paint),
    ...(uses === null ? credentialLines(credential, action === 'get', paint) : useLines(uses, paint)),
  ])
  if (damaged !== null) blocks.push([heading(damaged, done, uses, paint), ...row('record', 'was damaged', paint)])
  const summaries = reseal === null ? [] : [resealLines(reseal, paint)]
  return joinBlocks([...blocks, ...summaries, ...issues.map((issue) => issueLines(issue, [issue.pointer], paint))])
}

function heading(credentialId: string, done: string | null, uses: CredentialsReport['uses'], paint: Paint): string {
  const state = uses === null ? done : uses.length === 0 ? 'not in use' : 'in use'
  return state === null ? paint('strong', credentialId) : `${paint('strong', credentialId)}: ${paint('good', state)}`
}

function credentialLines(credential: StoredCredential, withTimes: boolean, paint: Paint): readonly string[] {
  const { name, type, environment, hosts, createdAtMs, rotatedAtMs, overlapUntilMs } = credential
  const rows: readonly (readonly [string, string | null])[] = [
    ['name', name],
    ['type', type],
    ['environment', environment],
    ['hosts', hosts === null ? 'any' : hosts.join(', ')],
    ['created', withTimes ? timeText(createdAtMs) : null],
    ['rotated', withTimes ? timeText(rotatedAtMs) : null],
    ['overlap', overlapUntilMs === null ? null : `earlier versions stay valid until ${timeText(overlapUntilMs)}`],
  ]
  return rows.flatMap(([label, text]) => (text === null ? [] : row(label, text, paint)))
}

function useLines(uses: readonly CredentialUse[], paint: Paint): readonly string[] {
  return uses.flatMap(({ type, id }) => row(type, id, paint))
}

const LABEL_WIDTH = 13

function row(label: string, text: string, paint: Paint): readonly string[] {
  return labelled(label, printable(text), '  ', paint, Math.max(LABEL_WIDTH, label.length + 2))
}

function resealLines({ resealed, current, failed }: ResealReport, paint: Paint): readonly string[] {
  const line = `${resealed} sealed anew, ${current} sealed with the current key already`
  return [line, ...failed.flatMap((address) => row('not opened', placeText(address), paint))]
}

function placeText({ tenant, environment, credentialId }: ResealReport['failed'][number]): string {
  return [tenant, ...(environment === null || environment === undefined ? [] : [environment]), credentialId].join(' / ')
}

function timeText(timeMs: number | null): string | null {
  return timeMs === null ? null : new Date(timeMs).toISOString()
}

/** @internal */
export function credentialsJson({ action, credentials, uses, reseal, issues }: CredentialsReport): object {
  return {
    action,
    credentials: credentials.map(credentialJson),
    uses: uses?.map(({ type, id, recordedAtMs }) => ({ type, id, recordedAt: timeText(recordedAtMs) })) ?? null,
    reseal,
    issues: issues.map(issueJson),
  }
}

function credentialJson(credential: StoredCredential): object {
  const { createdAtMs, updatedAtMs, rotatedAtMs, overlapUntilMs, ...rest } = credential
  return {
    ...rest,
    createdAt: timeText(createdAtMs),
    updatedAt: timeText(updatedAtMs),
    rotatedAt: timeText(rotatedAtMs),
    overlapUntil: timeText(overlapUntilMs),
  }
}
