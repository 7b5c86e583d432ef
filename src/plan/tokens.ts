import type { IssueCode } from '../errors.ts'
import { fitsUtf8 } from '../http/grammar.ts'
import { pointerTo } from '../json-pointer.ts'
import type { Credential } from '../kinds/row.ts'
import type { BoundKind } from '../kinds/table.ts'
import { plainKeys } from '../plain-keys.ts'
import { type Issue, makeIssue, ownHelp } from '../result.ts'
import { secretText } from '../secret.ts'
import { snapshot } from '../snapshot.ts'
import type { CredentialReference } from '../types.ts'
import { ABSENT } from './absent.ts'
import { type Plan, workOf } from './compile.ts'

/** A supplied token after its one reading: a credential, a reference to a stored one, or why it is neither. @internal */
export type ReadToken =
  | { readonly credential: Credential; readonly reference: null; readonly defect: null }
  | { readonly credential: null; readonly reference: CredentialReference; readonly defect: null }
  | { readonly credential: null; readonly reference: null; readonly defect: IssueCode }

/** What a caller supplied, read once (TOK-4). @internal */
export interface Supplied {
  /** Own enumerable names, as they were given. */
  readonly names: readonly string[]
  /** Positions in the plan's names of those in use. */
  readonly indexes: readonly number[]
  /** The token of each name in use, by its position in the plan's names; {@link ABSENT} elsewhere. */
  readonly values: readonly (ReadToken | typeof ABSENT)[]
  /** Whether some of the names are used by no option. */
  readonly hasUnused: boolean
}

const UNREADABLE: unique symbol = Symbol('unreadable')
const NONE: readonly never[] = Object.freeze([])

const MAX_BYTES = 16 * 1024

/**
 * Reads the supplied tokens: each property once, own enumerable ones only.
 * @returns `null` where `authTokens` is no plain object.
 * @internal
 */
export function readTokens(plan: Plan, authTokens: unknown): Supplied | null {
  const values: (ReadToken | typeof ABSENT)[] = workOf(plan).absent.slice()
  if (authTokens === undefined) return { names: NONE, indexes: NONE, values, hasUnused: false }
  const names = plainKeys(authTokens)
  if (names === null) return null
  const indexes: number[] = []
  for (const name of names) {
    const index = plan.nameIndex[name]
    if (index === undefined) continue
    indexes.push(index)
    values[index] = readToken(readProperty(authTokens as object, name))
  }
  return { names, indexes, values, hasUnused: indexes.length < names.length }
}

function readProperty(object: object, name: string): unknown {
  try {
    return (object as Record<string, unknown>)[name]
  } catch {
    // What a getter throws may quote the secret.
    return UNREADABLE
  }
}

/** Turns a raw value into a token. Structured values are copied once. @internal */
export function readToken(value: unknown): ReadToken {
  if (typeof value === 'string') return { credential: value, reference: null, defect: null }
  if (value === UNREADABLE) return refused('ERR_TOKEN_UNREADABLE')
  if (typeof value !== 'object' || value === null) return refused('ERR_TOKEN_TYPE')
  try {
    const text = secretText(value)
    return text === undefined ? readStructure(value) : readToken(text)
  } catch {
    return refused('ERR_TOKEN_UNREADABLE')
  }
}

const STRUCTURE_DEFECTS = new Map<IssueCode | undefined, IssueCode>([
  ['ERR_INPUT_ILL_FORMED', 'ERR_TOKEN_ILL_FORMED'],
  ['ERR_INPUT_UNREADABLE', 'ERR_TOKEN_UNREADABLE'],
])

function readStructure(value: object): ReadToken {
  const copy = snapshot(value, { reveal: true })
  if (!copy.ok) return refused(STRUCTURE_DEFECTS.get(copy.issues[0]?.code) ?? 'ERR_TOKEN_TYPE')
  // The copy of an object is one.
  const structure = copy.value as Exclude<Credential, string>
  if (!Object.hasOwn(structure, 'credentialId')) return { credential: structure, reference: null, defect: null }
  const { credentialId, ...rest } = structure as { readonly credentialId?: unknown }
  if (typeof credentialId !== 'string' || Object.keys(rest).length > 0) return refused('ERR_TOKEN_TYPE')
  if (credentialId === '') return refused('ERR_TOKEN_EMPTY')
  return { credential: null, reference: Object.freeze({ credentialId }), defect: null }
}

