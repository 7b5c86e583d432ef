import { utf8 } from '../bytes.ts'
import { open, type SealingKey, seal } from '../envelope.ts'
import { SecurityError } from '../errors.ts'
import type { Credential } from '../kinds/row.ts'
import { snapshot } from '../snapshot.ts'
import type { Address } from './addresses.ts'
import type { CredentialRecord } from './record.ts'

/** A value and what it replaced. @internal */
export interface Versions {
  readonly current: Credential
  /** Newest first. */
  readonly earlier: readonly EarlierVersion[]
}

interface EarlierVersion {
  readonly value: Credential
  /** When it stops being valid. */
  readonly untilMs: number
}

/** What the sealed text is bound to: it does not open in another place, for another type, or for other hosts. */
type Bound = Pick<CredentialRecord, 'type' | 'hosts'>

/** A multiple of it is sealed, so that the length of the sealed text tells little of the secret's. */
const BLOCK_BYTES = 512

/** @internal */
export function sealVersions(versions: Versions, key: SealingKey, address: Address, bound: Bound): Promise<string> {
  const text = JSON.stringify(versions)
  const missing = BLOCK_BYTES - (utf8(text).length % BLOCK_BYTES)
  return seal(text + ' '.repeat(missing), key, contextOf(address, bound))
}

/**
 * Opens the versions of a value.
 * @throws A {@link SecurityError} with code `ERR_SEAL_KEY` or `ERR_SEAL_INVALID` that names the credential.
 * @internal
 */
export async function openVersions(
  { sealed, ...bound }: Bound & Pick<CredentialRecord, 'sealed'>,
  keys: readonly SealingKey[],
  address: Address,
): Promise<Versions> {
  const text = await openSealed(sealed, keys, contextOf(address, bound), address)
  // What was sealed is JSON. Its copy has no prototypes, so that a polluted one shows nothing in it.
  const { value } = snapshot(JSON.parse(text)) as { readonly value: unknown }
  return value as Versions
}

async function openSealed(
  sealed: string,
  keys: readonly SealingKey[],
  context: readonly string[],
  { credentialId }: Address,
): Promise<string> {
  try {
    return await open(sealed, keys, context)
  } catch (error) {
    if (!isSealFailure(error)) throw error
    const why = error.code === 'ERR_SEAL_KEY' ? error.message : 'its key is another one, or its record is damaged'
    throw new SecurityError(error.code, { message: `the credential \`${credentialId}\` does not open: ${why}` })
  }
}

/** Whether something could not be opened, rather than not be read. @internal */
export function isSealFailure(error: unknown): error is SecurityError {
  return error instanceof SecurityError && (error.code === 'ERR_SEAL_KEY' || error.code === 'ERR_SEAL_INVALID')
}

/** The versions without those whose time is over. @internal */
export function stillValid({ current, earlier }: Versions, nowMs: number): Versions {
  return { current, earlier: earlier.filter(({ untilMs }) => untilMs > nowMs) }
}

function contextOf({ tenant, environment, credentialId }: Address, { type, hosts }: Bound): readonly string[] {
  return ['credential', tenant, environment ?? '', credentialId, type, JSON.stringify(hosts)]
}
