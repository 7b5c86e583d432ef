import type { Requirement } from './requirement.ts'

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
