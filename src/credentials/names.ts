import { type Issue, makeIssue } from '../result.ts'

const MAX_NAME = 40
const ID = /^[A-Za-z0-9._-]{1,128}$/

// Whatever shows as nothing, or turns the direction of the text, would let one name look like another. The last one is the
// blank of Braille, which Unicode counts among the visible.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u

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
