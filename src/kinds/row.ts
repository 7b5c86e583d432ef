import type { IssueCode } from '../errors.ts'
import type { Issue } from '../result.ts'
import type { Carrier, JsonValue, Mutation, Need } from '../types.ts'

/** A credential in a private copy: a text, or the exact structure that its kind asks for. Secrets are plain in it. @internal */
export type Credential = string | Exclude<JsonValue, string | null | boolean | number>

/** What the linter says of a kind; its words are in the linter. @internal */
export type KindLint = Extract<IssueCode, 'WARN_KEY_IN_QUERY' | 'WARN_AUTH_SCHEME_UNREGISTERED'>

/**
 * One kind of requirement: everything that differs from kind to kind, and nothing else.
 *
 * @typeParam Fields What the definition says under the kind's name.
 * @internal
 */
export interface KindRow<Fields> {
  /** The places its credential is written to (DEF-3, DEF-4). */
  carriers(fields: Fields): readonly Carrier[]
  /** What a JSON Schema cannot say about the fields; pointers into them. */
  check(fields: Fields): readonly Issue[]
  /** Lints of the fields. */
  lint(fields: Fields): readonly KindLint[]
  /** The parts that Ultravox does not know; pointers into the requirement. */
  extensions(fields: Fields): readonly string[]
  /** Whether it signs the final request; an option has at most one such requirement. */
  readonly signs: boolean
  /** Why this cannot be its credential, or `null` (TOK-2). Texts are non-empty, well-formed and at most 16 KiB. */
  defect(fields: Fields, credential: Credential): IssueCode | null
  /** What a usable credential does to the request. */
  emit(fields: Fields, credential: Credential, requirement: string): Mutation | Need
}

/** Whether an effect is complete, or still owed. @internal */
export function isMutation(effect: Mutation | Need): effect is Mutation {
  return Object.hasOwn(effect, 'value')
}

/** What an ordinary kind does not have. @internal */
export const PLAIN: Pick<KindRow<unknown>, 'check' | 'lint' | 'extensions' | 'signs'> = {
  check: () => [],
  lint: () => [],
  extensions: () => [],
  signs: false,
}
