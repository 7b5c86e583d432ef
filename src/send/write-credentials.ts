import { applySigned } from '../hmac/apply-signed.ts'
import { type ApplyOptions, apply } from '../plan/apply.ts'
import type { Authenticated, Binding, HttpRequest, Need, SignatureNeed, Unauthenticated } from '../types.ts'
import type { Capabilities } from './capabilities.ts'

import { asFetched } from './wire-request.ts'

/** A resolution that owes nothing but a signature. @internal */
export type Sendable = Authenticated | Unauthenticated

/** What signing takes from outside. @internal */
export type Signing = Pick<Capabilities, 'clock' | 'newId'>

/** Writes the credentials of a resolution into a request, the signature last, over what will be sent. @internal */
export async function writeCredentials(
  request: HttpRequest,
  resolution: Sendable,
  options: ApplyOptions,
  { clock, newId }: Signing,
): Promise<HttpRequest> {
  const need = signatureOf(resolution)
  if (need === undefined || resolution.outcome === 'unauthenticated') return apply(request, resolution, options)
  const applied = apply(request, Object.freeze({ ...resolution, needs: [] }), options)
  const signing = Object.freeze({ ...withinOrigin(resolution), mutations: [] })
  const outside = {
    ...options,
    ...(clock === undefined ? {} : { now: clock() }),
    ...(newId === undefined ? {} : { id: newId() }),
  }
  return applySigned(asFetched(applied), signing, Object.assign(Object.create(null), outside))
}

/** @internal */
export function signatureOf(resolution: Sendable): SignatureNeed | undefined {
  const needs: readonly Need[] = resolution.needs
  return needs.find((need) => need.kind === 'signature')
}

/** The same resolution for any path of its origin: a hop within it leaves the tool's own path (REQ-5). @internal */
export function withinOrigin<T extends Sendable>(resolution: T): T {
  const binding: Binding = Object.freeze({ ...resolution.binding, pathPrefix: null, pathOpen: true })
  return Object.freeze<T>({ ...resolution, binding })
}
