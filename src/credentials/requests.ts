import { SecurityError } from '../errors.ts'
import { KINDS } from '../kinds/table.ts'
import { type Allowed, type CopiedValue, isString, readOptions } from '../read-options.ts'
import { snapshot } from '../snapshot.ts'
import type { Address, Scope } from './addresses.ts'
import { isResourceType } from './names.ts'
import type { CredentialResource, CredentialScope } from './types.ts'
import { TYPES } from './value-types.ts'

const MAX_OVERLAP_MS = 366 * 24 * 60 * 60 * 1000

const isName = (value: unknown): boolean => isString(value) && value !== '' && value.isWellFormed()
const isNameOrNull = (value: unknown): boolean => value === null || isName(value)
const isBoolean = (value: unknown): boolean => typeof value === 'boolean'
const isText = (value: unknown): boolean => isString(value)
const isTextOrNull = (value: unknown): boolean => value === null || isString(value)
const isTime = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value)
const isOverlap = (value: unknown): boolean =>
  Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= MAX_OVERLAP_MS

/** A private copy, so that what is checked is what is used. */
function copied(value: unknown, fits: (copy: unknown) => boolean): CopiedValue | false {
  const copy = snapshot(value)
  return copy.ok && fits(copy.value) ? { copy: copy.value } : false
}

const SCOPE = { tenant: isName, environment: isNameOrNull }
const ADDRESS = { ...SCOPE, credentialId: isText }
const READ = { ...ADDRESS, fallbackToDefault: isBoolean }
const hosts = (value: unknown): CopiedValue | false => copied(value, (copy) => copy === null || Array.isArray(copy))
const resource = (value: unknown): CopiedValue | false => copied(value, isResource)
const requirement = (value: unknown): CopiedValue | false => copied(value, isRequirement)
const anything = (): boolean => true

type RequestName =
  | 'scope'
  | 'address'
  | 'read'
  | 'create'
  | 'update'
  | 'rotate'
  | 'delete'
  | 'recordUse'
  | 'removeUse'
  | 'use'

/** What each method takes. @internal */
export const REQUESTS: { readonly [request in RequestName]: Allowed } = {
  scope: SCOPE,
  address: ADDRESS,
  read: READ,
  create: { ...ADDRESS, name: isText, type: Object.keys(TYPES), value: anything, hosts },
  update: { ...ADDRESS, name: isText, hosts },
  rotate: { ...ADDRESS, value: anything, overlapMs: isOverlap, force: isBoolean },
  delete: { ...ADDRESS, force: isBoolean },
  recordUse: { ...READ, resource, expiresAtMs: isTime },
  removeUse: { ...READ, resource },
  use: { ...READ, requirement, origin: isTextOrNull },
}

function isRequirement(copy: unknown): boolean {
  const [kind, ...rest] = Object.keys(Object(copy))
  return kind !== undefined && Object.hasOwn(KINDS, kind) && rest.length === 0
}

function isResource(copy: unknown): boolean {
  const { type, id, ...rest } = Object(copy) as Partial<CredentialResource>
  return isResourceType(type) && isName(id) && Object.keys(rest).length === 0
}

/**
 * Reads the argument of a method: own properties only, each once.
 * @param needed The properties without which there is no request, beside the tenant.
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`.
 * @internal
 */
export function readRequest<T extends CredentialScope, N extends keyof T = never>(
  given: unknown,
  allowed: Allowed,
  needed: readonly N[],
): Partial<T> & Pick<T, N> & Scope {
  // It has no prototype, so that a polluted one supplies nothing.
  const request = readOptions<T>(given, allowed)
  const missing = ['tenant', ...needed].find((name) => !Object.hasOwn(request, name))
  if (missing !== undefined) {
    throw new SecurityError('ERR_ARGUMENT_INVALID', { message: `\`${String(missing)}\` is missing` })
  }
  const { tenant, environment = null } = request as CredentialScope
  return Object.assign(request as Partial<T> & Pick<T, N>, { tenant, environment })
}

/** @internal */
export function addressIn({ tenant, environment, credentialId }: Address): Address {
  return { tenant, environment, credentialId }
}
