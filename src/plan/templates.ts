import type { IssueCode } from '../errors.ts'
import { fitsUtf8 } from '../http/grammar.ts'
import { pointerTo } from '../json-pointer.ts'
import { plainKeys } from '../plain-keys.ts'
import { hasErrors, type Issue, makeIssue, type Result, sortIssues } from '../result.ts'
import { Secret, secretText } from '../secret.ts'
import { snapshot } from '../snapshot.ts'
import { total } from '../total.ts'
import type { AuthTokens, JsonValue, Token } from '../types.ts'

// The whole `{{…}}`, whatever is inside, so that a malformed one is told from plain text; more braces are malformed. A run
// of braces is tried from its start alone: from each of them, a long one would take quadratic time.
const TEMPLATE = /(?<!\{)(\{{2,})([^{}]*)\}\}/g
const VARIABLE = /^\s*([A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*)\s*$/

const MAX_BYTES = 16 * 1024
// Of one call: a few characters in each of many texts would bring a long variable in as often.
const MAX_BROUGHT = 1024 * 1024

interface Filling {
  readonly variables: JsonValue
  readonly issues: Issue[]
  /** How many code units variables have brought into texts. */
  brought: number
}

/**
 * Fills `{{name}}` templates in tokens from a call's context; run it before {@link resolve} (TOK-5).
 *
 * Names of tokens are never templated, so the choice cannot change. Values are inserted as they are, without escaping,
 * and never expanded again. A text with templates has at most 16,384 bytes of UTF-8, before and after; variables bring at
 * most 1,048,576 characters into all texts together. Beyond that, the text is `ERR_TOKEN_TOO_LONG`.
 *
 * @param authTokens Tokens by name. Texts, `Secret`s and the texts inside structured tokens are filled.
 * @param context Variables; `{{a.b}}` reads property `b` of `a`. A variable must be a non-empty string.
 * @returns New tokens, texts that were filled as `Secret`; or an issue for each variable that is missing or empty, and each text that
 * is too long.
 * @example
 * const filled = fillTemplates({ apiKey: '{{tenantKey}}' }, { tenantKey: '<YOUR_TOKEN>' })
 * if (filled.ok) resolve(tool, filled.value)
 */
export function fillTemplates(
  authTokens: AuthTokens,
  context: { readonly [name: string]: unknown },
): Result<AuthTokens> {
  return total('ERR_ARGUMENT_INVALID', () => fillEntries(authTokens, context))
}

function fillEntries(authTokens: unknown, context: unknown): Result<AuthTokens> {
  const variables = snapshot(context)
  if (!variables.ok)
    return { ok: false, issues: variables.issues.map((issue) => ({ ...issue, pointer: `/context${issue.pointer}` })) }
  const entries = readEntries(authTokens)
  if (entries === null)
    return {
      ok: false,
      issues: [makeIssue('ERR_TOKENS_TYPE', '/authTokens', 'expected `authTokens` as a plain object')],
    }
  const issues: Issue[] = []
  const filling: Filling = { variables: variables.value, issues, brought: 0 }
  const filled = Object.create(null) as Record<string, Token>
  for (const [name, value] of entries) {
    filled[name] = fillToken(value, pointerTo('/authTokens', name.toWellFormed()), filling) as Token
  }
  return hasErrors(issues)
    ? { ok: false, issues: sortIssues(issues) }
    : { ok: true, value: Object.freeze(filled), issues: [] }
}

/** Own enumerable properties, each read once; `null` where that is not possible. */
function readEntries(authTokens: unknown): readonly (readonly [string, unknown])[] | null {
  if (plainKeys(authTokens) === null) return null
  try {
    return Object.entries(authTokens as object)
  } catch {
    return null
  }
}

function fillToken(value: unknown, pointer: string, filling: Filling): unknown {
  if (typeof value === 'string') return fillText(value, pointer, filling)
  const secret = typeof value === 'object' && value !== null ? readSecret(value) : undefined
  if (secret !== undefined) return secret.includes('{{') ? fillText(secret, pointer, filling) : value
  const copy = snapshot(value, { reveal: true })
  // What is no token is for `resolve` to refuse.
  return copy.ok ? fillLeaves(copy.value, pointer, filling) : value
}

/** Fills each text of a structured token; the copy bounds its depth. */
function fillLeaves(value: JsonValue, pointer: string, filling: Filling): unknown {
  if (typeof value === 'string') {
    const text = fillText(value, pointer, filling)
    return typeof text === 'string' ? text : text.reveal()
  }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    return Object.freeze(value.map((child, index) => fillLeaves(child, pointerTo(pointer, index), filling)))
  }
  const filled = Object.create(null) as Record<string, unknown>
  for (const [key, child] of Object.entries(value)) {
    filled[key] = fillLeaves(child, pointerTo(pointer, key), filling)
  }
  return Object.freeze(filled)
}

/** A proxy that throws is no secret: `resolve` refuses it. */
function readSecret(value: object): string | undefined {
  try {
    return secretText(value)
  } catch {
    return undefined
  }
}

function fillText(text: string, pointer: string, filling: Filling): string | Secret {
  if (!text.includes('{{')) return text
  const refuse = (code: IssueCode, message: string): string => {
    filling.issues.push(makeIssue(code, pointer, message))
    return ''
  }
  if (!fitsUtf8(text, MAX_BYTES)) return refuse('ERR_TOKEN_TOO_LONG', 'a text with templates is longer than 16 KiB')
  if (text.replace(TEMPLATE, '').includes('{{'))
    return refuse('ERR_TEMPLATE_SYNTAX', 'a `{{` has no variable name and `}}` of its own')
  let brought = 0
  const filled = text.replace(TEMPLATE, (_, braces: string, inner: string) => {
    const path = braces.length === 2 ? VARIABLE.exec(inner)?.[1] : undefined
    if (path === undefined) return refuse('ERR_TEMPLATE_SYNTAX', 'expected one variable name between `{{` and `}}`')
    const value = lookUp(filling.variables, path)
    if (typeof value === 'string' && value !== '') {
      brought += value.length
      return brought > MAX_BYTES ? '' : value
    }
    const what = value === undefined ? 'missing' : value === '' ? 'empty' : 'not a text'
    return refuse('ERR_TEMPLATE_VARIABLE', `variable \`${path}\` is ${what}`)
  })
  if (brought > MAX_BYTES || !fitsUtf8(filled, MAX_BYTES))
    return refuse('ERR_TOKEN_TOO_LONG', 'a text is longer than 16 KiB once its templates are filled')
  filling.brought += brought
  if (filling.brought > MAX_BROUGHT)
    return refuse('ERR_TOKEN_TOO_LONG', 'the templates of all tokens bring in more than 1 MiB')
  return new Secret(filled)
}

function lookUp(context: JsonValue, path: string): JsonValue | undefined {
  let value: JsonValue | undefined = context
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, key))
      return undefined
    value = (value as { readonly [key: string]: JsonValue })[key]
  }
  return value
}
