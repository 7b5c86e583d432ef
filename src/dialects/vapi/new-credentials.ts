import { splitUrl } from '../../http/url.ts'
import { Secret } from '../../secret.ts'
import type { JsonValue } from '../../types.ts'
import { type JsonObject, sortedJson } from '../json-object.ts'
import type { MigratedCredential } from './migration.ts'

/** The credentials that a migration needs, one for each plan with its secret. @internal */
export interface NewCredentials {
  /** The credential of a plan: one that is known by now, or a new one named after the header and the host. */
  take(plan: JsonObject, url: string): MigratedCredential & { readonly plan: JsonObject }
  list(): readonly MigratedCredential[]
}

/** Vapi's limit for the name of a credential. */
const MAX_NAME = 40

const SECRET_FIELDS = ['token', 'clientSecret', 'secretKey']

/** @internal */
export function newCredentials(ids: { readonly [name: string]: JsonValue }): NewCredentials {
  const byPlan = new Map<string, MigratedCredential & { readonly plan: JsonObject }>()
  const names = new Set<string>()
  const placeholders = new Set<string>()
  return {
    take(plan, url) {
      const key = sortedJson(plan)
      const known = byPlan.get(key)
      if (known !== undefined) return known
      const name = uniqueName(wantedName(plan, url), names, MAX_NAME)
      // Two secrets with one placeholder would end up with one id, and one of them at the other's host.
      const placeholder = uniqueName(placeholderOf(name), placeholders, 2 * MAX_NAME)
      const id = Object.hasOwn(ids, name) ? String(ids[name]) : `<${placeholder}>`
      const authenticationPlan = Object.fromEntries(
        Object.entries(plan).map(([field, value]) => [field, hide(field, value)]),
      )
      const credential = Object.freeze({ provider: 'custom-credential', name, authenticationPlan })
      const made = Object.freeze({ name, credentialId: id, credential, plan })
      byPlan.set(key, made)
      return made
    },
    list: () => [...byPlan.values()].map(({ name, credentialId, credential }) => ({ name, credentialId, credential })),
  }
}

function hide(field: string, value: JsonValue): unknown {
  return SECRET_FIELDS.includes(field) && typeof value === 'string' ? new Secret(value) : value
}

function wantedName({ type, headerName }: JsonObject, url: string): string {
  const host = splitUrl(url)?.host ?? ''
  const what = typeof headerName === 'string' ? headerName : type === 'oauth2' ? 'OAuth' : String(type).toUpperCase()
  return `${what} ${host}`.trim().slice(0, MAX_NAME)
}

function uniqueName(wanted: string, names: Set<string>, max: number): string {
  let name = wanted
  for (let number = 2; names.has(name); number += 1) {
    const suffix = ` ${number}`
    name = wanted.slice(0, max - suffix.length) + suffix
  }
  names.add(name)
  return name
}

/** Vapi gives the id when the credential is created. */
function placeholderOf(name: string): string {
  const words = name.toUpperCase().match(/[A-Z0-9]+/g) ?? []
  return `ID_OF_${words.join('_')}`
}
