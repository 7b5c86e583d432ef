import type { Imported } from '../../dialects/index.ts'
import type { Issue } from '../../result.ts'
import { joinBlocks, pageText, unframedLines } from '../report/text.ts'
import { byPlace, placeIssue } from '../source/places.ts'
import type { SourceDocument } from '../source/source-document.ts'
import type { Paint } from '../terminal/paint.ts'

// Whoever has more to mend starts with these, or picks some operations.
const MAX_SHOWN = 50

/** The issues of a document, by place; the first fifty, errors before warnings. @internal */
export function issuesText(document: SourceDocument, issues: readonly Issue[], paint: Paint): string {
  const distinct = new Map(issues.map((issue) => [`${issue.code} ${issue.pointer} ${issue.message}`, issue]))
  const errors = [...distinct.values()].filter(({ severity }) => severity === 'error')
  const warnings = [...distinct.values()].filter(({ severity }) => severity === 'warning')
  const shown = [...errors, ...warnings].slice(0, MAX_SHOWN).map((issue) => placeIssue(document, issue))
  const blocks = shown.sort(byPlace).map((issue) => unframedLines(issue, paint))
  const more = distinct.size - shown.length
  const text = pageText(joinBlocks(blocks))
  return more === 0 ? text : `${text}\nlatchkey: and ${more} more\n`
}

/** Every issue of an import. @internal */
export function issuesOf({ tools, refused }: Imported): readonly Issue[] {
  return [...tools, ...refused].flatMap(({ issues }) => issues)
}

/** `latchkey: 3 tools imported, 1 refused`, and what became of their secrets. @internal */
export function summaryLine({ tools, refused }: Imported, secrets: number, written: boolean): string {
  const failed = refused.length === 0 ? '' : `, ${refused.length} refused`
  const names = `${secrets} secret${secrets === 1 ? '' : 's'}`
  const kept = secrets === 0 ? '' : written ? `; ${names} written` : `; ${names} left out (--secrets-out)`
  return `latchkey: ${tools.length} tool${tools.length === 1 ? '' : 's'} imported${failed}${kept}\n`
}
