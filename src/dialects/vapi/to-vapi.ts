import { pointerTo } from '../../json-pointer.ts'
import { kindOf } from '../../kinds/table.ts'
import { hasErrors, type Issue, type Result } from '../../result.ts'
import { total } from '../../total.ts'
import type { JsonValue, Requirement, ToolDefinition } from '../../types.ts'
import { type JsonObject, ownField } from '../json-object.ts'
import { inexpressible, onlyOption, plainHttpOrigins, readTool, refuseFields } from '../read-tool.ts'
import { canonicalToken, checkReadBack } from '../same-tool.ts'
import type { ToolWithTokens } from '../tool-with-tokens.ts'
import { readVapi } from './from-vapi.ts'
import { writeChecked } from './vapi-credential.ts'
import { readVapiOptions, type VapiOptions, type VapiSettings } from './vapi-options.ts'
import { checkLocations, isServer, type SentSecrets, writeApiRequest, writeServer } from './write-tool.ts'

/** A tool in Vapi's form. */
export interface VapiTool {
  /** An API request tool; a server object where the definition has no name, no parameters and the method POST. */
  readonly tool: { readonly [field: string]: JsonValue }
  /** The credentials that it names, each with its id and its plan; without secrets. */
  readonly credentials: readonly { readonly [field: string]: JsonValue }[]
}

/**
 * Writes a tool in Vapi's form. Keys in headers, with their secrets in plain text, become headers; a reference to a stored
 * credential becomes `credentialId`, and its requirement the plan of that credential.
 *
 * Vapi knows no alternatives, and one credential a server: OAuth clients and signatures are issues unless their token is a
 * reference ({@link toVapiCredential} writes the credential), as is everything else that {@link fromVapi} would not read
 * back.
 *
 * @param tool The definition, and the tokens that its requirements need.
 * @param options What Vapi's documentation leaves open; the same as for reading.
 * @returns The tool and the credentials that it names; or what Vapi has no word for, with pointers into the definition, or
 * to `/authTokens/<name>`.
 * @throws A {@link core.SecurityError} with code `ERR_ARGUMENT_INVALID` for unknown options.
 * @example
 * const written = toVapi({ definition, tokens: { apiKey: { credentialId: 'cred_abc123' } } })
 * if (written.ok) written.value.tool // { type: 'apiRequest', …, credentialId: 'cred_abc123' }
 */
export function toVapi(tool: ToolWithTokens, options?: VapiOptions): Result<VapiTool> {
  const settings = readVapiOptions(options)
  return total('ERR_ARGUMENT_INVALID', () => writeVapi(tool, settings))
}

const KNOWN = ['modelToolName', 'description', 'dynamicParameters', 'staticParameters', 'timeout', 'http'] as const

function writeVapi(tool: unknown, settings: VapiSettings): Result<VapiTool> {
  const read = readTool(tool)
  if (!read.ok) return read
  const { definition, tokens } = read.value
  const issues = [...refuseFields(definition, KNOWN, 'Vapi'), ...checkLocations(definition)]
  if (definition.http === undefined) issues.push(inexpressible('', 'Vapi calls a URL, and this definition has none'))
  const sent = writeSecrets(definition, tokens, settings, issues)
  if (hasErrors(issues) || sent === null) return { ok: false, issues }
  const json = isServer(definition) ? writeServer(definition, sent) : writeApiRequest(definition, sent)
  const plans = new Map(sent.credentials.map((credential) => [String(credential['id']), credential]))
  const requirementName = (suggestion: string): string => sent.names.get(suggestion) ?? suggestion
  const allowInsecureOrigins = plainHttpOrigins(definition)
  const back = readVapi(json, '', {
    ...settings,
    credentialTokens: 'reference',
    plans,
    requirementName,
    allowInsecureOrigins,
  })
  const lost = checkReadBack(read.value, back, 'Vapi')
  if (lost.length > 0) return { ok: false, issues: [...issues, ...lost] }
  return { ok: true, value: { tool: json, credentials: sent.credentials }, issues }
}

interface Sent extends SentSecrets {
  readonly credentials: readonly JsonObject[]
  /** Requirement names by the names that reading them suggests. */
  readonly names: ReadonlyMap<string, string>
}

const NEW_CREDENTIAL = 'create one from `toVapiCredential`, and give `{ credentialId }` as token'

function writeSecrets(
  definition: ToolDefinition,
  tokens: JsonObject,
  settings: VapiSettings,
  issues: Issue[],
): Sent | null {
  const option = onlyOption(definition, 'Vapi', issues)
  if (option === null) return null
  const headers: Record<string, JsonValue> = {}
  const credentials: JsonObject[] = []
  const names = new Map<string, string>()
  for (const [name, requirement] of option.requirements) {
    const at = pointerTo(option.pointer, 'requirements', name, kindOf(requirement))
    const token = tokens[name] ?? null
    const id = ownField(token, 'credentialId')
    if (typeof id === 'string') {
      const plan = writeChecked(requirement, undefined, settings)
      if (Array.isArray(plan)) for (const issue of plan as readonly Issue[]) issues.push({ ...issue, pointer: at })
      else credentials.push({ id, provider: 'custom-credential', authenticationPlan: plan as JsonObject })
      names.set(id, name)
      continue
    }
    const header = writeHeader(requirement, token)
    if (header === null) {
      issues.push(inexpressible(at, 'Vapi keeps such a secret in a credential of its own', NEW_CREDENTIAL))
    } else {
      headers[header.name] = header.value
      names.set(header.name, name)
    }
  }
  if (credentials.length > 1) {
    issues.push(inexpressible(option.pointer, 'Vapi takes one credential a server, and this option has several'))
  }
  return { headers, credentialId: credentials[0]?.['id'] as string | undefined, credentials, names }
}

function writeHeader(
  requirement: Requirement,
  token: JsonValue,
): { readonly name: string; readonly value: string } | null {
  if (Object.hasOwn(requirement, 'headerApiKey')) {
    const { name, prefix } = (requirement as Extract<Requirement, { readonly headerApiKey: unknown }>).headerApiKey
    return prefix === undefined && typeof token === 'string' ? { name, value: token } : null
  }
  if (!Object.hasOwn(requirement, 'httpAuth')) return null
  const { scheme } = (requirement as Extract<Requirement, { readonly httpAuth: unknown }>).httpAuth
  return { name: 'Authorization', value: `${scheme} ${String(canonicalToken(token))}` }
}
