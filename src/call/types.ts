import type { Patch } from 'immer'
import type { CredentialStore } from '../credentials/types.ts'
import type { ParameterValues } from '../request/parameters.ts'
import type { Issue } from '../result.ts'
import type { Secret } from '../secret.ts'
import type {
  Authenticated,
  JsonValue,
  ParseOptions,
  ResolveOptions,
  ToolDefinition,
  Unauthenticated,
} from '../types.ts'

/** How a selected tool names a stored one. */
export type ToolReference =
  | {
      /** Id of the stored tool. */
      readonly toolId: string
    }
  | {
      /** Name of the stored tool. */
      readonly toolName: string
    }

/** A tool as a platform stores it. */
export interface StoredTool {
  /** Id it is found by. */
  readonly toolId?: string
  /** Name it is found by; the model sees it where the definition has no `modelToolName`. */
  readonly name: string
  /** The tool definition, parsed or not. */
  readonly definition: unknown
  /** Of several tools with one name, a private one hides the public ones. Default `private`. */
  readonly ownership?: 'public' | 'private'
}

/** What a call token is minted for. */
export interface CallTokenRequest {
  /** Id of the call. */
  readonly callId: string
  /** Exact scopes, in the definition's order. */
  readonly scopes: readonly string[]
  /** Milliseconds since the epoch after which the token must not be accepted; absent: the issuer's own limit. */
  readonly expiresAt?: number
}

/** What a call is resolved with. */
export interface ResolveCallOptions extends Omit<ResolveOptions, 'mintCallToken'>, Omit<ParseOptions, 'profile'> {
  /**
   * Looks up a stored tool. `null`, `undefined` or an empty array: there is none. A throw or rejection: the look-up
   * failed, which is another problem (503). Called once for each distinct reference.
   */
  readonly findTool?: (
    reference: ToolReference,
    context: { readonly tenant: string | null },
  ) => MaybePromise<StoredTool | readonly StoredTool[] | null | undefined>
  /** Mints a call token; called after everything else is settled, once for each tool that needs one. */
  readonly mintCallToken?: (request: CallTokenRequest) => MaybePromise<string | Secret>
  /**
   * Where stored credentials are kept. Each `{ credentialId }` that a tool needs is then checked here, before the call: that
   * it exists, has the type, and may go to the tool; and its use by the call and by the stored tool is recorded. The use by
   * the call ends with `expiresAt`; without it, `removeUse` ends it, also where recording another use failed and refused the
   * call. The value is read when a request is sent. Default: references are taken as they are.
   */
  readonly credentialStore?: Pick<CredentialStore, 'check' | 'recordUse'>
  /** Id of the call; required with `mintCallToken`. */
  readonly callId?: string
  /** When the call ends at the latest, in milliseconds since the epoch; handed to `mintCallToken`. */
  readonly expiresAt?: number
  /**
   * Variables of `{{…}}` templates in token values: JSON, in which a `Secret` stands for its text. Default: the payload's own
   * `templateContext`.
   */
  readonly templateContext?: { readonly [name: string]: unknown }
  /** Whether to return immer's forward patches. Default false. */
  readonly patches?: boolean
}

/** @internal */
export type MaybePromise<T> = T | Promise<T>

/** A tool of a call, ready for the worker that serves the call. */
export interface ResolvedTool {
  /** Name that the model sees; unique in the call. */
  readonly name: string
  /** The parsed definition, with the call's `descriptionOverride`. */
  readonly definition: ToolDefinition
  /** Values that the call fixed, by parameter name. */
  readonly overrides: ParameterValues
  /** What {@link core.apply} takes for each request of the tool. */
  readonly resolution: Authenticated | Unauthenticated
}

/** One problem of a call. */
export interface CallProblem extends Issue {
  /** Name of the tool it belongs to, as far as it is known. */
  readonly tool: string | null
}

/** The outcome for a whole call. */
export type ResolvedCall<Call> =
  | {
      /** Every tool can be used. */
      readonly ok: true
      /** The call without its tokens; each tool as its public view. What did not change is shared with the given call. */
      readonly call: Call
      /** By name that the model sees, in the call's order. */
      readonly tools: ReadonlyMap<string, ResolvedTool>
      /** How the call changed; only with `patches: true`. Never the inverse patches: those hold the tokens. */
      readonly patches?: readonly Patch[]
    }
  | {
      /** The call cannot be used. */
      readonly ok: false
      /** Every problem of every tool, sorted by pointer. */
      readonly problems: readonly CallProblem[]
    }

/** One entry of `selectedTools`, normalised. @internal */
export interface SelectedTool {
  readonly toolId?: string
  readonly toolName?: string
  readonly temporaryTool?: JsonValue
  readonly nameOverride?: string
  readonly descriptionOverride?: string
  readonly authTokens?: JsonValue
  readonly parameterOverrides?: ParameterValues
  readonly transitionId?: string
}
