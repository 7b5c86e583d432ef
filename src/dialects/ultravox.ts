import { parseDefinition } from '../definition/parse.ts'
import { pointerTo } from '../json-pointer.ts'
import { readOptions } from '../read-options.ts'
import { type Issue, makeIssue, type Result } from '../result.ts'
import { Secret } from '../secret.ts'
import { snapshot } from '../snapshot.ts'
import { total } from '../total.ts'
import type { JsonValue, Token } from '../types.ts'
import { finishTool } from './finish-tool.ts'
import { IMPORT_OPTIONS } from './import-options.ts'
import { entriesOf, type JsonObject, ownField } from './json-object.ts'
import { readFields } from './read-fields.ts'
import { inexpressible, plainHttpOrigins, readTool } from './read-tool.ts'
import { canonicalToken } from './same-tool.ts'
import type { ImportOptions, ToolWithTokens } from './tool-with-tokens.ts'

/**
 * Writes a tool exactly as Ultravox's API takes it: an entry of `selectedTools` with the definition in camelCase, without
 * extensions and unknown fields, and its tokens as texts.
 *
 * @param tool The definition, and the tokens that its requirements need.
 * @returns `{ temporaryTool, authTokens }`, which holds the secrets in plain text; or what Ultravox would refuse, with
 * pointers into the definition, or to `/authTokens/<name>`.
 * @example
 * const written = toUltravox({ definition, tokens: { apiKey: '<YOUR_TOKEN>' } })
 * if (written.ok) createCall({ selectedTools: [written.value] })
 */
export function toUltravox(tool: ToolWithTokens): Result<{ readonly [field: string]: JsonValue }> {
  return total('ERR_ARGUMENT_INVALID', () => writeUltravox(tool))
}

function writeUltravox(tool: unknown): Result<JsonObject> {
  const read = readTool(tool)
  if (!read.ok) return read
  const { definition } = read.value
  const strict = parseDefinition(definition, {
    profile: 'ultravox',
    allowInsecureOrigins: plainHttpOrigins(definition),
  })
  if (!strict.ok) return strict
  const issues: Issue[] = []
  const tokens = Object.entries(read.value.tokens).map(([name, token]) => {
    const text = canonicalToken(token)
    if (typeof text === 'string') return [name, text] as const
    const message = `Ultravox takes tokens as texts, and \`${name}\` is none`
    issues.push(inexpressible(pointerTo('/authTokens', name), message))
    return [name, ''] as const
  })
  if (issues.length > 0) return { ok: false, issues }
  const temporaryTool = JSON.parse(JSON.stringify(strict.value)) as JsonObject
  const authTokens = Object.fromEntries(tokens)
  return { ok: true, value: { temporaryTool, ...(tokens.length === 0 ? {} : { authTokens }) }, issues: [] }
}

/**
 * Reads a tool as Ultravox's API takes or gives it: a definition, or an entry of `selectedTools` with its `authTokens`.
 *
 * @param json The definition, or `{ temporaryTool, authTokens }`, parsed; `snake_case` is read too.
 * @param options Where plain http may carry a credential.
 * @returns The definition, and the tokens as `Secret`; or every error, with pointers into `json`.
 * @throws A {@link core.SecurityError} with code `ERR_ARGUMENT_INVALID` for unknown options.
 * @example
 * const read = fromUltravox({ temporaryTool: definition, authTokens: { apiKey: '<YOUR_TOKEN>' } })
 * if (read.ok) resolve(read.value.definition, read.value.tokens).outcome // 'authenticated'
 */
export function fromUltravox(
  json: unknown,
  options?: Pick<ImportOptions, 'allowInsecureOrigins'>,
): Result<ToolWithTokens> {
  const tests = { allowInsecureOrigins: IMPORT_OPTIONS['allowInsecureOrigins'] ?? [] }
  const { allowInsecureOrigins } = readOptions<ImportOptions>(options, tests)
  const copy = snapshot(json)
  if (!copy.ok) return copy
  const issues: Issue[] = []
  const entry = readEntry(copy.value, issues)
  if (entry === null) return { ok: false, issues }
  const tokens = new Map<string, Token>()
  const places = new Map([
    ['', entry.pointer],
    ['/authTokens', '/authTokens'],
  ])
  for (const [name, token] of entriesOf(entry.authTokens)) {
    const at = pointerTo('/authTokens', name)
    places.set(at, at)
    if (typeof token === 'string') tokens.set(name, new Secret(token))
    else issues.push(makeIssue('ERR_TOKEN_TYPE', at, `token \`${name}\` is no text`))
  }
  const { definition } = entry
  const strict = parseDefinition(definition, { profile: 'ultravox', allowInsecureOrigins: allowInsecureOrigins ?? [] })
  if (strict.ok) return finishTool({ definition, tokens, places, issues, allowInsecureOrigins })
  return { ok: false, issues: [...issues, ...strict.issues.map((issue) => below(issue, entry.pointer))] }
}

interface Entry {
  readonly definition: JsonValue
  readonly pointer: string
  readonly authTokens: JsonObject | undefined
}

const WRAPPERS = ['temporaryTool', 'temporary_tool'] as const

function readEntry(json: JsonValue, issues: Issue[]): Entry | null {
  const wrapper = WRAPPERS.find((name) => ownField(json, name) !== undefined)
  if (wrapper === undefined) return { definition: json, pointer: '', authTokens: undefined }
  const tokens = wrapper === 'temporaryTool' ? 'authTokens' : 'auth_tokens'
  const rules = { [wrapper]: 'object!', [tokens]: 'object' } as const
  const read = readFields(json, rules, { pointer: '', what: 'selected tool', issues })
  if (read === null) return null
  const authTokens = read[tokens] as JsonObject | undefined
  return { definition: read[wrapper] as JsonObject, pointer: `/${wrapper}`, authTokens }
}

function below(issue: Issue, pointer: string): Issue {
  return { ...issue, pointer: pointer + issue.pointer }
}
