import { type Issue, makeIssue } from '../../result.ts'
import { pointerOf } from './place-tree.ts'
import type { SourceDocument } from './source-document.ts'

const MAX_DUPLICATES = 100

/** Keys that stand twice in one object, the first hundred, in JSON or YAML, also when spelled with escapes. @internal */
export function findDuplicateKeys(document: SourceDocument): readonly Issue[] {
  const help = 'readers disagree on which one counts: keep one'
  return document
    .places()
    .all.filter(({ span }) => span.duplicate)
    .slice(0, MAX_DUPLICATES)
    .map((place) => makeIssue('ERR_JSON_DUPLICATE_KEY', pointerOf(place), 'this key stands twice in one object', help))
}
