/**
 * Latchkey's core: from a tool definition and tokens to the authenticated request.
 *
 * Pure and synchronous; no crypto, no fetch, no Node modules.
 *
 * @module core
 */
export { defineTool, type RequirementNames } from './definition/define-tool.ts'
export { lintDefinition } from './definition/lint.ts'
export { parseDefinition } from './definition/parse.ts'
export { parseDefinitionText } from './definition/parse-text.ts'
export {
  CODES,
  type Code,
  type ErrorCode,
  type IssueCode,
  type NoticeCode,
  type Phase,
  SecurityError,
} from './errors.ts'
export { type ApplyOptions, apply } from './plan/apply.ts'
export { compile, type NamesOf, type Plan } from './plan/compile.ts'
export { type Access, type AccessWay, describeAccess } from './plan/describe-access.ts'
export { type Explanation, explain, type OptionExplanation } from './plan/explain.ts'
export { fulfil } from './plan/fulfil.ts'
export { toIssues } from './plan/issues.ts'
export { resolve, resolveOrThrow, type TokensFor } from './plan/resolve.ts'
export { fillTemplates } from './plan/templates.ts'
export { type BuildableTool, type BuildInput, buildRequest } from './request/build-request.ts'
export type { ParameterValues } from './request/parameters.ts'
export type { Issue, Result, TextPosition, TextRange } from './result.ts'
export { Secret } from './secret.ts'
export type * from './types.ts'
