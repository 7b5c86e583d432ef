import type { CredentialResource } from './types.ts'

/** One environment of one tenant, with the environment settled. @internal */
export interface Scope {
  readonly tenant: string
  readonly environment: string | null
}

/** One credential. @internal */
export interface Address extends Scope {
  readonly credentialId: string
}

/** Every record of every tenant stands under it. @internal */
export const RECORDS = 'credential/record/'

/** @internal */
export function recordPrefix(scope: Scope): string {
  return RECORDS + scopePath(scope)
}

/** @internal */
export function recordKey(address: Address): string {
  return recordPrefix(address) + encodeURIComponent(address.credentialId)
}

/** @internal */
export function namePrefix(scope: Scope): string {
  return `credential/name/${scopePath(scope)}`
}

/** The index that makes names unique: it holds the id of the credential that has the name. @internal */
export function nameKey(scope: Scope, name: string): string {
  return namePrefix(scope) + encodeURIComponent(name)
}

/** The name in a key made by {@link nameKey}. @internal */
export function nameIn(key: string): string {
  return decodeURIComponent(key.split('/').at(-1) ?? '')
}

/** @internal */
export function usePrefix(address: Address): string {
  return `credential/use/${scopePath(address)}${encodeURIComponent(address.credentialId)}/`
}

/** @internal */
export function useKey(address: Address, { type, id }: CredentialResource): string {
  return `${usePrefix(address)}${type}/${encodeURIComponent(id)}`
}

/** What a key made by {@link useKey} names. @internal */
export function resourceOf(key: string): CredentialResource {
  const [type = '', id = ''] = key.split('/').slice(-2)
  return { type, id: decodeURIComponent(id) }
}

/** What a key made by {@link recordKey} names. @internal */
export function addressOf(key: string): Address {
  const [tenant = '', environment = '', credentialId = ''] = key
    .slice(RECORDS.length)
    .split('/')
    .map((part) => decodeURIComponent(part))
  return { tenant, environment: environment === '' ? null : environment, credentialId }
}

/** A slash is encoded in every part, so that no two scopes share a path; the default environment is the empty part. */
function scopePath({ tenant, environment }: Scope): string {
  return `${encodeURIComponent(tenant)}/${encodeURIComponent(environment ?? '')}/`
}
