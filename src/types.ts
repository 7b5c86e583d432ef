import type { NoticeCode } from './errors.ts'
import type { Issue } from './result.ts'
import type { Secret } from './secret.ts'

/** Where a parameter is written. */
export type ParameterLocation =
  | 'PARAMETER_LOCATION_UNSPECIFIED'
  | 'PARAMETER_LOCATION_QUERY'
  | 'PARAMETER_LOCATION_PATH'
  | 'PARAMETER_LOCATION_HEADER'
  | 'PARAMETER_LOCATION_BODY'

/** A value that JSON can hold. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue }

/** A parameter whose value the model chooses. */
export interface DynamicParameter {
  readonly name: string
  readonly location: ParameterLocation
  /** JSON Schema of the value. Never executed by Latchkey. */
  readonly schema?: { readonly [key: string]: JsonValue }
  /** Default false. */
  readonly required?: boolean
}

/** A parameter whose value is fixed in the definition. */
export interface StaticParameter {
  readonly name: string
  readonly location: ParameterLocation
  readonly value?: JsonValue
}

/** A parameter whose value the platform fills in. */
export interface AutomaticParameter {
  readonly name: string
  readonly location: ParameterLocation
  /** One of Ultravox's known values, such as `KNOWN_PARAM_CALL_ID`. */
  readonly knownValue: string
}

/** The key travels in a query parameter. */
export interface QueryApiKeyRequirement {
  readonly queryApiKey: { readonly name: string }
}
/** The key travels in a header of its own. */
export interface HeaderApiKeyRequirement {
  readonly headerApiKey: { readonly name: string }
}
/** The token travels as `Authorization: <scheme> <token>`. */
export interface HttpAuthRequirement {
  readonly httpAuth: { readonly scheme: string }
}

/** How one named requirement is met: exactly one kind (OpenAPI calls this a security scheme). */
export type Requirement = QueryApiKeyRequirement | HeaderApiKeyRequirement | HttpAuthRequirement

type KeysOfUnion<T> = T extends unknown ? keyof T : never
/** The name of a kind of requirement. */
export type Kind = KeysOfUnion<Requirement>

/** One alternative: every requirement in it must be met. Without any it is *anonymous*. */
export interface SecurityOption {
  /** Requirements by name. The order of the names has no meaning (SEL-5). */
  readonly requirements?: { readonly [name: string]: Requirement }
  /** A token that the platform mints for the call, sent as `X-Ultravox-Call-Token` (SEL-6). */
  readonly ultravoxCallTokenRequirement?: { readonly scopes?: readonly string[] }
}

/** What must be given before a tool can be used in a call. */
export interface ToolRequirements {
  /** Ordered alternatives. */
  readonly httpSecurityOptions?: { readonly options?: readonly SecurityOption[] }
  /** Dynamic parameters that a call must override. */
  readonly requiredParameterOverrides?: readonly string[]
}

/** How a tool is reached over HTTP. */
export interface HttpDetails {
  /** Absolute URL; `{name}` stands for a path parameter. */
  readonly baseUrlPattern: string
  readonly httpMethod: string
}

/**
 * A tool definition, as Ultravox's `BaseToolDefinition` describes it.
 *
 * @see {@link https://docs.ultravox.ai/api-reference/schema/base-tool-definition BaseToolDefinition}
 */
export interface ToolDefinition {
  /** The name the model sees: 1 to 64 of `A-Z a-z 0-9 _ -`. */
  readonly modelToolName?: string
  readonly description?: string
  readonly dynamicParameters?: readonly DynamicParameter[]
  readonly staticParameters?: readonly StaticParameter[]
  readonly automaticParameters?: readonly AutomaticParameter[]
  readonly requirements?: ToolRequirements
  /** Decimal seconds with an `s`, such as `5s` or `0.5s`. */
  readonly timeout?: string
  readonly precomputable?: boolean
  readonly http?: HttpDetails
  readonly client?: { readonly [key: string]: never }
  readonly dataConnection?: { readonly [key: string]: never }
  readonly defaultReaction?: string
  readonly staticResponse?: { readonly responseText?: string }
}

/** Carries the requirement names of a definition in its type only. @internal */
export interface Named<Name extends string> {
  readonly '~requirementNames'?: (name: Name) => void
}

/** A definition that {@link defineTool} returned: its type knows the requirement names. */
export type DefinedTool<Name extends string = string> = ToolDefinition & Named<Name>

/** A name for a credential that a store holds. */
export interface CredentialReference {
  readonly credentialId: string
}

/** What is supplied for one requirement name. */
export type Token = string | Secret | CredentialReference

/** Tokens by requirement name. */
export type AuthTokens<Name extends string = string> = { readonly [N in Name]?: Token | undefined }

/** The place that a credential is written to. */
export interface Carrier {
  readonly kind: 'header' | 'query'
  readonly name: string
}

