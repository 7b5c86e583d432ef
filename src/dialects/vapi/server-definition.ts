import type { DynamicParameter } from '../../types.ts'
import { oneOption } from '../finish-tool.ts'
import type { ServerDraft } from './read-server.ts'

/** Fields of a tool that say nothing about its request. @internal */
export const SILENT_FIELDS: readonly string[] = [
  'id',
  'orgId',
  'createdAt',
  'updatedAt',
  'latestVersion',
  'messages',
  'toolMessages',
  'async',
  'metadata',
  'rejectionPlan',
  'variableExtractionPlan',
]

interface Target {
  readonly url: string
  readonly method?: string
  readonly timeoutSeconds: number | undefined
}

/** The definition of what sends requests. @internal */
export function assemble(
  { url, method = 'POST', timeoutSeconds }: Target,
  dynamic: readonly DynamicParameter[],
  { requirements, fixed }: ServerDraft,
): object {
  return {
    ...(dynamic.length === 0 ? {} : { dynamicParameters: dynamic }),
    ...(fixed.length === 0 ? {} : { staticParameters: fixed }),
    ...oneOption(requirements),
    ...(timeoutSeconds === undefined ? {} : { timeout: `${timeoutSeconds}s` }),
    http: { baseUrlPattern: url, httpMethod: method },
  }
}
