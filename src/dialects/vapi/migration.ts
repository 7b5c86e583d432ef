import type { JsonValue } from '../../types.ts'
import type { VapiOptions } from './vapi-options.ts'

/** A credential that is to be created at Vapi before the migrated resource is written there. */
export interface MigratedCredential {
  /** What it is called in the report, and at Vapi: at most 40 characters. */
  readonly name: string
  /** What the resource refers to: the id that was given, else a placeholder to be filled in. */
  readonly credentialId: string
  /** What Vapi's API takes for a new credential; the secrets in its plan are `Secret`. */
  readonly credential: { readonly [field: string]: unknown }
}

/** What a migration did to one server. */
export interface MigratedServer {
  /** JSON Pointer to the server, or to the tool that sends by itself or has the server. */
  readonly pointer: string
  /** Where it sends to, without the query; `null` where that cannot be read or has user info. */
  readonly url: string | null
  /** `kept`: it holds secrets that one credential cannot take over, and stays as it was. `unchanged`: it holds none. */
  readonly status: 'migrated' | 'kept' | 'unchanged'
  /** Name of the credential that it uses now, where it was migrated. */
  readonly credential: string | null
  /** What it sent to authenticate, one line a header; secrets are not shown. */
  readonly before: readonly string[]
  /** What it sends now. */
  readonly after: readonly string[]
  /** Whether the requests are the same, byte for byte. */
  readonly identical: boolean
}

/** A resource whose inline secrets have moved into credentials. */
export interface VapiMigration {
  /** The resource as it is to be written back. */
  readonly resource: JsonValue
  /** The credentials that it refers to and that do not exist yet. */
  readonly credentials: readonly MigratedCredential[]
  /** One entry a server, in the order of the document. */
  readonly report: readonly MigratedServer[]
}

/** How a migration is done. */
export interface MigrationOptions extends VapiOptions {
  /** Ids of created credentials, by the names of the report; all different. Default none: the resource has placeholders. */
  readonly credentialIds?: { readonly [name: string]: string }
}
