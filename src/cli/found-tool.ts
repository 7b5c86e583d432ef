import type { Issue } from '../result.ts'
import type { SourceDocument } from './source-document.ts'

/** A value with the place it stands at. @internal */
export interface PlacedValue {
  readonly document: SourceDocument
  /** JSON Pointer into the document. */
  readonly pointer: string
  readonly value: unknown
}

/** A tool that a platform keeps under a name or id. @internal */
export interface StoredTool {
  readonly name: string | null
  readonly toolId: string | null
  readonly definition: PlacedValue
}

/** One tool to be resolved. @internal */
export interface FoundTool {
  readonly name: string | null
  /** `null` where it refers to a stored tool that was not found, or is malformed itself. */
  readonly definition: PlacedValue | null
  /** The tokens that the file supplies, or `null`. */
  readonly authTokens: PlacedValue | null
  readonly templateContext: PlacedValue | null
  /** What is wrong with the entry that selects it; pointers lead into the file. */
  readonly issues: readonly Issue[]
  /** Whether it refers to a stored tool that was not found. */
  readonly notFound: boolean
}

/** The tools of one file. @internal */
export interface FoundTools {
  /** Whether the file holds a call, which can supply tokens to several tools. */
  readonly isCall: boolean
  /** What is to be resolved, in order. */
  readonly tools: readonly FoundTool[]
  /** Every definition that stands in the file, in order. */
  readonly definitions: readonly PlacedValue[]
  /** What is wrong with the file itself; pointers lead into it. */
  readonly issues: readonly Issue[]
}

/** A tool without a call. @internal */
export function standAlone(name: string | null, definition: PlacedValue): FoundTool {
  return { name, definition, authTokens: null, templateContext: null, issues: [], notFound: false }
}
