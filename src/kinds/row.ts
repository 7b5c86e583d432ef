import type { IssueCode } from '../errors.ts'
import type { Carrier } from '../types.ts'

/**
 * One kind of requirement: everything that differs from kind to kind, and nothing else.
 *
 * @typeParam Fields What the definition says under the kind's name.
 * @internal
 */
export interface KindRow<Fields> {
  /** The places its credential is written to (DEF-3, DEF-4). */
  carriers(fields: Fields): readonly Carrier[]
  /** Why this text cannot be its credential beyond what TOK-2 asks of every token, or `null`. */
  defect(fields: Fields, token: string): IssueCode | null
  /** The whole text that its carrier holds. */
  write(fields: Fields, token: string): string
  /** A lint about the fields, or `null`. */
  lint(fields: Fields): IssueCode | null
}
