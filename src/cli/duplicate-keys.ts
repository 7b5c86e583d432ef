import { type Issue, makeIssue } from '../result.ts'
import type { SourceDocument } from './source-document.ts'

/** Every key that stands twice in one object, in JSON or YAML, also when it is spelled with escapes. @internal */
export function findDuplicateKeys(document: SourceDocument): readonly Issue[] {
  const help = 'readers disagree on which one counts: keep one'
  return document
    .spans()
    .filter(({ duplicate }) => duplicate)
    .map(({ pointer }) => makeIssue('ERR_JSON_DUPLICATE_KEY', pointer, 'this key stands twice in one object', help))
}