/** One change to a request. */
export interface Mutation extends Carrier {
  /** The whole text that is written, an auth-scheme included. */
  readonly value: Secret
  /** The requirement it satisfies; `''` for the call token. */
  readonly requirement: string
}

/** An effect still owed before a resolution can be applied. Meet it with {@link fulfil}. */
export type Need = CallTokenNeed | CredentialNeed

/** A call token is to be minted at call set-up. */
export interface CallTokenNeed {
  readonly kind: 'callToken'
  readonly requirement: null
  readonly writes: readonly Carrier[]
  readonly scopes: readonly string[]
}

/** A stored credential is to be read when the request is sent. */
export interface CredentialNeed {
  readonly kind: 'credential'
  readonly requirement: string
  readonly writes: readonly Carrier[]
  readonly credentialId: string
  /** The requirement as the definition declares it: how the credential will be written. */
  readonly as: Requirement
}

/** Where a resolution may be used. */
export interface Binding {
  /** `scheme://host[:port]` in lower case, without the default port. `null`: the definition has no `http`. */
  readonly origin: string | null
  /** The literal start of the path. */
  readonly pathPrefix: string | null
  /** Whether a placeholder follows `pathPrefix` at once, so that any text may continue it. */
  readonly pathOpen: boolean
  readonly tenant: string | null
  readonly environment: string | null
}

/** Something worth knowing about a resolution that did not stop it. */
export interface Notice {
  readonly code: NoticeCode
  /** JSON Pointer, as in an {@link Issue}. */
  readonly pointer: string
  readonly message: string
  readonly help?: string
}

/** An option that is not satisfied, and what it lacks. */
export interface MissingFromOption {
  readonly optionIndex: number
  /** Names not supplied, sorted by code unit. */
  readonly names: readonly string[]
  /** Whether the ability to mint a call token is lacking. */
  readonly callToken: boolean
}

/** The chosen option is satisfied; `mutations` and `needs` say how the request changes. */
export interface Authenticated {
  readonly ok: true
  readonly outcome: 'authenticated'
  /** Index into `httpSecurityOptions.options`. */
  readonly optionIndex: number
  readonly mutations: readonly Mutation[]
  readonly needs: readonly Need[]
  readonly binding: Binding
  readonly notices: readonly Notice[]
}

/** The tool runs without authentication. */
export interface Unauthenticated {
  readonly ok: true
  readonly outcome: 'unauthenticated'
  /** The anonymous option that was taken, or `null` where the definition asks for nothing (SEL-3). */
  readonly optionIndex: number | null
  readonly mutations: readonly []
  readonly needs: readonly []
  readonly binding: Binding
  readonly notices: readonly Notice[]
}

/** No option can be used. */
export interface Unsatisfied {
  readonly ok: false
  readonly outcome: 'unsatisfied'
  readonly reason: 'missing' | 'anonymousRefused'
  /** What each non-empty option lacks, in definition order. */
  readonly missing: readonly MissingFromOption[]
  readonly notices: readonly Notice[]
}

/** Tokens were supplied that cannot be used; nothing else was tried. */
export interface InvalidTokens {
  readonly ok: false
  readonly outcome: 'invalidTokens'
  /** One issue a bad name, sorted by name. */
  readonly issues: readonly Issue[]
  readonly notices: readonly Notice[]
}

/** The outcome for one tool. */
export type Resolution = Authenticated | Unauthenticated | Unsatisfied | InvalidTokens

/** An HTTP request as plain data. */
export interface HttpRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string
}

/** How a definition is read. */
export interface ParseOptions {
  /** `ultravox` refuses what Ultravox's own API does not know. Default `latchkey`. */
  readonly profile?: 'latchkey' | 'ultravox'
  /** `allow` turns unknown fields and values outside `requirements` into warnings. Default `refuse`. */
  readonly unknownFields?: 'refuse' | 'allow'
  /** Exact origins, such as `http://10.0.0.5:8080`, where plain http may carry a credential. Default none. */
  readonly allowInsecureOrigins?: readonly string[]
}

/** How an option is chosen. */
export interface ResolveOptions {
  /** `never` turns an anonymous outcome into `unsatisfied`. Default `lastResort`. */
  readonly anonymous?: 'lastResort' | 'never'
  /** `refuse` turns tokens that no option uses into `invalidTokens`. Default `notice`. */
  readonly unusedTokens?: 'notice' | 'refuse'
  /** Whether an option of nothing but a call token ranks as non-empty (SEL-6). Default true. */
  readonly callTokenCounts?: boolean
  /** The capability to mint call tokens. Only its presence is read; it is never called here. */
  readonly mintCallToken?: (...parameters: never[]) => unknown
  /** Whose credentials may be used; required once a stored credential is needed. */
  readonly tenant?: string
  /** Environment whose stored credentials are read. Default: the store's default one. */
  readonly environment?: string
}
