import type { Credential } from '../kinds/row.ts'
import { defectText, readToken } from '../plan/tokens.ts'
import { type Issue, makeIssue, ownHelp, type Result } from '../result.ts'
import type { CredentialType } from './types.ts'
import { valueDefect } from './value-types.ts'

/** @internal */
export function done<T>(value: T): Result<T> {
  return { ok: true, value, issues: [] }
}

/** @internal */
export function refused<T>(...issues: readonly Issue[]): Result<T> {
  return { ok: false, issues }
}

/** A value read once, or what is wrong with it. @internal */
export type ReadValue =
  | { readonly value: Credential; readonly issues: readonly [] }
  | { readonly value: null; readonly issues: readonly [Issue] }

/** Reads a secret value. @internal */
export function readValue(given: unknown, type: CredentialType): ReadValue {
  const { credential, defect: unreadable } = readToken(given)
  const defect = credential === null ? (unreadable ?? 'ERR_TOKEN_TYPE') : valueDefect(credential, type)
  if (credential !== null && defect === null) return { value: credential, issues: [] }
  if (defect === null || defect === 'ERR_TOKEN_TYPE') {
    const message = `the value has not the structure of the type \`${type}\``
    return { value: null, issues: [makeIssue('ERR_CREDENTIAL_VALUE', '/value', message, STRUCTURES[type])] }
  }
  const text = defectText(defect)
  const help = defect === 'ERR_TOKEN_EMPTY' ? 'a variable that holds it was probably not set' : ownHelp(text)
  return { value: null, issues: [makeIssue('ERR_CREDENTIAL_VALUE', '/value', `the value ${text.message}`, help)] }
}

const STRUCTURES: { readonly [T in CredentialType]: string } = {
  secretText: 'give a text',
  userPassword: 'give `{ username, password }`',
  oauthClient: 'give `{ clientId, clientSecret }` or `{ clientId, privateKey }`',
  signingSecrets: 'give a text, a list of at most 16 texts, or `{ secrets, keyId }`',
}

/** @internal */
export function notFound<T>(): Result<T> {
  const message = 'no stored credential has this id'
  return refused(makeIssue('ERR_CREDENTIAL_NOT_FOUND', '/credentialId', message, 'check its spelling, and whose it is'))
}

/** @internal */
export function nameTaken<T>(): Result<T> {
  const message = 'another credential of this environment has the name'
  return refused(makeIssue('ERR_CREDENTIAL_NAME_TAKEN', '/name', message, 'choose another name, or rotate that one'))
}
