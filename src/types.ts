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
  /** Name of the header, query parameter, path placeholder or body field. */
  readonly name: string
  /** The part of the request it is written to. */
  readonly location: ParameterLocation
  /** JSON Schema of the value. Never executed by Latchkey. */
  readonly schema?: { readonly [key: string]: JsonValue }
  /** Whether the model must give a value. Default false. */
  readonly required?: boolean
}

/** A parameter whose value is fixed in the definition. */
export interface StaticParameter {
  /** Name of the header, query parameter, path placeholder or body field. */
  readonly name: string
  /** The part of the request it is written to. */
  readonly location: ParameterLocation
  /** Sent as it stands with each request. A secret belongs in `authTokens` instead. */
  readonly value?: JsonValue
}

/** A parameter whose value the platform fills in. */
export interface AutomaticParameter {
  /** Name of the header, query parameter, path placeholder or body field. */
  readonly name: string
  /** The part of the request it is written to. */
  readonly location: ParameterLocation
  /** One of Ultravox's known values, such as `KNOWN_PARAM_CALL_ID`. */
  readonly knownValue: string
}

/** The key travels in a query parameter. */
export interface QueryApiKeyRequirement {
  /** The query parameter that carries the key. */
  readonly queryApiKey: {
    /** Name of the query parameter: not empty, no control character, no brace. */
    readonly name: string
  }
}
/** The key travels in a header of its own. */
export interface HeaderApiKeyRequirement {
  /** The header that carries the key. */
  readonly headerApiKey: {
    /** Name of the header: an RFC 9110 token that does not steer the message (DEF-2). */
    readonly name: string
    /** Written before the key, such as `Bearer ` with its space. Default none. Extends Ultravox's format. */
    readonly prefix?: string
  }
}
/** The token travels as `Authorization: <scheme> <token>`. */
export interface HttpAuthRequirement {
  /** The auth-scheme of the `Authorization` header. */
  readonly httpAuth: {
    /** An RFC 9110 token, such as `Bearer` or `Basic`. Written as it is spelled here. */
    readonly scheme: string
  }
}

/** The key travels in one cookie of the `Cookie` header. Extends Ultravox's format. */
export interface CookieApiKeyRequirement {
  /** The cookie that carries the key. */
  readonly cookieApiKey: {
    /** Name of the cookie: an RFC 9110 token. */
    readonly name: string
  }
}
/** The request is signed, over its final bytes. Extends Ultravox's format. */
export interface HmacSignatureRequirement {
  /** What is signed and how it is carried. */
  readonly hmacSignature: HmacForm
}

/**
 * How a message is signed with HMAC: which text is signed, and which headers or query parameters carry the signature.
 *
 * Templates take `{body}` `{timestamp}` `{id}` `{keyId}` `{method}` `{url}` `{origin}` `{host}` `{path}` `{query}`
 * `{target}` `{form}` `{header:NAME}` `{body:sha256}` `{body:sha256:base64}` and, in one header or query parameter,
 * `{signature}`. Doubled braces and brackets are literal.
 */
export interface HmacForm {
  /** Default `sha256`. */
  readonly algorithm?: 'sha1' | 'sha256' | 'sha384' | 'sha512'
  /** How the secret's text becomes bytes. Default `utf8`. */
  readonly key?: 'utf8' | 'hex' | 'base64' | 'base64url'
  /** Dropped from the start of the secret before it becomes bytes, such as `whsec_`. Default none. */
  readonly keyPrefix?: string
  /** Template of what is signed. Default `{body}`. */
  readonly payload?: string
  /** How the signature is written. Default `hex`. */
  readonly encoding?: 'hex' | 'base64' | 'base64url'
  /** How `{timestamp}` is written: seconds, milliseconds or ISO 8601. Default `s`. */
  readonly timestamp?: 's' | 'ms' | 'iso'
  /** Templates by header name. */
  readonly headers: { readonly [name: string]: string }
  /** Templates by query parameter; those without `{signature}` are added before signing. Default none. */
  readonly query?: { readonly [name: string]: string }
  /** Joins several signatures while secrets rotate: repeats the `[bracketed]` unit, or the whole value. Default none. */
  readonly separator?: string
}

/** How one named requirement is met: exactly one kind (OpenAPI calls this a security scheme). */
export type Requirement =
  | QueryApiKeyRequirement
  | HeaderApiKeyRequirement
  | HttpAuthRequirement
  | CookieApiKeyRequirement
  | HmacSignatureRequirement

type KeysOfUnion<T> = T extends unknown ? keyof T : never
/** The name of a kind of requirement. */
export type Kind = KeysOfUnion<Requirement>

