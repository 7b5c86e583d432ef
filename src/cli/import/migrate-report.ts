import type { MigratedServer, VapiMigration } from '../../dialects/index.ts'
import type { Issue } from '../../result.ts'
import { issueJson } from '../report/json.ts'
import { joinBlocks, labelled } from '../report/text.ts'
import type { FileIssue } from '../source/source-document.ts'
import type { Paint, Style } from '../terminal/paint.ts'
import { printable } from '../terminal/printable.ts'

/** A migration as a document for programs; without secrets. @internal */
export function migrationJson({ report, credentials }: VapiMigration, issues: readonly (Issue | FileIssue)[]): object {
  return {
    servers: report,
    credentials: credentials.map(({ name, credentialId }) => ({ name, credentialId })),
    issues: issues.map(issueJson),
  }
}

const STYLES: { readonly [status in MigratedServer['status']]: Style } = {
  migrated: 'good',
  kept: 'warning',
  unchanged: 'faint',
}

const WORDS: { readonly [status in MigratedServer['status']]: string } = {
  migrated: 'migrated',
  kept: 'stays as it is',
  unchanged: 'has no inline secret',
}

/** What each server sends before and after, and which credentials are to be created. @internal */
export function migrationLines({ report, credentials }: VapiMigration, paint: Paint): readonly string[] {
  const blocks = report.map((server) => serverLines(server, paint))
  if (credentials.length === 0) return joinBlocks(blocks)
  const created = credentials.map(({ name, credentialId }) => [
    `  ${printable(name)}`,
    ...labelled('id', credentialId, '    ', paint, 4),
  ])
  return joinBlocks([...blocks, [paint('strong', 'credentials to create'), ...created.flat()]])
}

function serverLines({ pointer, url, status, credential, before, after }: MigratedServer, paint: Paint): string[] {
  const place = paint('strong', printable(pointer === '' ? '#' : `#${pointer}`))
  return [
    `${place}: ${paint(STYLES[status], WORDS[status])}`,
    ...(url === null ? [] : [`  url     ${printable(url)}`]),
    ...(credential === null ? [] : labelled('uses', `credential ${credential}`, '  ', paint, 8)),
    ...sentLines('before', before, paint),
    ...(status === 'migrated' ? [...sentLines('after', after, paint), '          the same, byte for byte'] : []),
  ]
}

function sentLines(label: string, sent: readonly string[], paint: Paint): readonly string[] {
  const [first = 'nothing', ...rest] = sent.map(printable)
  return [`  ${paint('faint', label.padEnd(6))}  ${first}`, ...rest.map((line) => `          ${line}`)]
}
