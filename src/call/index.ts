/**
 * A whole call: every selected tool resolved, or every problem at once.
 *
 * @module call
 */
export type { SealingKey } from '../envelope.ts'
export {
  type CallTokenClaims,
  type CallTokenIssuer,
  type CallTokenIssuerOptions,
  createCallTokenIssuer,
  type VerifyCallTokenOptions,
  verifyCallToken,
} from './call-token.ts'
export type { CallTool, CallToolDefinition } from './call-tool.ts'
export { type ProblemDetails, toProblemDetails } from './problem-details.ts'
export { resolveCall } from './resolve-call.ts'
export { type OpenOptions, openTools, type SealOptions, sealTools } from './seal-tools.ts'
export type {
  CallProblem,
  CallTokenRequest,
  ResolveCallOptions,
  ResolvedCall,
  ResolvedTool,
  StoredTool,
  ToolReference,
} from './types.ts'