/** One alternative: every requirement in it must be met. Without any it is *anonymous*. */
export interface SecurityOption {
  /** Requirements by name. The order of the names has no meaning (SEL-5). */
  readonly requirements?: { readonly [name: string]: Requirement }
  /** A token that the platform mints for the call, sent as `X-Ultravox-Call-Token` (SEL-6). */
  readonly ultravoxCallTokenRequirement?: {
    /** What the call token must allow. An empty list asks for no call token. */
    readonly scopes?: readonly string[]
  }
}

/** What must be given before a tool can be used in a call. */
export interface ToolRequirements {
  /** Ordered alternatives. */
  readonly httpSecurityOptions?: {
    /** At most 64; the first whose requirements are all supplied is used (SEL-1). */
    readonly options?: readonly SecurityOption[]
  }
  /** Dynamic parameters that a call must override. */
  readonly requiredParameterOverrides?: readonly string[]
}

/** How a tool is reached over HTTP. */
export interface HttpDetails {
  /** Absolute URL; `{name}` stands for a path parameter. */
  readonly baseUrlPattern: string
  /** An RFC 9110 token other than TRACE and CONNECT. */
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
  /** Tells the model what the tool does and when to use it. */
  readonly description?: string
  /** Parameters whose values the model chooses. */
  readonly dynamicParameters?: readonly DynamicParameter[]
  /** Parameters whose values are fixed in the definition. */
  readonly staticParameters?: readonly StaticParameter[]
  /** Parameters whose values the platform fills in from the call. */
  readonly automaticParameters?: readonly AutomaticParameter[]
  /** What must be given before the tool can be used. Absent: nothing, so it runs unauthenticated (SEL-3). */
  readonly requirements?: ToolRequirements
  /** Decimal seconds with an `s`, such as `5s` or `0.5s`. */
  readonly timeout?: string
  /** Whether the tool changes nothing, so that the platform may run it ahead of time. Default false. */
  readonly precomputable?: boolean
  /** The tool is an HTTP endpoint. At most one of `http`, `client` and `dataConnection` is present. */
  readonly http?: HttpDetails
  /** The tool runs in the client of the call. */
  readonly client?: { readonly [key: string]: never }
  /** The tool is reached over the call's data connection. */
  readonly dataConnection?: { readonly [key: string]: never }
  /** What the agent does after the tool has answered; one of Ultravox's `AGENT_REACTION_…` values. */
  readonly defaultReaction?: string
  /** The answer that is given without waiting for the tool. */
  readonly staticResponse?: {
    /** The text of the answer. */
    readonly responseText?: string
  }
}

/** Carries the requirement names of a definition in its type only. @internal */
export interface Named<Name extends string> {
  /** @internal */
  readonly '~requirementNames'?: (name: Name) => void
}

/** A definition that {@link defineTool} returned: its type knows the requirement names. */
export type DefinedTool<Name extends string = string> = ToolDefinition & Named<Name>

/** A name for a credential that a store holds. */
export interface CredentialReference {
  /** Id of the credential in the store; a non-empty string. */
  readonly credentialId: string
}

/** User and password for a Basic `httpAuth` requirement; sent as UTF-8 (RFC 7617). */
export interface UserPassword {
  /** No colon, no control characters. */
  readonly username: string
  /** No control characters. */
  readonly password: string | Secret
}

/** Secrets for an `hmacSignature` requirement. */
export interface SigningSecrets {
  /** One secret, or several while rotating, where the form has a `separator`; at most 16. */
  readonly secrets: readonly (string | Secret)[]
  /** Name of the key, for `{keyId}`: 1 to 128 visible ASCII characters. */
  readonly keyId?: string
}

/** What is supplied for one requirement name; a list of secrets is for `hmacSignature` only. */
export type Token = string | Secret | CredentialReference | UserPassword | SigningSecrets | readonly (string | Secret)[]

/** Tokens by requirement name. */
export type AuthTokens<Name extends string = string> = { readonly [N in Name]?: Token | undefined }

