import { type Access, describeAccess } from '../../plan/describe-access.ts'
import type { Finding } from '../source/source-document.ts'
import type { AccessFile } from './access-files.ts'
import { findingsOf, type LoadedTool } from './loaded-tool.ts'
import { toolNames } from './resolve-tool.ts'

/** Who can run one tool of a file. @internal */
export interface ToolAccess {
  readonly name: string | null
  readonly label: string
  readonly file: string
  /** JSON Pointer into the file: to its definition, or to what selects it. */
  readonly pointer: string
  /** `null` where there is no definition that can be used. */
  readonly access: Access | null
  readonly notFound: boolean
  readonly findings: readonly Finding[]
}

/** @internal */
export function describeTools({ path, tools }: AccessFile): readonly ToolAccess[] {
  return tools.map((tool) => ({ ...describeTool(tool), file: path }))
}

function describeTool(tool: LoadedTool): Omit<ToolAccess, 'file'> {
  const { pointer, definition, notFound } = tool
  const access = definition === null ? null : describeAccess(definition)
  return { ...toolNames(tool), pointer, access, notFound, findings: findingsOf(tool) }
}

/** How many tools there are, and what was found of them. @internal */
export interface AccessSummary {
  readonly files: number
  readonly tools: number
  /** Tools that can run anonymously. */
  readonly anonymous: number
  /** Tools of which nobody can say it: their definition is not valid, or not there. */
  readonly unknown: number
}

/** @internal */
export function summariseAccess(files: readonly AccessFile[], tools: readonly ToolAccess[]): AccessSummary {
  return {
    files: files.filter(({ state }) => state === 'read').length,
    tools: tools.length,
    anonymous: tools.filter(({ access }) => access?.anonymous === true).length,
    unknown: tools.filter(({ access }) => access === null).length,
  }
}
