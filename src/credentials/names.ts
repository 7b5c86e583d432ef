import { type Issue, makeIssue } from '../result.ts'

const MAX_NAME = 40
const ID = /^[A-Za-z0-9._-]{1,128}$/

// Controls, bidirectional marks and line separators would let one name look like another.
const UNSEEN = /[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/

/** What is wrong with a name, or nothing. @internal */
export function nameIssues(name: string): readonly Issue[] {
  const fits = name.isWellFormed() && [...name].length <= MAX_NAME && name.trim() === name && name !== ''
  if (fits && !UNSEEN.test(name)) return []
  const message = `the name is not 1 to ${MAX_NAME} plain characters`
  const help = 'no control characters, no invisible ones, and no white space at either end'
  return [makeIssue('ERR_CREDENTIAL_NAME', '/name', message, help)]
}

/** Whether a text can be the id of a credential. @internal */
export function isCredentialId(text: unknown): text is string {
  return typeof text === 'string' && ID.test(text)
}

/** @internal */
export function isResourceType(text: unknown): boolean {
  return typeof text === 'string' && /^[A-Za-z][A-Za-z0-9]{0,39}$/.test(text)
}
