import type { DefinedTool, ToolDefinition } from '../types.ts'
import { parseOrThrow } from './parse.ts'

type OptionNames<D> = D extends {
  readonly requirements?: { readonly httpSecurityOptions?: { readonly options?: readonly (infer Option)[] } }
}
  ? Option extends { readonly requirements: infer Requirements }
    ? Extract<keyof Requirements, string>
    : never
  : string

/** The requirement names in a definition's type. */
export type RequirementNames<D> = OptionNames<D>

/**
 * Declares a definition in TypeScript and keeps its requirement names in its type, so that `resolve` does not compile
 * with a misspelt token name.
 *
 * @param definition A definition as a literal, so that TypeScript sees its names.
 * @returns The parsed definition, deeply frozen.
 * @throws A {@link SecurityError} with code `ERR_DEFINITION_INVALID` and the issues.
 * @example
 * const tool = defineTool({
 *   modelToolName: 'stock_price',
 *   http: { baseUrlPattern: 'https://api.example.com/price', httpMethod: 'GET' },
 *   requirements: {
 *     httpSecurityOptions: { options: [{ requirements: { apiKey: { headerApiKey: { name: 'X-Key' } } } }] },
 *   },
 * })
 * resolve(tool, { apiKey: '<YOUR_TOKEN>' }).outcome // 'authenticated'
 */
export function defineTool<const D extends ToolDefinition>(definition: D): DefinedTool<RequirementNames<D>> {
  return parseOrThrow(definition) as DefinedTool<RequirementNames<D>>
}
