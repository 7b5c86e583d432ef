import type { ParameterValues } from '../../request/parameters.ts'
import type { Issue } from '../../result.ts'
import type { ToolDefinition } from '../../types.ts'
import type { FileIssue, Finding, SourceDocument } from '../source/source-document.ts'

/** One tool of a file. @internal */
export interface LoadedTool {
  readonly name: string | null
  /** JSON Pointer into the file: to its definition, or to what selects it. */
  readonly pointer: string
  /** `null` where there is none that can be used. */
  readonly definition: ToolDefinition | null
  readonly definitionFindings: readonly Finding[]
  /** What is wrong with the part of a call that selects it. */
  readonly selectionFindings: readonly Finding[]
  /** Whether it refers to a stored tool that was not found. */
  readonly notFound: boolean
  /** How a call selects it; `null` without a call. */
  readonly selection: Selection | null
}

/** What a call says about the tokens of a tool. @internal */
export interface Selection {
  /** Whether the tokens are where they are looked for: a misspelt field may hold them. */
  readonly hasReadableTokens: boolean
  readonly authTokens: unknown
  readonly templateContext: { readonly [name: string]: unknown }
  /** Values that the call fixes, by parameter name. */
  readonly overrides: ParameterValues
  /** Gives an issue whose pointer begins with `/authTokens` its place in the file. */
  readonly place: (issue: Issue) => FileIssue
}

/** A file, read. @internal */
export interface LoadedFile {
  readonly document: SourceDocument
  /** Whether it holds a call, which can supply tokens to several tools. */
  readonly isCall: boolean
  readonly tools: readonly LoadedTool[]
  /** Problems of the file around its tools. */
  readonly findings: readonly Finding[]
}

/** Everything wrong with a tool but its tokens. @internal */
export function findingsOf({ selectionFindings, definitionFindings }: LoadedTool): readonly Finding[] {
  return [...selectionFindings, ...definitionFindings]
}
