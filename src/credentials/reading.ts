import type { Credential } from '../kinds/row.ts'
import { type BoundKind, bindKind } from '../kinds/table.ts'
import { credentialDefect, defectText, readToken } from '../plan/tokens.ts'
import { type Issue, ownHelp } from '../result.ts'
import type { Secret } from '../secret.ts'
import type { SigningSecrets, Token } from '../types.ts'
import { type Core, type Found, lookUp } from './core.ts'
import { mayGoTo } from './hosts.ts'
import { type Refusal, refusalOf, toError, toIssue } from './refusals.ts'
import type { CredentialRequest } from './request-types.ts'
import { addressIn, REQUESTS, readRequest } from './requests.ts'
import { demandOf } from './requirements.ts'
import type { CredentialAddress, CredentialReadOptions } from './types.ts'
import { TYPES } from './value-types.ts'
import { isSealFailure, openVersions, stillValid, type Versions } from './versions.ts'

/** What a requirement is given, or why it is not. */
type Given = { readonly token: Token; readonly refusal: null } | { readonly token: null; readonly refusal: Refusal }

/** What a request asks, settled. */
type Asked = Pick<CredentialRequest, 'tenant' | 'credentialId' | 'requirement' | 'origin'> &
  CredentialReadOptions & { readonly environment: string | null }

const NEEDED = ['credentialId', 'requirement', 'origin'] as const

/** @internal */
export async function check(core: Core, given: CredentialRequest): Promise<Issue | null> {
  const request = readRequest<CredentialRequest, (typeof NEEDED)[number]>(given, REQUESTS.use, NEEDED)
  const { refusal } = await give(core, request, request.origin === null)
  return refusal === null ? null : toIssue(refusal)
}

/** @internal */
export async function use(core: Core, given: CredentialRequest): Promise<Token> {
  const request = readRequest<CredentialRequest, (typeof NEEDED)[number]>(given, REQUESTS.use, NEEDED)
  const { token, refusal } = await give(core, request, false)
  if (refusal !== null) throw toError(refusal)
  return token
}

/** @internal */
export async function verificationSecrets(
  core: Core,
  given: CredentialAddress & CredentialReadOptions,
): Promise<readonly Secret[]> {
  const request = readRequest<CredentialAddress & CredentialReadOptions, 'credentialId'>(given, REQUESTS.read, [
    'credentialId',
  ])
  const read = await readVersions(core, request, ['signingSecrets'])
  if (read.refusal !== null) throw toError(read.refusal)
  const { current, earlier } = read.versions
  const token = TYPES.signingSecrets.token(
    current,
    earlier.map(({ value }) => value),
  ) as SigningSecrets
  return token.secrets as readonly Secret[]
}

/** @param originOpen Whether the origin is still to come: the hosts are then checked when the value is used. */
async function give(core: Core, request: Asked, originOpen: boolean): Promise<Given> {
  const { requirement, origin } = request
  const { types, overlaps, elsewhere } = demandOf(requirement)
  const targets = [...elsewhere, ...(originOpen ? [] : [origin ?? ''])]
  const read = await readVersions(core, request, types, targets)
  if (read.refusal !== null) return { token: null, refusal: read.refusal }
  const { found, versions } = read
  const earlier = overlaps ? versions.earlier.map(({ value }) => value) : []
  const token = TYPES[found.record.type].token(versions.current, earlier)
  const refusal = misfit(token, bindKind(requirement))
  return refusal === null ? { token, refusal } : { token: null, refusal }
}

type Read =
  | { readonly found: Found; readonly versions: Versions; readonly refusal: null }
  | { readonly refusal: Refusal }

async function readVersions(
  core: Core,
  request: CredentialAddress & CredentialReadOptions & { readonly environment: string | null },
  types: readonly string[],
  targets: readonly string[] = [],
): Promise<Read> {
  const { fallbackToDefault = core.fallbackToDefault } = request
  try {
    const found = await lookUp(core, addressIn(request), fallbackToDefault)
    if (found === null || found === 'elsewhere') return { refusal: refusalOf(found) }
    const { type, hosts } = found.record
    if (!types.includes(type)) return { refusal: wrongType(type, types) }
    if (!targets.every((target) => mayGoTo(hosts, target))) return { refusal: WRONG_HOST }
    const versions = stillValid(await openVersions(found.record, core.keys, found.address), core.now())
    return { found, versions, refusal: null }
  } catch (error) {
    return { refusal: failure(error) }
  }
}

function wrongType(type: string, types: readonly string[]): Refusal {
  const message = `the stored credential is of the type \`${type}\``
  return { code: 'ERR_CREDENTIAL_TYPE', message, help: `the requirement takes ${types.map(quoted).join(' or ')}` }
}

function quoted(word: string): string {
  return `\`${word}\``
}

const WRONG_HOST: Refusal = {
  code: 'ERR_CREDENTIAL_REFUSED',
  message: 'the stored credential must not be sent to this host',
  help: 'its `hosts` say where it may go: the tool, and the token endpoint if there is one',
}

/** What the store or the envelope threw; nothing else throws. */
function failure(error: unknown): Refusal {
  if (!isSealFailure(error)) return STORE_FAILED
  const help =
    error.code === 'ERR_SEAL_KEY'
      ? 'give the store every key that something is still sealed with'
      : 'its record was damaged or moved'
  return { code: 'ERR_CREDENTIAL_LOOKUP', message: 'the stored credential does not open', help }
}

const STORE_FAILED: Refusal = {
  code: 'ERR_CREDENTIAL_LOOKUP',
  message: 'the stored credential could not be read: its store failed',
  help: 'try again; the reference may be fine',
  retryable: true,
}

/** A value of the right type that the requirement cannot carry (TOK-2). */
function misfit(token: Token, kind: BoundKind): Refusal | null {
  // INVARIANT: what was stored is a credential, not a reference, and was usable as its type.
  const defect = credentialDefect(readToken(token).credential as Credential, kind)
  if (defect === null) return null
  if (defect === 'ERR_TOKEN_TYPE') return WRONG_STRUCTURE
  const text = defectText(defect)
  return { code: 'ERR_CREDENTIAL_VALUE', message: `the stored credential ${text.message}`, help: ownHelp(text) }
}

const WRONG_STRUCTURE: Refusal = {
  code: 'ERR_CREDENTIAL_TYPE',
  message: 'the stored credential has not the structure that the requirement takes',
  help: 'user and password are for Basic only; `private_key_jwt` takes a client with a private key, and no other does',
}
