import type { IssueCode } from '../errors.ts'
import type { Issue } from '../result.ts'
import type { Carrier, Kind, Mutation, Need, Requirement } from '../types.ts'
import { cookieApiKey } from './cookie-api-key.ts'
import { headerApiKey } from './header-api-key.ts'
import { hmacSignature } from './hmac-signature.ts'
import { httpAuth } from './http-auth.ts'
import { oauth2ClientCredentials } from './oauth2-client-credentials.ts'
import { queryApiKey } from './query-api-key.ts'
import type { Credential, KindLint, KindRow } from './row.ts'

type FieldsOf<K extends Kind> = Extract<Requirement, { readonly [P in K]: unknown }>[K]

/** Every kind of requirement, one row each. Nothing else switches on a kind. @internal */
export const KINDS: { readonly [K in Kind]: KindRow<FieldsOf<K>> } = {
  queryApiKey,
  headerApiKey,
  httpAuth,
  cookieApiKey,
  oauth2ClientCredentials,
  hmacSignature,
}

/** A row with the fields of one requirement filled in. @internal */
export interface BoundKind {
  readonly kind: Kind
  readonly signs: boolean
  readonly carriers: readonly Carrier[]
  check(): readonly Issue[]
  lint(): readonly KindLint[]
  extensions(): readonly string[]
  defect(credential: Credential): IssueCode | null
  emit(credential: Credential, requirement: string): Mutation | Need
}

/** The kind of a valid requirement: its only key. @internal */
export function kindOf(requirement: Requirement): Kind {
  return Object.keys(requirement)[0] as Kind
}

/** @internal */
export function bindKind(requirement: Requirement): BoundKind {
  const kind = kindOf(requirement)
  return bindRow(kind, KINDS[kind] as KindRow<unknown>, (requirement as unknown as Record<Kind, unknown>)[kind])
}

function bindRow<Fields>(kind: Kind, row: KindRow<Fields>, fields: Fields): BoundKind {
  return Object.freeze({
    kind,
    signs: row.signs,
    carriers: Object.freeze(row.carriers(fields).map((carrier) => Object.freeze(carrier))),
    check: () => row.check(fields),
    lint: () => row.lint(fields),
    extensions: () => row.extensions(fields),
    defect: (credential) => row.defect(fields, credential),
    emit: (credential, requirement) => row.emit(fields, credential, requirement),
  } satisfies BoundKind)
}

/** Where a call token is written; Ultravox's own header. @internal */
export const CALL_TOKEN_CARRIER: Carrier = Object.freeze({ kind: 'header', name: 'X-Ultravox-Call-Token' })