/** The place that a credential is written to. */
export interface Carrier {
  /** The part of the request. */
  readonly kind: 'header' | 'query' | 'cookie'
  /** Name of the header, query parameter or cookie, as the definition spells it. */
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
export type Need = CallTokenNeed | CredentialNeed | SignatureNeed

/** A call token is to be minted at call set-up. */
export interface CallTokenNeed {
  /** Tells the needs apart. */
  readonly kind: 'callToken'
  /** A call token has no requirement name. */
  readonly requirement: null
  /** Where the token will be written. */
  readonly writes: readonly Carrier[]
  /** What the token must allow; at least one. */
  readonly scopes: readonly string[]
}

/** A stored credential is to be read when the request is sent. */
export interface CredentialNeed {
  /** Tells the needs apart. */
  readonly kind: 'credential'
  /** The requirement it satisfies. */
  readonly requirement: string
  /** Where the credential will be written. */
  readonly writes: readonly Carrier[]
  /** Id of the credential in the store. */
  readonly credentialId: string
  /** The requirement as the definition declares it: how the credential will be written. */
  readonly as: Requirement
}

/** The final request is to be signed, last of all. */
export interface SignatureNeed {
  /** Tells the needs apart. */
  readonly kind: 'signature'
  /** The requirement it belongs to. */
  readonly requirement: string
  /** Every header and query parameter that signing adds. */
  readonly writes: readonly Carrier[]
  /** The form, as the definition declares it. */
  readonly form: HmacForm
  /** One secret, or several while rotating. */
  readonly secrets: readonly Secret[]
  /** Name of the key, where one was supplied. */
  readonly keyId?: string
}

/** Where a resolution may be used. */
export interface Binding {
  /** `scheme://host[:port]` in lower case, without the default port. `null`: the definition has no `http`. */
  readonly origin: string | null
  /** The literal start of the path. */
  readonly pathPrefix: string | null
  /** Whether a placeholder follows `pathPrefix` at once, so that any text may continue it. */
  readonly pathOpen: boolean
  /** Whose credentials may be used; `null` where none was given. */
  readonly tenant: string | null
  /** Environment whose stored credentials are read; `null` where none was given. */
  readonly environment: string | null
}

/** Something worth knowing about a resolution that did not stop it. */
export interface Notice {
  /** Stable code; branch on this, never on the message. */
  readonly code: NoticeCode
  /** JSON Pointer, as in an {@link Issue}. */
  readonly pointer: string
  /** What is worth knowing: one line, never a value. */
  readonly message: string
  /** What to do about it. */
  readonly help?: string
}

/** An option that is not satisfied, and what it lacks. */
export interface MissingFromOption {
  /** Index into `httpSecurityOptions.options`. */
  readonly optionIndex: number
  /** Names not supplied, sorted by code unit. */
  readonly names: readonly string[]
  /** Whether the ability to mint a call token is lacking. */
  readonly callToken: boolean
}

/** The chosen option is satisfied; `mutations` and `needs` say how the request changes. */
export interface Authenticated {
  /** The tool can be used. */
  readonly ok: true
  /** Tells the outcomes apart. */
  readonly outcome: 'authenticated'
  /** Index into `httpSecurityOptions.options`. */
  readonly optionIndex: number
  /** What changes in the request: sorted by requirement name, fulfilled needs last. */
  readonly mutations: readonly Mutation[]
  /** What is still owed before {@link apply} works. */
  readonly needs: readonly Need[]
  /** Where the credentials may be sent. */
  readonly binding: Binding
  /** Worth knowing, though it did not stop the resolution. */
  readonly notices: readonly Notice[]
}

/** The tool runs without authentication. */
export interface Unauthenticated {
  /** The tool can be used. */
  readonly ok: true
  /** Tells the outcomes apart. */
  readonly outcome: 'unauthenticated'
  /** The anonymous option that was taken, or `null` where the definition asks for nothing (SEL-3). */
  readonly optionIndex: number | null
  /** Nothing changes in the request. */
  readonly mutations: readonly []
  /** Nothing is owed. */
  readonly needs: readonly []
  /** Where the tool is; {@link apply} does not check it here. */
  readonly binding: Binding
  /** Worth knowing, such as tokens that were supplied and not used. */
  readonly notices: readonly Notice[]
}

/** No option can be used. */
export interface Unsatisfied {
  /** The tool cannot be used. */
  readonly ok: false
  /** Tells the outcomes apart. */
  readonly outcome: 'unsatisfied'
  /** `anonymousRefused`: the tool would run unauthenticated, and `anonymous: 'never'` refused that. */
  readonly reason: 'missing' | 'anonymousRefused'
  /** What each non-empty option lacks, in definition order. */
  readonly missing: readonly MissingFromOption[]
  /** Worth knowing, such as a token name that is probably misspelt. */
  readonly notices: readonly Notice[]
}

/** Tokens were supplied that cannot be used; nothing else was tried. */
export interface InvalidTokens {
  /** The tool cannot be used. */
  readonly ok: false
  /** Tells the outcomes apart. */
  readonly outcome: 'invalidTokens'
  /** One issue a bad name, sorted by name. */
  readonly issues: readonly Issue[]
  /** Worth knowing about the supplied tokens. */
  readonly notices: readonly Notice[]
}

/** The outcome for one tool. */
export type Resolution = Authenticated | Unauthenticated | Unsatisfied | InvalidTokens

/** An HTTP request as plain data. */
export interface HttpRequest {
  /** An HTTP method, such as `GET`. */
  readonly method: string
  /** Absolute URL. Kept byte for byte, but for the query parameters that are appended. */
  readonly url: string
  /** One text a header, under any spelling of its name. */
  readonly headers: Readonly<Record<string, string>>
  /** Passed on untouched. */
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
