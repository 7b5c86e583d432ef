import type { ResolveCallOptions, ResolvedCall } from '../call/types.ts'
import type { CredentialStore } from '../credentials/types.ts'
import type { Capabilities, PrepareOptions, SendOptions } from '../send/capabilities.ts'
import type { HttpRequest, Resolution } from '../types.ts'

/** What a platform decides once: how options are chosen, and how requests are sent. */
export interface Policy
  extends Pick<
      ResolveCallOptions,
      'anonymous' | 'unusedTokens' | 'callTokenCounts' | 'unknownFields' | 'allowInsecureOrigins'
    >,
    Pick<SendOptions, 'redirects' | 'maxRedirects' | 'timeoutMs' | 'maxResponseBytes'> {}

/** What a platform is able to do, and its policy. */
export interface LatchkeyOptions extends Omit<Capabilities, 'credentialStore'>, Pick<ResolveCallOptions, 'findTool'> {
  /** Checks stored credentials when a call is created, and reads them when a request is sent. */
  readonly credentialStore?: Pick<CredentialStore, 'use' | 'check' | 'recordUse'>
  /** Default: the default of each part. */
  readonly policy?: Policy
}

/** What differs from call to call. */
export type CallOptions = Pick<
  ResolveCallOptions,
  'callId' | 'tenant' | 'environment' | 'templateContext' | 'expiresAt' | 'patches'
>

/** Latchkey for one platform: its capabilities, given once. */
export interface Latchkey {
  /**
   * Resolves every selected tool of a call, or reports every problem at once, as {@link call.resolveCall} does.
   * @throws A {@link core.SecurityError} with code `ERR_ARGUMENT_INVALID` for unusable options; never for a payload.
   */
  resolveCall<Call>(body: Call, options?: CallOptions): Promise<ResolvedCall<Call>>
  /**
   * Makes a request ready for an HTTP client of your own, as {@link send.prepare} does.
   * @throws A {@link core.SecurityError} as `prepare` does.
   */
  prepare(request: HttpRequest, resolution: Resolution, options?: PrepareOptions): Promise<HttpRequest>
  /**
   * Sends a tool's request and reads the answer, as {@link send.send} does.
   * @param options Before those of the policy.
   * @throws A {@link core.SecurityError} as `send` does.
   */
  send(request: HttpRequest, resolution: Resolution, options?: SendOptions): Promise<Response>
}