function refused(defect: IssueCode): ReadToken {
  return { credential: null, reference: null, defect }
}

/** Why a credential cannot be sent as this kind's, or `null` (TOK-2). @internal */
export function credentialDefect(credential: Credential, kind: Pick<BoundKind, 'defect'>): IssueCode | null {
  if (typeof credential === 'string') {
    if (credential === '') return 'ERR_TOKEN_EMPTY'
    if (!credential.isWellFormed()) return 'ERR_TOKEN_ILL_FORMED'
    if (!fitsUtf8(credential, MAX_BYTES)) return 'ERR_TOKEN_TOO_LONG'
  }
  return kind.defect(credential)
}

/** Why a token cannot be used somewhere its name is used, or `null` (TOK-1). @internal */
export function tokenDefect(token: ReadToken, uses: readonly BoundKind[]): IssueCode | null {
  if (token.credential === null) return token.defect
  let first: IssueCode | null = null
  for (const use of uses) {
    const defect = credentialDefect(token.credential, use)
    // The first code by its letters, so that the order of the options says nothing (SEL-5).
    if (defect !== null && (first === null || defect < first)) first = defect
  }
  return first
}

/** One issue for each supplied name in use whose token is unusable, sorted by name. @internal */
export function findBadTokens(plan: Plan, supplied: Supplied): readonly Issue[] {
  return plan.names.flatMap(({ name, uses }, index) => {
    const value = supplied.values[index]
    if (value === undefined || value === ABSENT) return []
    const defect = tokenDefect(value, uses)
    return defect === null ? [] : [tokenIssue(defect, name)]
  })
}

/** @internal */
export function tokenIssue(code: IssueCode, name: string): Issue {
  const text = defectText(code)
  return Object.freeze(
    makeIssue(code, pointerTo('/authTokens', name), `token \`${name}\` ${text.message}`, ownHelp(text)),
  )
}

/** What is wrong with a token, in words that follow its name. @internal */
export function defectText(code: IssueCode): { readonly message: string; readonly help?: string } {
  return TEXTS[code] ?? { message: 'cannot be used' }
}

const TEXTS: Partial<Record<IssueCode, { readonly message: string; readonly help?: string }>> = {
  ERR_TOKEN_UNREADABLE: { message: 'could not be read: its getter or proxy threw' },
  ERR_TOKEN_TYPE: {
    message: 'is neither a text, a `Secret`, `{ credentialId }` nor the structure of its kind',
    help: 'give the token as a string',
  },
  ERR_TOKEN_EMPTY: {
    message: 'is empty',
    help: 'a variable that holds it was probably not set; leave the name out if there is no token',
  },
  ERR_TOKEN_TOO_LONG: { message: 'is longer than 16 KiB' },
  ERR_TOKEN_ILL_FORMED: { message: 'is not well-formed Unicode' },
  ERR_TOKEN_CONTROL: {
    message: 'holds a control character',
    help: 'often the line break at the end of a file: trim it',
  },
  ERR_TOKEN_HEADER: {
    message: 'holds what a header cannot carry',
    help: 'a header takes visible ASCII, with spaces and tabs only between other characters',
  },
  ERR_TOKEN_SCHEME: { message: 'starts with its own auth-scheme', help: 'give the token alone: the scheme is added' },
  ERR_TOKEN_USERNAME: { message: 'has a `username` with a colon, which ends the name' },
  ERR_TOKEN_COOKIE: {
    message: 'holds what a cookie cannot carry',
    help: 'a cookie takes visible ASCII without spaces, quotes, commas, semicolons and backslashes',
  },
  ERR_SIGNATURE_SECRET: {
    message: 'is no secret that the form can use',
    help: 'its text must fit `key` and `keyPrefix`; several secrets need a `separator`',
  },
  ERR_TOKEN_CLIENT: {
    message: 'is no OAuth client that can be used',
    help: 'id and secret are printable ASCII; `private_key_jwt` needs a private JWK of type RSA, EC or OKP',
  },
  ERR_TOKEN_BASIC: {
    message: 'is not Basic credentials',
    help: 'give `{ username, password }`, or base64 of `user:password`',
  },
}
