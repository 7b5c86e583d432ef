import { SecurityError } from '../errors.ts'
import { isOwn } from '../total.ts'
import type { HttpRequest, Resolution } from '../types.ts'
import type { Capabilities, PrepareOptions } from './capabilities.ts'
import { startDeadline } from './deadline.ts'
import { tell } from './events.ts'
import { applyOptions } from './exchange.ts'
import { meetNeeds } from './meet-needs.ts'
import { readCapabilities, readPrepareOptions } from './read-capabilities.ts'
import { collectSecrets, remember } from './used-secrets.ts'
import { takeRequest } from './wire-request.ts'
import { writeCredentials } from './write-credentials.ts'

/**
 * Makes a request ready to be sent by an HTTP client of your own: meets every need, writes the credentials, and signs last,
 * over the final bytes. Sends nothing but what meeting the needs takes.
 *
 * Nothing is fetched for a request that does not fit the resolution's binding. Tell your client to follow no redirect.
 *
 * @param request Method, absolute URL, headers, body.
 * @param resolution What `resolve` or `resolveCall` gave for the tool that this request is of.
 * @param capabilities What meets the needs. Only what a need asks for is used.
 * @returns A new request with its body as bytes; the given one's copy for an `unauthenticated` resolution. {@link scrubResponse}
 * knows its credentials.
 * @throws A {@link SecurityError} with code `ERR_NEED_UNMET` where a capability is lacking or failed, and as `apply` and
 * `applySigned` do. What a `SecurityError` of a capability says, it says.
 * @example
 * const { url, ...init } = await prepare(buildRequest(tool, { parameters }), tool.resolution, { credentialStore, tokenCache })
 * const response = await yourClient(url, { ...init, redirect: 'manual' })
 */
export async function prepare(
  request: HttpRequest,
  resolution: Resolution,
  capabilities: Capabilities = {},
  options: PrepareOptions = {},
): Promise<HttpRequest> {
  const able = readCapabilities(capabilities)
  return telling(able, () => prepareTaken(request, resolution, able, readPrepareOptions(options)))
}

async function prepareTaken(
  request: HttpRequest,
  resolution: Resolution,
  capabilities: Partial<Capabilities>,
  options: Partial<PrepareOptions>,
): Promise<HttpRequest> {
  const taken = takeRequest(request)
  const deadline = startDeadline(null, [options.signal])
  try {
    const met = await meetNeeds(taken, resolution, { capabilities, options, deadline })
    const prepared = await writeCredentials(taken, met.resolution, applyOptions(options), capabilities)
    const secrets = collectSecrets()
    secrets.addMet(met.met)
    secrets.addWritten(prepared, met.resolution)
    return remember(prepared, secrets)
  } finally {
    deadline.stop()
  }
}

/** Tells the observer of a refusal, and lets nothing but our errors out. @internal */
export async function telling<T>({ observe }: Partial<Capabilities>, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    const own = toOwn(error)
    const { code, phase, retryable } = own
    tell(observe, { type: 'refusal', code, phase, retryable })
    throw own
  }
}

/** A foreign error would be a defect of ours, or a proxy's; either may quote a secret. @internal */
export function toOwn(error: unknown): SecurityError {
  return isOwn(error) ? error : new SecurityError('ERR_ARGUMENT_INVALID', { phase: 'request' })
}
