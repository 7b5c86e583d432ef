import { splitUrl } from '../http/url.ts'
import { type CopiedValue, isString } from '../read-options.ts'
import { snapshot } from '../snapshot.ts'
import { isJsonObject } from './json-object.ts'

/** For each option its values, or a test of them. @internal */
export type OptionTests = {
  readonly [name: string]: readonly string[] | ((value: unknown) => boolean | CopiedValue)
}

/** What the options of every dialect may be, for `readOptions`. @internal */
export const IMPORT_OPTIONS: OptionTests = {
  requirementName: (value) => typeof value === 'function',
  clientAuthentication: ['client_secret_post', 'client_secret_basic', 'client_secret_basic_raw'],
  allowInsecureOrigins: isOriginList,
}

/** A private copy of a list of texts, each of which passes a test. @internal */
export function textList(value: unknown, fits: (text: string) => boolean): false | CopiedValue {
  const copy = snapshot(value)
  if (!copy.ok || !Array.isArray(copy.value)) return false
  return copy.value.every((text) => isString(text) && fits(text)) ? { copy: copy.value } : false
}

function isOriginList(value: unknown): false | CopiedValue {
  return textList(value, (origin) => splitUrl(origin)?.origin === origin)
}

/** A private copy of texts by name. @internal */
export function textMap(value: unknown): false | CopiedValue {
  const copy = snapshot(value)
  return copy.ok && isJsonObject(copy.value) && Object.values(copy.value).every(isString) ? { copy: copy.value } : false
}
