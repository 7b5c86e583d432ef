import { SecurityError } from '../errors.ts'
import type { DropTokenOptions } from '../oauth2/types.ts'
import { apply } from '../plan/apply.ts'
import { fulfil } from '../plan/fulfil.ts'
import type { Authenticated, HttpRequest, Need, Resolution, Token } from '../types.ts'
import type { Capabilities, PrepareOptions } from './capabilities.ts'
import type { Deadline } from './deadline.ts'
import { tell } from './events.ts'
import { ownErrors } from './failure.ts'
import type { Sendable } from './write-credentials.ts'

/** One need with what met it. @internal */
export interface Met {
  readonly need: Need
  readonly credential: Token
}

/** A resolution that owes nothing but a signature, and what was fetched for it. @internal */
export interface MetResolution {
  readonly resolution: Sendable
  readonly met: readonly Met[]
}

/** With what needs are met. @internal */
export interface Meeting {
  readonly capabilities: Partial<Capabilities>
  readonly options: Partial<PrepareOptions>
  readonly deadline: Deadline
}

/**
 * Meets every need but the signature, once the request is known to fit: nothing is fetched for one that is refused.
 * @param kept What is not fetched again.
 * @throws A {@link SecurityError}: what `apply` throws, and `ERR_NEED_UNMET` where a capability is lacking or failed.
 * @internal
 */
export async function meetNeeds(
  request: HttpRequest,
  resolution: Resolution,
  meeting: Meeting,
  kept: readonly Met[] = [],
): Promise<MetResolution> {
  if (resolution?.outcome === 'unauthenticated') return { resolution, met: [] }
  if (resolution?.outcome !== 'authenticated') throw new SecurityError('ERR_NOT_RESOLVED')
  const { origin } = meeting.options
  apply(request, Object.freeze({ ...resolution, needs: [] }), origin === undefined ? undefined : { origin })
  let current: Authenticated = resolution
  const met: Met[] = []
  // A stored credential may be a client, for which an access token is owed next.
  for (let owed = owedOf(current); owed.length > 0; owed = owedOf(current)) {
    const round = await Promise.all(owed.map((need) => meetNeed(need, current, meeting, kept)))
    for (const { need, credential } of round) current = fulfil(current, need, credential)
    met.push(...round)
  }
  return { resolution: current, met }
}

type OwedNeed = Exclude<Need, { readonly kind: 'signature' }>

function owedOf({ needs }: Authenticated): readonly OwedNeed[] {
  return needs.filter((need): need is OwedNeed => need.kind !== 'signature')
}

async function meetNeed(
  need: OwedNeed,
  resolution: Authenticated,
  meeting: Meeting,
  kept: readonly Met[],
): Promise<{ readonly need: OwedNeed; readonly credential: Token }> {
  const known = kept.find((each) => each.need === need)
  if (known !== undefined) return { need, credential: known.credential }
  const fetched = ownErrors(() => FETCH[need.kind](need as never, resolution, meeting), failed(need))
  return { need, credential: await meeting.deadline.within(fetched, 'need') }
}

type NeedOf<K> = Extract<OwedNeed, { readonly kind: K }>

const FETCH: {
  readonly [K in OwedNeed['kind']]: (need: NeedOf<K>, of: Authenticated, meeting: Meeting) => Promise<Token>
} = {
  callToken: async (need, _resolution, { capabilities: { mintCallToken }, options: { callId } }) => {
    if (mintCallToken === undefined || callId === undefined)
      throw lacking(need, '`mintCallToken` and the id of the call')
    return mintCallToken({ callId, scopes: need.scopes })
  },
  credential: async (need, { binding }, { capabilities: { credentialStore, observe }, options }) => {
    if (credentialStore === undefined) throw lacking(need, 'a `credentialStore`')
    const { requirement, credentialId, as } = need
    const { tenant, environment } = binding
    if (tenant === null) throw new SecurityError('ERR_TENANT_REQUIRED')
    const origin = binding.origin ?? options.origin ?? null
    const token = await credentialStore.use({ tenant, environment, credentialId, requirement: as, origin })
    tell(observe, { type: 'credentialRead', requirement })
    return token
  },
  accessToken: async (need, resolution, meeting) => {
    const { tokenCache, observe } = meeting.capabilities
    if (tokenCache === undefined) throw lacking(need, 'a `tokenCache`')
    const { fetch: ask } = meeting.capabilities
    const options = { ...ownerOf(resolution), signal: meeting.deadline.signal }
    if (ask === undefined) return (await tokenCache.getToken(need, options)).token
    let asked = false
    const watched: typeof fetch = (...request) => {
      asked = true
      return ask(...request)
    }
    const { token } = await tokenCache.getToken(need, { ...options, fetch: watched })
    tell(observe, { type: asked ? 'tokenFetch' : 'cacheHit', requirement: need.requirement })
    return token
  },
}

/** Whose access token it is. @internal */
export function ownerOf({ binding: { tenant, environment } }: Authenticated): DropTokenOptions {
  if (tenant === null) throw new SecurityError('ERR_TENANT_REQUIRED')
  return { tenant, environment }
}

function nameOf({ requirement }: Need): string {
  return requirement === null ? 'the call token' : `\`${requirement}\``
}

function lacking(need: Need, what: string): SecurityError {
  return new SecurityError('ERR_NEED_UNMET', { message: `${nameOf(need)} needs ${what}` })
}

function failed(need: OwedNeed): () => SecurityError {
  if (need.kind === 'callToken') return () => new SecurityError('ERR_CALL_TOKEN_MINT', { retryable: true })
  const message = `what ${nameOf(need)} needs could not be fetched`
  return () => new SecurityError('ERR_NEED_UNMET', { message, retryable: true })
}
