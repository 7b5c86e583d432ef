import { SecurityError } from '../errors.ts'
import { foldHeaderName } from '../http/grammar.ts'
import { type ApplyOptions, apply } from '../plan/apply.ts'
import type { Authenticated, HttpRequest, Resolution, SignatureNeed } from '../types.ts'
import { type SignOptions, signRequest } from './sign-request.ts'

/**
 * Applies a resolution that signs: every credential first, then the signature over the final bytes.
 *
 * A resolution without a signature is applied as {@link apply} does.
 *
 * @param request The request before credentials, with the exact body that will be sent.
 * @param resolution What `resolve` gave; its other needs must be met.
 * @returns A new request.
 * @throws A {@link SecurityError} as `apply` and `signRequest` do, and with code `ERR_CARRIER_OCCUPIED` when the request
 * already holds a signature.
 * @example
 * const outgoing = await applySigned(buildRequest(tool, { body }), resolve(tool, { webhookSecret: secret }))
 */
export async function applySigned(
  request: HttpRequest,
  resolution: Resolution,
  options: SignOptions & ApplyOptions = {},
): Promise<HttpRequest> {
  // Own properties only: a polluted Object.prototype would speak for the caller.
  const { origin, ...signing }: SignOptions & ApplyOptions = Object.assign(Object.create(null), options)
  const applying = origin === undefined ? undefined : { origin }
  const need = signatureNeed(resolution)
  if (need === undefined || resolution.outcome !== 'authenticated') return apply(request, resolution, applying)
  const unsigned = apply(request, withoutNeed(resolution, need), applying)
  refuseSigned(unsigned, need)
  const keyId = signing.keyId ?? need.keyId
  const { headers, url } = await signRequest(
    need.form,
    need.secrets,
    unsigned,
    keyId === undefined ? signing : { ...signing, keyId },
  )
  return { ...unsigned, url, headers: { ...unsigned.headers, ...headers } }
}

function signatureNeed(resolution: Resolution): SignatureNeed | undefined {
  if (resolution.outcome !== 'authenticated') return undefined
  return resolution.needs.find((need) => need.kind === 'signature')
}

function withoutNeed(resolution: Authenticated, need: SignatureNeed): Authenticated {
  return Object.freeze({ ...resolution, needs: Object.freeze(resolution.needs.filter((other) => other !== need)) })
}

function refuseSigned({ headers }: HttpRequest, { writes }: SignatureNeed): void {
  const present = new Set(Object.keys(headers).map(foldHeaderName))
  const taken = writes.find(({ kind, name }) => kind === 'header' && present.has(foldHeaderName(name)))
  if (taken === undefined) return
  const message = `the request already holds the header \`${taken.name}\`, which signing adds`
  throw new SecurityError('ERR_CARRIER_OCCUPIED', { message })
}
