import { verifySignature } from '../hmac/verify-signature.ts'
import { bindKind } from '../kinds/table.ts'
import type { AccessTokenNeed, Kind, Mutation, Requirement, SignatureNeed } from '../types.ts'
import { plainCredentials, schemeOf } from './auth-scheme.ts'
import { matchAll } from './blind.ts'
import { carrierValues } from './carrier-values.ts'
import type { AskedToken, Effect, Prover, ProverContext } from './provers.ts'

/** How one kind proves it. */
type Manner = Pick<Prover, 'identifies' | 'rank' | 'prove'>
type MakeManner = (name: string, requirement: Requirement, effects: readonly Effect[], context: ProverContext) => Manner

/** How each kind is checked. @internal */
export const MANNERS: { readonly [K in Kind]: MakeManner } = {
  queryApiKey: proveText,
  headerApiKey: proveText,
  httpAuth: proveText,
  cookieApiKey: proveText,
  oauth2ClientCredentials: proveAccessToken,
  hmacSignature: proveSignature,
}

/** The text that `resolve` would write is what must be there. */
function proveText(
  _name: string,
  requirement: Requirement,
  effects: readonly Effect[],
  { blind }: ProverContext,
): Manner {
  const [carrier] = bindKind(requirement).carriers
  const scheme = schemeOf(requirement)
  const hash = (effect: Effect) => (effect === null ? null : blind.hash((effect as Mutation).value.reveal()))
  // With the first request, as the key of `blind`.
  let expected: Promise<(Uint8Array | null)[]> | undefined
  const prove: Prover['prove'] = async (request, candidates) => {
    const [value] = carrier === undefined ? [] : carrierValues(request, carrier)
    if (value === undefined) return null
    expected ??= Promise.all(effects.map(hash))
    const [sent, known] = await Promise.all([blind.hash(plainCredentials(value, scheme)), expected])
    const callers = new Set([...matchAll(sent, known)].filter((index) => candidates.has(index)))
    return callers.size === 0 ? null : { callers, holder: null }
  }
  return { identifies: true, rank: 0, prove }
}

function proveAccessToken(
  name: string,
  requirement: Requirement,
  _effects: readonly Effect[],
  context: ProverContext,
): Manner {
  const fields = (requirement as { readonly oauth2ClientCredentials: Pick<AccessTokenNeed, 'scope' | 'audience'> })
    .oauth2ClientCredentials
  const asked: AskedToken = { requirement: name, scope: fields.scope ?? null, audience: fields.audience ?? null }
  const prove: Prover['prove'] = async (request, candidates) => {
    const [value = ''] = carrierValues(request, { kind: 'header', name: 'Authorization' })
    const token = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(value)?.[1]
    const holder = token === undefined ? null : await context.verifyAccessToken?.(token, asked)
    // A verifier that answers by `true` or `false` does not say whose token it is.
    return typeof holder === 'string' && holder !== '' ? { callers: candidates, holder } : null
  }
  return { identifies: false, rank: 1, prove }
}

/** Last of all, one caller after the other: an accepted message is remembered where there is a nonce store. */
function proveSignature(
  _name: string,
  _requirement: Requirement,
  effects: readonly Effect[],
  { signature }: ProverContext,
): Manner {
  const prove: Prover['prove'] = async (request, candidates) => {
    for (const index of candidates) {
      const need = effects[index] as SignatureNeed | null | undefined
      if (need === null || need === undefined) continue
      const verdict = await verifySignature(need.form, need.secrets, request, signature(index))
      if (verdict.ok) return { callers: new Set([index]), holder: null }
    }
    return null
  }
  return { identifies: true, rank: 2, prove }
}
