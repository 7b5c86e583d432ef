import { kindOf } from '../kinds/table.ts'
import type { Kind, Requirement } from '../types.ts'
import type { CredentialType } from './types.ts'

/** What a kind of requirement asks of a stored credential. */
interface Demand<Fields> {
  readonly types: readonly CredentialType[]
  /** Whether a request carries more than one version of a value. */
  overlaps(fields: Fields): boolean
  /** Where the credential goes beside the tool. */
  elsewhere(fields: Fields): readonly string[]
}

type FieldsOf<K extends Kind> = Extract<Requirement, { readonly [P in K]: unknown }>[K]

const TEXT: Demand<unknown> = { types: ['secretText'], overlaps: () => false, elsewhere: () => [] }

const DEMANDS = {
  queryApiKey: TEXT,
  headerApiKey: TEXT,
  httpAuth: { ...TEXT, types: ['secretText', 'userPassword'] },
  cookieApiKey: TEXT,
  // The client goes to the token endpoint, and what it is exchanged for to the tool: both have to be allowed.
  oauth2ClientCredentials: { ...TEXT, types: ['oauthClient'], elsewhere: ({ tokenUrl }) => [tokenUrl] },
  // Without a separator a request carries one signature only.
  hmacSignature: { ...TEXT, types: ['signingSecrets'], overlaps: ({ separator }) => separator !== undefined },
} as const satisfies { readonly [K in Kind]: Demand<FieldsOf<K>> }

/** What a requirement asks of a stored credential. @internal */
export function demandOf(requirement: Requirement): {
  readonly types: readonly CredentialType[]
  readonly overlaps: boolean
  readonly elsewhere: readonly string[]
} {
  const kind = kindOf(requirement)
  const demand: Demand<never> = DEMANDS[kind]
  const fields = (requirement as unknown as Readonly<Record<Kind, never>>)[kind]
  return { types: demand.types, overlaps: demand.overlaps(fields), elsewhere: demand.elsewhere(fields) }
}
