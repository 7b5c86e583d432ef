import { type ApplyOptions, apply } from '../plan/apply.ts'
import { isString, readOptions } from '../read-options.ts'
import { total } from '../total.ts'
import type { Authenticated, HttpRequest, Resolution, SignatureNeed } from '../types.ts'
import { SIGN_OPTIONS, type SignOptions } from './sign-options.ts'
import { signRequest } from './sign-request.ts'

/**
 * Applies a resolution that signs: every credential first, then the signature over the final bytes.
 *
 * A resolution without a signature is applied as {@link apply} does.
 *
 * @param request The request before credentials, with the exact body that will be sent.
 * @param resolution What `resolve` gave; its other needs must be met.
 * @returns A new request.
 * @throws A {@link core.SecurityError} as `apply` and `signRequest` do: with code `ERR_CARRIER_OCCUPIED`, too, for
 * a request that already holds what signing adds, in its headers or its query.
 * @example
 * const outgoing = await applySigned(buildRequest(tool, { body }), resolve(tool, { webhookSecret: secret }))
 */
export async function applySigned(
  request: HttpRequest,
  resolution: Resolution,
  options: SignOptions & ApplyOptions = {},
): Promise<HttpRequest> {
  const settings = readOptions<SignOptions & ApplyOptions>(options, { ...SIGN_OPTIONS, origin: isString })
  const applying = settings.origin === undefined ? undefined : { origin: settings.origin }
  const need = total('ERR_NOT_RESOLVED', () => signatureNeed(resolution))
  if (need === undefined || resolution.outcome !== 'authenticated') return apply(request, resolution, applying)
  const unsigned = apply(request, withoutNeed(resolution, need), applying)
  // Own properties only: a polluted prototype would name the key (T91).
  const { origin: _, keyId = Object.hasOwn(need, 'keyId') ? need.keyId : undefined, ...signing } = settings
  const { headers, url } = await signRequest(
    need.form,
    need.secrets,
    unsigned,
    keyId === undefined ? signing : { ...signing, keyId },
  )
  return { ...unsigned, url, headers: { ...unsigned.headers, ...headers } }
}

function signatureNeed(resolution: Resolution): SignatureNeed | undefined {
  // What is no resolution at all, `apply` refuses.
  if (resolution?.outcome !== 'authenticated') return undefined
  return resolution.needs.find((need) => need.kind === 'signature')
}

function withoutNeed(resolution: Authenticated, need: SignatureNeed): Authenticated {
  return Object.freeze({ ...resolution, needs: Object.freeze(resolution.needs.filter((other) => other !== need)) })
}
