import type { Issue } from '../result.ts'
import type { AuthTokens, ClientAuthentication, ToolDefinition } from '../types.ts'

/** A tool as every dialect tells it: what the definition declares, and the secrets apart from it. */
export interface ToolWithTokens {
  /** Declares how the tool is reached and what it requires; holds no secret. Parsed and frozen. */
  readonly definition: ToolDefinition
  /** What is supplied under each requirement name; every secret is a `Secret`. */
  readonly tokens: AuthTokens
}

/** One tool of a document that holds several. */
export interface ImportedTool extends ToolWithTokens {
  /** The tool's name; unique in the document without regard to case. */
  readonly name: string
  /** JSON Pointer to what it was read from. */
  readonly pointer: string
  /** What was left out. Warnings only; pointers into the document. */
  readonly issues: readonly Issue[]
}

/** A tool that cannot be told as a definition without losing part of its authentication. */
export interface RefusedTool {
  /** The name it would have. */
  readonly name: string
  /** JSON Pointer to what it stands in. */
  readonly pointer: string
  /** Why; at least one error. Pointers into the document. */
  readonly issues: readonly Issue[]
}

/** What became of a document: each of its tools is in one of the two lists. */
export interface Imported {
  /** The tools that can be told, in the order of the document. */
  readonly tools: readonly ImportedTool[]
  /** The tools that cannot. */
  readonly refused: readonly RefusedTool[]
}

/** How a dialect is read. */
export interface ImportOptions {
  /**
   * Gives a requirement its name, for dialects that have none: called with a suggestion, such as `credential`. Default:
   * the suggestion.
   */
  readonly requirementName?: (suggestion: string) => string
  /** How the client proves itself to the token endpoint, where the dialect does not say. Default `client_secret_post`. */
  readonly clientAuthentication?: Exclude<ClientAuthentication, 'private_key_jwt'>
  /** Exact origins where plain http may carry a credential. Default none. */
  readonly allowInsecureOrigins?: readonly string[]
}
