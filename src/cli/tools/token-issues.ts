import { pointerSegments } from '../../json-pointer.ts'
import type { Issue } from '../../result.ts'
import type { FileIssue } from '../source/source-document.ts'
import type { Selection } from './loaded-tool.ts'

/** A problem of tokens or of a request. @internal */
export interface TokenIssue {
  /** With its place where it stands in a file. */
  readonly issue: Issue | FileIssue
  /** Where the token came from, if not from the file. */
  readonly from: string | null
}

/**
 * Says where the problem of a token stands: in a call its pointer leads into the file, and so does its place, unless the
 * token came from elsewhere.
 * @param issue Its pointer begins with `/authTokens`.
 * @param origins Where tokens came from that are not in the file.
 * @internal
 */
export function placeTokenIssue(
  issue: Issue,
  selection: Selection | null,
  origins: ReadonlyMap<string, string>,
): TokenIssue {
  const from = origins.get(pointerSegments(issue.pointer)[1] ?? '') ?? null
  if (selection === null) return { issue, from }
  const placed = selection.place(issue)
  return { issue: from === null ? placed : { ...issue, pointer: placed.pointer }, from }
}
