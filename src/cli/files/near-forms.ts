import { KINDS } from '../../kinds/table.ts'
import { camelCase, isObject, type JsonObject, readField } from '../source/field-names.ts'

/** What a file holds in place of a tool definition, and what is missing around it. @internal */
export interface NearForm {
  readonly message: string
  readonly help: string
}

/** Kinds by their spelling without case, so that a misspelt one is recognised too. */
const KIND_NAMES: ReadonlyMap<string, string> = new Map(Object.keys(KINDS).map((kind) => [kind.toLowerCase(), kind]))

const AROUND_OPTIONS = '{ "requirements": { "httpSecurityOptions": { "options": … } } }'
const AROUND_OPTION = '{ "requirements": { "httpSecurityOptions": { "options": [ … ] } } }'
const AROUND_REQUIREMENTS = '{ "requirements": { "httpSecurityOptions": { "options": [ { "requirements": … } ] } } }'

/**
 * Recognises a part of a definition that stands alone, as documentation and chats pass it on.
 * @returns `null` for what is best read as a definition.
 * @internal
 */
export function describeNearForm(value: unknown): NearForm | null {
  if (Array.isArray(value)) return describeArray(value)
  if (!isObject(value)) return { message: 'this is no tool definition', help: 'expected an object' }
  return describeObject(value)
}

function describeArray(items: readonly unknown[]): NearForm {
  if (items.length === 0) return { message: 'an empty array holds no tool', help: 'expected a tool definition' }
  if (items.every(isOption)) return missing('a bare array of options', 'the definition around it', AROUND_OPTIONS)
  if (items.every(isRequirement)) {
    const help = 'give each a name, and put them into an option'
    return {
      message: 'this is an array of requirements without their names',
      help: `${help}: \`${AROUND_REQUIREMENTS}\``,
    }
  }
  if (items.every(isSelectedTool))
    return missing('a bare array of selected tools', 'the call', '{ "selectedTools": … }')
  const help =
    'put each definition into a file of its own, or write stored tools: `[{ "name": "…", "definition": { … } }]`'
  return { message: 'this is an array, and a tool definition is an object', help }
}

function describeObject(value: JsonObject): NearForm | null {
  if (isRequirement(value)) return describeRequirement(value)
  if (isRequirementMap(value)) {
    return missing('a bare map of requirements', 'the option and the definition around it', AROUND_REQUIREMENTS)
  }
  if (isRequirementMap(readField(value, 'requirements')?.value) || has(value, 'ultravoxCallTokenRequirement')) {
    return isOption(value) ? missing('a bare option', 'the definition around it', AROUND_OPTION) : null
  }
  if (isSelectedTool(value)) return missing('one selected tool', 'the call', '{ "selectedTools": [ … ] }')
  if (has(value, 'httpSecurityOptions')) return unnamed('requirements', '{ "requirements": … }')
  if (!Array.isArray(value['options'])) return null
  return unnamed('httpSecurityOptions', '{ "requirements": { "httpSecurityOptions": … } }')
}

function describeRequirement(value: JsonObject): NearForm {
  const kind = kindOf(Object.keys(value)[0] ?? '') ?? ''
  const option = `{ "requirements": { "myServiceApiKey": { "${kind}": … } } }`
  return {
    message: `this is the kind \`${kind}\` without a requirement name around it`,
    help: `tokens are supplied by name; write \`${AROUND_OPTION.replace('…', () => option)}\``,
  }
}

function missing(what: string, lacking: string, wrapped: string): NearForm {
  return { message: `this is ${what}, without ${lacking}`, help: `write \`${wrapped}\`` }
}

function unnamed(field: string, wrapped: string): NearForm {
  return { message: `this is the content of \`${field}\` without what stands around it`, help: `write \`${wrapped}\`` }
}

/** `{ "headerApiKey": { … } }` */
function isRequirement(value: unknown): boolean {
  if (!isObject(value)) return false
  const keys = Object.keys(value)
  return keys.length > 0 && keys.every((key) => kindOf(key) !== undefined && !isRequirement(value[key]))
}

function kindOf(key: string): string | undefined {
  return KIND_NAMES.get(camelCase(key).toLowerCase())
}

/** `{ "myServiceApiKey": { "headerApiKey": { … } } }` */
function isRequirementMap(value: unknown): boolean {
  if (!isObject(value)) return false
  const members = Object.values(value)
  return members.length > 0 && members.every(isRequirement)
}

/** `{ "requirements": { "myServiceApiKey": … } }`, or an anonymous `{}`. */
function isOption(value: unknown): boolean {
  if (!isObject(value)) return false
  const keys = Object.keys(value).map(camelCase)
  if (!keys.every((key) => key === 'requirements' || key === 'ultravoxCallTokenRequirement')) return false
  const requirements = readField(value, 'requirements')?.value ?? {}
  return isObject(requirements) && !has(requirements, 'httpSecurityOptions')
}

function isSelectedTool(value: unknown): boolean {
  return ['temporaryTool', 'toolName', 'toolId'].some((name) => has(value, name))
}

function has(value: unknown, name: string): boolean {
  return readField(value, name) !== null
}
