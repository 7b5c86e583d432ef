import type { IssueCode } from '../errors.ts'
import { fitsUtf8 } from '../http/grammar.ts'
import { pointerTo } from '../json-pointer.ts'
import type { BoundKind } from '../kinds/table.ts'
import { type Issue, makeIssue } from '../result.ts'
import { isSecret } from '../secret.ts'
import type { CredentialReference } from '../types.ts'
import type { Plan } from './compile.ts'

/** A supplied token after its one reading: a text, a reference to a stored credential, or why it is neither. @internal */
export type ReadToken =
  | { readonly text: string; readonly reference: null; readonly defect: null }
  | { readonly text: null; readonly reference: CredentialReference; readonly defect: null }
  | { readonly text: null; readonly reference: null; readonly defect: IssueCode }

/** What a caller supplied, read once (TOK-4). The three arrays are parallel. @internal */
export interface Supplied {
  /** Own enumerable names, as they were given. */
  readonly names: readonly string[]
  /** Their positions in the plan's names, or -1. */
  readonly indexes: readonly number[]
  /** Their raw values, read only for names in use. */
  readonly values: readonly unknown[]
  /** Whether some of the names are used by no option. */
  readonly hasUnused: boolean
}

const UNREADABLE: unique symbol = Symbol('unreadable')
const NONE: readonly never[] = Object.freeze([])
const NOTHING_SUPPLIED: Supplied = Object.freeze({ names: NONE, indexes: NONE, values: NONE, hasUnused: false })

const MAX_BYTES = 16 * 1024

/**
 * Reads the supplied tokens: each property once, own enumerable ones only.
 * @returns `null` where `authTokens` is no plain object.
 * @internal
 */
export function readTokens(plan: Plan, authTokens: unknown): Supplied | null {
  if (authTokens === undefined) return NOTHING_SUPPLIED
  const names = plainKeys(authTokens)
  if (names === null) return null
  const indexes: number[] = []
  const values: unknown[] = []
  let hasUnused = false
  for (const name of names) {
    const index = plan.nameIndex[name] ?? -1
    indexes.push(index)
    values.push(index < 0 ? undefined : readProperty(authTokens as object, name))
    if (index < 0) hasUnused = true
  }
  return { names, indexes, values, hasUnused }
}

/** The raw value supplied for a name in use. @internal */
export function suppliedValue({ indexes, values }: Supplied, nameIndex: number): unknown {
  return values[indexes.indexOf(nameIndex)]
}

function plainKeys(value: unknown): readonly string[] | null {
  if (typeof value !== 'object' || value === null) return null
  try {
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== null && prototype !== Object.prototype && Object.getPrototypeOf(prototype) !== null) return null
    return Array.isArray(value) ? null : Object.keys(value)
  } catch {
    return null
  }
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
  if (typeof value === 'string') return { text: value, reference: null, defect: null }
  if (value === UNREADABLE) return refused('ERR_TOKEN_UNREADABLE')
  try {
    return isSecret(value) ? readToken(revealed(value)) : readReference(value)
  } catch {
    return refused('ERR_TOKEN_UNREADABLE')
  }
}

function revealed(secret: { reveal(): unknown }): string | null {
  const text = secret.reveal()
  return typeof text === 'string' ? text : null
}

function readReference(value: unknown): ReadToken {
  const keys = plainKeys(value)
  if (keys?.length !== 1 || keys[0] !== 'credentialId') return refused('ERR_TOKEN_TYPE')
  const { credentialId } = value as { credentialId: unknown }
  if (typeof credentialId !== 'string') return refused('ERR_TOKEN_TYPE')
  if (credentialId === '') return refused('ERR_TOKEN_EMPTY')
  if (!credentialId.isWellFormed()) return refused('ERR_TOKEN_ILL_FORMED')
  return { text: null, reference: Object.freeze({ credentialId }), defect: null }
}

function refused(defect: IssueCode): ReadToken {
  return { text: null, reference: null, defect }
}

/** Why a text cannot be sent as this kind's credential, or `null` (TOK-2). @internal */
export function textDefect(text: string, kind: Pick<BoundKind, 'defect'>): IssueCode | null {
  if (text === '') return 'ERR_TOKEN_EMPTY'
  if (!text.isWellFormed()) return 'ERR_TOKEN_ILL_FORMED'
  if (!fitsUtf8(text, MAX_BYTES)) return 'ERR_TOKEN_TOO_LONG'
  return kind.defect(text)
}

/** Why a token cannot be used somewhere its name is used, or `null` (TOK-1). @internal */
export function tokenDefect(token: ReadToken, uses: readonly BoundKind[]): IssueCode | null {
  if (token.text === null) return token.defect
  for (const use of uses) {
    const defect = textDefect(token.text, use)
    if (defect !== null) return defect
  }
  return null
}

/** One issue for each supplied name in use whose token is unusable, sorted by name. @internal */
export function findBadTokens(plan: Plan, supplied: Supplied): readonly Issue[] {
  return plan.names.flatMap(({ name, uses }, index) => {
    if (!supplied.indexes.includes(index)) return []
    const defect = tokenDefect(readToken(suppliedValue(supplied, index)), uses)
    return defect === null ? [] : [tokenIssue(defect, name)]
  })
}

/** @internal */
export function tokenIssue(code: IssueCode, name: string): Issue {
  const text = TEXTS[code] ?? { message: 'cannot be used' }
  return Object.freeze(makeIssue(code, pointerTo('/authTokens', name), `token \`${name}\` ${text.message}`, text.help))
}

const TEXTS: Partial<Record<IssueCode, { readonly message: string; readonly help?: string }>> = {
  ERR_TOKEN_UNREADABLE: { message: 'could not be read: its getter or proxy threw' },
  ERR_TOKEN_TYPE: {
    message: 'is neither a text, a `Secret` nor `{ credentialId }`',
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
  ERR_TOKEN_BASIC: { message: 'is not Basic credentials', help: 'give base64 of `user:password`' },
}
