import { type ErrorCode, SecurityError } from '../errors.ts'
import { splitUrl, type UrlParts } from '../http/url.ts'
import { KINDS } from '../kinds/table.ts'
import { snapshot } from '../snapshot.ts'
import type { ClientAuthentication, OAuth2ClientCredentialsRequirement } from '../types.ts'

/** A token request in a private copy whose parts can be sent; the proof is plain in it. @internal */
export interface CheckedRequest {
  readonly tokenUrl: string
  readonly url: UrlParts
  /** Each once, in the order they were asked for. */
  readonly scopes: readonly string[]
  readonly audience: string | null
  readonly clientAuthentication: ClientAuthentication
  /** Sorted by name. */
  readonly parameters: readonly (readonly [name: string, value: string])[]
  readonly clientId: string
  /** The client secret, or the JSON text of the private key. */
  readonly proof: string
}

type Fields = OAuth2ClientCredentialsRequirement['oauth2ClientCredentials']

type Copy = { readonly [name: string]: unknown }

const METHODS: ReadonlySet<unknown> = new Set<ClientAuthentication>([
  'client_secret_post',
  'client_secret_basic',
  'client_secret_basic_raw',
  'private_key_jwt',
])

/** RFC 6749 section 3.3. */
const SCOPE = /^[!#-[\]-~]+(?: [!#-[\]-~]+)*$/

/**
 * Takes a token request: each property is read once, and checked as those of a definition and its token are (KND-5).
 * @throws A {@link SecurityError} with code `ERR_ARGUMENT_INVALID`, `ERR_TOKEN_URL`, `ERR_OAUTH_PARAMETER`, or one of TOK-2.
 * @internal
 */
export function checkRequest(request: unknown): CheckedRequest {
  const copy = copyOf(request)
  const fields = readFields(copy)
  const [issue] = KINDS.oauth2ClientCredentials.check(fields)
  if (issue !== undefined) throw refuse(issue.code as ErrorCode, issue.message)
  const { tokenUrl, scope, audience = null, clientAuthentication = 'client_secret_post', parameters = {} } = fields
  const url = splitUrl(tokenUrl)
  if (url === null) throw refuse('ERR_TOKEN_URL')
  return {
    tokenUrl,
    url,
    scopes: scope === undefined ? [] : [...new Set(scope.split(' '))],
    audience,
    clientAuthentication,
    parameters: Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1)),
    ...readClient(fields, copy['client']),
  }
}

function copyOf(value: unknown): Copy {
  const copy = snapshot(value, { reveal: true })
  if (copy.ok && typeof copy.value === 'object' && copy.value !== null) return copy.value as Copy
  throw refuse('ERR_ARGUMENT_INVALID', 'a token request is a plain object, such as a need')
}

function readFields({ tokenUrl, scope, audience, clientAuthentication, parameters }: Copy): Fields {
  const isShaped =
    typeof tokenUrl === 'string' &&
    (scope === undefined || (typeof scope === 'string' && SCOPE.test(scope))) &&
    (audience === undefined || typeof audience === 'string') &&
    (clientAuthentication === undefined || METHODS.has(clientAuthentication)) &&
    (parameters === undefined || isTexts(parameters))
  if (isShaped) {
    // Without a prototype, so that a polluted one supplies nothing.
    const fields = { tokenUrl, scope, audience, clientAuthentication, parameters }
    const given = Object.entries(fields).filter(([, value]) => value !== undefined)
    return Object.assign(Object.create(null), Object.fromEntries(given)) as Fields
  }
  throw refuse('ERR_ARGUMENT_INVALID', 'a token request has a field of another type than a need has')
}

function isTexts(value: unknown): boolean {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject && Object.values(value).every((text) => typeof text === 'string')
}

function readClient(fields: Fields, client: unknown): Pick<CheckedRequest, 'clientId' | 'proof'> {
  const isObject = typeof client === 'object' && client !== null
  const defect = isObject ? KINDS.oauth2ClientCredentials.defect(fields, client as never) : 'ERR_TOKEN_TYPE'
  if (defect !== null) throw refuse(defect as ErrorCode)
  const { clientId, clientSecret, privateKey } = client as Copy
  const proof = clientSecret ?? privateKey
  return { clientId: String(clientId), proof: typeof proof === 'string' ? proof : JSON.stringify(proof) }
}

function refuse(code: ErrorCode, message?: string): SecurityError {
  return new SecurityError(code, message === undefined ? { phase: 'need' } : { message, phase: 'need' })
}
