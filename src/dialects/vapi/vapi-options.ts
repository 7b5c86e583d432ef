import { type CopiedValue, isString, readOptions } from '../../read-options.ts'
import { snapshot } from '../../snapshot.ts'
import type { JsonValue } from '../../types.ts'
import { IMPORT_OPTIONS, textList, textMap } from '../import-options.ts'
import { isJsonObject, type JsonObject, ownField } from '../json-object.ts'
import type { ImportOptions } from '../tool-with-tokens.ts'
import type { InheritedCredential } from './resource-credential.ts'

/** How Vapi's objects are read: what they refer to, and what Vapi's documentation leaves open. */
export interface VapiOptions extends ImportOptions {
  /** The credentials that `credentialId` names, as Vapi's API lists them: `id`, once each, and `authenticationPlan`. */
  readonly credentials?: readonly unknown[]
  /**
   * What stands for a credential among the tokens: `reference` gives `{ credentialId }`, `inline` the secret of its plan
   * where that has one. Default `reference`.
   */
  readonly credentialTokens?: 'reference' | 'inline'
  /**
   * Headers that hold no secret, beside the usual ones such as `Content-Type`: they become static parameters, which
   * everyone can read who reads the definition. Default none: all others are secrets.
   */
  readonly plainHeaders?: readonly string[]
  /** How an HMAC plan writes its timestamp; Vapi does not say. Default `s`. */
  readonly timestamp?: 's' | 'ms' | 'iso'
  /** Whether `{url}` in a payload format has the query; Vapi does not say. Default `withQuery`. */
  readonly signedUrl?: 'withQuery' | 'withoutQuery'
  /**
   * What becomes of `{timestamp}` in a payload format where `includeTimestamp` is false; Vapi does not say. `drop` leaves
   * it out with the text up to the next placeholder, `empty` puts nothing in its place, `send` signs and sends a timestamp
   * all the same. Default `drop`.
   */
  readonly excludedTimestamp?: 'drop' | 'empty' | 'send'
}

/** Options as they are used. @internal */
export interface VapiSettings extends Omit<VapiOptions, 'credentials'> {
  /** Credentials by id. */
  readonly plans: ReadonlyMap<string, JsonObject>
  /** The credential of the resource around a server, which holds where the server has none. */
  readonly inherited?: InheritedCredential
}

const VAPI_OPTIONS = {
  ...IMPORT_OPTIONS,
  credentials: isCredentialList,
  credentialTokens: ['reference', 'inline'],
  plainHeaders: (value: unknown) => textList(value, (name) => name !== ''),
  timestamp: ['s', 'ms', 'iso'],
  signedUrl: ['withQuery', 'withoutQuery'],
  excludedTimestamp: ['drop', 'empty', 'send'],
} as const

/** @internal */
export function readVapiOptions(options: unknown): VapiSettings {
  return settingsOf(readOptions<VapiOptions>(options, VAPI_OPTIONS))
}

/** The options of a migration; secrets take part in the comparison, so that they are read. @internal */
export function readMigrationOptions(options: unknown): { readonly settings: VapiSettings; readonly ids: JsonObject } {
  const tests = { ...VAPI_OPTIONS, credentialIds: apart }
  const { credentialIds = {}, ...rest } = readOptions<VapiOptions & { readonly credentialIds: JsonObject }>(
    options,
    tests,
  )
  return { settings: { ...settingsOf(rest), credentialTokens: 'inline' }, ids: credentialIds }
}

/** One id for two secrets would send one of them where the other belongs. */
function apart(value: unknown): ReturnType<typeof textMap> {
  const read = textMap(value)
  const ids = read === false ? [] : Object.values(read.copy as JsonObject)
  return new Set(ids).size === ids.length ? read : false
}

function settingsOf({ credentials = [], ...rest }: Partial<VapiOptions>): VapiSettings {
  const plans = new Map<string, JsonObject>()
  for (const credential of credentials as readonly JsonObject[]) {
    const id = ownField(credential, 'id')
    if (isString(id)) plans.set(id, credential)
  }
  return { ...rest, plans }
}

function isCredentialList(value: unknown): false | CopiedValue {
  const copy = snapshot(value, { reveal: true })
  if (!copy.ok || !Array.isArray(copy.value)) return false
  const isUsable = copy.value.every((item: JsonValue) => isJsonObject(item)) && haveOwnIds(copy.value)
  return isUsable ? { copy: copy.value } : false
}

/** Whether no two credentials have one id: nobody would know which of them is meant. @internal */
export function haveOwnIds(credentials: readonly unknown[]): boolean {
  const ids = credentials.map((credential) => ownField(credential, 'id')).filter(isString)
  return new Set(ids).size === ids.length
}
