import type { KeyEvent, KeyInfo, TenantSettings } from '../../inbound/index.ts'
import { issueJson } from '../report/json.ts'
import { issueLines, joinBlocks, labelled } from '../report/text.ts'
import type { Paint } from '../terminal/paint.ts'
import { printable } from '../terminal/printable.ts'
import type { KeysReport } from './keys-actions.ts'

const LABEL_WIDTH = 13

/** Everything but a new key, which stands on a line of its own. @internal */
export function keysLines(report: KeysReport, paint: Paint): readonly string[] {
  const { tenant, settings, created, keys, deleted, usage, events, issues } = report
  return joinBlocks([
    ...(settings === null ? [] : [[heading(tenant, null, paint), ...settingLines(settings, paint)]]),
    ...(created === null ? [] : [[created.key.reveal()]]),
    ...(keys ?? []).map((key) => [heading(key.id, null, paint), ...keyLines(key, paint)]),
    ...(deleted === null ? [] : [[heading(deleted, 'deleted', paint)]]),
    ...(usage === null ? [] : [[...usage].map(([day, count]) => `${day}  ${count}`)]),
    ...(events === null ? [] : [events.map(eventLine)]),
    ...issues.map((issue) => issueLines(issue, [], paint)),
  ])
}

function heading(name: string, state: string | null, paint: Paint): string {
  const shown = paint('strong', printable(name))
  return state === null ? shown : `${shown}: ${paint('good', state)}`
}

function row(label: string, text: string, paint: Paint): readonly string[] {
  return labelled(label, printable(text), '  ', paint, LABEL_WIDTH)
}

function settingLines({ apiAccess, scopes, maxKeys, dailyLimit }: TenantSettings, paint: Paint): readonly string[] {
  return [
    ...row('API access', apiAccess ? 'on' : 'off', paint),
    ...row('scopes', scopes.length === 0 ? 'none' : scopes.join(', '), paint),
    ...row('keys', `${maxKeys} at most`, paint),
    ...row('daily limit', dailyLimit === null ? 'none' : String(dailyLimit), paint),
  ]
}

function keyLines({ name, scopes, createdAt, createdBy, lastUsedDay }: KeyInfo, paint: Paint): readonly string[] {
  return [
    ...(name === null ? [] : row('name', name, paint)),
    ...row('scopes', scopes.join(', '), paint),
    ...row('created', `${timeText(createdAt)} by ${createdBy}`, paint),
    ...row('last used', lastUsedDay ?? 'never', paint),
  ]
}

const WORDS: { readonly [E in KeyEvent['event']]: string } = {
  tenantConfigured: 'configured',
  keyCreated: 'created',
  keyDeleted: 'deleted',
}

function eventLine({ at, event, keyId, by, scopes }: KeyEvent): string {
  const what = [WORDS[event], keyId ?? 'the tenant', ...(scopes === undefined ? [] : [`(${scopes.join(', ')})`])]
  return printable(`${timeText(at)}  ${by}  ${what.join(' ')}`)
}

function timeText(timeMs: number): string {
  return new Date(timeMs).toISOString()
}

/** @internal */
export function keysJson(action: string, report: KeysReport): object {
  const { tenant, settings, created, keys, deleted, usage, events, issues } = report
  return {
    action,
    tenant,
    settings,
    created: created === null ? null : { ...keyJson(created), key: created.key.reveal() },
    keys: keys?.map(keyJson) ?? null,
    deleted,
    usage: usage === null ? null : Object.fromEntries(usage),
    events: events?.map(({ at, ...event }) => ({ ...event, at: timeText(at) })) ?? null,
    issues: issues.map(issueJson),
  }
}

function keyJson({ id, tenant, name, scopes, createdAt, createdBy, lastUsedDay }: KeyInfo): object {
  return { id, tenant, name, scopes, createdAt: timeText(createdAt), createdBy, lastUsedDay }
}
