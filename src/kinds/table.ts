import type { IssueCode } from '../errors.ts'
import type { Carrier, Kind, Requirement } from '../types.ts'
import { headerApiKey } from './header-api-key.ts'
import { httpAuth } from './http-auth.ts'
import { queryApiKey } from './query-api-key.ts'
import type { KindRow } from './row.ts'

type FieldsOf<K extends Kind> = Extract<Requirement, { readonly [P in K]: unknown }>[K]

/** Every kind of requirement, one row each. Nothing else switches on a kind. @internal */
export const KINDS: { readonly [K in Kind]: KindRow<FieldsOf<K>> } = { queryApiKey, headerApiKey, httpAuth }

/** A row with the fields of one requirement filled in. @internal */
export interface BoundKind {
  readonly kind: Kind
  readonly carriers: readonly Carrier[]
  defect(token: string): IssueCode | null
  write(token: string): string
  lint(): IssueCode | null
}

/** The kind of a valid requirement: its only key. @internal */
export function kindOf(requirement: Requirement): Kind {
  return Object.keys(requirement)[0] as Kind
}

/** @internal */
export function bindKind(requirement: Requirement): BoundKind {
  const kind = kindOf(requirement)
  return bindRow(kind, KINDS[kind] as KindRow<unknown>, (requirement as Record<Kind, unknown>)[kind])
}

function bindRow<Fields>(kind: Kind, row: KindRow<Fields>, fields: Fields): BoundKind {
  return {
    kind,
    carriers: row.carriers(fields),
    defect: (token) => row.defect(fields, token),
    write: (token) => row.write(fields, token),
    lint: () => row.lint(fields),
  }
}

/** Where a call token is written; Ultravox's own header. @internal */
export const CALL_TOKEN_CARRIER: Carrier = { kind: 'header', name: 'X-Ultravox-Call-Token' }
